"""What the steps of reading a PDF hand to each other.

Coordinates are in points (1/72 inch). ``x`` grows to the right and ``y`` downwards, as a page is
read; a page whose text runs upwards is turned first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from index.types import Kind


@dataclass(slots=True)
class Word:
    """Characters without a gap, all on one baseline, or a whole table in its place on the page."""

    text: str
    x0: float
    x1: float
    y: float
    """The baseline."""
    size: float
    """The font's size as it is seen."""
    bold: bool = False
    right_to_left: bool = False
    table: Table | None = None


@dataclass(slots=True)
class Table:
    """A table with ruled cells: its rows, each a list of the cells' texts."""

    rows: list[list[str]]
    y0: float
    y1: float


@dataclass(slots=True)
class Line:
    """Words side by side in one column: a line of prose, or a row of a table without rules."""

    words: list[Word]
    cells: list[str]
    """The line's text, cut where the gaps are too wide for prose."""
    y: float
    x0: float
    x1: float
    size: float
    bold: float
    """The share of its characters that is bold."""
    left: float
    """The left edge of the column that it stands in."""
    right: float
    """The right edge of that column."""
    region: int
    """Lines of one column of one page have the same number."""

    @property
    def text(self) -> str:
        """The line's text, cells apart."""
        return " | ".join(self.cells)


@dataclass(slots=True)
class Piece:
    """What becomes a block: a paragraph, heading, caption, row or note."""

    kind: Kind
    text: str
    page: int
    """The page where it begins, from 1."""
    last_page: int
    size: float = 0.0
    bold: bool = False
    region: int = -1
    row: bool = False
    """Whether it is a table's row."""
    full: bool = False
    """Whether its last line reaches the right edge of the column, so that it may go on."""
    indented: bool = False
    """Whether its first line is set in."""
    lines: int = 1
    y: float = 0.0
    """The first line's place on the page, as a share of the page's height."""
    level: int | None = None
    author: str | None = None
    date: str | None = None
    reply_to: str | None = None


@dataclass(slots=True)
class Page:
    """A page's words, before their order is known."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    """The text that runs as most of the page's does."""
    aside: list[list[Word]] = field(default_factory=list)
    """Text that runs in other directions: a stamp in the margin, the labels of an axis."""
    notes: list[Piece] = field(default_factory=list)
    """Comments and the values of form fields."""
    letters: int = 0
    """How many characters of text there are."""
    garbled: bool = False
    """Whether most characters have no known meaning, as fonts without a table of them give."""
    picture: float = 0.0
    """The share of the page that its largest picture covers."""
    damaged: bool = False
    """Whether it could not be opened."""
    drawn: bool = False
    """Whether anything is drawn on it besides text."""
