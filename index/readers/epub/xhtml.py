"""A book's pages become trees: as XML where they are, else as a browser would take them."""

from __future__ import annotations

import re
from html.entities import html5

from lxml.etree import _Element

from index.errors import ReadError
from index.readers.zipped import Package, defines_entities, parse_xml

_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_XML_ENTITIES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


def page_of(package: Package, name: str) -> _Element:
    """A page's tree.

    Raises:
        ReadError: it is missing, damaged, or defines entities.
    """
    data = _ENTITY.sub(_numbered, package.read(name))
    try:
        return parse_xml(data, package.path)
    except ReadError:
        if defines_entities(data):
            raise
        # Only here, because the reader of web pages takes a second to load.
        from index.readers.html.decoding import decode
        from index.readers.html.parsing import parse

        return parse(decode(data, package.path), package.path)


def _numbered(entity: re.Match[bytes]) -> bytes:
    """A named character as a number: XML knows the names only with a document type."""
    characters = html5.get(f"{entity[1].decode('ascii')};")
    if characters is None or entity[1] in _XML_ENTITIES:
        return entity[0] if entity[1] in _XML_ENTITIES else b"&amp;" + entity[0][1:]
    return "".join(f"&#{ord(character)};" for character in characters).encode("ascii")


def tag_of(node: _Element) -> str:
    """An element's name without its namespace, in lower case; empty for what is no element."""
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def types_of(node: _Element) -> frozenset[str]:
    """What an element is in a book: the words of its ``epub:type`` and its role, "pagebreak"."""
    said = node.get("{http://www.idpf.org/2007/ops}type") or node.get("epub:type") or ""
    role = (node.get("role") or "").replace("doc-", "")
    return frozenset(f"{said} {role}".split())


def squeezed(text: str) -> str:
    """A text without white space and case, to compare by."""
    return "".join(text.split()).casefold()


def words_of(node: _Element) -> str:
    """An element's words in one line."""
    return " ".join("".join(_inline(node)).split())


def _inline(node: _Element) -> list[str]:
    tag = tag_of(node)
    if tag in ("script", "style", "rt", "rp"):
        return []
    parts = [" " if tag in ("br", "p", "div", "li") else "", node.text or ""]
    for each in node:
        parts += _inline(each) if tag_of(each) else []
        parts.append(each.tail or "")
    return [*parts, " "] if tag in ("p", "div", "li") else parts
