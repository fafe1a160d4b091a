"""An HTML part's lines: one for each block of the page, quoted as deep as its quotes nest.

A mail is read whole, not for its main text as a web page is: it has no menus around it.
"""

from __future__ import annotations

import re
from typing import cast

from lxml.etree import _Element

from index.readers.html.parsing import parse
from index.readers.mail.message import Line

_SILENT = frozenset("head script style template noscript title object select textarea".split())
_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th "
    "thead tr ul caption".split()
)
_APART = frozenset("p blockquote h1 h2 h3 h4 h5 h6 table ul ol pre hr dl".split())
"""Blocks with a blank line before and after."""

_BLANK = re.compile(r"[ \t\n\r\f\xa0\u200b\u200c\u200d\u2007\ufeff\u034f\u00ad]+")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I)
_CELL = 100
"""A row is read as one of a table if its cells are no longer than this, else as a layout's."""


def html_lines(text: str, path: str) -> list[Line]:
    """The lines of a page.

    Raises:
        ReadError: it cannot be parsed.
    """
    if not text.strip():
        return []
    writer = _Writer()
    writer.walk(parse(text, path), 0)
    writer.end_line()
    return writer.lines


class _Writer:
    """Collects the words of a line until a block begins or ends."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._depth = 0

    def walk(self, element: _Element, depth: int) -> None:
        """Write an element and what follows it in its parent's text."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SILENT or not tag or _is_hidden(element):
            return
        if tag == "tr" and self._row(element, depth):
            return
        quoted = depth + (tag == "blockquote" and _is_quote(element))
        block = tag in _BLOCKS
        if block:
            self._begin(tag, quoted)
        if tag == "br":
            self.end_line(even_if_empty=True)
        elif tag == "li":
            self._words.append("- ")
        self._add(element.text, tag == "pre")
        for child in cast("list[_Element]", list(element)):
            self.walk(child, quoted)
            self._depth = quoted
            self._add(child.tail, tag == "pre")
        if block:
            self._begin(tag, quoted)

    def _row(self, element: _Element, depth: int) -> bool:
        """Write a table's row as one line; a row that lays out the page is left to be walked."""
        cells = [cell for cell in element if cell.tag in ("td", "th")]
        if len(cells) < 2:
            return False
        words = []
        for cell in cells:
            if any(
                child.tag in _APART or child.tag in ("div", "br", "tr") for child in cell.iter()
            ):
                return False
            words.append(_BLANK.sub(" ", "".join(str(words) for words in cell.itertext())).strip())
        if any(len(word) > _CELL for word in words):
            return False
        self._begin("tr", depth)
        self._words.append(" | ".join(word for word in words if word))
        self._begin("tr", depth)
        return True

    def _add(self, text: str | None, preformatted: bool) -> None:
        if not text:
            return
        if not preformatted:
            self._words.append(_BLANK.sub(" ", text))
            return
        first, *others = text.split("\n")
        self._words.append(first)
        for line in others:
            self.end_line(even_if_empty=True)
            self._words.append(line)

    def _begin(self, tag: str, depth: int) -> None:
        """End the line before or in a block, with a blank one where blocks stand apart."""
        self.end_line()
        self._depth = depth
        if (tag in _APART or tag in ("td", "th", "tr")) and self.lines and self.lines[-1].text:
            self.lines.append(Line("", depth, True))

    def end_line(self, *, even_if_empty: bool = False) -> None:
        """Write the words since the last line."""
        words = re.sub(" {2,}", " ", "".join(self._words)).strip()
        self._words.clear()
        if words == "-":
            words = ""
        if words or even_if_empty:
            self.lines.append(Line(words, self._depth, True))


def _is_hidden(element: _Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_quote(element: _Element) -> bool:
    """Whether it quotes a mail; many programs indent with the same element."""
    if element.get("type") == "cite" or element.get("cite"):
        return True
    marks = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    if "quote" in marks or "cite" in marks:
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "border-left" in style or not style.startswith("margin")
