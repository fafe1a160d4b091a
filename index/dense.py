"""Nearest vectors: the seam to FAISS."""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray


class DenseIndex:
    """Unit vectors, searched exactly by inner product. Row *i* is passage *i*.

    Args:
        vectors: (n, d), unit length.
    """

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._index: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._index.d)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """All vectors: (n, d)."""
        found: NDArray[np.float32] = self._index.reconstruct_n(0, len(self))
        return found

    def rows(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some of the vectors: (m, d)."""
        if not len(rows):
            return np.zeros((0, self.dimension), np.float32)
        found: NDArray[np.float32] = self._index.reconstruct_batch(rows)
        return found

    def nearest(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows nearest to a query and their cosines, best first.

        Args:
            query: (d,), unit length.
            k: at most this many.
            allowed: the rows to search; all when None.
        """
        count = len(self) if allowed is None else len(allowed)
        if not count:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters: Any = None
        if allowed is not None:
            selector: Any = faiss
            parameters = selector.SearchParameters(sel=faiss.IDSelectorBatch(allowed))
        scores, rows = self._index.search(query[None, :], min(k, count), params=parameters)
        return rows[0], scores[0]

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of a query (d,) with each of ``rows`` (n,): (n,)."""
        # Not "@": it adds up some rows in another order, and equal vectors would differ.
        found: NDArray[np.float32] = np.einsum("nd,d->n", self.rows(rows), query)
        return found
