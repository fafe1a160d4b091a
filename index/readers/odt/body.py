"""The body of an OpenDocument text, from top to bottom: paragraphs, lists, tables, frames."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from index.readers.odt.inline import Line, read_line
from index.readers.odt.markup import attribute, full, name_of, number, text_of
from index.readers.odt.styles import Styles
from index.readers.office.pieces import Piece, heading, one_line
from index.readers.office.properties import moment
from index.readers.office.table import MAX_COLUMNS, Row, table_pieces
from index.types import Kind

_CONTENTS = frozenset(
    f"text:{kind}"
    for kind in (
        "table-of-content", "illustration-index", "table-index", "object-index", "user-index",
        "alphabetical-index",
    )
)  # fmt: skip
_SKIPPED = frozenset(
    {
        "text:tracked-changes", "office:forms", "text:sequence-decls", "text:variable-decls",
        "text:user-field-decls", "text:dde-connection-decls", "text:index-title-template",
        "text:table-of-content-source", "text:illustration-index-source", "text:table-index-source",
        "text:object-index-source", "text:user-index-source", "text:alphabetical-index-source",
        "svg:desc", "svg:title", "office:event-listeners", "office:binary-data", "text:hidden-paragraph",
    }
)  # fmt: skip
_ROW_GROUPS = frozenset({"table:table-rows", "table:table-row-group", "table:table-header-rows"})
_MAX_REPEATED = 64
"""How often a cell with the same words may be repeated in its row."""

_MAX_ROWS = 10_000
"""Rows that a cell may reach over."""

_Reaching = dict[int, tuple[int, str]]
"""For each column how many more rows the last cell that began in it reaches over, and its words."""


class Body:
    """Reads a body; keeps count of pages and tables, and of what has been said.

    Args:
        styles: the document's styles.
        paged: whether the file says where the pages ended.
    """

    def __init__(self, styles: Styles, *, paged: bool) -> None:
        self._styles = styles
        self._page: int | None = 1 if paged else None
        self._tables = 0
        self._notes = {"footnote": 0, "endnote": 0}
        self._comments: dict[str, str] = {}
        """The authors of the comments that have names, by those."""
        self._titled = False
        self._begun = False

    def read(self, container: _Element, *, item: bool = False) -> list[Piece]:
        """The pieces of an element that has paragraphs, lists and tables."""
        pieces: list[Piece] = []
        for node in container:
            name = name_of(node)
            if name in ("text:p", "text:h"):
                pieces += self._paragraph(node, item=item)
            elif name == "table:table":
                pieces += self._table(node)
            elif name == "text:list":
                pieces += self.read(node, item=True)
            elif name in _CONTENTS:
                listed = self.read(node)
                pieces += [Piece(Kind.BOILERPLATE, piece.text) for piece in listed]
            elif name == "text:soft-page-break":
                self._turn(1)
            elif name == "office:annotation":
                pieces.append(self._comment(node, self._turn(0)))
            elif name not in _SKIPPED and attribute(node, "text:display") != "none":
                pieces += self.read(node, item=item)
        return pieces

    # --- paragraphs -----------------------------------------------------------------------------

    def _paragraph(self, node: _Element, *, item: bool) -> list[Piece]:
        look = self._styles.look(attribute(node, "text:style-name"))
        if look.new_page and self._begun:
            self._turn(1)
        self._begun = True
        line = read_line(node)
        page = self._turn(line.breaks_before)
        if name_of(node) == "text:h":
            pieces = [heading(line.text, number(node, "text:outline-level", 9), page)]
        elif look.kind is Kind.HEADING:
            pieces = [heading(line.text, look.level or 1, page)]
        elif look.kind is Kind.TITLE and line.text.strip():
            again, self._titled = self._titled, True
            title = Piece(Kind.TITLE, one_line(line.text), locator=page)
            pieces = [heading(line.text, 1, page) if again else title]
        else:
            pieces = [Piece(look.kind, line.text, locator=page, item=item)]
            pieces[0].stands_out = bool(line.spans) and all(
                self._styles.look(style).bold if style else look.bold for style, _ in line.spans
            )
        self._turn(line.breaks - line.breaks_before)
        return pieces + self._attached(line, page)

    def _turn(self, pages: int) -> str | None:
        """Turn pages, and say which one it is."""
        if self._page is None:
            return None
        self._page += pages
        return f"page {self._page}"

    def _attached(self, line: Line, page: str | None) -> list[Piece]:
        """What follows a paragraph: its frames, notes and comments."""
        pieces: list[Piece] = []
        for frame in line.frames:
            before = self._page
            pieces += self.read(frame)
            self._page = before
            description = one_line(text_of(frame.find(full("svg:desc"))) or "")
            if len(description.split()) > 2:
                pieces.append(Piece(Kind.CAPTION, description, locator=page))
        for note in line.notes:
            pieces.append(self._note(note, page))
        pieces += [self._comment(comment, page) for comment in line.comments]
        return pieces

    def _note(self, node: _Element, page: str | None) -> Piece:
        kind = "endnote" if attribute(node, "text:note-class") == "endnote" else "footnote"
        self._notes[kind] += 1
        place = f"{kind} {self._notes[kind]}"
        body = node.find(full("text:note-body"))
        lines = [piece.text for piece in self.read(body)] if body is not None else []
        locator = f"{page}, {place}" if page else place
        return Piece(Kind.PARAGRAPH, "\n".join(lines), locator=locator)

    def _comment(self, node: _Element, page: str | None) -> Piece:
        """A comment; LibreOffice names the one that it answers."""
        author = one_line(text_of(node.find(full("dc:creator"))) or "") or None
        name = attribute(node, "office:name")
        if name and author:
            self._comments[name] = author
        answered = next(
            (value for key, value in node.attrib.items() if str(key).endswith("}parent-name")), ""
        )
        lines = [
            read_line(paragraph).text
            for paragraph in node.iter(full("text:p"), full("text:h"))
        ]  # fmt: skip
        return Piece(
            Kind.COMMENT,
            "\n".join(lines),
            author=author,
            date=moment(text_of(node.find(full("dc:date")))),
            reply_to=self._comments.get(str(answered)),
            locator=page,
        )

    # --- tables ---------------------------------------------------------------------------------

    def _table(self, node: _Element) -> list[Piece]:
        rows = list(_rows(node, header=False))
        cells = [cell for row, _ in rows for cell in _cells(row)]
        if len(cells) == 1 or any(
            True for cell in cells for _ in cell.iterchildren(full("text:h"))
        ):
            # The table only places text.
            return [piece for cell in cells for piece in self.read(cell)]
        self._tables += 1
        name = f"table {self._tables}"
        read: list[Row] = []
        reaching: _Reaching = {}
        for row, is_header in rows:
            if name_of(row) == "text:soft-page-break":
                self._turn(1)
            else:
                read.append(self._row(row, reaching, is_header=is_header))
                if len(read) == 1 and self._all_headings(row):
                    read[0].is_header = True
        return list(table_pieces(read, name))

    def _all_headings(self, row: _Element) -> bool:
        """Whether all words of a row are in the style of a table's header."""
        said = [
            paragraph
            for paragraph in row.iter(full("text:p"))
            if (text_of(paragraph) or "").strip()
        ]
        names = [attribute(paragraph, "text:style-name") for paragraph in said]
        return bool(names) and all(self._styles.look(name).heads_table for name in names)

    def _row(self, node: _Element, reaching: _Reaching, *, is_header: bool) -> Row:
        row = Row(is_header=is_header or None)
        row.page = self._turn(0)
        for cell in _cells(node):
            column = len(row.cells)
            repeated = number(cell, "table:number-columns-repeated", _MAX_REPEATED)
            if name_of(cell) == "table:covered-table-cell":
                rows_left, words = reaching.get(column, (0, ""))
                row.cells.append(words if rows_left else "")
                reaching[column] = (max(0, rows_left - 1), words)
                row.cells += [""] * (min(repeated, MAX_COLUMNS - column) - 1)
                continue
            text, after = self._cell(cell)
            row.cells += [text] * min(repeated, MAX_COLUMNS - column)
            reaching[column] = (number(cell, "table:number-rows-spanned", _MAX_ROWS) - 1, text)
            row.after += after
        row.drop_empty_end()
        return row

    def _cell(self, cell: _Element) -> tuple[str, list[Piece]]:
        """A cell's words, and the pieces that cannot be part of its row."""
        words: list[str] = []
        after: list[Piece] = []
        for piece in self.read(cell):
            if piece.row or piece.kind is Kind.COMMENT or "note " in (piece.locator or ""):
                after.append(piece)
            else:
                words.append(piece.text)
        return one_line(" ".join(words)), after


def _rows(table: _Element, *, header: bool) -> Iterator[tuple[_Element, bool]]:
    """A table's rows and the page breaks between them, and whether each is one of the header."""
    for node in table:
        name = name_of(node)
        if name in ("table:table-row", "text:soft-page-break"):
            yield node, header
        elif name in _ROW_GROUPS:
            yield from _rows(node, header=header or name == "table:table-header-rows")


def _cells(row: _Element) -> Iterator[_Element]:
    return row.iterchildren(full("table:table-cell"), full("table:covered-table-cell"))
