"""Is the answer right, and is it given when, and only when, the documents have it?"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from index.types import Hit
from qa.answer import Answer
from qa.assistant import Assistant
from qa.evaluation.dataset import Expectation, Question
from qa.evaluation.result import Metric, Outcome, Watch


def measure_answers(
    questions: Sequence[Expectation], assistant: Assistant, watch: Watch
) -> tuple[list[Metric], list[Outcome]]:
    """Ask each question and compare passages and answer with what is expected.

    A question's rank is that of the right passage among those that the answer shows.
    """
    asked = _ask([question.text for question in questions], assistant, watch)
    outcomes = [
        Outcome(
            question.id,
            question.text,
            question.answerable,
            next((n for n, hit in enumerate(answer.hits, 1) if is_right(hit, question)), None),
            seconds,
            answer,
            _is_expected(answer, question),
        )
        for question, (answer, seconds) in zip(questions, asked, strict=True)
    ]
    metrics = []
    ranks = [
        outcome.rank
        for outcome, question in zip(outcomes, questions, strict=True)
        if question.passage_contains is not None
    ]
    if ranks:
        metrics += [
            Metric.share(f"R@{k}", [rank is not None and rank <= k for rank in ranks])
            for k in (1, 3)
        ]
    metrics += refusal_metrics(outcomes)
    if verdicts := [outcome.right for outcome in outcomes if outcome.right is not None]:
        metrics.append(Metric.share("right", verdicts))
    return metrics, outcomes


def measure_refusals(
    questions: Sequence[Question], assistant: Assistant, watch: Watch
) -> tuple[list[Metric], list[Outcome]]:
    """Ask each question and see whether it is answered when it has an answer."""
    asked = _ask([question.text for question in questions], assistant, watch)
    outcomes = [
        Outcome(question.id, question.text, question.answerable, None, seconds, answer)
        for question, (answer, seconds) in zip(questions, asked, strict=True)
    ]
    return refusal_metrics(outcomes), outcomes


def refusal_metrics(outcomes: Sequence[Outcome]) -> list[Metric]:
    """How many answerable questions were answered, and how many others were not."""
    asked = [
        (outcome.answerable, outcome.answer.abstained) for outcome in outcomes if outcome.answer
    ]
    answerable = [not abstained for is_answerable, abstained in asked if is_answerable]
    unanswerable = [abstained for is_answerable, abstained in asked if not is_answerable]
    metrics = []
    if answerable:
        metrics.append(Metric.share("answered", answerable))
    if unanswerable:
        metrics.append(Metric.share("abstained", unanswerable))
    return metrics


def is_right(hit: Hit, question: Expectation) -> bool:
    """Whether a hit is the passage that a question is about."""
    if question.passage_contains is None:
        return False
    passage = hit.passage
    return (
        _one_line(question.passage_contains) in _one_line(passage.text)
        and question.kind in (None, passage.kind)
        and (question.author is None or question.author == passage.author)
    )


def _ask(
    questions: Sequence[str], assistant: Assistant, watch: Watch
) -> list[tuple[Answer, float]]:
    """The answer to each question, and how many seconds it took."""
    assistant.index.search(questions[0])  # loads the model, which is not to count for a question
    asked = []
    for number, question in enumerate(questions, 1):
        started = time.perf_counter()
        answer = assistant.ask(question)
        asked.append((answer, time.perf_counter() - started))
        watch("asking", number, len(questions))
    return asked


def _is_expected(answer: Answer, question: Expectation) -> bool | None:
    if question.answer_matches is None:
        return None
    found = re.search(question.answer_matches, answer.text, re.IGNORECASE)
    return found is not None and not answer.abstained


def _one_line(text: str) -> str:
    return " ".join(text.split())
