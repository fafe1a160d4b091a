"""The lines of a text and their paragraphs, with offsets; Markdown's marks taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text, ``text[start:end]``."""

    start: int
    end: int


def lines_of(text: str) -> list[Span]:
    r"""Return every line without the white space at its ends; a blank one is an empty span.

    Only ``\n`` ends a line.
    """
    lines = []
    start = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        first = start + (raw.index(bare[0]) if bare else 0)
        lines.append(Span(first, first + len(bare)))
        start += len(raw) + 1
    return lines


def groups_of(lines: Sequence[Span], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Give the runs of lines that are not blank, as indices ``(first, last)``, ``last`` excluded."""
    begin = None
    for index in range(first, last):
        blank = lines[index].start == lines[index].end
        if blank and begin is not None:
            yield begin, index
            begin = None
        elif not blank and begin is None:
            begin = index
    if begin is not None:
        yield begin, last


_LINK = re.compile(r"\[([^\[\]]{1,80})\]\([^()]{0,200}\)")
_STARS = re.compile(r"\*{1,3}")
_UNDERLINED = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_]{1,80})\1(?!\w)")
_LEAD = re.compile(r"\A(?:#{1,6}|[-*+])\s+(?=\S)")


def without_marks(raw: str) -> str:
    """A line without Markdown's heading, list and emphasis marks."""
    if raw[0] in "#-*+":
        raw = _LEAD.sub("", raw, count=1)
    return without_emphasis(raw)


def without_emphasis(raw: str) -> str:
    """A line without Markdown's emphasis and link targets."""
    if "*" in raw:
        raw = _STARS.sub("", raw)
    if "_" in raw:
        raw = _UNDERLINED.sub(r"\2", raw)
    if "](" in raw:
        raw = _LINK.sub(r"\1", raw)
    return raw.strip()
