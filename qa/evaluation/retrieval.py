"""Is the right text found, and how far up? The figures are ir-measures'."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from index.errors import Error
from index.index import CANDIDATES, Index
from qa.evaluation.dataset import Question, Texts
from qa.evaluation.result import Metric, Outcome, Watch

DEPTH = 100
"""How many texts are ranked for a question."""

MEASURES = {
    "nDCG@10": "nDCG@10",
    "R@1": "Success@1",
    "R@5": "Success@5",
    "R@10": "Success@10",
    "MRR@10": "RR@10",
}
"""The name in the table, and in ir-measures. R@k is the share of questions that have a right text
among the first k, which is recall for a question with a single right text."""


def require_measures() -> Any:
    """Import ir-measures, which comes with the extra "evaluate".

    Raises:
        Error: it is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise Error(
            "the package ir-measures, which computes the figures, is missing;"
            ' install it with: pip install "document-qa[evaluate]"'
        ) from error
    return ir_measures


def measure_retrieval(
    questions: Sequence[Question], texts: Texts, index: Index, watch: Watch
) -> tuple[list[Metric], list[Outcome]]:
    """Search for each question and compare what is found with what is right.

    Args:
        questions: answerable ones; there must be at least one.
        texts: what the questions are about.
        index: an index of ``texts.documents``.
        watch: told of every question.
    """
    ir_measures = require_measures()
    index.search(questions[0].text)  # loads the model, which is not to count for a question
    outcomes = []
    run = {}
    for number, question in enumerate(questions, 1):
        started = time.perf_counter()
        ranking = rank_texts(index, question.text, texts)
        seconds = time.perf_counter() - started
        # Places for scores: those who compute measures order equal scores in ways of their own.
        run[question.id] = {name: -float(place) for place, name in enumerate(ranking)}
        rank = _first_right(ranking, question)
        outcomes.append(Outcome(question.id, question.text, True, rank, seconds))
        watch("searching", number, len(questions))
    parsed = {name: ir_measures.parse_measure(measure) for name, measure in MEASURES.items()}
    judged = {question.id: dict(question.relevant) for question in questions}
    values = ir_measures.calc_aggregate(list(parsed.values()), judged, run)
    metrics = [
        Metric(name, float(values[measure]), len(questions)) for name, measure in parsed.items()
    ]
    return metrics, outcomes


def rank_texts(index: Index, question: str, texts: Texts) -> list[str]:
    """The names of the best :data:`DEPTH` texts, best first, each as good as its best passage."""
    k = CANDIDATES
    while True:
        hits = index.search(question, k=k)
        names = dict.fromkeys(name for hit in hits for name in texts.names_of(hit.passage))
        if len(names) >= DEPTH or len(hits) < k:
            return list(names)[:DEPTH]
        k *= 2  # many of the passages are parts of the same few texts


def _first_right(ranking: Sequence[str], question: Question) -> int | None:
    for rank, name in enumerate(ranking, 1):
        if question.relevant.get(name, 0) > 0:
            return rank
    return None
