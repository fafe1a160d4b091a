"""Misspelt words of a question, read as the words that the documents use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from sys import intern

from index.arrays import StringTable

_WORD = re.compile(r"[^\W\d_]+")
MINIMUM_LETTERS = 5
"""A shorter word has too many neighbours to guess from."""
LETTERS_A_MISTAKE = 5
"""One wrong, missing, doubled or swapped letter is forgiven for each so many letters."""


def vocabulary(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of some texts that are long enough to correct to, in lower case, by alphabet."""
    words = {word.lower() for text in texts for word in _WORD.findall(text)}
    return tuple(sorted(intern(word) for word in words if len(word) >= MINIMUM_LETTERS))


class Vocabulary:
    """The vocabularies of several texts as one, read where a word is looked up.

    Args:
        parts: words by alphabet, from :func:`vocabulary`; a word may stand in several parts.
    """

    def __init__(self, parts: Sequence[StringTable]) -> None:
        self._parts = tuple(parts)
        # A question has few words, and a misspelt one few letters to begin with.
        self._has = lru_cache(maxsize=4096)(partial(_is_in, self._parts))
        self._alike = lru_cache(maxsize=64)(partial(_beginning_with, self._parts))

    @classmethod
    def of(cls, words: Iterable[str]) -> Vocabulary:
        """Make one of words by alphabet."""
        return cls([StringTable.of(words)])

    def __contains__(self, word: str) -> bool:
        return self._has(word)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(set().union(*self._parts)))

    def beginning_with(self, letter: str) -> Sequence[str]:
        """The words that begin with a letter, by alphabet."""
        return self._alike(letter)


def _is_in(parts: Sequence[StringTable], word: str) -> bool:
    return any(part.find(word) is not None for part in parts)


def _beginning_with(parts: Sequence[StringTable], letter: str) -> tuple[str, ...]:
    found: set[str] = set()
    for part in parts:
        places = part.beginning_with(letter)
        found.update(part[places.start : places.stop])
    return tuple(sorted(found))


def correct(question: str, known: Vocabulary, is_word: Callable[[str], bool]) -> str:
    """The question with its misspelt words as the documents spell them.

    A word is left alone when the documents have it, when it is a word of the language though the
    documents do not have it, and when no word of the documents is near enough.

    Args:
        question: in words.
        known: the documents' vocabulary.
        is_word: whether a word is one of the language; names need not be.
    """

    def corrected(match: re.Match[str]) -> str:
        word = match[0]
        lowered = word.lower()
        if len(word) < MINIMUM_LETTERS or lowered in known or is_word(lowered):
            return word
        return _nearest(lowered, known) or word

    return _WORD.sub(corrected, question)


def _nearest(word: str, known: Vocabulary) -> str | None:
    """The known word with the fewest mistakes, the first by alphabet among equals."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = len(word) // LETTERS_A_MISTAKE
    # Misspelt words mostly begin as they should; without this rule a name becomes another name.
    alike = known.beginning_with(word[0])
    found = process.extractOne(word, alike, scorer=OSA.distance, score_cutoff=limit)
    return found[0] if found else None
