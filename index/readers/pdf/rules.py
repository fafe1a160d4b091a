"""The straight lines that are drawn on a page, its pictures, and the tables that lines rule."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from index.readers.pdf.engine import raw

_MAX_OBJECTS = 20_000
"""Objects that are looked at on one page; a detailed map has more, and no table."""

_MAX_SEGMENTS = 6000
"""Strokes that are kept of one page: a chart has thousands, a table some hundreds."""

_MAX_DEPTH = 4
"""How deep forms within forms are followed: a file may nest them without end."""

_THIN = 2.5
"""A box up to this many points thick is a line."""

_SHORT = 4.0
"""A line shorter than this, in points, rules nothing."""


@dataclass(slots=True)
class Drawing:
    """What is drawn on a page besides text, in PDF coordinates: ``y`` grows upwards."""

    across: list[tuple[float, float, float]] = field(default_factory=list)
    """Level lines: y, from x, to x."""
    upright: list[tuple[float, float, float]] = field(default_factory=list)
    """Upright lines: x, from y, to y."""
    picture: float = 0.0
    """The area of the largest picture."""
    objects: int = 0
    """How many things are drawn that are no text."""


Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read_drawing(page: Any) -> Drawing:
    """Find the lines and pictures of a page."""
    library = raw()
    drawing = Drawing()

    for seen, (item, matrix) in enumerate(_objects(library, page)):
        if seen >= _MAX_OBJECTS:
            break
        kind = library.FPDFPageObj_GetType(item)
        if kind == library.FPDF_PAGEOBJ_IMAGE:
            drawing.objects += 1
            x0, y0, x1, y1 = _bounds(library, item, matrix)
            drawing.picture = max(drawing.picture, (x1 - x0) * (y1 - y0))
        elif kind == library.FPDF_PAGEOBJ_PATH:
            drawing.objects += 1
            if len(drawing.across) + len(drawing.upright) < _MAX_SEGMENTS:
                _take_path(library, item, matrix, drawing)
    return drawing


def _objects(library: Any, page: Any) -> Iterator[tuple[Any, Matrix]]:
    """Everything on a page, forms opened, with the matrix to the page's coordinates."""
    for index in range(library.FPDFPage_CountObjects(page)):
        yield from _opened(library, library.FPDFPage_GetObject(page, index), _IDENTITY, 0)


def _opened(library: Any, item: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    if not item:
        return
    if library.FPDFPageObj_GetType(item) != library.FPDF_PAGEOBJ_FORM:
        yield item, matrix
    elif depth < _MAX_DEPTH:
        inner = _times(_matrix(library, item), matrix)
        for index in range(library.FPDFFormObj_CountObjects(item)):
            yield from _opened(
                library, library.FPDFFormObj_GetObject(item, index), inner, depth + 1
            )


def _matrix(library: Any, item: Any) -> Matrix:
    found = library.FS_MATRIX()
    if not library.FPDFPageObj_GetMatrix(item, ctypes.byref(found)):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does one after the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m  # fmt: skip


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(library: Any, item: Any, matrix: Matrix) -> tuple[float, float, float, float]:
    """The box of an object on the page: left, bottom, right, top; empty where it is not finite."""
    values = [ctypes.c_float() for _ in range(4)]
    if not library.FPDFPageObj_GetBounds(item, *(ctypes.byref(value) for value in values)):
        return 0.0, 0.0, 0.0, 0.0
    left, bottom, right, top = (value.value for value in values)
    corners = [_apply(matrix, x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    box = min(xs), min(ys), max(xs), max(ys)
    return box if all(math.isfinite(value) for value in box) else (0.0, 0.0, 0.0, 0.0)


def _take_path(library: Any, item: Any, matrix: Matrix, drawing: Drawing) -> None:
    """Keep the level and upright strokes of a path, and the edges of a filled box."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    library.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke))
    if not mode.value and not stroke.value:
        return
    x0, y0, x1, y1 = _bounds(library, item, matrix)
    if min(x1 - x0, y1 - y0) <= _THIN or not stroke.value:
        _take_box(x0, y0, x1, y1, drawing)
        return
    own = _times(_matrix(library, item), matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(min(library.FPDFPath_CountSegments(item), _MAX_SEGMENTS)):
        segment = library.FPDFPath_GetPathSegment(item, index)
        if not library.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            continue
        here = _apply(own, x.value, y.value)
        kind = library.FPDFPathSegment_GetType(segment)
        if kind == library.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == library.FPDF_SEGMENT_LINETO:
            _take_stroke(last, here, drawing)
        last = here
        if library.FPDFPathSegment_GetClose(segment):
            _take_stroke(here, start, drawing)


def _take_box(x0: float, y0: float, x1: float, y1: float, drawing: Drawing) -> None:
    if y1 - y0 <= _THIN:
        _take_stroke((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2), drawing)
    elif x1 - x0 <= _THIN:
        _take_stroke(((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1), drawing)


def _take_stroke(a: tuple[float, float], b: tuple[float, float], drawing: Drawing) -> None:
    (ax, ay), (bx, by) = a, b
    if not all(math.isfinite(value) for value in (*a, *b)):
        return
    if abs(ay - by) <= 0.5 and abs(ax - bx) >= _SHORT:
        drawing.across.append(((ay + by) / 2, min(ax, bx), max(ax, bx)))
    elif abs(ax - bx) <= 0.5 and abs(ay - by) >= _SHORT:
        drawing.upright.append(((ax + bx) / 2, min(ay, by), max(ay, by)))
