"""The words of passages turned around: for each word, the passages that have it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import DAMAGED_WORDS, StringTable, are_starts, narrowed
from index.errors import DamagedIndexError
from index.terms import TermTable


@dataclass(frozen=True, eq=False)
class Postings:
    """Word *i* is ``terms[i]``; what there is of it stands at ``starts[i]:starts[i + 1]``."""

    terms: StringTable
    """By alphabet: (t,)."""
    starts: NDArray[np.int64]
    """(t + 1,)"""
    found_in: NDArray[Any]
    """(t,): in how many rows' texts each word is found."""
    said_in: NDArray[Any]
    """(t,): how many passages have it themselves, and not only in their context."""
    rows: NDArray[Any]
    """(m,): the rows of each word, ascending."""
    counts: NDArray[Any]
    """(m,): how often the row's text has the word; 0 where only the passage itself has it."""
    in_body: NDArray[np.bool_]
    """(m,): whether the passage itself has it."""
    lengths: NDArray[Any]
    """(n,): how many words each row's text has."""

    @classmethod
    def of(cls, table: TermTable) -> Postings:
        """Turn a table of words around."""
        terms = TermTable.joined([table]).terms
        column = {term: place for place, term in enumerate(sorted(terms))}
        # -1 for words that the table knows and no row has.
        places = np.array([column.get(term, -1) for term in table.terms], np.int64)
        ids = places[table.ids]
        order = np.argsort(ids, kind="stable")
        count = len(column)
        counts, in_body = table.counts[order], table.in_body[order]
        starts = np.searchsorted(ids[order], np.arange(count + 1))
        return cls(
            StringTable.of(column),
            starts.astype(np.int64),
            np.bincount(ids[table.counts > 0], minlength=count).astype(np.uint32),
            np.bincount(ids[table.in_body], minlength=count).astype(np.uint32),
            narrowed(np.repeat(np.arange(len(table)), np.diff(table.starts))[order]),
            narrowed(counts),
            in_body,
            table.lengths.astype(np.uint32),
        )

    def __len__(self) -> int:
        return len(self.lengths)

    def saturated(
        self, place: int, norms: NDArray[np.float32]
    ) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """The rows that have a word, and what it adds to the score of each, as a share of the most.

        Args:
            place: the word's.
            norms: (n,), for each row BM25's constant and length, by which the share falls.

        Raises:
            DamagedIndexError: these are no postings; those on disk are not checked before.
        """
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        rows = self.rows[part].astype(
            np.intp
        )  # once, and not whenever something is looked up by them
        if not 0 <= part.start <= part.stop <= len(self.rows) or rows.max(initial=0) >= len(norms):
            raise DamagedIndexError(DAMAGED_WORDS)
        counts = self.counts[part].astype(np.float32)
        return rows, counts / (counts + norms[rows])

    @cached_property
    def table(self) -> TermTable:
        """The words of each row, as they were before they were turned around."""
        order = np.argsort(self.rows, kind="stable")
        ids = np.repeat(np.arange(len(self.terms), dtype=np.int32), np.diff(self.starts))[order]
        starts = np.zeros(len(self) + 1, np.int64)
        np.cumsum(np.bincount(self.rows, minlength=len(self)), out=starts[1:])
        return TermTable(
            tuple(self.terms), starts, ids, self.counts[order].astype(np.int32), self.in_body[order]
        )

    def check(self) -> None:
        """See that they are postings.

        Raises:
            ValueError: they are not.
        """
        self.terms.check()
        size, words = len(self.rows), len(self.terms)
        if (
            not are_starts(self.starts, size)
            or len(self.starts) != words + 1
            or not len(self.found_in) == len(self.said_in) == words
            or not size == len(self.counts) == len(self.in_body)
            or (size and int(self.rows.max()) >= len(self))
        ):
            raise ValueError("its words are no table of words")
