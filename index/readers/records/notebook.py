"""Jupyter notebooks: their text, and their code, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator

from index.errors import ReadError
from index.readers.decoding import decode
from index.readers.markdown import read_markdown
from index.readers.naming import stem
from index.readers.office.pieces import Piece, bounded
from index.readers.records.parsing import Number, parse
from index.readers.text_builder import TextBuilder
from index.types import Document, Kind


def read_notebook(data: bytes, path: str) -> Document:
    """Read a notebook (nbformat 3 or 4); what its code put out is not read.

    Args:
        data: the file.
        path: its name; its stem is the title of a notebook that has no heading.

    Raises:
        ReadError: it is no notebook, damaged, or has no text.
    """
    with bounded(path):
        notebook = parse(decode(data, path), path)
        cells = _cells(notebook)
        if cells is None:
            raise ReadError(path, "it is no notebook: it has no list of cells")
        pieces = [
            piece
            for number, cell in enumerate(cells, 1)
            for piece in _pieces(cell, f"cell {number}")
        ]
    builder = TextBuilder()
    title = next((piece.text for piece in pieces if piece.kind is Kind.TITLE), None)
    titled = False
    for piece in pieces:
        kind, level = piece.kind, piece.level
        if kind is Kind.TITLE and titled:
            kind, level = Kind.HEADING, 1
        titled = titled or kind is Kind.TITLE
        builder.add(kind, piece.text, level=level, locator=piece.locator)
    if not builder.blocks:
        raise ReadError(path, "the notebook has no text")
    title = title or next((p.text for p in pieces if p.kind is Kind.HEADING), None)
    return Document.create(
        path=path, title=title or stem(path), text=builder.text, blocks=builder.blocks
    )


def _cells(notebook: object) -> list[dict[str, object]] | None:
    if not isinstance(notebook, dict):
        return None
    found = notebook.get("cells")
    sheets = notebook.get("worksheets")  # nbformat 3
    if found is None and isinstance(sheets, list):
        found = []
        for sheet in sheets:
            inner = sheet.get("cells") if isinstance(sheet, dict) else None
            found += inner if isinstance(inner, list) else []
    if not isinstance(found, list):
        return None
    return [cell for cell in found if isinstance(cell, dict)]


def _pieces(cell: dict[str, object], place: str) -> Iterator[Piece]:
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str) or isinstance(source, Number) or not source.strip():
        return
    kind = cell.get("cell_type")
    if kind == "heading":  # nbformat 3
        level = str(cell.get("level") or "1")
        yield Piece(
            Kind.HEADING, source, level=int(level) if level in "123456" else 1, locator=place
        )
    elif kind == "markdown":
        document = read_markdown(source, place)
        for block in document.blocks:
            text = document.text[block.start : block.end]
            yield Piece(block.kind, text, level=block.level, locator=place)
    else:
        yield Piece(Kind.PARAGRAPH, source, locator=place)
