"""The questions of a data set, asked of all its texts, or each of its own text alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.errors import ArgumentError
from index.index import Index
from index.types import Block, Document
from qa.evaluation.answering import Asking, SingleDocuments, outcome_of
from qa.evaluation.dataset import Question, Texts, text_document
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

_Places = Mapping[str, tuple[Document, Block]]
"""Where the text of each name is."""


def measure_all(
    questions: Sequence[Question], texts: Texts, index: Index, asking: Asking, watch: Watch
) -> tuple[list[Metric], list[Outcome]]:
    """Search all texts for each question and ask it of all; there must be at least one."""
    assistant = asking.assistant(index)
    k = ANSWER_DEPTH if assistant.reader is None else DEPTH
    asking.ask(questions[0].text, assistant, k=k)  # loads the models, which is not to count
    answerable = [question for question in questions if question.answerable]
    found = search_texts(answerable, texts, index, watch)
    places = texts.by_name()
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
                right_text=_words(question, places),
            )
        )
        watch("asking", number, len(questions))
    metrics: list[Metric] = []
    if answerable:
        metrics += ranking_metrics(found, answerable, MEASURES)
        metrics += ranking_metrics(ordered, answerable, ANSWER_MEASURES)
    return metrics + answer_metrics(outcomes), outcomes


def measure_own(
    questions: Sequence[Question],
    texts: Texts,
    alone: SingleDocuments,
    asking: Asking,
    watch: Watch,
) -> tuple[list[Metric], list[Outcome]]:
    """Ask each question of the text alone that it was written for; there must be at least one."""
    documents = own_documents(questions, texts)
    asking.ask(questions[0].text, alone.assistant(documents[0]))  # loads the models
    outcomes = []
    for number, (question, document) in enumerate(zip(questions, documents, strict=True), 1):
        answer, seconds = asking.ask(question.text, alone.assistant(document))
        outcomes.append(outcome_of(question, answer, seconds, right_text=document.text))
        watch("asking", number, len(questions))
    return answer_metrics(outcomes), outcomes


def own_documents(questions: Sequence[Question], texts: Texts) -> list[Document]:
    """For each question, a document that is nothing but the text that it was written for.

    Raises:
        ArgumentError: a question has no such text.
    """
    places = texts.by_name()
    documents = []
    for question in questions:
        name = question.own_text
        if name is None or name not in places:
            raise ArgumentError(
                f"question {question.id!r} cannot be asked of its own text alone: the data set"
                " has no text for it"
            )
        document, _ = places[name]
        words = _words(question, places)
        documents.append(text_document(document.path, document.title, [words]))
    return documents


def _words(question: Question, places: _Places) -> str:
    """The text that a question was written for; empty when the data set has none."""
    name = question.own_text
    if name is None or name not in places:
        return ""
    document, block = places[name]
    return document.text[block.start : block.end]
