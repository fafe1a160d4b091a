"""The characters that bytes and control words of RTF stand for."""

from __future__ import annotations

import codecs

CODE_PAGES = {
    77: "mac-roman", 78: "shift_jis", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""The code page of a font by its character set, as the specification of RTF 1.9.1 lists them."""

SYMBOLS = 2
"""The character set of fonts that have pictures in the places of letters."""

WORDS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
"""Control words that stand for a character."""

SIGNS = {"~": "\u00a0", "_": "-"}
"""Control symbols that stand for a character."""


def code_page(number: int) -> str:
    """The codec for the number of a code page; Western European where there is none."""
    name = {10000: "mac-roman", 65001: "utf-8", 936: "gbk", 0: "cp1252"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def character(number: int) -> str:
    r"""The character of ``\u``, whose number is signed; halves of pairs stay halves."""
    code = number & 0xFFFF
    return symbol(code & 0xFF) if 0xF000 <= code <= 0xF0FF else chr(code)


def symbol(code: int) -> str:
    """A character of a font of symbols: only the bullet has a meaning without the font."""
    return "•" if code == 0xB7 else ""


def whole(text: str) -> str:
    """A text in which the halves of characters outside the basic plane are joined."""
    if not any("\ud800" <= each <= "\udfff" for each in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
