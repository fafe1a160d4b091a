"""The questions of a data set, asked of all its texts, of each one's own, or of others' articles."""

from __future__ import annotations

import random
from collections.abc import Sequence

from index.errors import ArgumentError
from index.index import Index
from index.types import Document
from qa.evaluation.answering import Asking, SingleDocuments, outcome_of
from qa.evaluation.dataset import DataSet, Question, Texts, text_document
from qa.evaluation.metrics import answer_metrics
from qa.evaluation.result import Metric, Outcome, Watch
from qa.evaluation.retrieval import (
    ANSWER_DEPTH,
    ANSWER_MEASURES,
    DEPTH,
    MEASURES,
    first_right,
    names_of,
    ranking_metrics,
    search_texts,
)

SEED = 20
"""Of what is drawn at random: the same in every run."""


def measure_all(
    questions: Sequence[Question], texts: Texts, index: Index, asking: Asking, watch: Watch
) -> tuple[list[Metric], list[Outcome]]:
    """Search all texts for each question and ask it of all; there must be at least one."""
    assistant = asking.assistant(index)
    k = ANSWER_DEPTH if assistant.reader is None else DEPTH
    asking.ask(questions[0].text, assistant, k=k)  # loads the models, which is not to count
    answerable = [question for question in questions if question.answerable]
    found = search_texts(answerable, texts, index, watch)
    written = _words_by_name(texts)
    ordered: dict[str, list[str]] = {}
    outcomes = []
    for number, question in enumerate(questions, 1):
        answer, seconds = asking.ask(question.text, assistant, k=k)
        ordered[question.id] = names_of(answer.hits, texts)
        outcomes.append(
            outcome_of(
                question,
                answer,
                seconds,
                rank=first_right(found.get(question.id, ()), question),
                answer_rank=first_right(ordered[question.id], question),
                right_text=written.get(question.own_text or "", ""),
            )
        )
        watch("asking", number, len(questions))
    metrics: list[Metric] = []
    if answerable:
        metrics += ranking_metrics(found, answerable, MEASURES)
        metrics += ranking_metrics(ordered, answerable, ANSWER_MEASURES)
    return metrics + answer_metrics(outcomes), outcomes


def measure_own(
    questions: Sequence[Question], texts: Texts, alone: SingleDocuments, asking: Asking, watch: Watch
) -> tuple[list[Metric], list[Outcome]]:
    """Ask each question of the text alone that it was written for; there must be at least one."""
    places = texts.by_name()
    own = {question.id: _own_text(question, texts, places) for question in questions}
    asking.ask(questions[0].text, alone.assistant(own[questions[0].id]))  # loads the models
    outcomes = []
    for number, question in enumerate(questions, 1):
        document = own[question.id]
        answer, seconds = asking.ask(question.text, alone.assistant(document))
        outcomes.append(outcome_of(question, answer, seconds, right_text=document.text))
        watch("asking", number, len(questions))
    return answer_metrics(outcomes), outcomes
