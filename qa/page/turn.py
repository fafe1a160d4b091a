"""What the page remembers of a question."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Filter
from qa.answer import Answer

EVERYTHING = Filter()


@dataclass(slots=True)
class Turn:
    """A question and what it got; neither answer nor message while it waits."""

    question: str
    answer: Answer | None = None
    message: str | None = None
    """Why there is no answer, when something went wrong."""
    only: Filter = EVERYTHING
    """What the visitor chose to search in."""
    narrow: bool = True
    """Whether the question may narrow that further ("what did LTRich say?")."""

    verdict: str = ""
    """What the visitor said of the answer, of :data:`qa.feedback.VERDICTS`; empty for nothing."""

    @property
    def waiting(self) -> bool:
        """Whether it has got nothing yet."""
        return self.answer is None and self.message is None
