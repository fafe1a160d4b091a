"""What a paragraph is by the name of its style.

Word's built-in styles keep their English names in its files, whatever language a person works in.
"""

from __future__ import annotations

import re

from index.types import Kind

_HEADING = re.compile(r"heading\s?([1-9])", re.IGNORECASE)
_FURNITURE = re.compile(
    r"toc\s?(?:\d|heading)|contents\s?(?:\d|heading)|table of (?:figures|authorities)"
    r"|index\s?(?:\d|heading)|toa heading",
    re.IGNORECASE,
)
"""Styles of tables of contents and the like."""


def by_style_name(name: str) -> tuple[Kind, int | None] | None:
    """The kind, and a heading's level, that a style's name says; None where it says nothing."""
    found = _HEADING.fullmatch(name)
    if found:
        return Kind.HEADING, int(found[1])
    if name.lower() == "title":
        return Kind.TITLE, None
    if name.lower() == "caption":
        return Kind.CAPTION, None
    return (Kind.BOILERPLATE, None) if _FURNITURE.fullmatch(name) else None
