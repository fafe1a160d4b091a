"""Is the right text found, and how far up? The figures are ir-measures'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from index.errors import Error
from index.index import CANDIDATES, Index
from index.types import Hit
from qa.evaluation.dataset import Question, Texts
from qa.evaluation.result import Metric, Watch

DEPTH = 100
"""How many texts are ranked for a question."""

ANSWER_DEPTH = 10
"""How many of the passages behind an answer are ranked without a reader: its order of them comes
from reading sentences, which takes time for each."""

MEASURES = {
    "nDCG@10": "nDCG@10",
    "R@1": "Success@1",
    "R@5": "Success@5",
    "R@10": "Success@10",
    "MRR@10": "RR@10",
}
"""The name in the table, and in ir-measures. R@k is the share of questions that have a right text
among the first k, which is recall for a question with a single right text."""

ANSWER_MEASURES = {"answer nDCG@10": "nDCG@10", "answer R@1": "Success@1"}
"""The same for the order in which an answer has the passages."""


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


def search_texts(
    questions: Sequence[Question], texts: Texts, index: Index, watch: Watch
) -> dict[str, list[str]]:
    """Search for each question: the names of the texts found, best first, by the question's id.

    Args:
        questions: there may be none.
        texts: what the questions are about.
        index: an index of ``texts.documents``.
        watch: told of every question.
    """
    rankings = {}
    for number, question in enumerate(questions, 1):
        rankings[question.id] = rank_texts(index, question.text, texts)
        watch("searching", number, len(questions))
    return rankings


def ranking_metrics(
    rankings: Mapping[str, Sequence[str]],
    questions: Sequence[Question],
    measures: Mapping[str, str],
) -> list[Metric]:
    """Compare the order of texts with what is right.

    Args:
        rankings: the names of texts, best first, by the question's id.
        questions: answerable ones; there must be at least one.
        measures: their names in the table, and in ir-measures.
    """
    ir_measures = require_measures()
    # Places for scores: those who compute measures order equal scores in ways of their own.
    run = {
        question.id: {name: -float(n) for n, name in enumerate(rankings[question.id])}
        for question in questions
    }
    parsed = {name: ir_measures.parse_measure(measure) for name, measure in measures.items()}
    judged = {question.id: dict(question.relevant) for question in questions}
    values = ir_measures.calc_aggregate(list(parsed.values()), judged, run)
    return [
        Metric(name, float(values[measure]), len(questions)) for name, measure in parsed.items()
    ]


def rank_texts(index: Index, question: str, texts: Texts) -> list[str]:
    """The names of the best :data:`DEPTH` texts, best first, each as good as its best passage."""
    k = CANDIDATES
    while True:
        hits = index.search(question, k=k)
        names = names_of(hits, texts)
        if len(names) >= DEPTH or len(hits) < k:
            return names[:DEPTH]
        k *= 2  # many of the passages are parts of the same few texts


def names_of(hits: Sequence[Hit], texts: Texts) -> list[str]:
    """The names of the texts of passages, in their order, each once."""
    return list(dict.fromkeys(name for hit in hits for name in texts.names_of(hit.passage)))


def first_right(ranking: Sequence[str], question: Question) -> int | None:
    """The place of the first right text, from 1; None when none is there."""
    ranks = (n for n, name in enumerate(ranking, 1) if question.relevant.get(name, 0) > 0)
    return next(ranks, None)
