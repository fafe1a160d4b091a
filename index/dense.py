"""Nearest vectors: the seam to FAISS. All are compared where they are few; many, by their signs first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import distinct
from index.ranking import best

COMPARED = 50_000
"""So many vectors are compared with a question exactly. Of more, :data:`NEAR` are, by their signs."""
NEAR = 5_000
"""How many vectors, of more than :data:`COMPARED`, are compared exactly: those with the most signs in
common with the question. ``benchmarks/growth.py`` prints what that misses."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors, and their signs after a turn that is the same for all: a bit for each number."""

    vectors: NDArray[np.float32]
    """(n, d), unit length; row i is passage i."""
    signs: NDArray[np.uint8]
    """(n, b): eight signs a byte."""

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> Vectors:
        """Find the signs of vectors.

        Args:
            vectors: (n, d), unit length.
        """
        vectors = np.ascontiguousarray(vectors, np.float32)
        return cls(vectors, signs_of(vectors))

    def __len__(self) -> int:
        return len(self.vectors)

    def check(self) -> None:
        """See that every vector has its signs.

        Raises:
            ValueError: it does not.
        """
        if self.signs.shape != (len(self), _width(self.vectors.shape[1]) // 8):
            raise ValueError("its vectors have not as many signs")


def signs_of(vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The signs of vectors, eight a byte: (n, b).

    The angle of two vectors is told from how many signs they have in common (Charikar 2002,
    "Similarity estimation techniques from rounding algorithms"), the better, the more evenly the vector's
    length is spread over its numbers. So each vector is turned before, by the fast Walsh–Hadamard
    transform of its numbers with fixed signs: sums and differences alone, the same on every processor.

    Args:
        vectors: (n, d).
    """
    count, dimension = vectors.shape
    width = _width(dimension)
    found = np.empty((count, width // 8), np.uint8)
    for start in range(0, count, 1024):  # the next steps' tables stay small
        some = np.zeros((min(1024, count - start), width), np.float32)
        some[:, :dimension] = vectors[start : start + 1024] * _flips(width)[:dimension]
        found[start : start + 1024] = np.packbits(_transformed(some) > 0, axis=1)
    return found


def _width(dimension: int) -> int:
    """How many signs a vector has: a power of two, and whole bytes."""
    return max(8, 1 << (dimension - 1).bit_length())


@lru_cache(maxsize=8)
def _flips(width: int) -> NDArray[np.float32]:
    """-1 or 1 for each number, at random but always the same: (width,)."""
    bits = np.frombuffer(hashlib.shake_256(b"signs").digest(width // 8), np.uint8)
    return np.unpackbits(bits).astype(np.float32) * 2 - 1


def _transformed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The Walsh–Hadamard transform of each row: (n, width)."""
    count, width = values.shape
    half = 1
    while half < width:
        pairs = values.reshape(count, width // (2 * half), 2, half)
        first, second = pairs[:, :, 0], pairs[:, :, 1]
        values = np.stack([first + second, first - second], axis=2).reshape(count, width)
        half *= 2
    return values


class DenseIndex:
    """Unit vectors, searched by inner product. Row *i* is passage *i*.

    Args:
        parts: vectors; at least one part.
        rows: the row of each vector, part after part: (n,); None where they stand in this order.
    """

    def __init__(
        self, parts: Sequence[Vectors], rows: NDArray[np.integer[Any]] | None = None
    ) -> None:
        self._parts = tuple(parts)
        self._begins = np.cumsum([0, *(len(part) for part in self._parts)])
        self._rows = rows

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> DenseIndex:
        """Make an index of vectors: (n, d)."""
        return cls([Vectors.of(vectors)])

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
        slots = self._slots(rows)
        found = np.empty((len(slots), self.dimension), np.float32)
        numbers = np.searchsorted(self._begins, slots, side="right") - 1
        for number in distinct(numbers).tolist():
            here = numbers == number
            found[here] = self._parts[number].vectors[slots[here] - self._begins[number]]
        return found

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of a query (d,) with each of ``rows`` (n,): (n,)."""
        # Not "@": it adds up some rows in another order, and equal vectors would differ.
        found: NDArray[np.float32] = np.einsum("nd,d->n", self.rows(rows), query)
        return found

    def nearest(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows nearest to a query and their cosines, best first; equal ones by their rows.

        Exact where no more than :data:`COMPARED` rows are searched. Of more, the :data:`NEAR` rows
        with the most signs in common with the query are compared exactly.

        Args:
            query: (d,), unit length.
            k: at most this many.
            allowed: the rows to search; all when None.
        """
        wanted = None
        if allowed is not None:
            wanted = np.zeros(len(self), np.bool_)
            wanted[self._slots(allowed)] = True
        if (len(self) if allowed is None else len(allowed)) > COMPARED:
            wanted = self._alike(query, wanted, max(k, NEAR))
        parts = list(self._compared(query, wanted, k))
        slots = np.concatenate([np.zeros(0, np.int64), *(slots for slots, _ in parts)])
        cosines = np.concatenate([np.zeros(0, np.float32), *(found for _, found in parts)])
        rows = slots if self._rows is None else self._rows[slots].astype(np.int64)
        chosen = best(cosines, k, rows)
        return rows[chosen], cosines[chosen]

    def _slots(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where some rows stand, part after part."""
        return rows if self._slot_of is None else self._slot_of[rows]

    @cached_property
    def _slot_of(self) -> NDArray[np.int64] | None:
        """Where each row stands: (n,); None where it stands in its place."""
        if self._rows is None:
            return None
        slots = np.empty(len(self), np.int64)
        slots[self._rows] = np.arange(len(self))
        return slots

    def _alike(
        self, query: NDArray[np.float32], wanted: NDArray[np.bool_] | None, count: int
    ) -> NDArray[np.bool_]:
        """Those with the most signs in common with a query, about so many; equal ones all: (n,)."""
        asked = signs_of(query[None, :].astype(np.float32))
        apart = np.empty(len(self), np.int32)
        for part, begin in zip(self._parts, self._begins.tolist(), strict=False):
            _count_apart(asked, part.signs, apart[begin : begin + len(part)])
        counted = np.bincount(apart if wanted is None else apart[wanted])
        most = np.searchsorted(np.cumsum(counted), count)
        alike: NDArray[np.bool_] = apart <= most
        return alike if wanted is None else alike & wanted

    def _compared(
        self, query: NDArray[np.float32], wanted: NDArray[np.bool_] | None, k: int
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Where the nearest of the wanted vectors of each part stand, and their cosines."""
        for part, begin in zip(self._parts, self._begins.tolist(), strict=False):
            if wanted is None:
                found, cosines = _nearest(query, part.vectors, k)
            else:
                here = np.flatnonzero(wanted[begin : begin + len(part)])
                found, cosines = _nearest(query, part.vectors[here], k)
                found = here[found]
            yield found + begin, cosines


def _nearest(
    query: NDArray[np.float32], vectors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The places of the vectors (n, d) nearest to a query (d,), and their cosines, by FAISS.

    It compares them one by one where they lie, which may be a file that is mapped into memory.
    """
    if not len(vectors):
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    import faiss

    cosines, places = faiss.knn(
        np.ascontiguousarray(query[None], np.float32),
        vectors,
        min(k, len(vectors)),
        metric=faiss.METRIC_INNER_PRODUCT,
    )
    return places[0], cosines[0]


def _count_apart(
    asked: NDArray[np.uint8], signs: NDArray[np.uint8], apart: NDArray[np.int32]
) -> None:
    """Count in how many signs each of some vectors differs from one."""
    import faiss

    found: Any = faiss
    pointers = [found.swig_ptr(each) for each in (asked, np.ascontiguousarray(signs), apart)]
    found.hammings(pointers[0], pointers[1], 1, len(signs), signs.shape[1], pointers[2])
