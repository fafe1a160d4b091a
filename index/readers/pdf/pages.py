"""A page's words, lines and pictures, turned so that the page reads from left to right."""

from __future__ import annotations

import ctypes
import math
from typing import Any

from index.readers.pdf.characters import PageText, read_words
from index.readers.pdf.engine import raw
from index.readers.pdf.model import Page, Word
from index.readers.pdf.rules import Drawing, read_drawing
from index.readers.pdf.tables import Stroke, take_tables

_OUTSIDE = 6.0
"""Words that begin this many points outside the page are not seen."""

_MAX_SIDE = 20_000.0
"""Points; a larger page is taken for a damaged one, and its size for that of a sheet."""


def read_page(page: Any, number: int) -> Page:
    """Read what a page shows."""
    left, bottom, right, top = _box(page)
    text = read_words(page)
    angle = text.groups[0][0] if text.groups else 0
    turn = _Turn(angle, left, bottom, right, top)
    drawing = read_drawing(page)
    area = (right - left) * (top - bottom)
    result = Page(
        number,
        turn.width,
        turn.height,
        letters=text.letters,
        garbled=_is_garbled(text),
        picture=min(1.0, drawing.picture / area) if area > 0 else 0.0,
        drawn=drawing.objects > 0 or text.unknown > 0,
    )
    for at, (own, words) in enumerate(text.groups):
        moved = _Turn(own, left, bottom, right, top).words(words)
        if at == 0:
            result.words = take_tables(moved, *turn.strokes(drawing))
        elif moved:
            result.aside.append(moved)
    return result


def _is_garbled(text: PageText) -> bool:
    return text.unknown > 20 and text.unknown > text.letters


def _box(page: Any) -> tuple[float, float, float, float]:
    """The part of the page that is shown: left, bottom, right, top."""
    library = raw()
    box = library.FS_RECTF()
    if library.FPDF_GetPageBoundingBox(page, ctypes.byref(box)):
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        sides = right - left, top - bottom
        if all(math.isfinite(side) and 1 < side < _MAX_SIDE for side in sides):
            return left, bottom, right, top
    return 0.0, 0.0, 612.0, 792.0


class _Turn:
    """Turns places so that text of an angle runs to the right, and ``y`` grows downwards."""

    def __init__(self, angle: int, left: float, bottom: float, right: float, top: float) -> None:
        self.angle = angle
        radians = math.radians(angle)
        self._cos, self._sin = math.cos(radians), math.sin(radians)
        corners = [self._turned(x, y) for x in (left, right) for y in (bottom, top)]
        self._x = min(x for x, _ in corners)
        self._y = min(y for _, y in corners)
        self.width = max(x for x, _ in corners) - self._x
        self.height = max(y for _, y in corners) - self._y

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return x * self._cos + y * self._sin, x * self._sin - y * self._cos

    def words(self, words: list[Word]) -> list[Word]:
        """Words whose places are turned already, moved to the page's corner, if they are on it."""
        kept = []
        for word in words:
            word.x0, word.x1, word.y = word.x0 - self._x, word.x1 - self._x, word.y - self._y
            values = (word.x0, word.x1, word.y)
            if (
                all(math.isfinite(value) for value in values)
                and word.x1 > -_OUTSIDE
                and word.x0 < self.width + _OUTSIDE
                and -_OUTSIDE < word.y < self.height + word.size + _OUTSIDE
            ):
                kept.append(word)
        return kept

    def strokes(self, drawing: Drawing) -> tuple[list[Stroke], list[Stroke]]:
        """The drawn lines, level and upright, as the turned page has them."""
        across = [((x0, y), (x1, y)) for y, x0, x1 in drawing.across]
        upright = [((x, y0), (x, y1)) for x, y0, y1 in drawing.upright]
        levels: list[Stroke] = []
        sides: list[Stroke] = []
        if self.angle % 90:
            return levels, sides
        for begin, end in across + upright:
            (ax, ay), (bx, by) = self._turned(*begin), self._turned(*end)
            ax, ay, bx, by = ax - self._x, ay - self._y, bx - self._x, by - self._y
            if abs(ay - by) < abs(ax - bx):
                levels.append((ay, min(ax, bx), max(ax, bx)))
            else:
                sides.append((ax, min(ay, by), max(ay, by)))
        return levels, sides
