"""The best of many scores, in an order that does not depend on how they are stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SAMPLE = 16_384


def best(
    scores: NDArray[np.float32], count: int, rows: NDArray[np.integer[Any]] | None = None
) -> NDArray[np.int64]:
    """The places of the highest scores, best first; equal ones in the order of their rows.

    Args:
        scores: (n,).
        count: at most this many.
        rows: (n,), what equal scores are ordered by; their places by default.
    """
    found = np.arange(len(scores)) if count >= len(scores) else _highest(scores, count)
    chosen = scores[found]
    order = np.lexsort((found if rows is None else rows[found], -chosen))
    # Nothing but their rows decides which of the equal ones are left out.
    return found[order[:count]]


def _highest(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The places of all scores as high as the ``count``-th, ascending."""
    found = np.flatnonzero(scores >= _bound(scores[:: 1 + len(scores) // _SAMPLE], count))
    least = _bound(scores[found], count)
    return found[scores[found] >= least]


def _bound(scores: NDArray[np.float32], count: int) -> np.float32:
    """The ``count``-th highest of some scores: of more scores it is no lower."""
    if len(scores) < count:
        return np.float32(-np.inf)
    bound: np.float32 = np.partition(scores, len(scores) - count)[len(scores) - count]
    return bound
