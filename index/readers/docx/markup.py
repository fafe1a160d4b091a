"""Small tools for the mark-up of Word: names without their namespaces, switches, alternatives.

Names are compared without namespaces, because the two variants of the format, transitional and
strict, have the same names in different ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element


def name_of(node: _Element) -> str:
    """An element's name without its namespace."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(node: _Element | None, *names: str) -> _Element | None:
    """The element that a path of names leads to, from child to child."""
    for name in names:
        if node is None:
            return None
        node = next((each for each in node if name_of(each) == name), None)
    return node


def attribute(node: _Element | None, name: str) -> str | None:
    """An attribute by its name without its namespace."""
    if node is None:
        return None
    for key, value in node.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def number(node: _Element | None, name: str = "val") -> int | None:
    """An attribute that is a number; None where it is none."""
    text = attribute(node, name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def is_on(node: _Element | None) -> bool:
    """Whether a switch is there and not turned off."""
    return node is not None and attribute(node, "val") not in ("0", "false", "off", "none")


def descendants(node: _Element, name: str) -> Iterator[_Element]:
    """Every element of a name below a node."""
    return (each for each in node.iter() if name_of(each) == name)


def alternative(node: _Element) -> _Element | None:
    """Of a passage written once for new programs and once for old, the one for new programs."""
    chosen = child(node, "Choice")
    return chosen if chosen is not None else child(node, "Fallback")
