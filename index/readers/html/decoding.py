"""A page's bytes become characters, by what they declare about themselves, else by a guess.

Web pages have rules of their own for this, other than :mod:`index.readers.decoding` has for text.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from index.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""Browsers read these as Windows-1252 (WHATWG Encoding Standard, "Names and labels")."""

_HEAD_BYTES = 8192
"""How far into a file an encoding is looked for; the HTML standard asks for the first 1,024."""

_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_NOT_TEXT_SHARE = 0.1
"""Of the characters: more control or undecodable ones than this, and a file is binary.

The 45 pages of trafilatura's evaluation with comments have at most 0.001.
"""


def decode(data: bytes, path: str) -> str:
    """The page's characters: by byte order mark, by what it declares, else by its bytes."""
    if not data.strip(b"\x00\t\n\v\f\r "):
        raise ReadError(path, "the file is empty")
    text = _decode_declared(data)
    if text is None:
        text = _decode_guessed(data)
    sample = text[: 1 << 16]
    if len(_NOT_TEXT.findall(sample)) > _NOT_TEXT_SHARE * len(sample):
        raise ReadError(path, "not an HTML page: the file is binary")
    if "<" not in text:
        raise ReadError(path, "not an HTML page: there is no markup in it")
    return text


def _decode_declared(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    head = data[:_HEAD_BYTES]
    declared = _XML_ENCODING.search(head) or _META_CHARSET.search(head)
    try:
        return data.decode("utf-8")  # Bytes that are valid UTF-8 are hardly ever anything else.
    except UnicodeDecodeError:
        if declared is None:
            return None
    name = declared[1].decode("ascii", "replace").lower()
    try:
        encoding = codecs.lookup(_WEB_NAMES.get(name, name)).name
        if encoding.startswith(("utf-16", "utf-32")):
            return None  # The declaration was readable as ASCII, so it is wrong.
        return data.decode(encoding, "replace")
    except (LookupError, ValueError):
        return None


def _decode_guessed(data: bytes) -> str:
    if data[:_HEAD_BYTES].count(0) > min(len(data), _HEAD_BYTES) // 4:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, "replace")
            if "<" in text and "\ufffd" not in text:
                return text
    best = from_bytes(data[: 1 << 16]).best()
    return data.decode(best.encoding if best is not None else "cp1252", "replace")
