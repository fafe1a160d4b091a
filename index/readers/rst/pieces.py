"""What a source is taken apart into, and the lines that it is read from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index.types import Kind

ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*[ ]*")
"""A line of one punctuation character, above or below a title, or between paragraphs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of the document, before it is put together."""

    kind: Kind
    text: str
    level: int | None = None


@dataclass(slots=True)
class Source:
    """What holds for the whole text while it is read."""

    styles: list[tuple[str, bool]] = field(default_factory=list)
    """The adornments of titles, outermost first: the character, and whether it stands above, too."""
    meanings: dict[str, str] = field(default_factory=dict)
    """What "|name|" stands for."""
    about: dict[str, str] = field(default_factory=dict)
    """Title, author and date, as fields name them."""


def indent_of(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def block_end(lines: list[str], start: int) -> int:
    """Where the indented lines end that begin at a line; blank lines at the end are not theirs."""
    end = index = start
    while index < len(lines) and (not lines[index] or lines[index].startswith(" ")):
        index += 1
        if lines[index - 1]:
            end = index
    return end


def dedented(lines: list[str]) -> list[str]:
    """Lines without the indentation that all have."""
    depth = min((indent_of(line) for line in lines if line), default=0)
    return [line[depth:] for line in lines]
