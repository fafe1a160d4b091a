"""The body of a Word document, from top to bottom: paragraphs, tables, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element

from index.readers.docx.inline import Inline, Line
from index.readers.docx.markup import alternative, attribute, child, descendants, is_on, name_of
from index.readers.docx.markup import number as number_of
from index.readers.docx.styles import Role, Styles
from index.readers.office.pieces import Piece, heading, one_line
from index.readers.office.table import MAX_COLUMNS, Row, table_pieces
from index.types import Kind

_WRAPPERS = frozenset({"sdtContent", "customXml", "ins", "moveTo", "smartTag", "body"})
_CONTENTS = ("Table of Contents", "Table of Figures")


@dataclass(slots=True)
class Parts:
    """What the body refers to."""

    styles: Styles
    notes: Mapping[tuple[str, str], _Element] = field(default_factory=dict)
    comments: Mapping[str, Piece] = field(default_factory=dict)
    diagrams: Mapping[str, list[str]] = field(default_factory=dict)
    """A diagram's words by the id of the relation to it."""


class Body:
    """Reads a body; keeps count of pages, tables and notes, and of what has been said."""

    def __init__(self, parts: Parts, *, paged: bool) -> None:
        self._parts = parts
        self._inline = Inline()
        self._page: int | None = 1 if paged else None
        self._tables = 0
        self._note_counts = {"footnote": 0, "endnote": 0}
        self._told: set[str] = set()
        self._titled = False
        self._in_contents = False

    def rest(self) -> list[Piece]:
        """The comments whose place in the text is not known."""
        comments = self._parts.comments.items()
        return [piece for identity, piece in comments if identity not in self._told]

    def read(self, container: _Element | None) -> list[Piece]:
        """The pieces of an element that has paragraphs and tables."""
        pieces: list[Piece] = []
        for node in container if container is not None else ():
            name = name_of(node)
            if name == "p":
                pieces += self._paragraph(node)
            elif name == "tbl":
                pieces += self._table(node)
            elif name == "sdt":
                pieces += self._control(node)
            elif name == "AlternateContent":
                pieces += self.read(alternative(node))
            elif name in _WRAPPERS:
                pieces += self.read(node)
        return pieces

    def _control(self, node: _Element) -> list[Piece]:
        """A content control; one that holds a table of contents is furniture."""
        gallery = attribute(child(node, "sdtPr", "docPartObj", "docPartGallery"), "val")
        before = self._in_contents
        self._in_contents = before or gallery in _CONTENTS
        pieces = self.read(child(node, "sdtContent"))
        self._in_contents = before
        return pieces

    # --- paragraphs -----------------------------------------------------------------------------

    def _paragraph(self, node: _Element) -> list[Piece]:
        line = self._inline.read(node)
        page = self._turn(line.breaks_before)
        pieces = [self._piece(line.text, self._parts.styles.role(child(node, "pPr")), page)]
        pieces[0].stands_out = _all_bold([node])
        self._turn(line.breaks - line.breaks_before)
        return pieces + self._attached(line, page)

    def _piece(self, text: str, role: Role, page: str | None) -> Piece:
        if self._in_contents:
            return Piece(Kind.BOILERPLATE, text, locator=page)
        if role.kind is Kind.TITLE and text.strip():
            if self._titled:
                return heading(text, 1, page)
            self._titled = True
            return Piece(Kind.TITLE, one_line(text), locator=page)
        if role.kind is Kind.HEADING:
            return heading(text, role.level or 1, page)
        return Piece(role.kind, text, locator=page, item=role.item)

    def _turn(self, pages: int) -> str | None:
        """Turn pages, and say which one it is."""
        if self._page is None:
            return None
        self._page += pages
        return f"page {self._page}"

    def _attached(self, line: Line, page: str | None) -> list[Piece]:
        """What follows a paragraph: its boxes, pictures, diagrams, notes and comments."""
        pieces: list[Piece] = []
        for box in line.boxes:
            before = self._page
            pieces += self.read(box)
            self._page = before
        pieces += [Piece(Kind.CAPTION, text, locator=page) for text in line.pictures]
        for diagram in line.diagrams:
            words = self._parts.diagrams.get(diagram, [])
            pieces += [Piece(Kind.PARAGRAPH, text, locator=page, item=True) for text in words]
        pieces += [piece for note in line.notes for piece in self._note(note, page)]
        for identity in line.comments:
            comment = self._parts.comments.get(identity)
            if comment is not None and identity not in self._told:
                self._told.add(identity)
                comment.locator = page
                pieces.append(comment)
        return pieces

    def _note(self, key: tuple[str, str], page: str | None) -> Iterator[Piece]:
        note = self._parts.notes.get(key)
        if note is None:
            return
        kind = key[0]
        self._note_counts[kind] += 1
        place = f"{kind} {self._note_counts[kind]}"
        lines = [self._inline.read(paragraph).text for paragraph in descendants(note, "p")]
        locator = f"{page}, {place}" if page else place
        yield Piece(Kind.PARAGRAPH, "\n".join(lines), locator=locator)

    # --- tables ---------------------------------------------------------------------------------

    def _table(self, node: _Element) -> list[Piece]:
        rows = list(_rows(node))
        cells = [list(_cells(row)) for row in rows]
        if self._is_layout(cells):
            return [piece for row in cells for cell in row for piece in self.read(cell)]
        self._tables += 1
        name = f"table {self._tables}"
        if self._in_contents:
            return [
                Piece(Kind.BOILERPLATE, p.text) for row in cells for c in row for p in self.read(c)
            ]
        read: list[Row] = []
        for row, row_cells in zip(rows, cells, strict=True):
            read.append(self._row(row, row_cells, read[-1] if read else None))
        if self._sets_off_first_row(node, cells):
            read[0].is_header = True
        return list(table_pieces(read, name))

    def _is_layout(self, rows: list[list[_Element]]) -> bool:
        """Whether a table only places text: it has one cell, or headings in its cells."""
        if sum(map(len, rows)) == 1:
            return True
        roles = (
            self._parts.styles.role(child(paragraph, "pPr"))
            for row in rows
            for cell in row
            for paragraph in cell
            if name_of(paragraph) == "p" and any(True for _ in descendants(paragraph, "t"))
        )
        return any(role.kind in (Kind.HEADING, Kind.TITLE) for role in roles)

    def _row(self, node: _Element, cells: list[_Element], above: Row | None) -> Row:
        properties = child(node, "trPr")
        row = Row(is_header=is_on(child(properties, "tblHeader")) or None)
        row.cells = [""] * min(number_of(child(properties, "gridBefore")) or 0, MAX_COLUMNS)
        first = furthest = self._page
        for cell in cells:
            self._page = first
            text, after = self._cell(cell)
            column = len(row.cells)
            merged = child(cell, "tcPr", "vMerge")
            if merged is not None and attribute(merged, "val") != "restart" and not text:
                # The cell above reaches down to here, so that its words are this row's, too.
                text = above.cells[column] if above and column < len(above.cells) else ""
            span = min(number_of(child(cell, "tcPr", "gridSpan")) or 1, MAX_COLUMNS - column)
            row.cells += [text, *[""] * (span - 1)]
            row.after += after
            if self._page is not None and furthest is not None:
                furthest = max(furthest, self._page)
        row.drop_empty_end()
        # Every cell of a row that a page break cuts has the break.
        row.page = f"page {first}" if first is not None else None
        self._page = furthest
        return row

    def _cell(self, cell: _Element) -> tuple[str, list[Piece]]:
        """A cell's words, and the pieces that cannot be part of its row."""
        words: list[str] = []
        after: list[Piece] = []
        pending = list(reversed(cell))
        while pending:
            node = pending.pop()
            name = name_of(node)
            if name == "p":
                line = self._inline.read(node)
                page = self._turn(line.breaks)
                words.append(line.text)
                after += self._attached(line, page)
            elif name == "tbl":
                after += self._table(node)
            elif name in _WRAPPERS or name == "sdt":
                pending += reversed(node)
        return one_line(" ".join(words)), after

    def _sets_off_first_row(self, table: _Element, cells: list[list[_Element]]) -> bool:
        """Whether the first row looks like a header: by the table's style, or alone in bold."""
        if len(cells) < 2 or len(cells[0]) < 2:
            return False
        if self._parts.styles.sets_off_first_row(child(table, "tblPr")):
            return True
        return _all_bold(cells[0]) and not _all_bold(cells[1])


def _rows(table: _Element) -> Iterator[_Element]:
    for node in table:
        name = name_of(node)
        if name == "tr" and child(node, "trPr", "del") is None:
            yield node
        elif name in _WRAPPERS or name == "sdt":
            yield from _rows(node)


def _cells(row: _Element) -> Iterator[_Element]:
    for node in row:
        name = name_of(node)
        if name == "tc":
            yield node
        elif name in _WRAPPERS or name == "sdt":
            yield from _cells(node)


def _all_bold(nodes: list[_Element]) -> bool:
    """Whether all words of some cells or paragraphs are in bold."""
    runs = [run for node in nodes for run in descendants(node, "r")]
    said = [run for run in runs if "".join(t.text or "" for t in descendants(run, "t")).strip()]
    return bool(said) and all(is_on(child(run, "rPr", "b")) for run in said)
