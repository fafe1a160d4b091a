"""Rows of cells, from a CSV file, a sheet or a slide, become passages: "Header: value; Header: value".

A table is read from top to bottom, once, and its header is found in its first rows: memory does not
grow with its length. Rows between two empty rows are a table of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice

from index.readers.grid_header import LOOKED_AT, Header, find_header
from index.readers.text_builder import TextBuilder
from index.types import Kind

_TITLE_LENGTH = 160
"""A line in a single cell above a table is its title up to this many characters, else prose."""

_TITLE_LINES = 4
"""As many lines above a table are its titles ("Results", "by segment", "in million euros")."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    number: int
    """As the program that shows the table counts it."""
    cells: Sequence[str]
    """What each cell shows; empty strings for empty cells."""
    spans: bool = False
    """Whether its only cell stretches over several columns, as the name of a group of rows does."""


class GridReader:
    """Adds tables to a document.

    Args:
        builder: what the blocks are added to.
        locate: a row's place in the file: "row 14" for 14.
        level: the level of the headings that stand above a table.
    """

    def __init__(
        self, builder: TextBuilder, locate: Callable[[int], str], *, level: int = 1
    ) -> None:
        self.title: str | None = None
        """The first line that stood above a table, where nothing but such lines came before it."""
        self._builder = builder
        self._locate = locate
        self._level = level
        self._pending: list[tuple[str, str]] = []
        self._header: Header | None = None
        self._begun = False

    def read(self, rows: Iterable[Row]) -> None:
        """Add every row, in its order."""
        for filled, group in groupby(rows, key=lambda row: any(row.cells)):
            if filled:
                self._read_table(group)
        self._flush_as_prose()

    def _read_table(self, rows: Iterator[Row]) -> None:
        """Add rows that no empty one separates: titles, then a header, then what it heads."""
        head = list(islice(rows, LOOKED_AT))
        titles = self._titles(head)
        self._pend(head[:titles])
        head = head[titles:]
        if not head:
            for row in rows:
                self._pend([row])
            return
        if not any(_width(row) > 1 for row in head):
            self._flush_as_prose()
            self._header = None
        header = find_header([row.cells for row in head], self._header)
        self._flush_as_headings()
        self._begun = True
        for row in head[: header.rows]:
            self._add_header(row, header)
        self._header = header
        for row in chain(head[header.rows :], rows):
            self._add_row(row, header)

    def _titles(self, head: Sequence[Row]) -> int:
        """How many rows at the top are lines of their own, above or without a table."""
        wide = [row for row in head if _width(row) > 1]
        left = min((_first_column(row) for row in wide), default=None)
        count = 0
        for row in head[:_TITLE_LINES] if wide else head:
            if _width(row) > 1 or (left is not None and _first_column(row) > left):
                break
            count += 1
        # A column of words is a list and not a heap of titles.
        return count if wide or count <= _TITLE_LINES else 0

    def _pend(self, rows: Iterable[Row]) -> None:
        """Keep lines until it is known whether a table follows, whose titles they would be."""
        for row in rows:
            text = _one_line("".join(row.cells))
            self._pending.append((text, self._locate(row.number)))
            if len(self._pending) > _TITLE_LINES or len(text) > _TITLE_LENGTH:
                self._flush_as_prose()

    def _flush_as_prose(self) -> None:
        for text, place in self._pending:
            self._builder.add(Kind.PARAGRAPH, text, locator=place)
            self._begun = True
        self._pending = []

    def _flush_as_headings(self) -> None:
        for depth, (text, place) in enumerate(self._pending):
            if not self._begun and self.title is None:
                self.title = text
            self._builder.add(Kind.HEADING, text, level=self._level + depth, locator=place)
        if self._pending:
            self._header = None
        self._pending = []

    def _add_header(self, row: Row, header: Header) -> None:
        """Keep the header row: every row below says its words, so it is searched only if doubtful."""
        kind = Kind.BOILERPLATE if header.certain else Kind.PARAGRAPH
        self._builder.add(kind, _joined(row.cells), locator=self._locate(row.number))

    def _add_row(self, row: Row, header: Header) -> None:
        place = self._locate(row.number)
        if row.spans and _width(row) == 1:
            text = _one_line("".join(row.cells))
            if len(text) <= _TITLE_LENGTH:
                self._builder.add(
                    Kind.HEADING, text, level=self._level + _TITLE_LINES, locator=place
                )
            else:
                self._builder.add(Kind.PARAGRAPH, text, locator=place)
        elif header.is_repeated_by(row.cells):
            self._builder.add(Kind.BOILERPLATE, _joined(row.cells), locator=place)
        else:
            self._builder.add(Kind.PARAGRAPH, row_text(row.cells, header), locator=place)


def row_text(cells: Sequence[str], header: Header) -> str:
    """A row as a passage: each value behind the name of its column, where that has one."""
    values = [(column, _one_line(cell)) for column, cell in enumerate(cells) if cell]
    if header.key_value and len(values) == 2:
        return f"{values[0][1].rstrip(':')}: {values[1][1]}"
    return "; ".join(_named(header.name(column), value) for column, value in values if value)


def _named(name: str, value: str) -> str:
    return f"{name}: {value}" if name and name != value else value


def _joined(cells: Sequence[str]) -> str:
    return "; ".join(_one_line(cell) for cell in cells if cell)


def _one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def _width(row: Row) -> int:
    return sum(1 for cell in row.cells if cell)


def _first_column(row: Row) -> int:
    return next(column for column, cell in enumerate(row.cells) if cell)
