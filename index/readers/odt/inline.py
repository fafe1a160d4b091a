"""The words of a paragraph, and what hangs on them: notes, comments, text boxes, page breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element

from index.readers.odt.markup import attribute, name_of, number

_MOST_SPACES = 100
"""Spaces that one mark may stand for; more say no more."""

_SKIPPED = frozenset(
    {
        "text:ruby-text", "text:tracked-changes", "office:forms", "text:sequence-decls",
        "text:variable-decls", "text:user-field-decls", "svg:desc", "svg:title", "office:event-listeners",
        "text:hidden-text", "text:note-citation", "text:script", "office:binary-data", "draw:object-ole",
    }
)  # fmt: skip
"""What is not shown where it stands."""

_WHITE = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class Line:
    """A paragraph's contents."""

    parts: list[str] = field(default_factory=list)
    notes: list[_Element] = field(default_factory=list)
    comments: list[_Element] = field(default_factory=list)
    frames: list[_Element] = field(default_factory=list)
    """Frames and shapes, which may hold text."""
    breaks_before: int = 0
    """Pages that began before its first word."""
    breaks: int = 0
    """Pages that began before its last word, those included."""
    spans: list[tuple[str, str]] = field(default_factory=list)
    """The style and the words of each stretch that has a look of its own; no style for the rest."""

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(self.parts)


def read_line(paragraph: _Element) -> Line:
    """A paragraph's words and what hangs on them."""
    line = Line()
    _read(paragraph, line, "")
    return line


def _read(node: _Element, line: Line, style: str) -> None:
    _words(node.text, line, style)
    for each in node:
        _element(each, line, style)
        _words(each.tail, line, style)


def _words(text: str | None, line: Line, style: str) -> None:
    if not text:
        return
    text = _WHITE.sub(" ", text)
    if text.strip():
        if not line.spans:
            line.breaks_before = line.breaks
        line.spans.append((style, text))
    line.parts.append(text)


def _element(node: _Element, line: Line, style: str) -> None:
    name = name_of(node)
    if name == "text:s":
        line.parts.append(" " * number(node, "text:c", _MOST_SPACES))
    elif name == "text:tab":
        line.parts.append("\t")
    elif name == "text:line-break":
        line.parts.append("\n")
    elif name == "text:soft-page-break":
        line.breaks += 1
    elif name == "text:note":
        line.notes.append(node)
    elif name == "office:annotation":
        line.comments.append(node)
    elif name.startswith("draw:") and name != "draw:a":
        line.frames.append(node)
    elif name == "text:span":
        _read(node, line, attribute(node, "text:style-name") or style)
    elif name not in _SKIPPED:
        _read(node, line, style)
