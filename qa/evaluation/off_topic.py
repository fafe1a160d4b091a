"""Questions asked of an article that they are not about, which is to refuse them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from index.errors import ArgumentError
from index.types import Document
from qa.evaluation.answering import Asking, SingleDocuments, outcome_of
from qa.evaluation.dataset import DataSet, Question
from qa.evaluation.result import Outcome, Watch

SEED = 20
"""Of what is drawn: the same in every run."""


def draw(data: DataSet, count: int) -> list[tuple[Document, Question]]:
    """Questions and an article for each that has another title, both drawn at random.

    Args:
        data: the articles are those that any of its questions was written for.
        count: how many questions; all of them when there are fewer.

    Returns:
        Articles and questions, in the order of the articles.

    Raises:
        ArgumentError: the questions are all about one article.
    """
    places = data.texts.by_name()
    own = {
        question.id: places[question.own_text][0]
        for question in data.questions
        if question.own_text in places
    }
    articles = list({document.id: document for document in own.values()}.values())
    if len({_title(article) for article in articles}) < 2:
        raise ArgumentError(
            f"{data.name}: off-topic questions come from other articles, and there is only one"
        )
    chance = random.Random(SEED)
    known = [question for question in data.questions if question.id in own]
    drawn = []
    for question in chance.sample(known, min(count, len(known))):
        title = _title(own[question.id])
        place = chance.choice([n for n, each in enumerate(articles) if _title(each) != title])
        drawn.append((place, question))
    drawn.sort(key=lambda each: each[0])  # so that each article's index is built once
    return [(articles[place], question) for place, question in drawn]


def ask_off_topic(
    drawn: Sequence[tuple[Document, Question]],
    alone: SingleDocuments,
    asking: Asking,
    watch: Watch,
) -> list[Outcome]:
    """Ask each question of the article that was drawn for it."""
    outcomes = []
    for number, (article, question) in enumerate(drawn, 1):
        answer, seconds = asking.ask(question.text, alone.assistant(article))
        unanswerable = Question(question.id, question.text, {}, about=question.own_text)
        outcomes.append(outcome_of(unanswerable, answer, seconds))
        watch("asking off-topic", number, len(drawn))
    return outcomes


def _title(document: Document) -> str:
    return document.title or document.id
