"""How good an answer's words are, and what its confidence is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.answer import Answer
from qa.wording import normalised

RIGHT_F1 = 0.5
"""Words are right when their F1 with a right answer is at least this."""

BINS = 10
"""Confidences are put in this many bins of equal width."""

Judged = tuple[float, bool]
"""A confidence, 0…1, and whether the words that it is of are right."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How good an answer's words are, as SQuAD v2.0 counts it, each 0…1.

    The best of the right answers counts. Where there is none, abstaining is 1.
    """

    exact: float
    f1: float
    best_exact: float
    best_f1: float
    """Of the best words, whether they were given or withheld."""

    @property
    def best_is_right(self) -> bool:
        """Whether the best words are right, for a question that has an answer."""
        return self.best_f1 >= RIGHT_F1


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence is between two bounds."""

    number: int
    """From 0, for confidences of 0 to 1 / :data:`BINS`."""
    count: int
    confidence: float
    """The mean, 0…1."""
    right: float
    """The share that is right, 0…1."""


def best_words(answer: Answer) -> str:
    """The words of an answer, or those that were withheld when it abstained."""
    return answer.answer or answer.nearest


def grade(answer: Answer, gold: Sequence[str]) -> Grade:
    """Compare an answer's words with the right ones; none stand for "there is no answer"."""
    given, best = answer.answer, best_words(answer)
    return Grade(exact_match(given, gold), f1(given, gold), exact_match(best, gold), f1(best, gold))


def exact_match(words: str, gold: Sequence[str]) -> float:
    """1 when the words are a right answer but for case, punctuation and articles, 0 otherwise."""
    return float(any(normalised(words) == normalised(right) for right in _known(gold)))


def f1(words: str, gold: Sequence[str]) -> float:
    """The harmonic mean of precision and recall of the words, 0…1, with the best right answer."""
    return max(_f1(normalised(words).split(), normalised(right).split()) for right in _known(gold))


def calibration_bins(judged: Sequence[Judged]) -> list[Bin]:
    """The answers by their confidence: :data:`BINS` bins of equal width, the empty ones left out."""
    filled: dict[int, list[Judged]] = {}
    for confidence, right in judged:
        filled.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    return [
        Bin(
            number,
            len(members),
            sum(confidence for confidence, _ in members) / len(members),
            sum(right for _, right in members) / len(members),
        )
        for number, members in sorted(filled.items())
    ]


def expected_calibration_error(judged: Sequence[Judged]) -> float:
    """How far confidence is from the share that is right, 0…1: the bins' mean, by their counts."""
    off = [each.count * abs(each.confidence - each.right) for each in calibration_bins(judged)]
    return sum(off) / len(judged)


def risk_coverage(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """Coverage and risk, each 0…1, when only the surest n are answered, for n = 1, 2, ….

    Coverage is the share that is answered; risk, the share of these that is wrong. Which of equally
    sure ones come first is not known: each counts as their mean.
    """
    points = []
    answered, wrong = 0, 0.0
    surest_first = sorted(judged, key=lambda each: -each[0])
    for _, members in groupby(surest_first, key=lambda each: each[0]):
        verdicts = [right for _, right in members]
        for _ in verdicts:
            answered += 1
            wrong += verdicts.count(False) / len(verdicts)
            points.append((answered / len(judged), wrong / answered))
    return points


def area_under_risk_coverage(judged: Sequence[Judged]) -> float:
    """The mean risk over all coverages, 0…1; the smaller, the better confidence sorts answers."""
    points = risk_coverage(judged)
    return sum(risk for _, risk in points) / len(points)


def _known(gold: Sequence[str]) -> Sequence[str]:
    """Answers that are more than articles and punctuation; "" when there is none."""
    return [right for right in gold if normalised(right)] or [""]


def _f1(words: Sequence[str], right: Sequence[str]) -> float:
    if not words or not right:
        return float(words == right)
    shared = (Counter(words) & Counter(right)).total()
    return 2 * shared / (len(words) + len(right))
