"""What the page remembers of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

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

    stage: str = ""
    """What is being done while it waits: a name that ``qa.answering`` gives; empty before that."""
    verdict: str = ""
    """What the visitor said of the answer, of :data:`qa.feedback.VERDICTS`; empty for nothing."""

    @property
    def waiting(self) -> bool:
        """Whether it has got nothing yet."""
        return self.answer is None and self.message is None

    def again(self) -> Turn:
        """The same question, to be answered anew."""
        return Turn(self.question, only=self.only, narrow=self.narrow)


def link_to(turn: Turn) -> str:
    """The part of an address, from "?", that asks a turn's question again, in full."""
    full = turn.answer.understood if turn.answer is not None else ""
    fields: Mapping[str, object] = {
        "q": full or turn.question,
        "kind": turn.only.kinds,
        "author": turn.only.author,
        "document": turn.only.document,
        "wide": "" if turn.narrow else "1",
    }
    given = {name: value for name, value in fields.items() if value}
    return "?" + urlencode(given, doseq=True, errors="replace")


def asked_by(link: str) -> Turn | None:
    """The question that an address asks, from "?"; None where it asks none."""
    fields = parse_qs(link.removeprefix("?"))
    first = {name: values[0] for name, values in fields.items()}
    if "q" not in first:
        return None
    only = Filter(tuple(fields.get("kind", ())) or None, first.get("author"), first.get("document"))
    return Turn(first["q"], only=only, narrow="wide" not in first)
