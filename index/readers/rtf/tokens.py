r"""The signs that RTF is written in: groups in braces, control words, text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-zA-Z'])"
    r"|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n]+)"
    r"|[\r\n]+|\\",
    re.DOTALL,
)


class Token(NamedTuple):
    r"""A sign.

    ``kind`` is "word" (``\b``, and its number), "symbol" (``\~``), "{", "}", or "text", whose
    characters stand for bytes.
    """

    kind: str
    value: str
    number: int | None = None


def tokens_of(data: bytes) -> Iterator[Token]:
    """Every sign of a file, from its beginning; what a picture has in bytes is left out."""
    source = data.decode("latin-1")
    position, end = 0, len(source)
    while position < end:
        found = _TOKEN.match(source, position)
        if found is None:  # cannot be: the last alternatives take any character
            return
        position = found.end()
        kind, value = found.lastgroup, found[0]
        if kind in ("word", "number"):
            word = found["word"]
            number = int(found["number"]) if found["number"] else None
            if word == "bin":
                position += max(number or 0, 0)
                continue
            yield Token("word", word, number)
        elif kind == "hex":
            yield Token("hex", chr(int(found["hex"], 16)))
        elif kind == "symbol":
            yield Token("symbol", found["symbol"])
        elif kind == "brace":
            yield Token(value, value)
        elif kind == "text":
            yield Token("text", value)
