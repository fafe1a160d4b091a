"""The words of a page, from its characters and where they stand."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from index.readers.pdf.engine import raw
from index.readers.pdf.model import Word

MAX_CHARACTERS = 200_000
"""Characters that are read of one page; a densely printed one has 10,000."""

_GAP = 0.24
"""A gap of this many font sizes ends a word; PDFium marks most gaps itself. A space is 0.25 to
0.33 in common fonts, the space between letters at most 0.1."""

_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st",
    0xFB06: "st", 0xF0B7: "•", 0xF0A7: "▪", 0xF0A8: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0x2: "-",
    0x2010: "-", 0x2011: "-",
}  # fmt: skip
"""What characters are written as: ligatures by their letters, the bullets of symbol fonts, hyphens.
PDFium gives a hyphen that ends a line as U+0002."""

_ACCENTS = dict(zip("˘´`¨ˆ˜ˇ¸˚¯", map(chr, (
    0x306, 0x301, 0x300, 0x308, 0x302, 0x303, 0x30C, 0x327, 0x30A, 0x304)), strict=True))  # fmt: skip
"""Accents that are drawn apart from their letters, as TeX does, and the marks that combine."""

_SHIFT = 29
"""Fonts cut down to a few characters often number them by their place in the font, where the space
is 3 and A is 36: 29 less than in ASCII. Without a table of meanings that is what the file says."""

_FAINT_GAP = 0.16
"""PDFium takes a gap of 0.15 font sizes for a space, also between letters that are set apart."""

_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SPOILT_FF = re.compile(r"(?<=[^\W\d_])↵|↵(?=[^\W\d_])")
_SPOILT_FFI = re.compile(r"(?<=[^\W\d_])\ufffd(?=[^\W\d_])")
_UNKNOWN_MARK = re.compile(r"^\ufffd+(?!\ufffd*\d)|(?<!\w)\ufffd+$")
"""Characters without a known meaning before words are bullets or ornaments; before numbers, signs."""

_ORDINALS = {"st", "nd", "rd", "th"}


@dataclass(slots=True)
class _Style:
    """What the characters of one text object have in common."""

    angle: int
    """The direction of the text in degrees, anticlockwise; 0 is to the right."""
    cos: float
    sin: float
    size: float
    bold: bool
    shift: int
    """What is added to a character's code."""


@dataclass(slots=True)
class PageText:
    """The words of a page by the direction in which they run."""

    groups: list[tuple[int, list[Word]]]
    """The angle in degrees and the words, the direction with most characters first."""
    letters: int
    unknown: int
    """Characters whose meaning the file does not give."""


def read_words(page: Any) -> PageText:
    """The words of a page in the order in which the file draws them.

    Coordinates are turned so that every group reads from left to right and downwards; ``y`` is
    negative above the page's origin, and the caller moves it.
    """
    library = raw()
    textpage = library.FPDFText_LoadPage(page)
    if not textpage:
        return PageText([], 0, 0)
    try:
        return _Gathering(library, textpage).run()
    finally:
        library.FPDFText_ClosePage(textpage)


class _Gathering:
    """Goes through the characters of a page once and gathers them to words."""

    def __init__(self, library: Any, textpage: Any) -> None:
        self._library = library
        self._page = textpage
        self._words: dict[int, list[Word]] = defaultdict(list)
        self._weights: dict[int, int] = defaultdict(int)
        self._current: list[str] = []
        self._style: _Style | None = None
        self._x0 = self._x1 = self._y = 0.0
        self._rtl = False
        self._previous: tuple[int, float, float] = (0, 0.0, 0.0)
        self._letters = self._unknown = 0
        self._seen: set[tuple[int, int, int, int]] = set()
        self._spans: list[tuple[float, float]] = []
        self._shift: int | None = None
        self._faint = False
        self._last: _Style | None = None
        self._indexed: Word | None = None

    def run(self) -> PageText:
        for code, style, x0, x1, y in self._characters():
            self._take(code, style, x0, x1, y)
        self._finish()
        if any("↵" in word.text for words in self._words.values() for word in words):
            _mend_ligatures(self._words)
        order = sorted(self._words, key=lambda angle: (-self._weights[angle], angle))
        groups = [(angle, self._words[angle]) for angle in order]
        return PageText(groups, self._letters, self._unknown)

    def _characters(self) -> Iterator[tuple[int, _Style, float, float, float]]:
        """Every character that is seen, with its style and its place in its own direction."""
        library, page = self._library, self._page
        unicode_of, object_of = library.FPDFText_GetUnicode, library.FPDFText_GetTextObject
        box_of, origin_of = library.FPDFText_GetLooseCharBox, library.FPDFText_GetCharOrigin
        box, x, y = library.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        box_at, x_at, y_at = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
        address, style, baseline = 0, None, 0.0
        for index in range(min(library.FPDFText_CountChars(page), MAX_CHARACTERS)):
            code = unicode_of(page, index)
            if code in (32, 13, 10, 9, 0xA0):
                self._faint = code == 32 and library.FPDFText_IsGenerated(page, index) == 1
                if not self._faint:
                    self._finish()
                continue
            found = object_of(page, index)
            at = ctypes.addressof(found.contents) if found else -1
            if at != address or style is None:
                address, style = at, self._style_of(index)
                if not origin_of(page, index, x_at, y_at):
                    continue
                baseline = x.value * style.sin - y.value * style.cos
            if not box_of(page, index, box_at):
                continue
            yield code + style.shift, style, *self._extent(index, style, box), baseline

    def _extent(self, index: int, style: _Style, box: Any) -> tuple[float, float]:
        """Where a character begins and ends in the direction of its text."""
        if style.angle == 0:
            return box.left, box.right
        if style.angle == 90:
            return box.bottom, box.top
        if style.angle == 180:
            return -box.right, -box.left
        if style.angle == 270:
            return -box.top, -box.bottom
        x, y = ctypes.c_double(), ctypes.c_double()
        self._library.FPDFText_GetCharOrigin(self._page, index, ctypes.byref(x), ctypes.byref(y))
        along = x.value * style.cos + y.value * style.sin
        return along, along + style.size / 2

    def _style_of(self, index: int) -> _Style:
        library, page = self._library, self._page
        matrix = library.FS_MATRIX()
        scale, angle = 1.0, 0.0
        if library.FPDFText_GetMatrix(page, index, ctypes.byref(matrix)):
            scale = math.hypot(matrix.c, matrix.d) or math.hypot(matrix.a, matrix.b) or 1.0
            angle = math.degrees(math.atan2(matrix.b, matrix.a))
        size = abs(library.FPDFText_GetFontSize(page, index) * scale) or 1.0
        if not math.isfinite(size) or not math.isfinite(angle):
            size, angle = 1.0, 0.0
        turned = round(angle) % 360
        nearest = round(turned / 90) * 90
        if abs(turned - nearest) <= 2:  # a scan that lies a little askew
            turned = nearest % 360
        radians = math.radians(turned)
        bold = library.FPDFText_GetFontWeight(page, index) >= 600 or self._has_bold_name(index)
        shift = self._shift_of(index)
        return _Style(turned, math.cos(radians), math.sin(radians), size, bold, shift)

    def _shift_of(self, index: int) -> int:
        """How far off the codes of a text are whose font has no table of meanings."""
        if self._library.FPDFText_HasUnicodeMapError(self._page, index) <= 0:
            return 0
        if self._shift is None:
            library, page = self._library, self._page
            count = min(library.FPDFText_CountChars(page), MAX_CHARACTERS)
            codes = [
                library.FPDFText_GetUnicode(page, at)
                for at in range(count)
                if library.FPDFText_HasUnicodeMapError(page, at) > 0
            ]
            spaces = codes.count(32 - _SHIFT)
            self._shift = _SHIFT if 20 * spaces > len(codes) > 20 else 0
        return self._shift

    def _has_bold_name(self, index: int) -> bool:
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._library.FPDFText_GetFontInfo(self._page, index, buffer, 128, ctypes.byref(flags))
        name = buffer.value.decode("utf-8", "replace").lower()
        return any(part in name for part in ("bold", "black", "heavy", "cmbx", "-medi", "demi"))

    def _take(self, code: int, style: _Style, x0: float, x1: float, y: float) -> None:
        text = _character(code)
        if text is None:
            self._unknown += 1
            if code >= 32:
                return
            text = "\ufffd"  # a minus, perhaps: no number is changed without a sign
            self._letters -= 1
        if not text:
            return
        if self._is_drawn_again(code, style, x0, x1, y):
            return
        self._letters += 1
        if code == 32:
            self._finish()
            return
        if text in _ACCENTS and self._put_accent(text, x0, x1):
            return
        if self._current and not self._continues(code, style, x0, x1, y):
            self._finish()
        self._faint = False
        if not self._current:
            self._style, self._x0, self._x1, self._y = style, x0, x1, y
            self._rtl, self._spans = False, []
        self._current.append(text)
        self._spans.append((x0, x1))
        self._x0, self._x1 = min(self._x0, x0), max(self._x1, x1)
        if code > 0x590 and unicodedata.bidirectional(text[0]) in ("R", "AL"):
            self._rtl = True
        self._weights[style.angle] += 1

    def _put_accent(self, accent: str, x0: float, x1: float) -> bool:
        """Put an accent on the letter of the word so far that it stands above or below."""
        middle = (x0 + x1) / 2
        for at, (begin, end) in enumerate(self._spans if self._current else ()):
            if begin <= middle <= end and self._current[at].isalpha():
                whole = self._current[at] + _ACCENTS[accent]
                self._current[at] = unicodedata.normalize("NFC", whole)
                return True
        return False

    def _is_drawn_again(self, code: int, style: _Style, x0: float, x1: float, y: float) -> bool:
        """Whether it was drawn at the same place before, to look bold or to have a shadow."""
        previous, x, baseline = self._previous
        near = style.size * 0.12
        self._previous = (code, x0, y)
        if self._current and style is self._last and (x0, x1) == self._spans[-1]:
            return False  # the letters of a ligature are all given its place
        self._last = style
        if code == previous and abs(x0 - x) < near and abs(y - baseline) < near:
            return True
        grid = style.size * 0.2
        key = (code, round(x0 / grid), round(y / grid), round(style.size * 10))
        if key in self._seen:
            return True
        self._seen.add(key)
        return False

    def _continues(self, code: int, style: _Style, x0: float, x1: float, y: float) -> bool:
        """Whether a character stands close enough to the word so far."""
        current = self._style
        assert current is not None
        if style.angle != current.angle:
            return False
        size = max(style.size, current.size)
        if abs(y - self._y) > 0.08 * size:
            return False
        gap = x0 - self._x1
        if self._faint and not self._is_spaced_out(gap, size):
            return False
        if -0.5 * size < gap < _GAP * size or (x0, x1) == self._spans[-1]:
            return True  # the letters of a ligature are all given its place
        return code > 0x590 and self._rtl and abs(self._x0 - x1) < _GAP * size

    def _is_spaced_out(self, gap: float, size: float) -> bool:
        """Whether a gap is one of those between the letters of a word that are all set apart."""
        gaps = [begin - end for (_, end), (begin, _) in pairwise(self._spans)]
        return bool(gaps) and gap <= _FAINT_GAP * size and min(gaps) > 0.05 * size

    def _finish(self) -> None:
        """Put the word aside that was gathered."""
        if not self._current or self._style is None:
            return
        style, text = self._style, _UNKNOWN_MARK.sub("", "".join(self._current))
        self._current = []
        if not text:
            return
        words = self._words[style.angle]
        word = Word(text, self._x0, self._x1, self._y, style.size, style.bold, self._rtl)
        if words and _attach(words[-1], word):
            self._indexed = words[-1]
            return
        if words and words[-1] is self._indexed and _is_glued(words[-1], word):
            words[-1].text += word.text
            words[-1].x1 = word.x1
            return
        words.append(word)


def _is_glued(before: Word, word: Word) -> bool:
    """Whether a word goes on right behind an index, as SO₄ does in H₂SO₄."""
    return abs(word.y - before.y) < 0.08 * word.size and abs(word.x0 - before.x1) < 0.12 * word.size


def _mend_ligatures(groups: dict[int, list[Word]]) -> None:
    """Write ligatures out that macOS spoils in TeX's fonts: ff becomes an arrow, ffi nothing."""
    for words in groups.values():
        for word in words:
            word.text = _SPOILT_FF.sub("ff", _SPOILT_FFI.sub("ffi", word.text))


def _attach(before: Word, word: Word) -> bool:
    """Join an index or exponent to the word before it; True if nothing is left of it.

    H₂O and m² stay one word, and so does 10³, with its exponent marked; a number behind a longer
    word is a note's: it becomes a word of its own on the same baseline.
    """
    gap, shift = word.x0 - before.x1, word.y - before.y
    size = max(before.size, word.size)
    if not -0.5 * size < gap < 0.6 * size or not 0.05 * size < abs(shift) < 0.7 * size:
        return False
    if word.size < before.size * 0.88:
        below = shift > 0
        if gap < 0.15 * size and (below or _is_exponent(before.text, word.text)):
            raised = not below and before.text[-1].isdigit() and word.text not in _ORDINALS
            before.text += word.text.translate(_SUPERSCRIPTS) if raised else word.text
            before.x1 = max(before.x1, word.x1)
            return True
        word.y = before.y
    elif before.size < word.size * 0.88:
        before.y = word.y
    return False


def _is_exponent(base: str, raised: str) -> bool:
    if raised in _ORDINALS or not any(c.isdigit() for c in raised):
        return base[-1].isdigit() and raised in _ORDINALS
    return base[-1].isdigit() or base.lower() in ("m", "cm", "mm", "km", "dm", "nm", "s", "r", "x")


def _character(code: int) -> str | None:
    """How a character is written; "" if it is not seen, None if its meaning is not known."""
    if 32 < code < 0xAD:
        return chr(code) if code < 0x7F or code > 0x9F else ""
    if code == 32:
        return " "
    if code in _LIGATURES:
        return _LIGATURES[code]
    if code == 0 or 0xE000 <= code <= 0xF8FF or code in (0xFFFD, 0xFFFE, 0xFFFF):
        return None
    if code < 32:
        return None
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    character = chr(code)
    if code != 0xAD and unicodedata.category(character) in ("Cf", "Cc", "Cn", "Zs", "Zl", "Zp"):
        return ""
    return character
