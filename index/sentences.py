"""Where sentences end: the seam to sentencex."""

from __future__ import annotations

from sentencex import get_sentence_boundaries

from index.types import Passage

LANGUAGE = "en"
"""sentencex's rules for English also serve the other languages that end a sentence with . ! ? or 。"""

Span = tuple[int, int]
"""First character and the one after the last."""


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of ``text[start:end]``, without white space around them.

    Returns:
        Spans into ``text``, in order. Between them lies white space only.
    """
    stretch = text[start:end]
    spans = [
        strip_span(text, start + boundary["start_index"], start + boundary["end_index"])
        for boundary in get_sentence_boundaries(LANGUAGE, stretch)
    ]
    return [(first, last) for first, last in spans if first < last]


def sentences_of(passage: Passage) -> list[Span]:
    """The sentences of a passage's words, as spans into its document's text; all of it where it has none."""
    spans = [
        (passage.start + start, passage.start + end) for start, end in sentence_spans(passage.words)
    ]
    return spans or [(passage.start, passage.end)]


def strip_span(text: str, start: int, end: int) -> Span:
    """The span without the white space at its two ends; empty where it is all white space."""
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    return start, max(start, start + len(stretch.strip()))
