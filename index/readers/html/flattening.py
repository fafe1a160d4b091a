"""A page whose elements nest too deep for the parser, rewritten without its nesting."""

from __future__ import annotations

import re
from html.parser import HTMLParser as FlatParser


def flattened(text: str) -> str:
    """A page's markup with every block directly in its body."""
    flattener = _Flattener()
    flattener.feed(text)
    flattener.close()
    flattener.end_block()
    title = re.search(r"<title[^>]*>([^<]{0,500})</title>", text, re.IGNORECASE)
    head = f"<title>{title[1]}</title>" if title else ""
    return f"<html><head>{head}</head><body>{''.join(flattener.markup)}</body></html>"


class _Flattener(FlatParser):
    """Writes a page's text as headings and paragraphs side by side, however deep they lay."""

    _HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
    _INLINE = frozenset({"a", "abbr", "b", "code", "em", "font", "i", "small", "span", "strong"})
    _SILENT = frozenset({"script", "style", "template", "noscript", "textarea", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._tag = "p"
        self._words: list[str] = []
        self._silent: str | None = None
        self.markup: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or a stretch without text."""
        if tag in self._SILENT:
            self._silent = tag
        if tag not in self._INLINE:
            self.end_block()
            self._tag = tag if tag in self._HEADINGS else "p"

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag == self._silent:
            self._silent = None
        if tag not in self._INLINE:
            self.end_block()
            self._tag = "p"

    def handle_data(self, data: str) -> None:
        """Keep what a reader sees."""
        if self._silent is None:
            self._words.append(data)

    def end_block(self) -> None:
        """Write the words since the last block."""
        words = " ".join("".join(self._words).split())
        self._words.clear()
        if words:
            words = words.replace("&", "&amp;").replace("<", "&lt;")
            self.markup.append(f"<{self._tag}>{words}</{self._tag}>")
