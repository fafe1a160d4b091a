"""One score from two: the cosine of vectors and BM25."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

DENSE_WEIGHT = 0.4545
"""The cosine's weight; BM25's share of its bound has the rest.

Chosen, with BM25's constants, by the mean R@1 on two sets: the questions of SQuAD dev's 16
training articles over all paragraphs, and the first 2,000 Natural Questions over all gold passages.
It gives .828 and .896. With the same BM25 the best pool-scaled convex sum (the cosine from the
lowest of its top 200 to its highest, BM25 by its highest) gives .819 and .893, and reciprocal rank
fusion .795 and .878. ``benchmarks/fusion.py`` prints the table."""

_Number = TypeVar("_Number", float, NDArray[np.float32], NDArray[np.float64])


def fuse(dense: _Number, lexical: _Number) -> _Number:
    """The weighted mean of a cosine and BM25's share of its bound, number by number.

    Both are on a scale of their own that does not depend on the other passages, so the sum can be
    compared between questions, too (Bruch et al. 2022, "An analysis of fusion functions for hybrid
    retrieval", call it a convex combination with theoretical bounds).
    """
    return dense * DENSE_WEIGHT + lexical * (1 - DENSE_WEIGHT)
