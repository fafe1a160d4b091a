"""Rows of cells, from a CSV file, a sheet or a slide, become passages: "Header: value; Header: value".

A table is read from top to bottom, once, and its header is found in its first rows: memory does not
grow with its length. Rows between two empty rows are a table of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, islice

from index.readers.grid_header import LOOKED_AT, Header, find_header, has_figures, marked_header
from index.readers.text_builder import TextBuilder
from index.types import Kind

_TITLE_LENGTH = 160
"""A line in a single cell above a table is its title up to this many characters, else prose."""

_TITLE_LINES = 4
"""As many lines above a table are its titles ("Results", "by segment", "in million euros")."""


_NOTE_LENGTH = 100
"""A longer text that is alone in its row says what it says without the name of its column."""

_MOST_STRETCHED = 1_000
"""Columns that a name is said for; a cell may claim to take any number."""

_HEADER_ROWS = 3
"""As many rows of words between two empty rows may be the header of the table below."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    number: int
    """As the program that shows the table counts it."""
    cells: Sequence[str]
    """What each cell shows; empty strings for empty cells."""
    stretches: Mapping[int, int] = field(default_factory=dict)
    """How many columns a cell takes, by its column, where it takes several."""
    is_header: bool = False
    """Whether the file says that it names the columns of the rows below."""


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
        self._apart: list[Row] = []

    def read(self, rows: Iterable[Row]) -> None:
        """Add every row, in its order."""
        for (filled, _), group in groupby(rows, key=_Apart()):
            if filled:
                self._read_table(group)
        self._flush_apart()
        self._flush_as_prose()

    def _read_table(self, rows: Iterator[Row]) -> None:
        """Add rows that no empty one separates: titles, then a header, then what it heads."""
        head = list(islice(rows, LOOKED_AT))
        if self._apart and self._heads(self._apart, head):
            head, self._apart = self._apart + head, []
        self._flush_apart()
        titles = self._titles(head)
        self._pend(head[:titles])
        head = head[titles:]
        if not head:
            self._pend(rows)
        elif len(head) <= _HEADER_ROWS and _are_words(head):
            self._apart = head
        else:
            self._add_table(head, rows)

    def _heads(self, above: list[Row], table: list[Row]) -> bool:
        """Whether rows of words above an empty row are the header of the table below it."""
        header = find_header([row.cells for row in above + table])
        return header.certain and header.rows == len(above)

    def _flush_apart(self) -> None:
        """Add rows of words that head nothing."""
        if self._apart:
            head, self._apart = self._apart, []
            self._add_table(head, iter(()))

    def _add_table(self, head: Sequence[Row], rows: Iterator[Row]) -> None:
        """Add a table, of which the first rows have been read."""
        header = marked_header([row.cells for row in head if row.is_header])
        header = header or find_header([row.cells for row in head], self._header)
        if any(_width(row) > 1 for row in head):
            self._flush_as_headings()
        else:
            self._flush_as_prose()
        self._begun = True
        for row in head[: header.rows]:
            self._add_header(row, header)
        self._header = header = _stretched(header, head)
        group: Row | None = None
        for row in chain(head[header.rows :], rows):
            if group:
                # The name of a group only if a row of the group follows.
                self._add_row(group, header, heads=_width(row) > 1)
            group = row if _is_group(row) else None
            if not group:
                self._add_row(row, header)
        if group:
            self._add_row(group, header)

    def _titles(self, head: Sequence[Row]) -> int:
        """How many rows at the top are lines of their own, above or without a table."""
        wide = [row for row in head if _width(row) > 1]
        left = min((_first_column(row) for row in wide), default=None)
        count = 0
        for row in head[:_TITLE_LINES] if wide else head:
            if _width(row) > 1 or row.is_header or (left is not None and _first_column(row) > left):
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

    def _add_row(self, row: Row, header: Header, *, heads: bool = False) -> None:
        place = self._locate(row.number)
        if heads:
            level = self._level + _TITLE_LINES
            self._builder.add(Kind.HEADING, _joined(row.cells), level=level, locator=place)
        elif header.is_repeated_by(row.cells):
            self._builder.add(Kind.BOILERPLATE, _joined(row.cells), locator=place)
        elif _is_group(row):
            self._builder.add(Kind.PARAGRAPH, _joined(row.cells), locator=place)
        else:
            self._builder.add(Kind.PARAGRAPH, row_text(row.cells, header), locator=place)


def _is_group(row: Row) -> bool:
    """Whether a row is a single cell across several columns, as the name of a group of rows is."""
    if not row.stretches or _width(row) != 1:
        return False
    column = _first_column(row)
    return row.stretches.get(column, 1) > 1 and len(row.cells[column]) <= _TITLE_LENGTH


class _Apart:
    """Tells rows of different tables apart: whether they are filled, and the last marked header."""

    def __init__(self) -> None:
        self._tables = 0
        self._in_header = False

    def __call__(self, row: Row) -> tuple[bool, int]:
        if row.is_header and not self._in_header:
            self._tables += 1
        self._in_header = row.is_header
        return any(row.cells), self._tables


def row_text(cells: Sequence[str], header: Header) -> str:
    """A row as a passage: each value behind the name of its column, where that has one."""
    values = [(column, _one_line(cell)) for column, cell in enumerate(cells) if cell]
    if header.key_value and len(values) == 2:
        return f"{values[0][1].rstrip(':')}: {values[1][1]}"
    if len(values) == 1 and (len(values[0][1]) > _NOTE_LENGTH or values[0][1].endswith(".")):
        return values[0][1]  # a note below a table, not a value of its first column
    return "; ".join(_named(header.name(column), value) for column, value in values if value)


def _stretched(header: Header, head: Sequence[Row]) -> Header:
    """The header, with the name of a cell that takes several columns for each of them."""
    names = list(header.names)
    for row in head[: header.rows]:
        for column, count in row.stretches.items():
            for further in range(column + 1, min(column + count, _MOST_STRETCHED)):
                names += [""] * (further + 1 - len(names))
                names[further] = names[further] or names[column]
    return replace(header, names=tuple(names))


def _are_words(rows: Sequence[Row]) -> bool:
    return not any(has_figures(row.cells) for row in rows)


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
