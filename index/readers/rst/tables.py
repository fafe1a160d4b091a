"""The rows of a table drawn with "+---+" or "====  ====", or written as a list or as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from itertools import pairwise

from index.readers.grid import row_text
from index.readers.grid_header import Header
from index.readers.rst.pieces import Piece, dedented, indent_of
from index.types import Kind

GRID_BORDER = re.compile(r"\+(?:[-=]+\+)+")
SIMPLE_BORDER = re.compile(r"=+(?: +=+)+")
_SIMPLE_RULE = re.compile(r"-+(?: +-+)*")


def table_pieces(rows: list[list[str]], headers: int, plain: Callable[[str], str]) -> list[Piece]:
    """A table's rows, each value behind the name of its column.

    Args:
        rows: the cells.
        headers: how many of the first rows name the columns.
        plain: takes the marks out of a cell.
    """
    rows = [[" ".join(plain(cell).split()) for cell in row] for row in rows]
    names = [
        ", ".join(dict.fromkeys(row[column] for row in rows[:headers] if column < len(row) and row[column]))
        for column in range(max((len(row) for row in rows[:headers]), default=0))
    ]  # fmt: skip
    header = Header(tuple(names), headers) if headers else Header()
    head = [
        Piece(Kind.BOILERPLATE, " | ".join(cell for cell in row if cell)) for row in rows[:headers]
    ]
    return head + [
        Piece(Kind.PARAGRAPH, row_text(row, header)) for row in rows[headers:] if any(row)
    ]


def grid_rows(lines: list[str]) -> tuple[list[list[str]], int]:
    """The cells of a "+---+" table, and how many rows are its header.

    A cell across several rows is part of the first; one across several columns likewise.
    """
    edges = sorted(
        {at for line in lines if GRID_BORDER.fullmatch(line) for at, c in enumerate(line) if c == "+"}
    )  # fmt: skip
    columns = list(pairwise(edges))
    rows: list[list[str]] = []
    cells: list[list[str]] = [[] for _ in columns]
    headers = 0
    for line in lines[1:]:
        if GRID_BORDER.fullmatch(line):
            rows.append(["\n".join(parts) for parts in cells])
            cells = [[] for _ in columns]
            if "=" in line and not headers:
                headers = len(rows)
            continue
        column = 0
        while column < len(columns):
            start, end = columns[column][0] + 1, columns[column][1]
            into = column
            while end < len(line) and line[end] not in "|+" and column + 1 < len(columns):
                column += 1
                end = columns[column][1]
            cells[into].append(line[start:end].strip(" |+"))
            column += 1
    return [row for row in rows if any(cell.strip() for cell in row)], min(headers, len(rows))


def simple_rows(lines: list[str]) -> tuple[list[list[str]], int]:
    """The cells of a "====  ====" table, and how many rows are its header."""
    starts = [found.start() for found in re.finditer(r"=+", lines[0])]
    rows: list[list[str]] = []
    headers = 0
    for line in lines[1:]:
        if SIMPLE_BORDER.fullmatch(line) or (line and set(line) <= {"="}):
            headers = headers or len(rows)
            continue
        if not line.strip() or _SIMPLE_RULE.fullmatch(line.strip()):
            continue
        ends = [*starts[1:], None]
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        if not cells[0] and rows:  # the row above goes on
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    # The last border ends the table: one without a border below its first rows has no header.
    return rows, headers if 0 < headers < len(rows) else 0


def list_rows(lines: list[str]) -> list[list[str]]:
    """The cells of a "list-table": a list of lists."""
    rows: list[list[str]] = []
    for item in _items(lines):
        rows.append([" ".join(" ".join(cell).split()) for cell in _items(item)])
    return rows


def _items(lines: list[str]) -> list[list[str]]:
    items: list[list[str]] = []
    for line in dedented(lines):
        if re.match(r"[*+-](?: |$)", line):
            items.append([" " + line[1:]])
        elif items and (not line or indent_of(line)):
            items[-1].append(line)
    return [dedented([line.rstrip() for line in item]) for item in items]


def csv_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of a "csv-table" whose rows stand in the text; others are not fetched."""
    if delimiter in ("tab", "space"):
        delimiter = {"tab": "\t", "space": " "}[delimiter]
    text = [line for line in lines if line]
    try:
        return list(csv.reader(text, delimiter=delimiter[:1] or ",", skipinitialspace=True))
    except csv.Error:
        return [[line] for line in text]
