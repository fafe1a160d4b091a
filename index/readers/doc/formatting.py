"""What is said of the paragraphs and characters of a .doc file: styles, cells, hidden words."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from index.readers.doc.container import Word
from index.readers.office.style_names import by_style_name
from index.types import Kind

_STYLES, _CHARACTER_PAGES, _PARAGRAPH_PAGES = 1, 12, 13
_PAGE = 512
_IN_TABLE, _ROW_ENDS, _LEVEL, _DEPTH, _LIST = 0x2416, 0x2417, 0x2640, 0x6649, 0x460B
_DELETED, _HIDDEN, _BOLD = 0x0800, 0x083C, 0x0835
_OPERAND = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes that follow a property, by the three highest bits of its number; 0 for a length and as many."""

_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is said of a paragraph."""

    style: int = 0
    in_table: bool = False
    row_ends: bool = False
    level: int | None = None
    depth: int = 0
    """Of the table that it is in: 1 for one that is in no other."""
    item: bool = False


class Paragraphs:
    """What is said of each paragraph, by its place in the stream."""

    def __init__(self, word: Word) -> None:
        self._runs = sorted(
            (
                (first, _paragraph(properties))
                for first, _last, properties in _runs(word, _PARAGRAPH_PAGES, entry=13)
            ),
            key=lambda run: run[0],
        )
        self._starts = [first for first, _ in self._runs]

    def at(self, offset: int) -> Paragraph:
        """What is said of the paragraph at a place of the stream."""
        index = bisect_right(self._starts, offset) - 1
        return self._runs[index][1] if index >= 0 else Paragraph()


def marks(word: Word) -> tuple[bytes, bytes]:
    """For each byte of the stream whether its character is not shown, and whether it is bold.

    Not shown is what is hidden, or was deleted in a tracked change.
    """
    unseen, bold = bytearray(len(word.text)), bytearray(len(word.text))
    for first, last, properties in _runs(word, _CHARACTER_PAGES, entry=1):
        values = dict(_properties(properties))
        length = min(last, len(word.text)) - first
        if length > 0 and any(values.get(name, b"")[:1] == b"\1" for name in (_DELETED, _HIDDEN)):
            unseen[first : first + length] = b"\1" * length
        if length > 0 and values.get(_BOLD, b"")[:1] == b"\1":
            bold[first : first + length] = b"\1" * length
    return bytes(unseen), bytes(bold)


def _runs(word: Word, table: int, *, entry: int) -> Iterator[tuple[int, int, bytes]]:
    """Stretches of the stream and what is said of each, from pages of 512 bytes, in their order."""
    listing = word.place(table)
    count = (len(listing) - 4) // 8
    reached = 0
    for index in range(max(0, count)):
        (number,) = struct.unpack_from("<I", listing, 4 * (count + 1) + 4 * index)
        start = (number & 0x3FFFFF) * _PAGE
        page = word.text[start : start + _PAGE]
        for run in _runs_of_page(page, entry) if len(page) == _PAGE else ():
            # They follow each other; damaged ones that do not could be without end.
            if reached <= run[0] < run[1]:
                reached = run[1]
                yield run


def _runs_of_page(page: bytes, entry: int) -> Iterator[tuple[int, int, bytes]]:
    count = page[_PAGE - 1]
    entries = 4 * (count + 1)
    if entries + count * entry >= _PAGE:
        return
    bounds = struct.unpack_from(f"<{count + 1}I", page)
    for index in range(count):
        position = 2 * page[entries + index * entry]
        if entry == 1:
            properties = page[position + 1 : position + 1 + page[position]] if position else b""
        else:
            properties = _of_paragraph(page, position)
        yield bounds[index], bounds[index + 1], properties


def _of_paragraph(page: bytes, position: int) -> bytes:
    """What a page says of a paragraph: the number of its style, then its properties."""
    if not position or position + 1 >= _PAGE:
        return b""
    if page[position]:
        return page[position + 1 : position + 2 * page[position]]
    return page[position + 2 : position + 2 + 2 * page[position + 1]]


def _paragraph(data: bytes) -> Paragraph:
    if len(data) < 2:
        return Paragraph()
    values = dict(_properties(data[2:]))
    level = values.get(_LEVEL)
    in_table = values.get(_IN_TABLE, b"\0")[:1] == b"\1"
    depth = values.get(_DEPTH, b"")
    return Paragraph(
        struct.unpack_from("<H", data)[0],
        in_table,
        values.get(_ROW_ENDS, b"\0")[:1] == b"\1",
        level[0] + 1 if level and level[0] < 9 else None,
        struct.unpack("<I", depth)[0] if len(depth) == 4 else int(in_table),
        values.get(_LIST, b"\0\0")[:2] not in (b"\0\0", b""),
    )


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Properties by their numbers."""
    position = 0
    while position + 3 <= len(data):
        (name,) = struct.unpack_from("<H", data, position)
        position += 2
        size = _OPERAND[name >> 13]
        if name == 0xD608:
            size = struct.unpack_from("<H", data.ljust(position + 2, b"\0"), position)[0] + 1
        elif not size:
            size = data[position] + 1
        yield name, data[position : position + size]
        position += size


# --- styles -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    base: int


def roles_of(word: Word) -> dict[int, tuple[Kind, int | None]]:
    """What paragraphs are by the numbers of their styles."""
    data = word.place(_STYLES)
    if len(data) < 6:
        return {}
    size, count, base_size = struct.unpack_from("<HHH", data)
    styles: dict[int, _Style] = {}
    position = 2 + size
    for number in range(count):
        if position + 2 > len(data):
            break
        (length,) = struct.unpack_from("<H", data, position)
        style = _style(data[position + 2 : position + 2 + length], base_size)
        if style is not None:
            styles[number] = style
        position += 2 + length + length % 2
    roles = {number: _role(number, styles) for number in styles}
    return {number: role for number, role in roles.items() if role is not None}


def _style(data: bytes, base_size: int) -> _Style | None:
    if len(data) < base_size + 2 or base_size < 4:
        return None
    kind_and_base, length = (
        struct.unpack_from("<H", data, 2)[0],
        struct.unpack_from("<H", data, base_size)[0],
    )
    name = data[base_size + 2 : base_size + 2 + 2 * length].decode("utf-16-le", "replace")
    if kind_and_base & 0xF != 1:  # not of paragraphs
        return None
    # A name may be followed by others, after a comma.
    return _Style(name.split(",")[0].strip(), kind_and_base >> 4)


def _role(number: int, styles: dict[int, _Style]) -> tuple[Kind, int | None] | None:
    """Follow a style to those that it builds on until one says what it is."""
    if 1 <= number <= 9:
        return Kind.HEADING, number  # fixed by the format
    for _ in range(_LONGEST_CHAIN):
        style = styles.get(number)
        if style is None:
            return None
        role = by_style_name(style.name)
        if role is not None:
            return role
        number = style.base
        if 1 <= number <= 9:
            return Kind.HEADING, number
    return None
