"""Exact match, F1 and what a confidence is worth, worked out by hand."""

from __future__ import annotations

import pytest

from qa.answer import Answer
from qa.evaluation.scoring import (
    Bin,
    Grade,
    area_under_risk_coverage,
    calibration_bins,
    exact_match,
    expected_calibration_error,
    f1,
    grade,
    risk_coverage,
)


def answer(words: str, *, nearest: str = "") -> Answer:
    return Answer("?", words, words, not words, 0.5, (), (), nearest=nearest)


@pytest.mark.parametrize(
    ("words", "gold", "exact", "overlap"),
    [
        ("The Denver  Broncos!", ["Denver Broncos"], 1, 1),
        ("Broncos", ["Denver Broncos"], 0, 2 / 3),
        ("Broncos", ["the Broncos", "Denver Broncos"], 1, 1),
        ("green green paint", ["green paint"], 0, 4 / 5),
        ("green paint", ["red"], 0, 0),
        ("", ["red"], 0, 0),
        ("", [], 1, 1),
        ("red", [], 0, 0),
        # As in the official script: what is only an article is no words at all.
        ("the", [], 1, 1),
        ("", ["the"], 1, 1),
    ],
)
def test_exact_match_and_f1(words: str, gold: list[str], exact: float, overlap: float) -> None:
    assert exact_match(words, gold) == exact
    assert f1(words, gold) == pytest.approx(overlap)


def test_withheld_words_count_as_the_best_and_not_as_given() -> None:
    assert grade(answer("", nearest="1987"), ["1987"]) == Grade(0, 0, 1, 1)
    assert grade(answer("", nearest="1987"), []) == Grade(1, 1, 0, 0)
    assert grade(answer("in 1987"), ["1987"]) == Grade(0, 2 / 3, 0, 2 / 3)
    assert grade(answer("in 1987"), ["1987"]).best_is_right
    assert not grade(answer("in the year of 1987"), ["1987"]).best_is_right


def test_calibration_bins_and_error() -> None:
    judged = [(0.0, False), (0.08, True), (0.65, True), (1.0, True), (0.95, False)]
    first, sixth, last = calibration_bins(judged)
    assert first == Bin(0, 2, pytest.approx(0.04), 0.5)
    assert sixth == Bin(6, 1, 0.65, 1.0)
    assert last == Bin(9, 2, pytest.approx(0.975), 0.5)
    error = (2 * 0.46 + 1 * 0.35 + 2 * 0.475) / 5
    assert expected_calibration_error(judged) == pytest.approx(error)


def test_risk_falls_where_confidence_sorts_well() -> None:
    judged = [(0.2, False), (0.9, True), (0.5, True), (0.4, False)]
    assert risk_coverage(judged) == [(0.25, 0), (0.5, 0), (0.75, 1 / 3), (1, 0.5)]
    assert area_under_risk_coverage(judged) == pytest.approx((1 / 3 + 1 / 2) / 4)
    worst = [(0.9, False), (0.1, True)]
    assert area_under_risk_coverage(worst) == pytest.approx((1 + 1 / 2) / 2)


def test_equally_sure_answers_count_as_their_mean() -> None:
    for judged in ([(0.5, True), (0.5, False)], [(0.5, False), (0.5, True)]):
        assert risk_coverage(judged) == [(0.5, 0.5), (1, 0.5)]
