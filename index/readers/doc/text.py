"""The characters of a .doc file: the pieces in which Word has saved them, put in order."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass

from index.errors import ReadError
from index.readers.doc.container import DAMAGED, Word

_CLX = 33
_IN_BYTES = 0x40000000


@dataclass(frozen=True, slots=True)
class Text:
    """All characters, and where in the stream each piece of them begins."""

    characters: str
    starts: list[int]
    """The first character of each piece."""
    offsets: list[int]
    """Its place in the stream."""
    widths: list[int]
    """Bytes a character."""

    def offset(self, character: int) -> int:
        """Where in the stream a character lies."""
        piece = max(0, bisect_right(self.starts, character) - 1)
        return self.offsets[piece] + (character - self.starts[piece]) * self.widths[piece]

    def flags(self, marked: bytes) -> bytes:
        """What is marked of the characters, of marks on the bytes of the stream."""
        ends = [*self.starts[1:], len(self.characters)]
        pieces = zip(self.starts, ends, self.offsets, self.widths, strict=True)
        return b"".join(
            marked[offset : offset + (end - start) * width : width].ljust(end - start, b"\0")
            for start, end, offset, width in pieces
        )


def text_of(word: Word, path: str) -> Text:
    """Put the pieces in order.

    Raises:
        ReadError: the table of pieces is damaged.
    """
    pieces = _piece_table(word.place(_CLX))
    count = (len(pieces) - 4) // 12
    if count < 1:
        raise ReadError(path, DAMAGED)
    bounds = struct.unpack_from(f"<{count + 1}I", pieces)
    text = Text("", [], [], [])
    parts: list[str] = []
    length = 0
    for index in range(count):
        size = bounds[index + 1] - bounds[index]
        if size <= 0 or length + size > len(word.text):
            continue  # only a damaged table has more characters than the stream has bytes
        (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * index + 2)
        if place & _IN_BYTES:
            offset, width = (place & ~_IN_BYTES) // 2, 1
            part = word.text[offset : offset + size].decode("cp1252", "replace")
        else:
            offset, width = place, 2
            # Pairs of surrogates are two characters to Word, so they stay two.
            part = _units(word.text[offset : offset + 2 * size])
        text.starts.append(length)
        text.offsets.append(offset)
        text.widths.append(width)
        parts.append(part.ljust(size, "\0"))
        length += size
    return Text("".join(parts), text.starts, text.offsets, text.widths)


def _units(data: bytes) -> str:
    units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
    return "".join(map(chr, units))


def _piece_table(clx: bytes) -> bytes:
    """The table of pieces, which stands behind any number of formats."""
    position = 0
    while position + 5 <= len(clx):
        if clx[position] == 2:
            (length,) = struct.unpack_from("<I", clx, position + 1)
            return clx[position + 5 : position + 5 + length]
        if clx[position] != 1:
            break
        (length,) = struct.unpack_from("<H", clx, position + 1)
        position += 3 + length
    return b""
