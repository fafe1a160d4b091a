"""A conversation over documents: each question is understood with what came before it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qa.answer import Answer, Basis
from qa.conversation.followup import understand
from qa.conversation.mentions import Exchange
from qa.conversation.talk import small_talk
from qa.overview.requests import overview_request
from qa.overview.scope import without_title

if TYPE_CHECKING:
    from qa.answering import Watch
    from qa.assistant import Assistant

REMEMBERED = 8
"""How many of the last turns a follow-up can refer to."""


@dataclass
class Conversation:
    """Questions and answers, in their order. Belongs to one person: not to be shared by threads.

    Args:
        assistant: who answers.
        answers: of an earlier part of the conversation.
    """

    assistant: Assistant
    answers: list[Answer] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *,
        as_it_is: bool = False,
        k: int = 5,
        kinds: Collection[str] | None = None,
        author: str | None = None,
        document: str | None = None,
        caution: str = "balanced",
        narrow: bool = True,
        watch: Watch | None = None,
    ) -> Answer:
        """Answer a question, which may be a follow-up, and remember both.

        Args:
            question: in words, at most 2,000 characters.
            as_it_is: take nothing over from the turns before.
            k: how many passages to show.
            kinds: only these: "paragraph", "caption", "comment".
            author: only the words of this author.
            document: only this document, by path, file name or title.
            caution: how sure it must be to answer.
            narrow: whether a question that names whose words it wants is answered from these alone.
            watch: told of each stage, as for :meth:`qa.Assistant.ask`.

        Returns:
            The answer; ``answer.understood`` is the question in full where it was a follow-up.

        Raises:
            ArgumentError, ModelError: as for :meth:`qa.Assistant.ask`.
        """
        plain, _ = without_title(question, self.assistant.index)
        alone = as_it_is or overview_request(plain) is not None
        understood = question if alone else in_full(question, self.answers)
        answer = self.assistant.ask(
            understood,
            k=k,
            kinds=kinds,
            author=author,
            document=document,
            caution=caution,
            narrow=narrow,
            as_asked=question.strip() if understood != question.strip() else "",
            without=self._cited() if _ASKS_FOR_MORE.search(question) else (),
            watch=watch,
        )
        if understood != question.strip():
            answer = replace(answer, question=question.strip(), understood=understood)
        self.answers.append(answer)
        return answer

    def to_markdown(self) -> str:
        """The questions and answers, each with its citations, for a person to keep."""
        from qa.conversation.export import as_markdown

        return as_markdown(self.answers)

    def to_json(self, *, indent: int | None = 2) -> str:
        """The questions and answers as JSON: a list of what :meth:`qa.Answer.to_dict` gives."""
        from qa.conversation.export import as_json

        return as_json(self.answers, indent=indent)

    def _cited(self) -> set[str]:
        """The passages that were cited for the last question."""
        last = self.answers[-1:]
        return {citation.passage.id for answer in last for citation in answer.citations}


_ASKS_FOR_MORE = re.compile(
    r"\b(?:else|more|others?)\W*$|\b(?:what|who|where) else\b", re.IGNORECASE
)
"""The passages that answered the last question are not wanted again."""


def in_full(question: str, answers: Sequence[Answer]) -> str:
    """A question with what it lacks from the turns before it; as it is where it lacks nothing.

    Greetings and questions about the whole ("what is this about?") lack nothing.
    """
    question = question.strip()
    if small_talk(question) is not None or overview_request(question) is not None:
        return question
    asked = [answer for answer in answers if answer.basis is not Basis.TALK]
    return understand(question, [exchange_of(answer) for answer in asked[-REMEMBERED:]]).question


def exchange_of(answer: Answer) -> Exchange:
    """A turn as the next one may refer to it."""
    return Exchange(answer.understood or answer.question, answer.answer)
