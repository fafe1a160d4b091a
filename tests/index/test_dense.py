"""Nearest vectors, against plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.dense import DenseIndex


def unit(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


VECTORS = unit(50, 16)
DENSE = DenseIndex.of(VECTORS)


@given(
    seed=st.integers(0, 1000),
    k=st.integers(1, 70),
    allowed=st.none() | st.sets(st.integers(0, 49)),
)
@settings(max_examples=150, deadline=None)
def test_nearest_is_what_sorting_all_cosines_gives(
    seed: int, k: int, allowed: set[int] | None
) -> None:
    query = unit(16, seed=seed)
    rows = range(50) if allowed is None else sorted(allowed)
    cosines = VECTORS @ query
    expected = sorted(rows, key=lambda row: -cosines[row])[:k]
    chosen = None if allowed is None else np.array(sorted(allowed), dtype=np.int64)
    found, scores = DENSE.nearest(query, k, chosen)
    assert found.tolist() == expected
    assert np.allclose(scores, cosines[expected], atol=1e-6)


@given(seed=st.integers(0, 1000), rows=st.lists(st.integers(0, 49)))
@settings(max_examples=50, deadline=None)
def test_cosines_are_inner_products(seed: int, rows: list[int]) -> None:
    query = unit(16, seed=seed)
    found = DENSE.cosines(query, np.array(rows, dtype=np.int64))
    assert found.shape == (len(rows),)
    assert np.allclose(found, VECTORS[rows] @ query, atol=1e-6)


@pytest.mark.parametrize("allowed", [None, np.zeros(0, np.int64)])
def test_nothing_to_search(allowed: NDArray[np.int64] | None) -> None:
    dense = DENSE if allowed is not None else DenseIndex.of(np.zeros((0, 16), np.float32))
    rows, scores = dense.nearest(unit(16), 5, allowed)
    assert rows.shape == scores.shape == (0,)
    assert rows.dtype == np.int64


def test_size_dimension_and_vectors() -> None:
    assert len(DENSE) == 50
    assert DENSE.dimension == 16
    assert np.array_equal(DENSE.vectors, VECTORS)


def test_vectors_in_another_layout_are_taken_as_they_are() -> None:
    turned = np.asfortranarray(VECTORS.astype(np.float64))
    assert np.array_equal(DenseIndex.of(turned).vectors, VECTORS)


@pytest.mark.parametrize("dimension", [64, 384])
def test_equal_vectors_have_exactly_equal_cosines(dimension: int) -> None:
    """Or passages of the same words would be ranked by noise, and not by their ids."""
    vector, query = unit(2, dimension)
    for count in range(2, 20):
        dense = DenseIndex.of(np.tile(vector, (count, 1)))
        assert len(set(dense.cosines(query, np.arange(count)).tolist())) == 1
