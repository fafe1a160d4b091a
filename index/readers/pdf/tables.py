"""Tables with ruled cells: every word goes into its cell, and every row becomes a line of cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from index.readers.pdf.layout import rows_of
from index.readers.pdf.model import Table, Word

_NEAR = 3.0
"""Lines that are this close, in points, are one; ends that are this far apart still meet."""

_MAX_CELLS = 20_000
_LONG_CELL = 700
"""Characters; a box with more on average holds an article, not a cell."""

Stroke = tuple[float, float, float]
"""Where a line lies, and from where to where it goes."""


def take_tables(
    words: list[Word], across: Sequence[Stroke], upright: Sequence[Stroke]
) -> list[Word]:
    """Replace the words of every ruled table by one that stands for the table.

    Args:
        words: the words of a page.
        across: its level lines, ``y`` downwards as the words'.
        upright: its upright lines.
    """
    for levels, sides in _grids(_merged(across), _merged(upright)):
        if not levels or not sides:
            continue
        ys, xs = _places(levels), _with_ends(_places(sides), levels)
        if len(ys) < 3 or len(xs) < 3 or len(ys) * len(xs) > _MAX_CELLS:
            continue
        inside = [word for word in words if _is_inside(word, xs, ys)]
        rows = _Grid(xs, ys, levels, sides).rows(inside)
        if not _is_table(rows):
            continue
        kept = {id(word) for word in inside}
        words = [word for word in words if id(word) not in kept]
        size = min(word.size for word in inside)
        table = Table(rows, ys[0], ys[-1])
        words.append(Word(" ", xs[0], xs[-1], ys[0] + size, size, table=table))
    return words


def _is_inside(word: Word, xs: list[float], ys: list[float]) -> bool:
    middle = (word.x0 + word.x1) / 2
    return (
        word.table is None
        and xs[0] <= middle <= xs[-1]
        and ys[0] <= word.y - 0.3 * word.size <= ys[-1]
    )


def _is_table(rows: list[list[str]]) -> bool:
    """Whether there are rows, one with two cells at least, and cells are not whole articles."""
    cells = [cell for row in rows for cell in row if cell]
    wide = any(sum(bool(cell) for cell in row) >= 2 for row in rows)
    return len(rows) >= 2 and wide and sum(map(len, cells)) <= _LONG_CELL * len(cells)


def _merged(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Strokes on one line that touch, as one."""
    found: list[Stroke] = []
    lines: list[list[Stroke]] = []
    for stroke in sorted(strokes):
        if lines and stroke[0] - lines[-1][-1][0] <= 1.0:
            lines[-1].append(stroke)
        else:
            lines.append([stroke])
    for line in lines:
        begin, end = None, 0.0
        place = line[0][0]
        for _, first, last in sorted(line, key=lambda stroke: stroke[1:]):
            if begin is None:
                begin, end = first, last
            elif first <= end + _NEAR:
                end = max(end, last)
            else:
                found.append((place, begin, end))
                begin, end = first, last
        if begin is not None:
            found.append((place, begin, end))
    return found


def _grids(across: list[Stroke], upright: list[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Level and upright lines that cross each other, by connection."""
    if not across or not upright or len(across) * len(upright) > 250_000:
        return []
    parent = list(range(len(across) + len(upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, (y, x0, x1) in enumerate(across):
        for j, (x, y0, y1) in enumerate(upright, start=len(across)):
            if x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for index in range(len(parent)):
        levels, sides = groups.setdefault(root(index), ([], []))
        if index < len(across):
            levels.append(across[index])
        else:
            sides.append(upright[index - len(across)])
    return list(groups.values())


def _places(strokes: list[Stroke]) -> list[float]:
    """Where lines lie, those that are close to each other as one."""
    found: list[float] = []
    for place, _, _ in sorted(strokes):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


def _with_ends(xs: list[float], levels: list[Stroke]) -> list[float]:
    """The upright lines' places, and the ends of the level ones where these reach further."""
    begin = min(first for _, first, _ in levels)
    end = max(last for _, _, last in levels)
    before = [begin] if begin < xs[0] - 4 * _NEAR else []
    after = [end] if end > xs[-1] + 4 * _NEAR else []
    return before + xs + after


class _Grid:
    """The cells between lines; those without a line between them are one."""

    def __init__(
        self, xs: list[float], ys: list[float], levels: list[Stroke], sides: list[Stroke]
    ) -> None:
        self._xs, self._ys = xs, ys
        self._columns, self._rows = len(xs) - 1, len(ys) - 1
        self._parent = list(range(self._columns * self._rows))
        for row in range(self._rows):
            middle = (ys[row] + ys[row + 1]) / 2
            for column in range(self._columns - 1):
                if not _is_ruled(sides, xs[column + 1], middle):
                    self._join(row, column, row, column + 1)
        for column in range(self._columns):
            middle = (xs[column] + xs[column + 1]) / 2
            for row in range(self._rows - 1):
                if not _is_ruled(levels, ys[row + 1], middle):
                    self._join(row, column, row + 1, column)

    def _root(self, cell: int) -> int:
        while self._parent[cell] != cell:
            self._parent[cell] = self._parent[self._parent[cell]]
            cell = self._parent[cell]
        return cell

    def _join(self, row: int, column: int, other_row: int, other_column: int) -> None:
        """The cell further up and left stands for both."""
        a = self._root(row * self._columns + column)
        b = self._root(other_row * self._columns + other_column)
        self._parent[max(a, b)] = min(a, b)

    def rows(self, words: list[Word]) -> list[list[str]]:
        """The texts of the cells, row by row, lines apart; a cell over several rows stands in its first."""
        cells: dict[int, list[Word]] = {}
        for word in words:
            column = bisect_right(self._xs, (word.x0 + word.x1) / 2) - 1
            row = bisect_right(self._ys, word.y - 0.3 * word.size) - 1
            column = min(max(column, 0), self._columns - 1)
            row = min(max(row, 0), self._rows - 1)
            cells.setdefault(self._root(row * self._columns + column), []).append(word)
        found = []
        for row in range(self._rows):
            numbers = range(row * self._columns, (row + 1) * self._columns)
            roots = [cell for cell in numbers if self._root(cell) == cell]
            for part in _split([cells.get(cell, []) for cell in roots]):
                texts = [_text(words) for words in part]
                if any(texts):
                    found.append(texts)
        return found


def _split(cells: list[list[Word]]) -> list[list[list[Word]]]:
    """The rows in a row of cells: without lines between them, every baseline may be one.

    It is where the first cell and most others have words on every baseline; otherwise the cells
    have text of several lines.
    """
    full = [at for at, cell in enumerate(cells) if cell]
    if len(full) < 2:
        return [cells]
    rows = rows_of([word for cell in cells for word in cell])
    of = {id(word): at for at, cell in enumerate(cells) for word in cell}
    parts = []
    for row in rows:
        part: list[list[Word]] = [[] for _ in cells]
        for word in row:
            part[of[id(word)]].append(word)
        parts.append(part)
    filled = [sum(bool(words) for words in part) for part in parts]
    aligned = all(part[full[0]] for part in parts) and min(filled) >= 0.6 * len(full)
    return parts if len(rows) > 2 and aligned and min(filled) >= 2 else [cells]


def _is_ruled(strokes: list[Stroke], place: float, middle: float) -> bool:
    return any(abs(at - place) <= _NEAR and begin <= middle <= end for at, begin, end in strokes)


def _text(words: list[Word]) -> str:
    return "\n".join(" ".join(word.text for word in row) for row in rows_of(words))
