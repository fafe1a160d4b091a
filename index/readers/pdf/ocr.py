"""Pages that are pictures are read with the tesseract command, where it is installed."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import time
from statistics import median
from typing import Any

from index.readers.pdf.engine import raw
from index.readers.pdf.model import Word

_DPI = 300
"""What tesseract reads best."""

_MAX_PIXELS = 20_000_000
"""A page is drawn with at most so many: A3 at 300 dpi has 17 million."""

_PAGE_SECONDS = 45
"""How long one page may take; a page of text takes two to five seconds. Less than a silent file may
take in all (``index.workers.pool.SECONDS``), so that a hard page costs itself only."""

_FILE_SECONDS = 900
"""How long all pages of a file may take; those after it are left as they are."""

_SURE = 35.0
"""Words that tesseract is less sure of than this, of 100, are mostly specks and lines."""

_LANGUAGES = re.compile(r"[A-Za-z0-9_]+(?:\+[A-Za-z0-9_]+)*")


class PictureReader:
    """Reads pages that are pictures, as long as there is time.

    Attributes:
        available: whether tesseract is installed.
    """

    def __init__(self) -> None:
        self._command = shutil.which("tesseract")
        self._left = float(_FILE_SECONDS)
        self.available = self._command is not None

    def read(self, page: Any) -> list[Word] | None:
        """The words in the picture of a page; None where they could not be read."""
        if self._command is None or self._left <= 0:
            return None
        drawn = _drawn(page)
        if drawn is None:
            return None
        image, scale = drawn
        began = time.monotonic()
        table = _recognise(self._command, image, min(_PAGE_SECONDS, self._left))
        self._left -= time.monotonic() - began
        return None if table is None else _words(table, scale)


def _drawn(page: Any) -> tuple[bytes, float] | None:
    """The page as a grey picture in the PGM format, and its dots per point."""
    library = raw()
    width, height = library.FPDF_GetPageWidthF(page), library.FPDF_GetPageHeightF(page)
    if not (1 <= width < 20_000 and 1 <= height < 20_000):
        return None
    scale = min(_DPI / 72, (_MAX_PIXELS / (width * height)) ** 0.5)
    columns, rows = max(1, int(width * scale)), max(1, int(height * scale))
    bitmap = library.FPDFBitmap_CreateEx(columns, rows, library.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        return None
    try:
        library.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, 0xFFFFFFFF)
        flags = library.FPDF_ANNOT | library.FPDF_GRAYSCALE
        library.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, flags)
        stride = library.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(library.FPDFBitmap_GetBuffer(bitmap), stride * rows)
    finally:
        library.FPDFBitmap_Destroy(bitmap)
    if stride != columns:
        pixels = b"".join(pixels[row * stride : row * stride + columns] for row in range(rows))
    return b"P5 %d %d 255\n" % (columns, rows) + pixels, scale


def _recognise(command: str, image: bytes, seconds: float) -> str | None:
    """What tesseract finds, as its table of words; None if it fails or takes too long."""
    languages = os.environ.get("QA_OCR_LANGUAGES", "").strip()
    if not _LANGUAGES.fullmatch(languages):
        languages = "eng"
    arguments = [command, "stdin", "stdout", "-l", languages, "--dpi", str(_DPI), "tsv"]
    try:
        done = subprocess.run(
            arguments,
            input=image,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (subprocess.SubprocessError, OSError):
        return None  # the caller says in the document that the page was not read
    return done.stdout.decode("utf-8", "replace")


def _words(table: str, scale: float) -> list[Word]:
    """The words in tesseract's table, in points; their sizes are those of their lines."""
    lines: dict[tuple[str, ...], list[tuple[str, float, float, float, float]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        if float(cells[10]) < _SURE:
            continue
        left, top, width, height = (int(cell) / scale for cell in cells[6:10])
        lines.setdefault(tuple(cells[2:5]), []).append(
            (cells[11].strip(), left, left + width, top + height, height)
        )
    usual = median(height for line in lines.values() for *_, height in line) if lines else 0.0
    words = []
    for line in lines.values():
        height = median(height for *_, height in line)
        size = usual if 0.6 * usual < height < 1.45 * usual else height
        baseline = median(bottom for *_, bottom, _ in line)
        words += [Word(text, x0, x1, baseline, max(size, 1.0)) for text, x0, x1, *_ in line]
    return words
