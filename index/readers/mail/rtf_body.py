"""A body that Outlook keeps as compressed RTF ([MS-OXRTFCP]), and the page or text within it.

It matters only where a mail was saved without its text: a page that became RTF keeps its tags in
groups of their own ([MS-OXRTFEX]), from which it is put together again.
"""

from __future__ import annotations

import re
import struct

from index.readers.mail.characters import decode_bytes

_PRELOADED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the method presumes to have been written already (section 2.1.3.1.1 of the specification)."""

_WINDOW = 4096
_MAX_BYTES = 50 * 1024 * 1024


def decompressed(data: bytes) -> bytes:
    """The RTF; empty if there is none, or the data is not what it says."""
    if len(data) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<II4sI", data)
    if kind == b"MELA":
        return data[16 : 16 + size]
    if kind != b"LZFu":
        return b""
    window = bytearray(_PRELOADED.ljust(_WINDOW, b"\0"))
    write, at = len(_PRELOADED), 16
    out = bytearray()
    limit = min(size, _MAX_BYTES)
    while at < len(data) and len(out) < limit:
        control, at = data[at], at + 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(data):
                    return bytes(out)
                pair, at = data[at] << 8 | data[at + 1], at + 2
                read, length = pair >> 4, (pair & 0xF) + 2
                if read == write:  # the end
                    return bytes(out)
                copied = bytearray()
                for _ in range(length):
                    byte = window[read]
                    window[write] = byte
                    copied.append(byte)
                    read, write = (read + 1) % _WINDOW, (write + 1) % _WINDOW
                out += copied
            elif at < len(data):
                window[write] = data[at]
                out.append(data[at])
                write, at = (write + 1) % _WINDOW, at + 1
    return bytes(out)


_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)"
)
_SILENT = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer",
    b"listtable", b"listoverridetable", b"themedata", b"colorschememapping", b"datastore",
}  # fmt: skip
_WORDS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": "\t", b"row": "\n",
          b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
          b"bullet": "•", b"endash": "–", b"emdash": "—"}  # fmt: skip


def html_within(rtf: bytes) -> str:
    """The page that became this RTF; empty if it never was one."""
    if b"\\fromhtml" not in rtf[:2000]:
        return ""
    return _read(rtf, page=True)


def plain_within(rtf: bytes) -> str:
    """The words of an RTF."""
    return _read(rtf, page=False)


def _read(rtf: bytes, *, page: bool) -> str:
    """Write what a reader of the RTF, or the author of the page in it, would see."""
    found = re.search(rb"\\ansicpg(\d{3,5})", rtf[:2000])
    writer = _Writer(f"cp{found[1].decode()}" if found else "cp1252", page=page)
    for token in _TOKEN.finditer(rtf):
        writer.take(token)
    writer.flush()
    return "".join(writer.out)


class _Writer:
    """Follows the groups of an RTF and keeps what is to be seen."""

    def __init__(self, encoding: str, *, page: bool) -> None:
        self._encoding, self._page = encoding, page
        self._silent = False
        self._for_rtf = False
        """Between "\\htmlrtf" and "\\htmlrtf0": for programs that know no pages."""
        self._saved: list[tuple[bool, bool]] = []
        self._bytes = bytearray()
        self._skip = 0
        self._starred = False
        self.out: list[str] = []

    def take(self, token: re.Match[bytes]) -> None:
        """Take one token."""
        code, word, number, symbol, brace, words = token.groups()
        if code is not None:
            self._raw(bytes([int(code, 16)]))
        elif word is not None:
            self._word(word, None if number is None else int(number))
        elif symbol is not None:
            if symbol == b"*":
                self._starred = True
            else:
                self._raw({b"~": b" ", b"_": b"-", b"-": b""}.get(symbol, symbol))
        elif brace == b"{":
            self._saved.append((self._silent, self._for_rtf))
        elif brace == b"}":
            if self._saved:
                self._silent, self._for_rtf = self._saved.pop()
        elif words is not None:
            self._raw(words)

    def flush(self) -> None:
        """Decode the bytes gathered: some characters take two."""
        if self._bytes:
            self.out.append(decode_bytes(bytes(self._bytes), self._encoding))
            self._bytes.clear()

    def _raw(self, data: bytes) -> None:
        if self._skip:
            cut = min(self._skip, len(data))
            self._skip, data = self._skip - cut, data[cut:]
        if data and not self._silent and not self._for_rtf:
            self._bytes += data

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"htmlrtf" and self._page:
            self._for_rtf = number != 0
        elif word == b"htmltag":
            self._silent = not self._page
        elif starred or word in _SILENT:
            self._silent = True
        elif self._silent or self._for_rtf:
            return
        elif word == b"u" and number is not None:
            self.flush()
            self.out.append(chr(number % 0x10000))
            self._skip = 1
        elif word in _WORDS:
            self.flush()
            self.out.append(_WORDS[word])
