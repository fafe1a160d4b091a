"""The order in which a page is read: its columns, and the lines in each.

A gutter is a strip without words over several rows. Where prose stands on both sides of one, what
is left of it is read before what is right of it; what spans it, a headline or a wide figure, cuts
the page into bands that are read one after the other. The columns of a table are no columns in
this sense: their rows are read across.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from index.readers.pdf.model import Line, Word

_CELL_GAP = 1.6
"""A gap of this many font sizes parts the cells of a row; justified prose has up to one."""

_GUTTER = 0.8
"""How wide a gutter is at least, in font sizes. Newspapers print one of a pica at 10 points."""

_MIN_ROWS = 3
"""How many rows a column has at least on either side of a gutter."""

_DEPTH = 6
"""How often a page is cut into columns of columns."""

_BIN = 2.0
"""The grain, in points, in which gutters are looked for."""

_MAX_BINS = 1500
_MAX_ROWS = 2000
"""A page with more rows is not cut into columns: a newspaper's has some 300."""

_MAX_CANDIDATES = 40
"""So many gutters are tried, the tallest first; a wide table has as many."""

_SHORT_LABEL = 6
"""A list's number or bullet before a wide gap has up to this many characters."""


def read_lines(words: Sequence[Word], first_region: int = 0) -> list[Line]:
    """The lines of a page in the order in which they are read.

    Args:
        words: the page's words, in any order.
        first_region: the number of the first column.
    """
    found = _Regions(first_region)
    found.cut(list(words), 0)
    return found.lines


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words by their baselines, from the top; each row from left to right."""
    rows: list[list[Word]] = []
    baseline = tolerance = 0.0
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if rows and word.y - baseline <= max(tolerance, 0.3 * word.size):
            rows[-1].append(word)
            continue
        rows.append([word])
        baseline, tolerance = word.y, 0.3 * word.size
    rows = _with_indices(rows)
    for row in rows:
        row.sort(key=lambda word: word.x0)
    return rows


def _with_indices(rows: list[list[Word]]) -> list[list[Word]]:
    """Put rows of nothing but indices and exponents into the row that they belong to."""
    heights = [max(word.size for word in row) for row in rows]
    kept: list[list[Word]] = []
    kept_heights: list[float] = []
    waiting: list[Word] = []
    for row, height in zip(rows, heights, strict=True):
        if waiting and _belongs(waiting, row, height):
            row, waiting = row + waiting, []
        if waiting:
            kept.append(waiting)
            kept_heights.append(max(word.size for word in waiting))
            waiting = []
        if kept and _belongs(row, kept[-1], kept_heights[-1]):
            kept[-1] = kept[-1] + row
        elif height < 9 and len(row) <= 12:
            waiting = row
        else:
            kept.append(row)
            kept_heights.append(height)
    return [*kept, waiting] if waiting else kept


def _belongs(small: list[Word], row: list[Word], height: float) -> bool:
    """Whether words are small beside those of a row, and stand in its gaps, a little off its line."""
    if max(word.size for word in small) > 0.8 * height:
        return False
    if abs(small[0].y - row[0].y) > 0.65 * height or any(word.table for word in (*small, *row)):
        return False
    return not any(
        word.x0 < other.x1 - 0.5 and other.x0 < word.x1 - 0.5 for word in small for other in row
    )


class _Regions:
    """Cuts a page into columns and keeps their lines in order."""

    def __init__(self, first: int) -> None:
        self.lines: list[Line] = []
        self._region = first

    def cut(self, words: list[Word], depth: int) -> None:
        """Read an area: above a gutter's rows, left of it, right of it, below it."""
        if not words:
            return
        rows = rows_of(words)
        gutter = _gutter(rows) if depth < _DEPTH else None
        if gutter is None:
            self._emit(rows)
            return
        first, last, x = gutter
        between = [word for row in rows[first:last] for word in row]
        self.cut([word for row in rows[:first] for word in row], depth + 1)
        self.cut([word for word in between if word.x0 + word.x1 < 2 * x], depth + 1)
        self.cut([word for word in between if word.x0 + word.x1 >= 2 * x], depth + 1)
        self.cut([word for row in rows[last:] for word in row], depth + 1)

    def _emit(self, rows: list[list[Word]]) -> None:
        left = min(row[0].x0 for row in rows)
        right = max(word.x1 for row in rows for word in row)
        for row in rows:
            self.lines.append(make_line(row, left, right, self._region))
        self._region += 1


# --- gutters ------------------------------------------------------------------------------------


def _gutter(rows: list[list[Word]]) -> tuple[int, int, float] | None:
    """The first and last row of the tallest gutter between columns of prose, and where it lies."""
    if not _MIN_ROWS <= len(rows) <= _MAX_ROWS:
        return None
    left = min(row[0].x0 for row in rows)
    right = max(word.x1 for row in rows for word in row)
    grain = max(_BIN, (right - left) / _MAX_BINS)
    taken, before, after = _occupancy(rows, left, right, grain)
    size = median(word.size for row in rows for word in row)
    candidates: list[tuple[float, int, int, float]] = []
    for first, last, begin, end in _free_strips(taken, before, after):
        width, x = _measured(rows[first:last], left + (begin + end) / 2 * grain)
        if width >= _GUTTER * size:
            score = (last - first) * min(1.5, width / size) ** 0.25
            candidates.append((score, first, last, x))
    candidates.sort(key=lambda candidate: (-candidate[0], *candidate[1:]))
    for _, first, last, x in candidates[:_MAX_CANDIDATES]:
        if _parts_prose(rows[first:last], x, size):
            return first, last, x
    return None


def _occupancy(
    rows: list[list[Word]], left: float, right: float, grain: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For every row and strip: whether a word is in it, left of it, right of it."""
    shape = (len(rows), int((right - left) / grain) + 2)
    taken = np.zeros(shape, dtype=bool)
    before, after = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for index, row in enumerate(rows):
        for word in row:
            begin = int((word.x0 - left) / grain) + 1
            end = max(begin + 1, int((word.x1 - left) / grain))
            taken[index, begin:end] = True
            before[index, end:] = True
            after[index, :begin] = True
    return taken, before, after


def _free_strips(
    taken: np.ndarray, before: np.ndarray, after: np.ndarray
) -> list[tuple[int, int, int, int]]:
    """Stretches of rows over which neighbouring strips are free: first and last row, first and last strip."""
    rows, strips = taken.shape
    used: list[int] = taken.sum(axis=0).tolist()
    runs: dict[tuple[int, int], list[int]] = {}
    for strip in range(1, strips - 1):
        if used[strip] > rows - _MIN_ROWS:
            continue
        column = taken[:, strip]
        edges = np.flatnonzero(np.diff(np.concatenate(([True], column, [True])).astype(np.int8)))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if last - first < _MIN_ROWS:
                continue
            if (
                before[first:last, strip].sum() >= _MIN_ROWS
                and after[first:last, strip].sum() >= _MIN_ROWS
            ):
                runs.setdefault((int(first), int(last)), []).append(strip)
    found = []
    for (first, last), columns in runs.items():
        begin = previous = columns[0]
        for strip in [*columns[1:], rows + strips + 2]:
            if strip != previous + 1:
                found.append((first, last, *_widened(taken[first:last], begin, previous + 1)))
                begin = strip
            previous = strip
    return found


def _measured(rows: list[list[Word]], x: float) -> tuple[float, float]:
    """How wide the free strip around a place really is, and its middle."""
    end = max((word.x1 for row in rows for word in row if word.x0 + word.x1 < 2 * x), default=x)
    begin = min((word.x0 for row in rows for word in row if word.x0 + word.x1 >= 2 * x), default=x)
    return begin - end, (begin + end) / 2


def _widened(taken: np.ndarray, begin: int, end: int) -> tuple[int, int]:
    """The strip with what is free beside it in the same rows."""
    free: list[bool] = (~np.any(taken, axis=0)).tolist()
    while begin > 0 and free[begin - 1]:
        begin -= 1
    while end < len(free) and free[end]:
        end += 1
    return begin, end


def _parts_prose(rows: list[list[Word]], x: float, size: float) -> bool:
    """Whether columns stand on both sides, not the labels or numbers of a table or a list."""
    sides = ([], [])  # type: tuple[list[list[Word]], list[list[Word]]]
    both = 0
    for row in rows:
        left = [word for word in row if word.x0 + word.x1 < 2 * x and word.table is None]
        right = [word for word in row if word.x0 + word.x1 >= 2 * x and word.table is None]
        both += bool(left and right and abs(left[-1].y - right[0].y) < 0.1 * size)
        for side, part in zip(sides, (left, right), strict=True):
            if part:
                side.append(part)
    if min(len(sides[0]), len(sides[1])) < _MIN_ROWS:
        return False
    measures = [_prose(side, size) for side in sides]
    if both < 0.7 * min(len(sides[0]), len(sides[1])):  # no table has its rows at odds
        return any(letters >= 11 and fill >= 0.5 for letters, fill in measures)
    if min(letters for letters, _ in measures) < 11 or _short_cells(rows) > 0.3:
        return False
    return min(fill for _, fill in measures) >= 0.6


def _short_cells(rows: list[list[Word]]) -> float:
    """The share of the cells in rows that are too short for prose: a table has many."""
    cells = [cell for row in rows for cell in _cells(row)]
    return sum(len(cell) < 8 for cell in cells) / len(cells)


def _prose(rows: list[list[Word]], size: float) -> tuple[float, float]:
    """The letters in a usual row, and the share of the width that a usual row fills."""
    left = min(row[0].x0 for row in rows)
    width = max(row[-1].x1 for row in rows) - left or size
    letters = median(sum(len(word.text) for word in row) for row in rows)
    fill = median(sum(word.x1 - word.x0 + 0.25 * size for word in row) / width for row in rows)
    return letters, fill


# --- lines --------------------------------------------------------------------------------------


def make_line(row: list[Word], left: float, right: float, region: int) -> Line:
    """A line from its words, which are sorted from left to right."""
    letters = sum(len(word.text) for word in row)
    if sum(len(word.text) for word in row if word.right_to_left) * 2 > letters:
        cells = [" ".join(word.text for word in reversed(row))]
    else:
        cells = _cells(row)
    sizes: dict[float, int] = {}
    for word in row:
        key = round(word.size, 1)
        sizes[key] = sizes.get(key, 0) + len(word.text)
    bold = sum(len(word.text) for word in row if word.bold) / letters
    return Line(
        words=row,
        cells=cells,
        y=row[0].y if len(row) == 1 else median(word.y for word in row),
        x0=row[0].x0,
        x1=max(word.x1 for word in row),
        size=max(sizes, key=lambda size: (sizes[size], size)),
        bold=bold,
        left=left,
        right=right,
        region=region,
    )


def _is_wide(before: Word, word: Word) -> bool:
    """Whether the gap between two words is too wide for prose."""
    return word.x0 - before.x1 > _CELL_GAP * max(before.size, word.size)


def _cells(row: list[Word]) -> list[str]:
    """The words of a row, cut where gaps are wide."""
    cells: list[str] = [row[0].text]
    wide = sum(_is_wide(before, word) for before, word in pairwise(row))
    for before, word in pairwise(row):
        gap, size = word.x0 - before.x1, max(before.size, word.size)
        label = len(cells) == 1 == wide and len(cells[0]) <= _SHORT_LABEL
        if _is_wide(before, word) and not (label and word.text[0].isalpha()):
            cells.append(word.text)
        elif gap < 0.1 * size and word.text[0] in ",.;:)]" and not before.right_to_left:
            cells[-1] += word.text
        else:
            cells[-1] += " " + word.text
    return cells
