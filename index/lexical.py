"""Nearest words: BM25 over stemmed words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import Stemmer
from numpy.typing import NDArray

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
    passage's score has an upper bound: the sum of those of the question's words.

    Args:
        table: the words of each passage, from :func:`term_table`.
    """

    def __init__(self, table: TermTable) -> None:
        self._table = table
        self._columns = {term: column for column, term in enumerate(table.terms)}
        lengths = np.maximum(table.lengths, 1).astype(np.float32)
        order = np.argsort(table.ids, kind="stable")
        order = order[table.counts[order] > 0]
        rows = np.repeat(np.arange(len(table)), np.diff(table.starts))[order]
        columns = table.ids[order]
        counts = table.counts[order].astype(np.float32)
        average = lengths.mean() if len(lengths) else np.float32(1)
        self._rows = rows
        """For one word after another, the rows that have it."""
        self._saturated = counts / (counts + K1 * (1 - B + B * lengths[rows] / average))
        """The same for what a word adds to a row's score, as a share of the most that it can add."""
        self._starts = np.searchsorted(columns, np.arange(len(table.terms) + 1))
        self._containing = np.bincount(
            table.ids[table.in_body], minlength=len(table.terms)
        )  # (terms,)

    def __len__(self) -> int:
        return len(self._table)

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 of a question with every row, as a share of its upper bound: (n,), 0…1.

        The bound counts words that no passage has, too: a question about something else scores
        low everywhere. All 0 for a question of stop words alone.
        """
        found = np.zeros(len(self), np.float32)
        bound = 0.0
        for word in tokenize(question):
            start, end = self._found_at(word)
            most = self._inverse_frequency(end - start)
            found[self._rows[start:end]] += np.float32(most) * self._saturated[start:end]
            bound += most
        return found / np.float32(bound) if bound else found

    def weight(self, word: str) -> float:
        """How much a word tells: 0 for a stop word, the more the fewer passages have it."""
        return sum(self._weight(stem) for stem in tokenize(word))

    def coverage(self, question: str, text: str) -> float:
        """The share of a question's words that a text has, each by its weight, 0…1."""
        weights = {word: self._weight(word) for word in tokenize(question)}
        present = set(tokenize(text))
        covered = sum(weight for word, weight in weights.items() if word in present)
        return covered / sum(weights.values()) if weights else 0.0

    def _weight(self, stem: str) -> float:
        column = self._columns.get(stem)
        return self._inverse_frequency(0 if column is None else int(self._containing[column]))

    def _found_at(self, stem: str) -> tuple[int, int]:
        """Where the rows that have a word stand."""
        column = self._columns.get(stem)
        if column is None:
            return 0, 0
        return int(self._starts[column]), int(self._starts[column + 1])

    def _inverse_frequency(self, containing: int) -> float:
        """Lucene's inverse document frequency of a word that so many passages have."""
        return float(np.log1p((len(self) - containing + 0.5) / (containing + 0.5)))


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
