"""The names of OpenDocument's elements and attributes."""

from __future__ import annotations

from lxml.etree import _Element

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "math": "http://www.w3.org/1998/Math/MathML",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}
_PREFIXES = {space: prefix for prefix, space in _SPACES.items()}


def full(name: str) -> str:
    """A name with its usual prefix, "text:p", as lxml has it."""
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def name_of(node: _Element) -> str:
    """An element's name with its usual prefix, "text:p"; "?:p" in another namespace."""
    tag = node.tag
    if not isinstance(tag, str):
        return ""
    space, _, local = tag[1:].rpartition("}")
    return f"{_PREFIXES.get(space, '?')}:{local}"


def attribute(node: _Element | None, name: str) -> str:
    """An attribute by its name with its usual prefix; empty where it is missing."""
    return "" if node is None else node.get(full(name)) or ""


def number(node: _Element, name: str, most: int, default: int = 1) -> int:
    """An attribute that counts, up to a bound."""
    text = attribute(node, name)
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else default


def text_of(node: _Element | None) -> str | None:
    """All words in an element."""
    return None if node is None else "".join(str(part) for part in node.itertext())
