"""Questions are asked, and each answer is compared with what is right."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from index.index import Index
from index.indexing import index_documents
from index.types import Document, Hit
from qa.answer import Answer
from qa.assistant import MAX_QUESTION_CHARACTERS, Assistant
from qa.evaluation.dataset import Expectation, Question
from qa.evaluation.result import Outcome, Watch
from qa.evaluation.scoring import RIGHT_F1, best_words, grade
from qa.reading.reader import Reader

SHOWN = 5
"""How many passages an answer shows, unless more are to be ranked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How every question is asked."""

    reader: str | Reader
    caution: str = "balanced"

    def assistant(self, index: Index) -> Assistant:
        """Who answers from an index."""
        return Assistant(index, reader=self.reader)

    def ask(self, question: str, assistant: Assistant, *, k: int = SHOWN) -> tuple[Answer, float]:
        """The answer to a question, and how many seconds it took.

        A question that is too long to be asked is cut.
        """
        asked = question[:MAX_QUESTION_CHARACTERS]
        started = time.perf_counter()
        answer = assistant.ask(asked, k=k, caution=self.caution, remember=False)
        return answer, time.perf_counter() - started


class SingleDocuments:
    """Assistants that know one document of many, with the vectors of an index of all.

    Args:
        index: the index of all.
        asking: how they are asked.
    """

    def __init__(self, index: Index, asking: Asking) -> None:
        self.embedded = 0
        """How many passages had no vector in the index of all."""
        self._index = index
        self._asking = asking
        self._last: tuple[str, Assistant] | None = None

    def assistant(self, document: Document) -> Assistant:
        """Who knows that document alone: the same as the last time, for the same document."""
        if self._last is None or self._last[0] != document.id:
            index = index_documents(
                [document], embedder=self._index.embedder, previous=[self._index]
            )
            self.embedded += index.embedded
            self._last = document.id, self._asking.assistant(index)
        return self._last[1]


def ask_expectations(
    questions: Sequence[Expectation], assistant: Assistant, asking: Asking, watch: Watch
) -> list[Outcome]:
    """Ask each question on a user's documents; there must be at least one.

    A question's rank is that of the right passage among those that the answer shows.
    """
    asking.ask(questions[0].text, assistant)  # loads the models, which is not to count
    outcomes = []
    for number, question in enumerate(questions, 1):
        answer, seconds = asking.ask(question.text, assistant)
        ranks = (n for n, hit in enumerate(answer.hits, 1) if is_right(hit, question))
        outcomes.append(_expected(question, answer, seconds, next(ranks, None)))
        watch("asking", number, len(questions))
    return outcomes


def outcome_of(
    question: Question,
    answer: Answer,
    seconds: float,
    *,
    rank: int | None = None,
    answer_rank: int | None = None,
    right_text: str = "",
) -> Outcome:
    """What became of a question of a data set."""
    graded = None if question.gold is None else grade(answer, question.gold)
    right = best_right = None
    if not question.answerable:
        best_right = False
    elif graded is not None:
        right, best_right = graded.f1 >= RIGHT_F1, graded.best_is_right
    return Outcome(
        question.id,
        question.text,
        question.answerable,
        rank,
        seconds,
        answer,
        answer_rank=answer_rank,
        gold=question.answers,
        grade=graded,
        right=right,
        best_right=best_right,
        right_text=right_text,
    )


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


def _expected(question: Expectation, answer: Answer, seconds: float, rank: int | None) -> Outcome:
    """What became of a question on a user's documents."""
    right = best_right = None
    if not question.answerable:
        best_right = False
    elif question.answer_matches is not None:
        words = best_words(answer)
        best_right = re.search(question.answer_matches, words, re.IGNORECASE) is not None
        right = best_right and not answer.abstained
    return Outcome(
        question.id,
        question.text,
        question.answerable,
        rank,
        seconds,
        answer,
        answer_rank=rank,
        gold=(question.answer_matches,) if question.answer_matches is not None else (),
        right=right,
        best_right=best_right,
        right_text=question.passage_contains or "",
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
