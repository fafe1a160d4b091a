"""CSV and TSV: every row is a passage that names its columns ("Team: Blues; Location: STL")."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from index.errors import ReadError
from index.readers.decoding import decode
from index.readers.grid import GridReader, Row
from index.readers.naming import stem
from index.readers.text_builder import TextBuilder
from index.types import Document

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<mark>[,;\t|])"?[ ]*\n', re.IGNORECASE)
"""What spreadsheets write above a table to name the character between its cells."""

_RAGGED = 0.7
"""Where as many rows have the character at all, rows of other lengths are taken to be cut short."""

_SAMPLE_CHARACTERS = 64 * 1024
_SAMPLE_LINES = (5, 200)
"""At least and at most as many lines show which character separates the cells."""

_REGULAR = 0.6
"""The share of rows of the same number of cells above which a character separates cells. A column
of prose has commas, too, but not the same number in most lines."""

_MAX_RECORD_LINES = 2000
"""A quoted cell of more lines is taken for a quotation mark that nobody closed."""

_MAX_STRAY_QUOTES = 10
"""After as many quotation marks that nobody closed, none is taken for one around a cell: each costs
a second reading of the rest of the file."""


def read_csv(data: bytes, path: str) -> Document:
    """Read a table whose rows are lines and whose cells a comma, semicolon, tab or bar separates.

    Args:
        data: the file.
        path: its name; its stem is the title of a table that has none above it.

    Returns:
        The document: titles above a table as headings, each row as a paragraph.

    Raises:
        ReadError: the file is empty, binary, or all its cells are.
    """
    text = decode(data, path)
    named = _SEPARATOR_LINE.match(text)
    if named:
        text = text[named.end() :]
    # The limit is the process's, not the reader's, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = [line + "\n" for line in text.split("\n")]
    dialect = _dialect(lines, named["mark"] if named else None, path)
    builder = TextBuilder()
    grid = GridReader(builder, "row {}".format)
    grid.read(
        Row(number, [cell.strip() for cell in record])
        for number, record in enumerate(_records(lines, dialect), 1)
    )
    if not builder.blocks:
        raise ReadError(path, "all cells of the table are empty")
    return Document.create(
        path=path, title=grid.title or stem(path), text=builder.text, blocks=builder.blocks
    )


class _Dialect(csv.Dialect):
    delimiter = ","
    doublequote = True
    escapechar: str | None = None
    lineterminator = "\n"
    quotechar = '"'
    skipinitialspace = True

    def __init__(self, *, quoted: bool = True) -> None:
        self.quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        super().__init__()


def _dialect(lines: list[str], delimiter: str | None, path: str) -> _Dialect:
    """How the cells are told apart."""
    sample = _sample(lines)
    dialect = _Dialect()
    text = "".join(sample)
    if '\\"' in text and '""' not in text:
        dialect.escapechar = "\\"
    dialect.delimiter = delimiter or _delimiter(sample, dialect, path)
    return dialect


def _sample(lines: list[str]) -> list[str]:
    least, most = _SAMPLE_LINES
    sample: list[str] = []
    length = 0
    for line in lines[:most]:
        sample.append(line)
        length += len(line)
        if len(sample) >= least and length > _SAMPLE_CHARACTERS:
            break
    return sample


def _delimiter(sample: list[str], dialect: _Dialect, path: str) -> str:
    """The character that cuts most rows to the same number of cells, else one that is not there."""
    tabs_first = path.lower().endswith((".tsv", ".tab"))
    best, delimiter = (0.0, 0), "\x1f"
    for candidate in "\t,;|" if tabs_first else _DELIMITERS:
        dialect.delimiter = candidate
        widths = [len(record) for record in csv.reader(sample, dialect) if record]
        if not widths:
            continue
        width, rows = Counter(widths).most_common(1)[0]
        share = rows / len(widths)
        cut = sum(width > 1 for width in widths) / len(widths)
        regular = share >= _REGULAR or cut == 1 or (cut >= _RAGGED and share >= _RAGGED / 2)
        if width > 1 and regular and (share, width) > best:
            best, delimiter = (share, width), candidate
    return delimiter


def _records(lines: list[str], dialect: _Dialect) -> Iterator[list[str]]:
    """The rows. A quotation mark that nobody closes is a character like any other.

    Python's reader would put all that follows such a mark into one cell.
    """
    at = strays = 0
    while at < len(lines):
        reader = csv.reader(islice(lines, at, None), dialect)
        before = 0
        for record in reader:
            count = reader.line_num - before
            if count > 1 and _is_stray(lines, at, count):
                yield from csv.reader([lines[at]], _unquoted(dialect))
                at += 1
                strays += 1
                break
            yield record
            at += count
            before = reader.line_num
        if strays > _MAX_STRAY_QUOTES:
            yield from csv.reader(islice(lines, at, None), _unquoted(dialect))
            return


def _is_stray(lines: list[str], at: int, count: int) -> bool:
    if count > _MAX_RECORD_LINES:
        return True
    at_end = at + count >= len(lines)
    return at_end and sum(line.count('"') for line in lines[at : at + count]) % 2 == 1


def _unquoted(dialect: _Dialect) -> _Dialect:
    unquoted = _Dialect(quoted=False)
    unquoted.delimiter = dialect.delimiter
    return unquoted
