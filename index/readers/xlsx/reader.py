"""The steps from a workbook to a document: sheet by sheet, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from index.errors import ReadError
from index.readers.drawing import attribute, chart_of, child, description, paragraphs
from index.readers.grid import GridReader
from index.readers.naming import stem
from index.readers.office.pieces import bounded, one_line
from index.readers.opc import core_properties, relations
from index.readers.text_builder import TextBuilder
from index.readers.xlsx.cells import (
    Workbook,
    children_of,
    header_rows,
    shared_strings,
    sheet_rows,
    styles,
)
from index.readers.xlsx.notes import Note, notes_of, people
from index.readers.zipped import Package, open_package
from index.types import Document, Kind

_UNNAMED = re.compile(
    r"(?:sheet|tabelle|feuil|feuille|hoja|foglio|planilha|blad|ark|arkusz|лист|list|munka)[ _-]?\d*"
    r"|工作表\d*",
    re.IGNORECASE,
)
"""A name that the program gave a sheet says nothing: "Sheet1", "Tabelle 2"."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str


def read_xlsx(data: bytes, path: str) -> Document:
    """Read a workbook.

    Args:
        data: the file.
        path: its name; its stem is the title of a workbook that has no other.

    Returns:
        The document: each sheet a heading, each row a paragraph that names its columns, then the
        words in its drawings and charts, and the notes at its cells as comments. Sheets that are
        hidden are read as well.

    Raises:
        ReadError: it is no workbook, damaged, protected by a password, or all its cells are empty.
    """
    with bounded(path):
        package = open_package(data, path)
        book = _workbook_part(package)
        builder = TextBuilder()
        title = _add_sheets(builder, package, book)
        if not builder.blocks:
            raise ReadError(path, "all cells of the workbook are empty")
        return _document(package, builder, title, path)


def _document(package: Package, builder: TextBuilder, title: str | None, path: str) -> Document:
    properties = core_properties(package)
    return Document.create(
        path=path,
        title=properties.title or title or stem(path),
        text=builder.text,
        blocks=builder.blocks,
        author=properties.author,
        date=properties.date,
    )


def _workbook_part(package: Package) -> str:
    """The part that names the sheets."""
    for relation in relations(package, "").values():
        if relation.kind == "officeDocument" and relation.target in package:
            if not relation.target.casefold().endswith(".xml"):
                break
            return relation.target
    if "xl/workbook.xml" in package:
        return "xl/workbook.xml"
    raise ReadError(package.path, "it is no workbook that can be read; save it as .xlsx")


def _add_sheets(builder: TextBuilder, package: Package, part: str) -> str | None:
    """Add every sheet; the title of the first table, if it is one of the first sheet."""
    workbook, sheets = _workbook(package, part)
    names = people(package, part)
    title = None
    for index, sheet in enumerate(sheets):
        headers = _headers(package, sheet.part)
        rows = sheet_rows(package.read(sheet.part), workbook, headers, package.path)
        drawn = list(_drawn(package, sheet))
        notes = notes_of(package, sheet.part, names)
        first = next(rows, None)
        if first is None and not drawn and not notes:
            continue
        unnamed = _UNNAMED.fullmatch(sheet.name)
        builder.add(
            Kind.BOILERPLATE if unnamed else Kind.HEADING,
            sheet.name,
            level=None if unnamed else 1,
            locator=f"sheet {sheet.name}",
        )
        grid = GridReader(builder, partial(_row_of, sheet.name), level=2)
        grid.read(rows if first is None else chain([first], rows))
        for kind, text, row in drawn:
            builder.add(kind, text, locator=f"sheet {sheet.name}{row}")
        _add_notes(builder, sheet, notes)
        title = grid.title if index == 0 else title
    return title


def _row_of(sheet: str, number: int) -> str:
    return f"sheet {sheet}, row {number}"


def _workbook(package: Package, part: str) -> tuple[Workbook, list[_Sheet]]:
    """The sheets in their order, and what their cells refer to."""
    parts = relations(package, part)
    root = package.xml(part)
    workbook = Workbook()
    for relation in parts.values():
        if relation.target not in package:
            continue
        if relation.kind == "sharedStrings":
            workbook.strings = shared_strings(package, relation.target)
        elif relation.kind == "styles":
            workbook.formats = styles(package.xml(relation.target))
    properties = child(root, "workbookPr")
    if properties is not None:
        workbook.from_1904 = properties.get("date1904") in ("1", "true")
    sheets = []
    for node in children_of(child(root, "sheets"), "sheet"):
        target = parts.get(attribute(node, "id"))
        if target and target.kind == "worksheet" and target.target in package:
            sheets.append(
                _Sheet(one_line(attribute(node, "name")) or "without a name", target.target)
            )
    return workbook, sheets


def _headers(package: Package, sheet: str) -> frozenset[int]:
    """The rows that head the tables which a person has marked as such."""
    rows: set[int] = set()
    for relation in relations(package, sheet).values():
        if relation.kind == "table" and relation.target in package:
            rows.update(header_rows(package.xml(relation.target)))
    return frozenset(rows)


def _drawn(package: Package, sheet: _Sheet) -> Iterator[tuple[Kind, str, str]]:
    """The words in text boxes, of pictures and charts, with the row they are at."""
    for relation in relations(package, sheet.part).values():
        if relation.kind == "drawing" and relation.target in package:
            yield from _drawing(package, relation.target)


def _drawing(package: Package, part: str) -> Iterator[tuple[Kind, str, str]]:
    parts = relations(package, part)
    for anchor in package.xml(part):
        at = child(anchor, "from", "row")
        number = (at.text or "").strip() if at is not None else ""
        row = f", row {int(number) + 1}" if number.isdecimal() and len(number) < 8 else ""
        for shape in anchor.iter("{*}sp"):
            for paragraph in paragraphs(child(shape, "txBody")):
                yield Kind.PARAGRAPH, paragraph.text, row
        for picture in anchor.iter("{*}pic"):
            yield Kind.CAPTION, description(child(picture, "nvPicPr", "cNvPr")), row
        for node in anchor.iter("{*}chart"):
            chart = parts.get(attribute(node, "id"))
            if chart and chart.kind == "chart" and chart.target in package:
                drawn = chart_of(package.xml(chart.target))
                yield Kind.CAPTION, drawn.title, row


def _add_notes(builder: TextBuilder, sheet: _Sheet, notes: Iterable[Note]) -> None:
    for note in notes:
        builder.add(
            Kind.COMMENT,
            note.text,
            author=note.author,
            date=note.date,
            reply_to=note.reply_to,
            locator=f"sheet {sheet.name}, cell {note.cell}",
        )
