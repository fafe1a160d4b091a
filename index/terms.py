"""How often each passage has each word: a table that is cut and joined without counting again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from sys import intern

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class TermTable:
    """Row *i* is passage *i*; its words are ``ids[starts[i]:starts[i + 1]]``, as compressed rows are."""

    terms: tuple[str, ...]
    starts: NDArray[np.int64]
    """(n + 1,)"""
    ids: NDArray[np.int32]
    """(m,): places in ``terms``."""
    counts: NDArray[np.int32]
    """(m,): how often the row's text has the word."""
    in_body: NDArray[np.bool_]
    """(m,): whether the passage's own words have it, and not only its context."""

    @classmethod
    def of(cls, rows: Iterable[tuple[Counter[str], Collection[str]]]) -> TermTable:
        """Make a table of each row's words, counted, and those of them that are in its body."""
        known: dict[str, int] = {}
        starts, ids, counts, in_body = [0], [], [], []
        for counted, body in rows:
            for term in dict.fromkeys([*counted, *sorted(body)]):
                # Interned, as many thousand documents have the same words.
                ids.append(known.setdefault(intern(term), len(known)))
                counts.append(counted[term])
                in_body.append(term in body)
            starts.append(len(ids))
        return cls(
            tuple(known),
            np.array(starts, np.int64),
            np.array(ids, np.int32),
            np.array(counts, np.int32),
            np.array(in_body, np.bool_),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many words each row's text has: (n,)."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.starts))
        return np.bincount(rows, weights=self.counts, minlength=len(self)).astype(np.int64)

    def rows(self, start: int, end: int) -> TermTable:
        """Some rows, one after another; they share the terms with this table."""
        part = slice(int(self.starts[start]), int(self.starts[end]))
        starts = self.starts[start : end + 1] - self.starts[start]
        return TermTable(self.terms, starts, self.ids[part], self.counts[part], self.in_body[part])

    @classmethod
    def joined(cls, tables: Sequence[TermTable]) -> TermTable:
        """One table of the rows of several, with only the terms that they have."""
        known: dict[str, int] = {}
        places: dict[int, NDArray[np.int32]] = {}
        """For each list of terms, that rows of many tables may share, the places of its terms here."""
        for table in tables:
            place = places.setdefault(id(table.terms), np.full(len(table.terms), -1, np.int32))
            used = np.unique(table.ids)
            for column in used[place[used] < 0].tolist():
                place[column] = known.setdefault(table.terms[column], len(known))
        lengths = [np.diff(table.starts) for table in tables]
        return cls(
            tuple(known),
            np.concatenate([[0], *lengths]).cumsum(dtype=np.int64),
            np.concatenate(
                [_NO_NUMBERS, *(places[id(table.terms)][table.ids] for table in tables)]
            ),
            np.concatenate([_NO_NUMBERS, *(table.counts for table in tables)]),
            np.concatenate([_NO_NUMBERS.astype(np.bool_), *(table.in_body for table in tables)]),
        )


_NO_NUMBERS = np.zeros(0, np.int32)
