"""The streams of a .doc file, and the list at the beginning of the first that says where all lies."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import ReadError
from index.readers.office.properties import Properties, properties_of
from index.readers.zipped import PROTECTED

_WORD = 0xA5EC
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_OLDEST = 193
"""The number that Word 97 writes for its version."""

DAMAGED = "the file is damaged or was not copied whole; open it in Word and save it again"
_OLD = "a Word file from before 1997, which cannot be read; save it as .docx"

_COUNTS = 0x4C
_PLACES = 0x9A
"""Where the list of places begins: pairs of offset and length, eight bytes each."""


@dataclass(frozen=True, slots=True)
class Word:
    """A Word document's streams."""

    text: bytes
    """The stream with the characters, and with pages of formatting among them."""
    table: bytes
    """The stream with all that describes them."""
    counts: Sequence[int]
    """Characters of the body, the footnotes, the headers, macros, comments, endnotes, text boxes."""
    properties: Properties

    def place(self, index: int) -> bytes:
        """A table by its number in the list of places; empty where the document has none."""
        position = _PLACES + 8 * index
        if position + 8 > len(self.text):
            return b""
        offset, length = struct.unpack_from("<II", self.text, position)
        return self.table[offset : offset + length]


def open_word(data: bytes, path: str) -> Word:
    """Open a document.

    Raises:
        ReadError: it is no Word document, damaged, protected by a password, or older than Word 97.
    """
    import olefile  # type: ignore[import-untyped, unused-ignore]

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            if container.exists("EncryptedPackage"):
                raise ReadError(path, PROTECTED)
            if not container.exists("WordDocument"):
                raise ReadError(path, "not a Word document, though its name says so")
            text = container.openstream("WordDocument").read()
            name = _table_name(text, path)
            table = container.openstream(name).read() if container.exists(name) else b""
            properties = _properties(container.get_metadata(), path)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(path, DAMAGED) from error
    if not table:
        raise ReadError(path, DAMAGED)
    counts = [max(0, count) for count in struct.unpack_from("<8i", text, _COUNTS)]
    return Word(text, table, counts, properties)


def _table_name(text: bytes, path: str) -> str:
    """The name of the stream with the tables."""
    if len(text) < _PLACES + 8 * 34:
        raise ReadError(path, DAMAGED)
    signature, version = struct.unpack_from("<HH", text)
    if signature != _WORD or version < _OLDEST:
        raise ReadError(path, _OLD)
    (flags,) = struct.unpack_from("<H", text, 0x0A)
    if flags & _ENCRYPTED:
        raise ReadError(path, PROTECTED)
    return "1Table" if flags & _SECOND_TABLE else "0Table"


def _properties(metadata: object, path: str) -> Properties:
    page = getattr(metadata, "codepage", None) or 1252
    title, author, created = (
        _decoded(getattr(metadata, name, None), page) for name in ("title", "author", "create_time")
    )
    if "python-docx" in (_decoded(getattr(metadata, "comments", None), page) or ""):
        created = None  # the day of the library's template, not of the document
    return properties_of(title, author, created, path)


def _decoded(value: object, page: int) -> str | None:
    if not isinstance(value, bytes):
        return None if value is None else str(value)
    codec = "utf-8" if page in (-535, 65001) else f"cp{page & 0xFFFF}"
    try:
        return value.decode(codec, "replace").rstrip("\0")
    except LookupError:
        return value.decode("cp1252", "replace").rstrip("\0")
