"""What became of the questions, as figures."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluation.result import Metric, Outcome, judged
from qa.evaluation.scoring import area_under_risk_coverage, expected_calibration_error


def answer_metrics(outcomes: Sequence[Outcome]) -> list[Metric]:
    """Whether words are right, whether they are given when they should be, and how sure it is."""
    return [*_word_metrics(outcomes), *_refusal_metrics(outcomes), *_confidence_metrics(outcomes)]


def shown_metrics(ranks: Sequence[int | None]) -> list[Metric]:
    """How often the right passage is among the first that an answer shows, by its ranks."""
    if not ranks:
        return []
    return [
        Metric.share(f"R@{k}", [rank is not None and rank <= k for rank in ranks]) for k in (1, 3)
    ]


def off_topic_metrics(outcomes: Sequence[Outcome]) -> list[Metric]:
    """How many of the questions that have nothing to do with the documents were refused."""
    refused = [outcome.answer.abstained for outcome in outcomes]
    return [Metric.share("off-topic refused", refused)] if refused else []


def _word_metrics(outcomes: Sequence[Outcome]) -> list[Metric]:
    """Exact match and F1, of what was given and of the best words."""
    graded = [(outcome.answerable, outcome.grade) for outcome in outcomes if outcome.grade]
    metrics = []
    # Without one that has words to compare with, "abstained" says all there is to say.
    if best := [grade for answerable, grade in graded if answerable]:
        grades = [grade for _, grade in graded]
        metrics += [
            Metric.share("EM", [grade.exact == 1 for grade in grades]),
            _mean("F1", [grade.f1 for grade in grades]),
            Metric.share("EM, best words", [grade.best_exact == 1 for grade in best]),
            _mean("F1, best words", [grade.best_f1 for grade in best]),
        ]
    if verdicts := [outcome.right for outcome in outcomes if outcome.right is not None]:
        metrics.append(Metric.share("right", verdicts))
    return metrics


def _refusal_metrics(outcomes: Sequence[Outcome]) -> list[Metric]:
    """How many answerable questions were answered, and how many others were not."""
    answered = [not each.answer.abstained for each in outcomes if each.answerable]
    abstained = [each.answer.abstained for each in outcomes if not each.answerable]
    metrics = []
    if abstained:
        metrics.append(Metric.share("no-answer accuracy", answered + abstained))
    if answered:
        metrics.append(Metric.share("answered", answered))
    if abstained:
        metrics.append(Metric.share("abstained", abstained))
    return metrics


def _confidence_metrics(outcomes: Sequence[Outcome]) -> list[Metric]:
    known = judged(outcomes)
    if not known:
        return []
    return [
        Metric("ECE", expected_calibration_error(known), len(known)),
        Metric("AURC", area_under_risk_coverage(known), len(known)),
    ]


def _mean(name: str, values: Sequence[float]) -> Metric:
    return Metric(name, sum(values) / len(values), len(values))
