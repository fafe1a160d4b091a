"""What reads passages for a question, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.types import Kind, Passage
from qa.reading.spans import MOST


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage as an answer.

    ``text == passage.document.text[start:end]``, unless they are the author's name.
    """

    text: str
    start: int
    end: int
    """In characters of the document. An author's name stands in front of a comment and not in it:
    its place is the whole passage."""
    score: float
    """Logits of start and end, less those of "no answer here"; above 0 the words are likelier."""
    names_author: bool = False
    """Whether the answer is who wrote the passage, and not what it says."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a passage."""

    passage: Passage
    spans: tuple[Span, ...]
    """The likeliest answers, best first, none of which overlap; empty when nothing can be one."""
    relevance: float
    """Logit that the passage holds an answer, by which passages are ordered."""
    answered: float
    """Such a logit, too, by which an answer is given or not: it tells a question that the passage answers from one
    that only looks so. A reader that makes no difference gives the relevance again."""

    @property
    def margin(self) -> float:
        """By how much the best answer is likelier than none; negative when none is likelier."""
        return self.spans[0].score if self.spans else NO_SPAN


NO_SPAN = -20.0
"""The margin of a passage without any words to answer with."""


class Reader(Protocol):
    """A model that finds the words that answer a question."""

    @property
    def name(self) -> str:
        """As the user named it."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage for the question. A passage's reading depends on no other passage."""


def context_of(passage: Passage) -> str:
    """What a reader sees in front of a passage: who wrote a comment, or what a text is about."""
    if passage.kind is Kind.COMMENT:
        return f"{COMMENT_BY}{passage.author or 'a reader'}:\n"
    lines = [line for line in (passage.document.title, passage.section) if line]
    if passage.kind is Kind.CAPTION:
        lines.append("Caption:")
    return "".join(f"{line}\n" for line in lines)


def likeliest(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The best spans of all of a passage's windows, without those that overlap a better one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.score, span.start)):
        if all(
            span.end <= other.start or other.end <= span.start
            for other in kept
            if other.names_author == span.names_author
        ):
            kept.append(span)
    return tuple(kept[:MOST])


COMMENT_BY = "Comment by "
