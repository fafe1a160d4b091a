"""Tables on a book's pages."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from index.readers.epub.xhtml import HEADING_TAGS, tag_of, words_of
from index.readers.office.table import MAX_COLUMNS, Row

_BLOCKS = HEADING_TAGS | {"table", "figure", "blockquote", "pre"}
_LONG_CELL = 300
"""A cell of several paragraphs and more characters than this is a part of the page's layout."""

_MAX_ROWS = 10_000
"""Rows that a cell may reach over."""

_MAX_REACHING = 50
"""Cells that may reach over the next row, of which each says them all again."""


def is_layout(table: _Element) -> bool:
    """Whether a table only places text: it has one cell, or much more than words in its cells."""
    cells = [cell for row in _rows(table) for cell in _cells(row)]
    if len(cells) < 2:
        return True
    for cell in cells:
        tags = [tag_of(node) for node in cell.iterdescendants()]
        if not _BLOCKS.isdisjoint(tags):
            return True
        if tags.count("p") > 1 and len(words_of(cell)) > _LONG_CELL:
            return True
    return False


def rows_of(table: _Element) -> Iterator[Row]:
    """A table's rows; a cell that reaches over several rows is said in each."""
    reaching: dict[int, tuple[int, str]] = {}
    for node in _rows(table):
        row = Row()
        heads: list[bool] = []
        for cell in _cells(node):
            _fill(row, reaching)
            words = words_of(cell)
            column = len(row.cells)
            down = _number(cell, "rowspan", _MAX_ROWS)
            if down > 1 and len(reaching) < _MAX_REACHING:
                reaching[column] = (down - 1, words)
            wide = _number(cell, "colspan", max(1, MAX_COLUMNS - column))
            row.cells += [words, *[""] * (wide - 1)]
            if words:
                heads.append(tag_of(cell) == "th")
        _fill(row, reaching)
        row.drop_empty_end()
        parent = node.getparent()
        in_head = parent is not None and tag_of(parent) == "thead"
        row.is_header = (bool(heads) and (in_head or all(heads))) or None
        yield row


def _fill(row: Row, reaching: dict[int, tuple[int, str]]) -> None:
    """Say again the cells above that reach down to the next columns."""
    while (column := len(row.cells)) in reaching:
        left, words = reaching.pop(column)
        row.cells.append(words)
        if left > 1:
            # Read by the next row, which begins with an empty one.
            reaching[column] = (left - 1, words)


def _rows(table: _Element) -> Iterator[_Element]:
    for node in table:
        tag = tag_of(node)
        if tag == "tr":
            yield node
        elif tag in ("thead", "tbody", "tfoot"):
            yield from _rows(node)


def _cells(row: _Element) -> Iterator[_Element]:
    return (node for node in row if tag_of(node) in ("td", "th"))


def _number(cell: _Element, name: str, most: int) -> int:
    text = cell.get(name) or ""
    return (
        max(1, min(int(text), most)) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    )
