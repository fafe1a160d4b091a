"""Bytes of a mail become characters, by what they declare about themselves, else by a guess."""

from __future__ import annotations

import codecs
import re

from index.errors import ReadError
from index.readers import decoding

_WEB_NAMES = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
}
"""Mail programs declare the smaller set and write the larger, as web pages do."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff]")


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Characters of a mail's part or field; what cannot be decoded shows as a replacement."""
    name = (charset or "").strip().strip("\"'").lower()
    for attempt in (_WEB_NAMES.get(name, name), "utf-8"):
        text = _strictly(data, attempt)
        if text is not None and not (attempt == "cp1252" and _is_utf8(data)):
            return _cleaned(text)
    try:
        return _cleaned(decoding.decode(data, ""))
    except ReadError:  # empty, or more control characters than a text file has
        return _cleaned(data.decode("utf-8", "replace"))


def _strictly(data: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            return None  # "zlib", "rot13" and the like are codecs in Python, too
        return data.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return None


def _is_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII form UTF-8, which hardly ever happens by chance."""
    return not data.isascii() and _strictly(data, "utf-8") is not None


def _cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text)
