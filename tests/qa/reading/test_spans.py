"""The likeliest words out of logits: against brute force, on made-up figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.reading.spans import LONGEST, MOST, PER_TOKEN, best_spans, trimmed

Logits = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]


def logits(tokens: int, **at: tuple[int, float]) -> Logits:
    """Figures of 0 but for those named; every token but the first is readable."""
    start, end = np.zeros(tokens, np.float32), np.zeros(tokens, np.float32)
    for name, (place, figure) in at.items():
        (start if name.startswith("start") else end)[place] = figure
    return start, end, np.arange(tokens) > 0


def brute_force(
    start: NDArray[np.float32], end: NDArray[np.float32], ok: NDArray[np.bool_]
) -> float:
    """The best span's score, from looking at every one."""
    return max(
        float(start[a] + end[b]) - PER_TOKEN * (b - a)
        for a in range(len(start))
        for b in range(a, min(len(start), a + LONGEST))
        if ok[a] and ok[b]
    ) - float(start[0] + end[0])


@st.composite
def any_logits(draw: st.DrawFn) -> Logits:
    figures = st.floats(-20, 20, width=32)
    tokens = draw(st.integers(1, 60))
    start, end = (
        np.array(draw(st.lists(figures, min_size=tokens, max_size=tokens)), np.float32)
        for _ in range(2)
    )
    readable = draw(st.lists(st.booleans(), min_size=tokens, max_size=tokens))
    return start, end, np.array(readable, np.bool_)


def test_the_best_span_is_from_the_likeliest_start_to_the_likeliest_end() -> None:
    start, end, readable = logits(10, start=(3, 5.0), end=(4, 4.0), start_none=(0, 1.0))
    first, last, score = best_spans(start, end, readable)[0]
    assert (first, last) == (3, 4)
    assert score == pytest.approx(8.0 - PER_TOKEN)


def test_of_two_as_likely_the_shorter_is_the_answer() -> None:
    start, end, readable = logits(20, start=(3, 9.0), end=(5, 6.0), end2=(14, 6.1))
    assert best_spans(start, end, readable)[0][:2] == (3, 5)


def test_it_does_not_end_before_it_starts() -> None:
    first, last, score = best_spans(*logits(10, start=(6, 5.0), end=(2, 4.0)))[0]
    assert first <= last
    assert score == 5.0


def test_it_is_below_0_where_no_answer_is_likelier() -> None:
    start, end, readable = logits(5, start=(2, 1.0), start_none=(0, 3.0), end_none=(0, 3.0))
    assert best_spans(start, end, readable)[0][2] == -5.0


def test_it_is_no_longer_than_an_answer_can_be() -> None:
    found = best_spans(*logits(100, start=(10, 5.0), end=(10 + LONGEST, 5.0)))
    assert (10, 10 + LONGEST) not in {(first, last) for first, last, _ in found}
    found = best_spans(*logits(100, start=(10, 5.0), end=(9 + LONGEST, 5.0)))
    assert found[0][:2] == (10, 9 + LONGEST)


def test_what_is_not_readable_is_no_answer() -> None:
    start, end, readable = logits(6, start=(2, 9.0), end=(2, 9.0))
    readable[2] = False
    assert all(2 not in span[:2] for span in best_spans(start, end, readable))
    assert best_spans(start, end, np.zeros(6, np.bool_)) == []


def test_of_spans_that_overlap_the_best_stays() -> None:
    start, end, readable = logits(20, start=(3, 9.0), end=(5, 9.0), start2=(4, 8.0), end2=(9, 7.0))
    found = best_spans(start, end, readable)
    assert found[0][:2] == (3, 5)
    assert all(last < 3 or first > 5 for first, last, _ in found[1:])


@given(any_logits())
def test_spans_are_apart_readable_and_best_first(figures: Logits) -> None:
    start, end, readable = figures
    found = best_spans(start, end, readable)
    assert len(found) <= MOST
    for first, last, score in found:
        assert 0 <= first <= last < min(len(start), first + LONGEST)
        assert readable[first]
        assert readable[last]
        sums = start[first] + end[last] - start[0] - end[0]
        assert score == pytest.approx(sums - PER_TOKEN * (last - first), abs=1e-4)
    scores = [score for _, _, score in found]
    assert scores == sorted(scores, reverse=True)
    tokens = [token for first, last, _ in found for token in range(first, last + 1)]
    assert len(tokens) == len(set(tokens))


@given(any_logits())
def test_the_best_is_what_brute_force_finds(figures: Logits) -> None:
    start, end, readable = figures
    found = best_spans(start, end, readable)
    assert bool(found) == bool(readable.any())
    if found:
        assert found[0][2] == pytest.approx(brute_force(start, end, readable), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("  22 percent,\n", "22 percent"),
        ("Nice", "Nice"),
        ("(Nice", "Nice"),
        ("Nice)", "Nice"),
        ("Nice (France)", "Nice (France)"),
        ("“Nice", "Nice"),
        ("Nice,”", "Nice"),
        ('"Nice', "Nice"),
        ('"Nice"', '"Nice"'),
        ("; [Nice,", "Nice"),
        ("4.6 million", "4.6 million"),
        (" ,;: ", ""),
        ("(", ""),
        ("", ""),
    ],
)
def test_stray_punctuation_is_left_out(text: str, rest: str) -> None:
    around = f"ab{text}cd"
    start, end = trimmed(around, 2, 2 + len(text))
    assert around[start:end] == rest


@given(st.text('ab ,;:()[]"“”‘’\n.', max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_what_is_left_is_within_and_needs_no_second_look(text: str, start: int, end: int) -> None:
    start, end = min(start, len(text)), min(end, len(text))
    first, last = trimmed(text, start, max(start, end))
    assert start <= first <= last <= max(start, end)
    assert trimmed(text, first, last) == (first, last)
    words = text[first:last]
    assert words == words.strip(" \n,;:")


@pytest.mark.parametrize(
    ("text", "found", "whole"),
    [
        ("about 1,300,000 people", "300,000", "1,300,000"),
        ("it is 115.7 m high", "115", "115.7"),
        ("in 1939, 5 men", "5", "5"),
        ("in 1939. 5 men", "1939", "1939"),
        ("of 42", "42", "42"),
    ],
)
def test_an_answer_has_no_half_number(text: str, found: str, whole: str) -> None:
    start = text.index(found)
    assert text[slice(*trimmed(text, start, start + len(found)))] == whole
