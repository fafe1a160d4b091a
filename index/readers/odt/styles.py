"""What a paragraph is by its style, and whether a page begins with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import _Element

from index.readers.odt.markup import attribute, full
from index.types import Kind

_LONGEST_CHAIN = 20
"""Styles that build on each other; a circle of them has no end."""

_CAPTIONS = frozenset({"Caption", "Illustration", "Table", "Figure", "Drawing"})
"""Built-in styles of captions; their names are English in every language."""

_CODE = "_20_"
"""A space in the name of a style."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says of its paragraphs."""

    kind: Kind = Kind.PARAGRAPH
    level: int | None = None
    bold: bool = False
    new_page: bool = False
    heads_table: bool = False


class Styles:
    """The paragraph styles of a document.

    Args:
        roots: the parts that define them.
    """

    def __init__(self, roots: Iterable[_Element]) -> None:
        self._nodes = {
            attribute(node, "style:name"): node
            for root in roots
            for node in root.iter(full("style:style"))
            if attribute(node, "style:family") in ("paragraph", "text")
        }
        self._looks: dict[str, Look] = {}

    def look(self, name: str) -> Look:
        """What a style says, with the styles it builds on."""
        if name not in self._looks:
            self._looks[name] = self._resolve(name)
        return self._looks[name]

    def _resolve(self, name: str) -> Look:
        kind: Kind | None = None
        level: int | None = None
        weight = ""
        node = self._nodes.get(name)
        new_page = bool(attribute(node, "style:master-page-name"))
        heads_table = False
        for _ in range(_LONGEST_CHAIN):
            kind = kind or _by_name(name)
            heads_table = heads_table or name.replace(_CODE, " ") == "Table Heading"
            outline = attribute(node, "style:default-outline-level")
            level = level or (int(outline) if outline.isascii() and outline.isdigit() else None)
            for properties in node if node is not None else ():
                new_page = new_page or attribute(properties, "fo:break-before") == "page"
                weight = weight or attribute(properties, "fo:font-weight")
            name = attribute(node, "style:parent-style-name")
            node = self._nodes.get(name)
            if not name:
                break
        bold = weight in ("bold", "600", "700", "800", "900")
        if level and not kind:
            return Look(Kind.HEADING, level, bold, new_page, heads_table)
        return Look(kind or Kind.PARAGRAPH, None, bold, new_page, heads_table)


def _by_name(name: str) -> Kind | None:
    name = name.replace(_CODE, " ")
    if name == "Title":
        return Kind.TITLE
    if name in _CAPTIONS:
        return Kind.CAPTION
    return Kind.BOILERPLATE if name.startswith("Contents ") else None
