"""A reader that is told what to find, so that tests of other things depend on no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.types import Passage
from qa.reading.reader import NO_SPAN, Reading, Span


class FakeReader:
    """Finds words in passages, or their author's name.

    Args:
        answers: the words to find, by a part of the question in small letters.
    """

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    @property
    def name(self) -> str:
        return "fake"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        asked = question.lower()
        wanted = [words for part, words in self._answers.items() if part in asked]
        return [self._read(wanted, passage) for passage in passages]

    def _read(self, wanted: Sequence[str], passage: Passage) -> Reading:
        for words in wanted:
            if words == passage.author:
                span = Span(words, passage.start, passage.end, 9.0, names_author=True)
                return Reading(passage, (span,), 9.0, 9.0)
            if words in passage.text:
                start = passage.start + passage.text.index(words)
                return Reading(passage, (Span(words, start, start + len(words), 9.0),), 9.0, 9.0)
        first = passage.text.split()[0]
        spans = (Span(first, passage.start, passage.start + len(first), NO_SPAN / 2),)
        return Reading(passage, spans, NO_SPAN / 2, NO_SPAN / 2)
