"""What is quoted for an answer: the words, and the sentence or two that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.sentences import Span, sentences_of
from index.types import Passage


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a passage, with places in its document."""

    passage: Passage
    start: int
    end: int
    context_start: int
    context_end: int


@dataclass(frozen=True, slots=True)
class Found:
    """The best answer there is, right or not."""

    answer: str
    quotes: tuple[Quote, ...]
    confidence: float


def quote(passage: Passage, start: int, end: int) -> Quote:
    """Words with the sentence that they stand in, and the one before where it begins with "He"."""
    text = passage.document.text
    spans = sentences_of(passage)
    touched = [n for n, (first, last) in enumerate(spans) if first < end and start < last]
    if not touched:
        return Quote(passage, start, end, start, end)
    first = touched[0]
    if first > 0 and _REFERS_BACK.match(text, spans[first][0]):
        first -= 1
    return Quote(passage, start, end, spans[first][0], spans[touched[-1]][1])


def sentence(passage: Passage, start: int, end: int) -> Quote:
    """A whole sentence, or several, as the words themselves."""
    return Quote(passage, start, end, start, end)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in the order given, those that overlap as one: each stretch of the text once."""
    found: list[Span] = []
    for start, end in spans:
        same = [span for span in found if span[0] < end and start < span[1]]
        whole = min([start, *(a for a, _ in same)]), max([end, *(b for _, b in same)])
        place = found.index(same[0]) if same else len(found)
        found = [span for span in found if span not in same]
        found.insert(place, whole)
    return found


_REFERS_BACK = re.compile(r"(?:He|She|It|They|His|Her|Its|Their|This|That|These|Those|Both|Such)\b")
