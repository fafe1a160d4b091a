"""Misspelt words of a question, read as the words that the documents use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from sys import intern

_WORD = re.compile(r"[^\W\d_]+")
MINIMUM_LETTERS = 5
"""A shorter word has too many neighbours to guess from."""
LETTERS_A_MISTAKE = 5
"""One wrong, missing, doubled or swapped letter is forgiven for each so many letters."""


def vocabulary(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of some texts that are long enough to correct to, in lower case, by alphabet."""
    words = {word.lower() for text in texts for word in _WORD.findall(text)}
    return tuple(sorted(intern(word) for word in words if len(word) >= MINIMUM_LETTERS))


def correct(question: str, known: Sequence[str], is_word: Callable[[str], bool]) -> str:
    """The question with its misspelt words as the documents spell them.

    A word is left alone when the documents have it, when it is a word of the language though the
    documents do not have it, and when no word of the documents is near enough.

    Args:
        question: in words.
        known: the documents' vocabulary, from :func:`vocabulary`.
        is_word: whether a word is one of the language; names need not be.
    """
    words = set(known)

    def corrected(match: re.Match[str]) -> str:
        word = match[0]
        lowered = word.lower()
        if len(word) < MINIMUM_LETTERS or lowered in words or is_word(lowered):
            return word
        return _nearest(lowered, known) or word

    return _WORD.sub(corrected, question)


def _nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word with the fewest mistakes, the first by alphabet among equals."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = len(word) // LETTERS_A_MISTAKE
    # Misspelt words mostly begin as they should; without this rule a name becomes another name.
    alike = [candidate for candidate in known if candidate[0] == word[0]]
    found = process.extractOne(word, alike, scorer=OSA.distance, score_cutoff=limit)
    return found[0] if found else None
