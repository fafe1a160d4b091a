"""Nearest vectors: alike ones lie side by side, and the likeliest lists of them are compared first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import are_starts
from index.ranking import best

COMPARED = 50_000
"""With how many passages a question is compared. An index of no more is searched exactly; of a larger one
those lists are looked at whose middle is nearest. ``benchmarks/growth.py`` prints what that misses."""
LIST_PASSAGES = 128
"""About so many passages are in a list."""
UNLISTED = 4096
"""So few passages are one list: there is nothing to leave out."""
_DENSE = 0.25
"""Of which share of some neighbouring vectors on it is quicker to compare all of them."""
_TRAINED = 39
"""With how many vectors for each list the lists' middles are found: FAISS asks for as many."""


@dataclass(frozen=True, eq=False)
class VectorLists:
    """Vectors in lists of alike ones, as FAISS's inverted files have them, but in one array.

    A list's vectors lie side by side, in the order of their rows, so that a list is read from disk in
    one piece, and all of them without leaving anything out.
    """

    vectors: NDArray[np.float32]
    """(n, d), unit length, list after list."""
    rows: NDArray[Any]
    """(n,): the row of each."""
    starts: NDArray[Any]
    """(l + 1,): where each list begins."""
    middles: NDArray[np.float32]
    """(l, d): the mean of each list's vectors."""

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> VectorLists:
        """Put vectors into lists.

        Args:
            vectors: (n, d), unit length; row i is passage i.
        """
        vectors = np.ascontiguousarray(vectors, np.float32)
        count = max(1, len(vectors) // LIST_PASSAGES) if len(vectors) > UNLISTED else 1
        numbers = _nearest_middles(vectors, count) if count > 1 else np.zeros(len(vectors), int)
        sizes = np.bincount(numbers, minlength=count)
        return cls.arranged(
            vectors,
            np.argsort(numbers, kind="stable").astype(np.uint32),
            np.cumsum([0, *sizes[sizes > 0]]).astype(np.uint32),
        )

    @classmethod
    def arranged(
        cls, vectors: NDArray[np.float32], rows: NDArray[Any], starts: NDArray[Any]
    ) -> VectorLists:
        """Put vectors into lists that are known.

        Args:
            vectors: (n, d), unit length, by their rows.
            rows: (n,), the rows of the first list, of the second, and so on.
            starts: (l + 1,), where each list begins.
        """
        ordered = vectors[rows]
        middles = np.zeros((len(starts) - 1, vectors.shape[1]), np.float32)
        for number, (start, end) in enumerate(pairwise(starts.tolist())):
            middles[number] = ordered[start:end].mean(axis=0)
        return cls(ordered, rows, starts, middles)

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Where the vector of each row lies: (n,)."""
        places = np.empty(len(self), np.int64)
        places[self.rows] = np.arange(len(self))
        return places

    def by_row(self, start: int, end: int) -> NDArray[np.float32]:
        """The vectors of some rows that follow each other: (end - start, d)."""
        found: NDArray[np.float32] = self.vectors[self.places[start:end]]
        return found

    def check(self) -> None:
        """See that every row has its place.

        Raises:
            ValueError: it does not.
        """
        if (
            self.middles.shape != (len(self.starts) - 1, self.vectors.shape[1])
            or len(self.rows) != len(self)
            or not are_starts(self.starts, len(self))
            or not np.array_equal(np.sort(self.rows), np.arange(len(self)))
        ):
            raise ValueError("its vectors are in no lists")


def _nearest_middles(vectors: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The number of each vector's list, of so many: (n,)."""
    import faiss

    trained: Any = faiss.Kmeans(
        vectors.shape[1],
        count,
        niter=8,
        seed=1,
        spherical=True,
        max_points_per_centroid=_TRAINED,
        min_points_per_centroid=1,
    )
    trained.train(vectors)
    _, found = trained.index.search(vectors, 1)
    numbers: NDArray[np.int64] = found[:, 0]
    return numbers


class DenseIndex:
    """Unit vectors, searched by inner product. Row *i* is passage *i*.

    Args:
        parts: lists of vectors; at least one.
        rows: the row of each passage, part after part: (n,); None where they stand in this order.
    """

    def __init__(
        self, parts: Sequence[VectorLists], rows: NDArray[np.integer[Any]] | None = None
    ) -> None:
        self._parts = tuple(parts)
        self._begins = np.cumsum([0, *(len(part) for part in self._parts)])
        self._given_rows = rows

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> DenseIndex:
        """Make an index of vectors: (n, d)."""
        return cls([VectorLists.of(vectors)])

    def __len__(self) -> int:
        return int(self._begins[-1])

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._parts[0].vectors.shape[1])

    @property
    def vectors(self) -> NDArray[np.float32]:
        """All vectors: (n, d)."""
        return self.rows(np.arange(len(self)))

    def rows(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some of the vectors: (m, d)."""
        return self._at(self._place_of[rows])

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of a query (d,) with each of ``rows`` (n,): (n,)."""
        # Not "@": it adds up some rows in another order, and equal vectors would differ.
        found: NDArray[np.float32] = np.einsum("nd,d->n", self.rows(rows), query)
        return found

    def nearest(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows nearest to a query and their cosines, best first; equal ones by their rows.

        Exact where no more than :data:`COMPARED` rows are searched. Of more, those lists are looked
        at whose middle is nearest to the query, until as many have been compared.

        Args:
            query: (d,), unit length.
            k: at most this many.
            allowed: the rows to search; all when None.
        """
        wanted = None
        if allowed is not None:
            wanted = np.zeros(len(self), np.bool_)
            wanted[self._place_of[allowed]] = True
        lists = self._likeliest(query, wanted)
        places, cosines = self._compared(query, lists, wanted)
        rows = self._row_at[places]
        chosen = best(cosines, k, rows)
        return rows[chosen], cosines[chosen]

    # -- places: where vectors lie, part after part and list after list ---------------------------

    @cached_property
    def _row_at(self) -> NDArray[np.int64]:
        """The row at each place: (n,)."""
        begins = self._begins.tolist()
        found = np.empty(len(self), np.int64)
        for part, begin in zip(self._parts, begins, strict=False):
            found[begin : begin + len(part)] = part.rows
            found[begin : begin + len(part)] += begin
        return found if self._given_rows is None else self._given_rows[found].astype(np.int64)

    @cached_property
    def _place_of(self) -> NDArray[np.int64]:
        """The place of each row: (n,)."""
        found = np.empty(len(self), np.int64)
        found[self._row_at] = np.arange(len(self))
        return found

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """Where each list begins, and the last one ends: (l + 1,)."""
        begins = [
            part.starts[:-1].astype(np.int64) + begin
            for part, begin in zip(self._parts, self._begins, strict=False)
        ]
        return np.concatenate([*begins, self._begins[-1:]])

    @cached_property
    def _middles(self) -> NDArray[np.float32]:
        """The direction of each list's middle: (l, d)."""
        middles = np.concatenate([part.middles for part in self._parts])
        lengths = np.linalg.norm(middles, axis=1, keepdims=True)
        directions: NDArray[np.float32] = middles / np.maximum(lengths, np.float32(1e-9))
        return directions

    def _at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors at some places: (m, d)."""
        found = np.empty((len(places), self.dimension), np.float32)
        numbers = np.searchsorted(self._begins, places, side="right") - 1
        for number in np.unique(numbers).tolist():
            here = numbers == number
            found[here] = self._parts[number].vectors[places[here] - self._begins[number]]
        return found

    # -- comparing --------------------------------------------------------------------------------

    def _likeliest(
        self, query: NDArray[np.float32], wanted: NDArray[np.bool_] | None
    ) -> NDArray[np.bool_]:
        """Which lists to look at: (l,)."""
        if wanted is None:
            sizes = np.diff(self._starts)
        else:
            counted = np.concatenate([[0], np.cumsum(wanted)])
            sizes = counted[self._starts[1:]] - counted[self._starts[:-1]]
        if sizes.sum() <= COMPARED:
            return sizes > 0
        order = np.argsort(-(self._middles @ query), kind="stable")
        order = order[sizes[order] > 0]
        before = np.cumsum(sizes[order]) - sizes[order]
        chosen = np.zeros(len(sizes), np.bool_)
        chosen[order[before < COMPARED]] = True
        return chosen

    def _compared(
        self,
        query: NDArray[np.float32],
        lists: NDArray[np.bool_],
        wanted: NDArray[np.bool_] | None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The places in some lists, ascending, and their cosines."""
        places: list[NDArray[np.int64]] = []
        cosines: list[NDArray[np.float32]] = []
        for number, start, end in self._runs(lists):
            vectors, begin = self._parts[number].vectors, int(self._begins[number])
            if wanted is None:
                here = np.arange(start, end)
                found = vectors[start - begin : end - begin] @ query
            else:
                here = start + np.flatnonzero(wanted[start:end])
                if len(here) < _DENSE * (end - start):
                    found = vectors[here - begin] @ query
                else:
                    found = (vectors[start - begin : end - begin] @ query)[here - start]
            places.append(here)
            cosines.append(found)
        if not places:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return np.concatenate(places), np.concatenate(cosines)

    def _runs(self, lists: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
        """Lists that follow each other in a part: its number, where they begin, where they end."""
        chosen = np.flatnonzero(lists)
        if not len(chosen):
            return []
        starts, ends = self._starts[chosen], self._starts[chosen + 1]
        numbers = np.searchsorted(self._begins, starts, side="right") - 1
        joins = (starts[1:] == ends[:-1]) & (numbers[1:] == numbers[:-1])
        first = np.flatnonzero(np.concatenate([[True], ~joins]))
        last = np.concatenate([first[1:] - 1, [len(chosen) - 1]])
        return list(
            zip(numbers[first].tolist(), starts[first].tolist(), ends[last].tolist(), strict=True)
        )
