"""What a paragraph is by its style: a title, a heading of a level, a caption, a line of contents."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.etree import _Element

from index.readers.docx.markup import attribute, child, name_of, number
from index.readers.office.style_names import by_style_name
from index.types import Kind

_LONGEST_CHAIN = 20
"""Styles that build on each other; a circle of them has no end."""

_BODY_LEVEL = 9
"""The outline level that stands for none."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a paragraph is."""

    kind: Kind = Kind.PARAGRAPH
    level: int | None = None
    item: bool = False
    """Whether it is an item of a list."""


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    base: str | None
    level: int | None
    item: bool


class Styles:
    """The paragraph styles of a document.

    Args:
        root: the part that defines them; None for a document without one.
    """

    def __init__(self, root: _Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default = ""
        self._tables: dict[str, tuple[bool, str | None]] = {}
        for node in root if root is not None else ():
            identity = attribute(node, "styleId") or ""
            if name_of(node) != "style" or attribute(node, "type") not in ("paragraph", None):
                self._tables[identity] = (
                    any(attribute(each, "type") == "firstRow" for each in node),
                    attribute(child(node, "basedOn"), "val"),
                )
                continue
            properties = child(node, "pPr")
            self._styles[identity] = _Style(
                attribute(child(node, "name"), "val") or identity,
                attribute(child(node, "basedOn"), "val"),
                number(child(properties, "outlineLvl")),
                child(properties, "numPr") is not None,
            )
            if attribute(node, "default") in ("1", "true", "on"):
                self._default = identity
        self._roles: dict[str, Role] = {}

    def role(self, properties: _Element | None) -> Role:
        """What a paragraph with these properties is."""
        identity = attribute(child(properties, "pStyle"), "val") or self._default
        role = self._role_of(identity)
        level = number(child(properties, "outlineLvl"))
        if level is not None and role.kind in (Kind.PARAGRAPH, Kind.HEADING):
            if level < _BODY_LEVEL:
                return Role(Kind.HEADING, level + 1)
            role = Role()
        numbering = child(properties, "numPr")
        if numbering is not None and role.kind is Kind.PARAGRAPH:
            return Role(item=number(child(numbering, "numId")) != 0)
        return role

    def sets_off_first_row(self, table: _Element | None) -> bool:
        """Whether a table with these properties shows its first row unlike the others."""
        look = child(table, "tblLook")
        bits = attribute(look, "val") or ""
        is_on = attribute(look, "firstRow") in ("1", "true", "on") or (
            attribute(look, "firstRow") is None
            and bits[2:3] in ("2", "3", "6", "7", "A", "B", "E", "F")
        )
        identity = attribute(child(table, "tblStyle"), "val")
        for _ in range(_LONGEST_CHAIN if is_on else 0):
            has_look, identity = self._tables.get(identity or "", (False, None))
            if has_look:
                return True
        return False

    def _role_of(self, identity: str) -> Role:
        if identity not in self._roles:
            self._roles[identity] = self._resolve(identity)
        return self._roles[identity]

    def _resolve(self, identity: str) -> Role:
        """Follow a style to those that it builds on until one says what it is."""
        item = False
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(identity, _Style(identity, None, None, False))
            item = item or style.item
            if style.level is not None:
                level = style.level + 1
                return Role(Kind.HEADING, level) if level <= _BODY_LEVEL else Role(item=item)
            said = by_style_name(style.name)
            if said is not None:
                return Role(*said)
            if not style.base:
                break
            identity = style.base
        return Role(item=item)
