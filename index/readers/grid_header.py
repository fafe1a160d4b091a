"""Which rows of a table are its header: told by what stands below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

LOOKED_AT = 40
"""As many rows at the top of a table are looked at to find its header."""

_NAME_LENGTH = 80
"""A longer cell is no column's name unless numbers below it say so."""

_NUMBER = re.compile(
    r"[-+−–]?[(]?[-+−]?(?:[$€£¥₹]|[A-Z]{3})?\s?[-+−]?\d[\d.,'’ \u00a0\u202f_]*(?:[eE][-+]?\d+)?"
    r"\s?(?:%|‰|[$€£¥₹]|[A-Z]{3}|°)?[)]?",
)
_YEAR = re.compile(r"(?:1[89]|20|21)\d\d")
_DATE = re.compile(
    r"\d{4}-\d{1,2}(?:-\d{1,2})?(?:[T ]\d{1,2}:\d\d.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?: \d.*)?|"
    r"\d{1,2}[-. ]{1,2}[^\W\d_]{3,9}\.?[-. ]{1,2}\d{2,4}|[^\W\d_]{3,9}\.? \d{1,2}, \d{4}|"
    r"\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?"
)
_NOTHING = re.compile(r"[-–—.?*/]*|[nN]/?[aA]|(?i:null|none|nan|#n/a|true|false|yes|no)")


class _Type(Enum):
    BLANK = 0
    TEXT = 1
    NUMBER = 2
    YEAR = 3
    DATE = 4


@dataclass(frozen=True, slots=True)
class Header:
    """The names of a table's columns."""

    names: tuple[str, ...] = ()
    rows: int = 0
    """How many rows at the top of the table they take."""
    certain: bool = True
    """False where the first row might as well be the first of the data."""
    key_value: bool = False
    """Whether each row is a name and its value, and there is no header."""

    def name(self, column: int) -> str:
        """A column's name, or an empty string."""
        return self.names[column] if column < len(self.names) else ""

    def is_repeated_by(self, cells: Sequence[str]) -> bool:
        """Whether a row says the header again, as on every printed page."""
        return bool(self.names) and [cell for cell in cells if cell] == [n for n in self.names if n]


def find_header(table: Sequence[Sequence[str]], above: Header | None = None) -> Header:
    """The header of a table.

    Args:
        table: its first rows.
        above: the header of the table above it; where this one has none and fits below it, it is
            taken to go on after an empty row.
    """
    if not table:
        return Header()
    if _is_key_value(table):
        return Header(key_value=True)
    names, rows = _two_rows(table) or (table[0], 1)
    body = table[rows:]
    score = _score(names, body) if body else -1
    if score > 0:
        return Header(_clean(names), rows)
    if above and above.names and _fits_below(table, above):
        return Header(above.names, 0)
    if score == 0 and _could_be_names(names, body):
        return Header(_clean(names), rows, certain=False)
    return Header()


def marked_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header that a file marks as such; None where it marks none."""
    if not rows:
        return None
    names: Sequence[str] = rows[0]
    for row in rows[1:]:
        names = _merged(names, row)
    return Header(_clean(names), len(rows))


def has_figures(cells: Sequence[str]) -> bool:
    """Whether a cell of a row is a number or a date; a year may be a column's name."""
    return any(_type(cell) in (_Type.NUMBER, _Type.DATE) for cell in cells if cell)


def _clean(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(name.split()).rstrip(":") for name in names)


def _type(cell: str) -> _Type:
    cell = cell.strip()
    if _NOTHING.fullmatch(cell):
        return _Type.BLANK
    if len(cell) > 40:
        return _Type.TEXT
    if _YEAR.fullmatch(cell):
        return _Type.YEAR
    if _DATE.fullmatch(cell):
        return _Type.DATE
    return _Type.NUMBER if _NUMBER.fullmatch(cell) else _Type.TEXT


def _column_type(rows: Sequence[Sequence[str]], column: int) -> _Type:
    """What most cells of a column are; blank where it has none."""
    found = Counter(_type(row[column]) for row in rows if column < len(row))
    del found[_Type.BLANK]
    if not found:
        return _Type.BLANK
    kind, count = found.most_common(1)[0]
    return kind if count * 3 >= found.total() * 2 else _Type.TEXT


def _score(names: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """Columns in which the first row differs in kind from those below, less those in which not."""
    used = {column for row in body for column, cell in enumerate(row) if cell}
    filled = {column for column, name in enumerate(names) if name}
    if len(filled) < 2 or len(filled & used) * 2 < len(used):
        return -1
    score = 0
    for column in filled:
        name, below = _type(names[column]), _column_type(body, column)
        if name is _Type.NUMBER:
            score -= 1
        elif name is _Type.TEXT:
            score += below not in (_Type.TEXT, _Type.BLANK)
        elif name is not _Type.BLANK and below is not _Type.BLANK:
            score += -1 if below in (name, _Type.TEXT) else 1
    return score


def _could_be_names(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether a row of words above rows of words may be a header: short, distinct, said once."""
    filled = [(column, name.strip()) for column, name in enumerate(names) if name]
    words = [name for _, name in filled]
    if len(set(words)) < len(words) or any(
        len(word) > _NAME_LENGTH or word.endswith((".", "!")) for word in words
    ):
        return False
    below = [{row[column].strip() for row in body if column < len(row)} for column, _ in filled]
    return not any(name in values for (_, name), values in zip(filled, below, strict=True))


def _is_key_value(table: Sequence[Sequence[str]]) -> bool:
    """Two columns of names and values, as on a form: the values are of different kinds."""
    columns = sorted({column for row in table for column, cell in enumerate(row) if cell})
    if len(columns) != 2:
        return False
    left, right = columns
    pairs = [(row[left], row[right] if right < len(row) else "") for row in table]
    keys = [key.strip() for key, _ in pairs if key]
    if len(keys) < 2 or any(_type(key) is not _Type.TEXT for key in keys):
        return False
    if sum(key.endswith(":") for key in keys) * 2 > len(keys):
        return True
    kinds = Counter(_type(value) is _Type.TEXT for _, value in pairs[1:] if value)
    mixed = min(kinds[True], kinds[False]) * 3 >= kinds.total() > 3
    return mixed and len(set(keys)) == len(keys)


def _two_rows(table: Sequence[Sequence[str]]) -> tuple[list[str], int] | None:
    """A header of two rows: the upper one names groups of columns ("Results": "Accuracy", "Time")."""
    if len(table) < 3:
        return None
    upper, lower, body = table[0], table[1], table[2:]
    kinds = {
        column: _type(cell)
        for column, cell in enumerate(lower)
        if cell and cell != (upper[column] if column < len(upper) else "")
    }
    if not kinds or _Type.NUMBER in kinds.values() or not any(upper):
        return None
    under_gap = [column for column in kinds if column >= len(upper) or not upper[column]]
    counted = any(
        _column_type(body, column) is _Type.NUMBER
        for column, kind in kinds.items()
        if kind is not _Type.BLANK
    )
    first = next(column for column, cell in enumerate(upper) if cell)
    left_open = min(kinds) > first
    if not any(column > first for column in under_gap) or not (counted or left_open):
        return None
    if left_open and len(kinds) * 2 > sum(1 for cell in body[0] if cell) and not counted:
        return None
    return _merged(upper, lower), 2


def _merged(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """One name a column: its group's, then its own."""
    width = max(len(upper), len(lower))
    tops = [*upper, *[""] * (width - len(upper))]
    bottoms = [*lower, *[""] * (width - len(lower))]
    groups = _groups(tops, bottoms)
    return [
        ", ".join(dict.fromkeys(part for part in (tops[column] or groups[column], bottom) if part))
        for column, bottom in enumerate(bottoms)
    ]


def _groups(tops: Sequence[str], bottoms: Sequence[str]) -> list[str]:
    """The group of each column that has a name in the lower row.

    A group's name stands in its first column, or in its last, or about its middle. What names the
    first column of all is no group's name.
    """
    grouped = [column for column, bottom in enumerate(bottoms) if bottom]
    first = next((column for column, top in enumerate(tops) if top), 0)
    if first < min(grouped, default=0):
        tops = [*tops[:first], "", *tops[first + 1 :]]
    named = [column for column, top in enumerate(tops) if top and column in grouped]
    groups = [""] * len(bottoms)
    for column in grouped:
        before = [at for at in named if at <= column]
        after = [at for at in named if at >= column]
        if not named:
            continue
        if named[0] == grouped[0]:
            at = before[-1]
        elif named[-1] == grouped[-1]:
            at = after[0]
        else:
            at = min(named, key=lambda at: abs(at - column))
        groups[column] = tops[at]
    return groups


def _fits_below(table: Sequence[Sequence[str]], above: Header) -> bool:
    """Whether every column that is used has a name above."""
    named = {column for column, name in enumerate(above.names) if name}
    used = {column for row in table for column, cell in enumerate(row) if cell}
    return used <= named and len(used) > 1
