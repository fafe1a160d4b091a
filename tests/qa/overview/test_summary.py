"""The sentences of a summary cover a text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.overview.summary import MOST, covering


def test_what_is_chosen_is_central_and_then_new() -> None:
    about_one = np.array([[1, 0.1, 0], [1, 0, 0], [1, -0.1, 0]], np.float32)
    about_other = np.array([[0, 0.1, 1], [0, -0.1, 1]], np.float32)
    vectors = np.concatenate([about_one, about_other])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert covering(vectors, 1, lead=False) == [1]
    first, second = covering(vectors, 2, lead=False)
    assert first == 1
    assert second in (3, 4)


def test_the_lead_is_taken_where_all_are_alike() -> None:
    vectors = np.ones((6, 4), np.float32) / 2
    assert covering(vectors, 1, lead=True) == [0]


@given(st.integers(0, 2 * MOST + 3), st.integers(1, 6))
def test_rows_are_chosen_once_and_in_order(rows: int, count: int) -> None:
    vectors = np.random.default_rng(rows).normal(size=(rows, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chosen = covering(vectors, count, lead=True)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, rows)
    assert all(0 <= row < rows for row in chosen)
