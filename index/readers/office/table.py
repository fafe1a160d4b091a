"""A table becomes a piece a row, in which every cell says what column it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.readers.grid import row_text
from index.readers.grid_header import LOOKED_AT, Header, find_header
from index.readers.office.pieces import Piece, one_line
from index.types import Kind

MAX_COLUMNS = 1_000
"""Columns of a row that are read; a cell may claim to span any number."""

_TELLING_ROWS = _TELLING_COLUMNS = 3
"""A smaller table of words alone is a form ("Name | Ada", "Town | Hull") as likely as one with a
header."""


@dataclass(slots=True)
class Row:
    """A row of a table."""

    cells: list[str] = field(default_factory=list)
    """What each column has; a cell that spans several columns stands in the first of them."""
    is_header: bool | None = None
    """Whether the file says that it names the columns; None where it says nothing."""
    after: list[Piece] = field(default_factory=list)
    """What belongs to its cells and follows it: footnotes, comments, tables in the table."""
    page: str | None = None
    """The page it stands on, where the file says."""

    def drop_empty_end(self) -> None:
        """Forget empty cells at the end, which a cell may claim any number of."""
        while self.cells and not self.cells[-1]:
            self.cells.pop()


def table_pieces(rows: Sequence[Row], name: str) -> Iterator[Piece]:
    """A table's rows as pieces.

    Args:
        rows: its rows; those that are empty count, but give no piece.
        name: what the table is to a person, "table 2".
    """
    columns = _header(rows)
    for index, row in enumerate(rows):
        place = f"{name}, row {index + 1}"
        locator = f"{row.page}, {place}" if row.page else place
        if index < columns.rows or columns.is_repeated_by(row.cells):
            kind = Kind.BOILERPLATE if columns.certain else Kind.PARAGRAPH
            yield Piece(kind, _joined(row.cells), locator=locator, row=True)
        elif any(row.cells):
            text = row_text(row.cells, columns) if columns.names or columns.key_value else ""
            yield Piece(Kind.PARAGRAPH, text or _joined(row.cells), locator=locator, row=True)
        yield from row.after


def _header(rows: Sequence[Row]) -> Header:
    """The names of the columns: as the file marks them, else as the rows' contents suggest."""
    marked = 0
    while marked < len(rows) and rows[marked].is_header:
        marked += 1
    if 0 < marked < len(rows):
        return Header(_names([row.cells for row in rows[:marked]]), marked)
    if len(rows) < 2 or (rows[0].is_header is False):
        return Header()
    head = rows[:LOOKED_AT]
    width = max(len(row.cells) for row in head)
    found = find_header([[*row.cells, *[""] * (width - len(row.cells))] for row in head])
    large = len(rows) >= _TELLING_ROWS and width >= _TELLING_COLUMNS
    return found if found.certain or large else Header()


def _names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One name a column of a header of several rows, of which the upper ones name groups."""
    names: list[list[str]] = [[] for _ in range(max(map(len, rows), default=0))]
    for row in rows[:-1]:
        group = ""
        for column in range(len(names)):
            group = (row[column] if column < len(row) else "") or group
            names[column].append(group)
    for column, cell in enumerate(rows[-1]):
        names[column].append(cell)
    return tuple(
        ", ".join(dict.fromkeys(one_line(part).rstrip(":") for part in parts if part))
        for parts in names
    )


def _joined(cells: Sequence[str]) -> str:
    return " | ".join(line for cell in cells if (line := one_line(cell)))
