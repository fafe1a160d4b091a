"""A sheet's rows, as a person sees them, read from its XML without keeping the sheet in memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from index.errors import ReadError
from index.readers.drawing import attribute, child, children, local
from index.readers.grid import Row
from index.readers.office.pieces import tidy
from index.readers.xlsx.dates import show_iso
from index.readers.xlsx.formats import BUILT_IN, show_number
from index.readers.zipped import Package, defines_entities

MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576
"""What a sheet can have; a cell that claims to be elsewhere is damaged."""

_MAX_EMPTY_CELLS = 8_000_000
"""Empty cells in front of filled ones that are made up to keep columns apart. Only a file that is
meant to do harm has a single cell far to the right in each of a million rows."""

_MAX_MERGED = 100_000
"""Merged cells of a sheet that are known."""

_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref=["\']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["\']'
)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Workbook:
    """What the sheets of a workbook share."""

    strings: list[str] = field(default_factory=list)
    formats: list[str | None] = field(default_factory=list)
    """The format of each style; None for none."""
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class _Merged:
    """Cells that are shown as one."""

    last_row: int
    columns: int


def shared_strings(package: Package, part: str) -> list[str]:
    """The texts that the cells of a workbook refer to by number."""
    return [_rich_text(node) for node in _elements(package.read(part), "si", package.path)]


def styles(root: _Element) -> list[str | None]:
    """The number format of each style of cells."""
    named: dict[str, str] = {}
    for node in root.iter("{*}numFmt"):
        named[node.get("numFmtId") or ""] = node.get("formatCode") or ""
    found: list[str | None] = []
    for style in children_of(child(root, "cellXfs"), "xf"):
        number = style.get("numFmtId") or "0"
        built_in = BUILT_IN.get(int(number)) if number.isdecimal() and len(number) < 9 else None
        found.append(named.get(number, built_in))
    return found


def children_of(node: _Element | None, name: str) -> Iterator[_Element]:
    """The children of a name; none where there is no element."""
    return children(node, name) if node is not None else iter(())


def column_number(letters: str) -> int:
    """A column's number from 0: "A" is 0, "AB" 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def place_of(reference: str) -> tuple[int, int]:
    """A cell's row, from 1, and column, from 0: "C5" is (5, 2); (0, -1) for what is no reference."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", reference)
    return (int(found[2]), column_number(found[1])) if found else (0, -1)


def sheet_rows(
    data: bytes, workbook: Workbook, headers: frozenset[int], path: str
) -> Iterator[Row]:
    """The rows of a sheet that have a filled cell, and an empty one wherever rows are left out.

    Args:
        data: the sheet's XML.
        workbook: its texts and formats.
        headers: the rows that the file says are headers of a table.
        path: the file's name, for errors.

    Raises:
        ReadError: it is damaged.
    """
    merged = _merged_cells(data)
    filled_down: dict[int, tuple[int, str]] = {}
    before = number = 0
    empty = 0
    for node in _elements(data, "row", path):
        named = node.get("r") or ""
        number = int(named) if named.isdecimal() and len(named) < 8 else number + 1
        if number > MAX_ROWS:
            raise ReadError(path, "a row lies outside of its sheet; save it again in its program")
        cells = _cells(node, workbook)
        if not cells:
            continue
        _fill_down(cells, filled_down, merged, number)
        width = max(cells) + 1
        empty += width - len(cells)
        if empty > _MAX_EMPTY_CELLS:
            raise ReadError(path, "its cells lie too far apart to be read as a table")
        if number > before + 1:
            yield Row(before + 1, ())
        yield Row(
            number,
            _line(cells, width),
            stretches=_stretches(cells, merged, number),
            is_header=number in headers,
        )
        before = number


def _line(cells: dict[int, str], width: int) -> Sequence[str]:
    if len(cells) == width:
        return [cells[column] for column in range(width)]
    return [cells.get(column, "") for column in range(width)]


def _stretches(
    cells: dict[int, str], merged: dict[tuple[int, int], _Merged], row: int
) -> dict[int, int]:
    if not merged:
        return {}
    areas = ((column, merged.get((row, column))) for column in cells)
    return {column: area.columns for column, area in areas if area and area.columns > 1}


def _fill_down(
    cells: dict[int, str],
    filled_down: dict[int, tuple[int, str]],
    merged: dict[tuple[int, int], _Merged],
    row: int,
) -> None:
    """Say in each row what one cell says for several: the group that they belong to."""
    for column, (last, text) in list(filled_down.items()):
        if row > last:
            del filled_down[column]
        elif column not in cells:
            cells[column] = text
    if merged:
        for column, text in cells.items():
            area = merged.get((row, column))
            if area and area.last_row > row:
                filled_down[column] = (area.last_row, text)


def _merged_cells(data: bytes) -> dict[tuple[int, int], _Merged]:
    """Merged areas by their first cell. They stand behind the rows, so they are looked for first."""
    found: dict[tuple[int, int], _Merged] = {}
    for match in _MERGED.finditer(data, max(0, data.rfind(b"sheetData>"))):
        if len(found) >= _MAX_MERGED:
            break
        first, last = column_number(match[1].decode()), column_number(match[3].decode())
        found[int(match[2]), first] = _Merged(int(match[4]), last - first + 1)
    return found


def _cells(row: _Element, workbook: Workbook) -> dict[int, str]:
    """What the filled cells of a row show, by column."""
    cells: dict[int, str] = {}
    column = -1
    for node in row:
        if local(node) != "c":
            continue
        reference = node.get("r")
        named = place_of(reference)[1] if reference else -1
        column = named if named >= 0 else column + 1
        if column < MAX_COLUMNS and len(node):
            text = _value(node, workbook)
            if text:
                cells[column] = text
    return cells


def _value(node: _Element, workbook: Workbook) -> str:
    """What a cell shows."""
    kind = node.get("t") or "n"
    if kind == "inlineStr":
        inline = child(node, "is")
        return "" if inline is None else _rich_text(inline)
    value = child(node, "v")
    if value is None:
        # A program that does not calculate wrote it: there is no result to show.
        formula = child(node, "f")
        return f"={formula.text}" if formula is not None and formula.text else ""
    text = value.text or ""
    if kind == "s":
        index = int(text) if text.strip().isdecimal() and len(text) < 10 else -1
        return workbook.strings[index] if 0 <= index < len(workbook.strings) else ""
    if kind == "b":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "d":
        return show_iso(text)
    if kind in ("str", "e"):
        return _unescaped(text)
    return show_number(text, _format(node, workbook), from_1904=workbook.from_1904)


def _format(node: _Element, workbook: Workbook) -> str | None:
    style = node.get("s") or "0"
    index = int(style) if style.isdecimal() and len(style) < 9 else -1
    return workbook.formats[index] if 0 <= index < len(workbook.formats) else None


def _rich_text(node: _Element) -> str:
    """The text of a cell in one or several styles, without the reading aid of Asian scripts."""
    parts: list[str] = []
    for part in node:
        name = local(part)
        if name == "t":
            parts.append(part.text or "")
        elif name == "r":
            parts += [text.text or "" for text in children(part, "t")]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    """A text whose control characters are written as "_x000D_"."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\r", "")
    return tidy(text)


def _elements(data: bytes, name: str, path: str) -> Iterator[_Element]:
    """The elements of a name, one after another; each is forgotten when the next is asked for."""
    if defines_entities(data):
        raise ReadError(path, "it defines abbreviations (XML entities), as harmful files do")
    try:
        for _, node in etree.iterparse(
            io.BytesIO(data),
            tag=f"{{*}}{name}",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            yield node
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
    except etree.LxmlError as error:
        reason = "a sheet is damaged; open the file in its program and save it again"
        raise ReadError(path, reason) from error


def header_rows(table: _Element) -> Iterator[int]:
    """The rows of a sheet that are the header of a table that the file marks as one."""
    row, _ = place_of(attribute(table, "ref").partition(":")[0])
    count = table.get("headerRowCount") or "1"
    if row and count.isdecimal() and 0 < int(count[:3]) <= 3:
        yield from range(row, row + int(count))
