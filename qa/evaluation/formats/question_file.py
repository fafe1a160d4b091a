"""A file of questions on a user's own documents: JSON lines.

    {"question": "what territory had IS lost?", "passage_contains": "22 percent", "kind":
     "paragraph", "author": null, "answer_matches": "22 percent|Iraq and Syria", "type": "fact"}

Everything but the question may be null or missing. A question with neither ``passage_contains``
nor ``answer_matches`` is one that the documents do not answer; one with ``"known": false`` is passed
over: it was judged wrong in the page, and nobody said what is right (``qa.feedback``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from index.errors import ArgumentError
from index.types import PASSAGE_KINDS, Kind
from qa.evaluation.dataset import Expectation, QuestionFile
from qa.evaluation.formats.jsonfiles import read_lines, words, words_or_none


def load(path: Path) -> QuestionFile:
    """Read a file.

    Raises:
        ArgumentError: the file is malformed, a kind unknown, or a pattern not a regular
            expression.
    """
    return QuestionFile(
        str(path),
        tuple(
            _expectation(record, place)
            for place, record in read_lines(path)
            if record.get("known") is not False
        ),
    )


def _expectation(record: dict[str, Any], place: str) -> Expectation:
    return Expectation(
        id=place.rpartition(":")[2],
        text=words(record, "question", place),
        type=words_or_none(record, "type", place),
        passage_contains=words_or_none(record, "passage_contains", place),
        kind=_kind(words_or_none(record, "kind", place), place),
        author=words_or_none(record, "author", place),
        answer_matches=_pattern(words_or_none(record, "answer_matches", place), place),
    )


def _kind(kind: str | None, place: str) -> Kind | None:
    if kind is not None and kind not in PASSAGE_KINDS:
        raise ArgumentError(f"{place}: unknown kind {kind!r}; one of {', '.join(PASSAGE_KINDS)}")
    return None if kind is None else Kind(kind)


def _pattern(pattern: str | None, place: str) -> str | None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ArgumentError(f'{place}: "answer_matches": {error}') from error
    return pattern
