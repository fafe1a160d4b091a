"""The words of a paragraph, and what hangs on them: notes, comments, text boxes, page breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.etree import _Element

from index.readers.docx.markup import alternative, attribute, child, descendants, is_on, name_of

_SKIPPED = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sdtPr", "rt"}
)
"""What is not shown: words that a tracked change took out, field codes, readings above characters."""

_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_WINGDINGS = {
    0x6F: "☐", 0x71: "☐", 0xA8: "☐", 0xFC: "✓", 0xFB: "✗", 0xFD: "☒", 0xFE: "☑", 0xE0: "→",
}  # fmt: skip
"""Signs of Microsoft's picture font that have a meaning in forms."""

_MADE_UP = re.compile(
    r"Description automatically generated|Automatisch generierte Beschreibung"
    r"|^\S*\.(?:png|jpe?g|gif|bmp|emf|wmf|svg|tiff?)$"
    r"|^(?:https?://|[A-Z]:\\)\S*$",
    re.IGNORECASE,
)
"""Descriptions of pictures that a program wrote: guesses, file names, addresses."""


@dataclass(slots=True)
class Line:
    """A paragraph's contents."""

    parts: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """"footnote" or "endnote" and its id."""
    comments: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    """Text boxes that hang on it."""
    pictures: list[str] = field(default_factory=list)
    """What pictures show, as their descriptions say."""
    diagrams: list[str] = field(default_factory=list)
    """Ids of the relations to diagrams' words."""
    breaks_before: int = 0
    """Pages that began before its first word."""
    breaks: int = 0
    """Pages that began before its last word, those included."""

    begun: bool = False
    """Whether a word of it has been read."""

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(self.parts)


class Inline:
    """Reads paragraphs; a field may begin in one and end in another, so it remembers."""

    def __init__(self) -> None:
        self._fields: list[bool] = []
        """For each open field whether its code is being read, and not yet what it shows."""
        self._handlers: dict[str, Callable[[_Element, Line], None]] = {
            "t": self._words,
            "r": self._run,
            "fldChar": self._field,
            "AlternateContent": self._alternatives,
            "footnoteReference": self._note,
            "endnoteReference": self._note,
            "commentReference": self._comment,
            "commentRangeEnd": self._comment,
            "lastRenderedPageBreak": self._page,
            "drawing": self._drawing,
            "pict": self._drawing,
            "object": self._drawing,
            "sym": self._symbol,
            "f": self._fraction,
            "sSup": self._raised,
            "sSub": self._lowered,
        }

    def read(self, paragraph: _Element) -> Line:
        """A paragraph's words and what hangs on them."""
        line = Line()
        self._children(paragraph, line)
        return line

    def _children(self, node: _Element | None, line: Line) -> None:
        for each in node if node is not None else ():
            name = name_of(each)
            if name in _SKIPPED:
                continue
            if name in _MARKS:
                self._mark(each, name, line)
            else:
                self._handlers.get(name, self._children)(each, line)

    @property
    def _in_code(self) -> bool:
        return any(self._fields)

    def _words(self, node: _Element, line: Line) -> None:
        if node.text and not self._in_code:
            if not line.begun and node.text.strip():
                line.begun = True
                line.breaks_before = line.breaks
            line.parts.append(node.text)

    def _mark(self, node: _Element, name: str, line: Line) -> None:
        if not self._in_code:
            line.parts.append(_MARKS[name])

    def _run(self, node: _Element, line: Line) -> None:
        if not is_on(child(node, "rPr", "vanish")):
            self._children(node, line)

    def _field(self, node: _Element, line: Line) -> None:
        kind = attribute(node, "fldCharType")
        if kind == "begin":
            self._fields.append(True)
        elif self._fields and kind == "separate":
            self._fields[-1] = False
        elif self._fields and kind == "end":
            self._fields.pop()

    def _alternatives(self, node: _Element, line: Line) -> None:
        self._children(alternative(node), line)

    def _note(self, node: _Element, line: Line) -> None:
        kind = name_of(node).removesuffix("Reference")
        line.notes.append((kind, attribute(node, "id") or ""))

    def _comment(self, node: _Element, line: Line) -> None:
        line.comments.append(attribute(node, "id") or "")

    def _page(self, node: _Element, line: Line) -> None:
        line.breaks += 1

    def _drawing(self, node: _Element, line: Line) -> None:
        """Text boxes, and a picture's description."""
        line.boxes += _outermost_boxes(node)
        for properties in descendants(node, "docPr"):
            description = " ".join((attribute(properties, "descr") or "").split())
            if len(description.split()) > 2 and not _MADE_UP.search(description):
                line.pictures.append(description)
        line.diagrams += [attribute(ids, "dm") or "" for ids in descendants(node, "relIds")]

    def _symbol(self, node: _Element, line: Line) -> None:
        code = attribute(node, "char") or ""
        if (attribute(node, "font") or "").startswith("Wingdings") and len(code) == 4:
            try:
                line.parts.append(_WINGDINGS.get(int(code, 16) & 0xFF, ""))
            except ValueError:
                return  # not a number, so no sign

    def _fraction(self, node: _Element, line: Line) -> None:
        self._children(child(node, "num"), line)
        line.parts.append("/")
        self._children(child(node, "den"), line)

    def _raised(self, node: _Element, line: Line) -> None:
        self._children(child(node, "e"), line)
        line.parts.append("^")
        self._children(child(node, "sup"), line)

    def _lowered(self, node: _Element, line: Line) -> None:
        self._children(child(node, "e"), line)
        line.parts.append("_")
        self._children(child(node, "sub"), line)


def _outermost_boxes(node: _Element) -> list[_Element]:
    """The text boxes below a node that are in no other, each once for new programs and old."""
    name = name_of(node)
    if name == "txbxContent":
        return [node]
    if name == "AlternateContent":
        chosen = alternative(node)
        return [] if chosen is None else _outermost_boxes(chosen)
    return [box for each in node for box in _outermost_boxes(each)]
