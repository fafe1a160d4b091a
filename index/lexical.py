"""Nearest words: BM25 over stemmed words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

from index.postings import Postings
from index.terms import TermTable

K1, B = 0.6, 0.75
"""BM25's saturation and length constants. Tuned together with ``fusion.DENSE_WEIGHT``; see there."""

_WORD = re.compile(r"\w+")
_STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there"
    " these they this to was will with".split()
)
"""Lucene's for English."""


class LexicalIndex:
    """BM25 over stemmed words, stop words left out. Row *i* is passage *i*.

    The variant is Lucene's, in which a word adds at most its inverse document frequency, so that a
    passage's score has an upper bound: the sum of those of the question's words. How many passages
    have a word, and how long they are on average, are sums over the parts: a part can come or go
    without the others being touched.

    Args:
        parts: the words of some passages each.
        rows: the row of each passage, part after part: (n,); None where they stand in this order.
    """

    def __init__(
        self, parts: Sequence[Postings], rows: NDArray[np.integer[Any]] | None = None
    ) -> None:
        self._parts = tuple(parts)
        self._rows = rows
        self._begins = np.cumsum([0, *(len(part) for part in self._parts)])
        self._places = lru_cache(maxsize=4096)(partial(_places, self._parts))
        """For each part that has a word, its number and the word's place."""

    @classmethod
    def of(cls, table: TermTable) -> LexicalIndex:
        """Make an index of the words of passages, from :func:`term_table`."""
        return cls([Postings.of(table)])

    def __len__(self) -> int:
        return int(self._begins[-1])

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 of a question with every row, as a share of its upper bound: (n,), 0…1.

        The bound counts words that no passage has, too: a question about something else scores
        low everywhere. All 0 for a question of stop words alone.
        """
        found = np.zeros(len(self), np.float32)
        bound = 0.0
        for word in tokenize(question):
            places = self._places(word)
            most = self._inverse_frequency(
                sum(int(self._parts[number].found_in[place]) for number, place in places)
            )
            for number, place in places:
                rows, shares = self._parts[number].saturated(place, self._norms[number])
                part = found[self._begins[number] : self._begins[number + 1]]
                part[rows] += np.float32(most) * shares
            bound += most
        if bound:
            found /= np.float32(bound)
        if self._rows is None:
            return found
        by_row = np.empty_like(found)
        by_row[self._rows] = found
        return by_row

    def weight(self, word: str) -> float:
        """How much a word tells: 0 for a stop word, the more the fewer passages have it."""
        return sum(self._weight(stem) for stem in tokenize(word))

    def coverage(self, question: str, text: str) -> float:
        """The share of a question's words that a text has, each by its weight, 0…1."""
        weights = {word: self._weight(word) for word in tokenize(question)}
        present = set(tokenize(text))
        covered = sum(weight for word, weight in weights.items() if word in present)
        return covered / sum(weights.values()) if weights else 0.0

    @cached_property
    def _norms(self) -> list[NDArray[np.float32]]:
        """For each part what the length of its rows comes to in BM25's saturation."""
        lengths = [np.maximum(part.lengths, 1).astype(np.float32) for part in self._parts]
        total = sum(int(np.maximum(part.lengths, 1).sum(dtype=np.int64)) for part in self._parts)
        average = np.float32(total / len(self) if len(self) else 1)
        return [K1 * (1 - B + B * some / average) for some in lengths]

    def _weight(self, stem: str) -> float:
        return self._inverse_frequency(
            sum(int(self._parts[number].said_in[place]) for number, place in self._places(stem))
        )

    def _inverse_frequency(self, containing: int) -> float:
        """Lucene's inverse document frequency of a word that so many passages have."""
        return float(np.log1p((len(self) - containing + 0.5) / (containing + 0.5)))


def _places(parts: Sequence[Postings], stem: str) -> list[tuple[int, int]]:
    places = ((number, part.terms.find(stem)) for number, part in enumerate(parts))
    return [(number, place) for number, place in places if place is not None]


def term_table(texts: Sequence[str], bodies: Sequence[str]) -> TermTable:
    """The words of passages, counted.

    Args:
        texts: what is searched for each passage: its context, then its words.
        bodies: the passages' words alone. They decide how much a word tells of a sentence; a
            document's title, which is searched with all of its passages, must not make its own
            subject worthless.
    """
    return TermTable.of(
        (Counter(tokenize(text)), set(tokenize(body)))
        for text, body in zip(texts, bodies, strict=True)
    )


def tokenize(text: str) -> list[str]:
    """The words that count, stemmed, in order.

    A word in capitals amid others that are not is a name: "IS" is not the stop word "is".
    """
    names_stand_out = not text.isupper()
    # A stemmer of its own for every call: PyStemmer's is not safe to share between threads.
    stem = Stemmer.Stemmer("english").stemWord
    kept = []
    for word in _WORD.findall(text):
        lowered = word.lower()
        if lowered not in _STOP_WORDS:
            kept.append(stem(lowered))
        elif names_stand_out and len(word) > 1 and word.isupper():
            kept.append(word)
    return kept
