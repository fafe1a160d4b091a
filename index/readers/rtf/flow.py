"""Text as it flows in: paragraphs and tables, in the body or a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from index.readers.office.pieces import Piece, heading, one_line, tidy
from index.readers.office.table import MAX_COLUMNS, Row, table_pieces
from index.readers.rtf.characters import whole
from index.types import Kind

Roles = Mapping[int, tuple[Kind, int | None]]
"""What paragraphs are by the numbers of their styles."""


class Flow:
    """Collects text and cuts it to pieces.

    Args:
        roles: what the styles say.
        name_table: gives every table its name.
    """

    def __init__(self, roles: Roles, name_table: Callable[[], str]) -> None:
        self.pieces: list[Piece] = []
        self.after: list[Piece] = []
        """Notes and comments on the paragraph or row that is being read."""
        self.is_item = False
        """Whether the paragraph that is being read has a mark of a list."""
        self.merged: list[bool] = []
        """For each column of the row whether its cell is a part of the one above."""
        self.next_is_merged = False
        self.is_header = False
        self._roles = roles
        self._name_table = name_table
        self._words: list[str] = []
        self._bold = self._plain = False
        self._cell: list[str] = []
        self._row = Row()
        self._rows: list[Row] = []
        self._row_bold = True
        self._first_bold = False
        self._inner_row = Row()
        self._inner: list[Row] = []
        self._titled = False

    def add(self, text: str, *, bold: bool) -> None:
        """Add words."""
        self._words.append(text)
        if not text.isspace():
            self._bold, self._plain = self._bold or bold, self._plain or not bold

    def end_paragraph(self, style: int, level: int | None, *, in_table: bool) -> None:
        """A paragraph ends, in a cell or outside of tables."""
        if in_table:
            self._cell.append(self._take())
            return
        stands_out, is_item = self._bold and not self._plain, self.is_item
        text = self._take()
        self.end_table()
        if tidy(text):
            piece = self._piece(text, style, level)
            piece.stands_out, piece.item = stands_out, is_item
            self.pieces.append(piece)
        self.pieces += self.after
        self.after = []

    def end_cell(self) -> None:
        """A cell ends."""
        self._row_bold = self._row_bold and self._bold and not self._plain
        if len(self._row.cells) < MAX_COLUMNS:
            self._row.cells.append(one_line(" ".join([*self._cell, self._take()])))
        self._cell = []

    def end_inner_cell(self) -> None:
        """A cell of a table in a cell ends."""
        if len(self._inner_row.cells) < MAX_COLUMNS:
            self._inner_row.cells.append(one_line(self._take()))

    def end_inner_row(self) -> None:
        """A row of a table in a cell ends."""
        self._inner.append(self._inner_row)
        self._inner_row = Row()

    def end_row(self) -> None:
        """A row ends."""
        if self._words or self._cell:
            self.end_cell()
        row, self._row = self._row, Row()
        above = self._rows[-1].cells if self._rows else []
        for column, is_merged in enumerate(self.merged[: len(row.cells)]):
            if is_merged and not row.cells[column] and column < len(above):
                row.cells[column] = above[column]
        row.is_header = self.is_header or None
        row.after = self.after
        self.after = []
        if self._inner:
            row.after = [*table_pieces(self._inner, self._name_table()), *row.after]
            self._inner = []
        row.drop_empty_end()
        if len(self._rows) == 1 and self._first_bold and not self._row_bold:
            self._rows[0].is_header = True
        self._first_bold = self._row_bold and not self._rows and len(row.cells) > 1
        self._row_bold = True
        self._rows.append(row)

    def end_table(self) -> None:
        """What follows is outside of a table."""
        if self._row.cells:
            self.end_row()
        if self._rows:
            self.pieces += table_pieces(self._rows, self._name_table())
            self._rows = []

    def end(self) -> list[Piece]:
        """The pieces, when all has been read."""
        self.end_paragraph(0, None, in_table=bool(self._row.cells))
        self.end_table()
        return [*self.pieces, *self.after]

    def _take(self) -> str:
        text = whole("".join(self._words))
        self._words, self._bold, self._plain, self.is_item = [], False, False, False
        return text

    def _piece(self, text: str, style: int, level: int | None) -> Piece:
        kind, depth = self._roles.get(style, (Kind.PARAGRAPH, None))
        if level is not None and kind in (Kind.PARAGRAPH, Kind.HEADING):
            kind, depth = Kind.HEADING, level
        if kind is Kind.TITLE and not self._titled:
            self._titled = True
            return Piece(Kind.TITLE, one_line(text))
        if kind in (Kind.HEADING, Kind.TITLE):
            return heading(text, depth or 1)
        return Piece(kind, text)
