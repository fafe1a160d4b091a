"""A table becomes a paragraph a row, in which every cell says what column it is of."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from index.readers.html.pieces import SHORT_LIST, Piece, classified
from index.readers.html.tei_text import texts_of
from index.types import Kind

_LONGEST_HEADER = 100
"""Characters of a cell that names a column; a longer one is text."""


def table_pieces(table: _Element) -> Iterator[Piece]:
    """A table as a paragraph a row, each cell behind its column's name: "Source: tolls | Sum: 9".

    What stands over all columns, as a table's caption does, goes in front of the next row.
    """
    columns: list[str] = []
    names: list[list[str]] = []
    for row in table.iter("row"):
        cells = [texts_of(cell) for cell in row.iter("cell")]
        words = [" ".join(" ".join(cell).split()) for cell in cells]
        if _are_names(row, words):
            names.append(words)
            continue
        if names and len(_said(names[-1])) > 1:
            columns = names.pop()
        above = [" | ".join(_said(name)) for name in names]
        names = []
        if sum(map(len, words)) > SHORT_LIST and any(len(cell) > 1 for cell in cells):
            # The table is the page's layout.
            yield from map(classified, [*above, *(text for cell in cells for text in cell)])
        elif any(words) and len(columns) == len(words):
            row_text = " | ".join(
                f"{name.rstrip(':')}: {word}" if name else word
                for name, word in zip(columns, words, strict=True)
                if word
            )
            yield Kind.PARAGRAPH, "\n".join([*above, row_text]), None
        elif any(words):
            yield classified("\n".join([*above, " | ".join(_said(words))]))
    for name in names:
        yield classified(" | ".join(_said(name)))


def _are_names(row: _Element, words: list[str]) -> bool:
    """Whether a row names columns, or what the table is about: all its cells are headers."""
    said = [cell for cell, word in zip(row.iter("cell"), words, strict=True) if word]
    return bool(said) and all(
        cell.get("role") == "head" and len(word) <= _LONGEST_HEADER
        for cell, word in zip(said, _said(words), strict=True)
    )


def _said(words: list[str]) -> list[str]:
    return [word for word in words if word]
