"""A chapter's page becomes pieces: every word of it, a block of the page each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml.etree import _Element

from index.readers.epub.book import Book, Label
from index.readers.epub.tables import is_layout, rows_of
from index.readers.epub.xhtml import HEADING_TAGS, squeezed, tag_of, types_of, words_of
from index.readers.office.pieces import Piece, heading, one_line
from index.readers.office.table import table_pieces
from index.types import Kind

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_SKIPPED = frozenset(
    "head script style template noscript svg audio video iframe object canvas rt rp button input select".split()
)
_BOLD = frozenset({"b", "strong", "dt"})
_FURNITURE = frozenset({"toc", "landmarks", "page-list", "loi", "lot"})
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Context:
    """What the words at a place of the page are."""

    kind: Kind = Kind.PARAGRAPH
    level: int | None = None
    item: bool = False
    preformatted: bool = False
    bold: bool = False
    link: bool = False


class Chapters:
    """Reads chapters one after the other.

    Args:
        book: what the book says of itself.
    """

    def __init__(self, book: Book) -> None:
        self.pieces: list[Piece] = []
        self._book = book
        self._title = squeezed(book.properties.title or "")
        self._file = ""
        self._page: str | None = None
        self._tables = 0
        self._label: Label | None = None
        self._label_met = False
        self._words: list[str] = []
        self._bold = self._linked = self._plain = 0
        self._began: str | None = None
        """Where the words began that are no piece yet; empty where no page is known."""

    def read(self, name: str, root: _Element) -> None:
        """Add a chapter.

        Args:
            name: its page's name in the book.
            root: the page.
        """
        self._file = name
        self._arrive("")
        is_contents = name in self._book.contents
        self._walk(root, _Context(Kind.BOILERPLATE if is_contents else Kind.PARAGRAPH))

    # --- the tree -------------------------------------------------------------------------------

    def _walk(self, node: _Element, context: _Context) -> None:
        tag = tag_of(node)
        if tag in _SKIPPED or not tag:
            return
        types = types_of(node)
        is_block = tag in _BLOCKS
        if is_block:
            self._end_block(context, context)
        self._arrive_at(node)
        if "pagebreak" in types:
            number = (node.get("title") or node.get("aria-label") or words_of(node)).strip()
            self._page = number.strip("[]{}() ").removeprefix("Page ") or self._page
            return
        if tag == "br":
            self._words.append(" " if context.kind is Kind.HEADING else "\n")
            return
        inside = _inside(node, tag, types, context)
        if tag == "table" and not is_layout(node):
            self._table(node, inside)
            return
        self._text(node.text, inside)
        for each in node:
            self._walk(each, inside)
            self._text(each.tail, inside)
        if is_block:
            self._end_block(inside, context)

    def _end_block(self, context: _Context, around: _Context) -> None:
        """A block begins or ends; one in a caption is a line of it."""
        if around.kind is Kind.CAPTION:
            self._words.append("\n")
        else:
            self._flush(context)

    def _text(self, text: str | None, context: _Context) -> None:
        if not text:
            return
        self._words.append(text if context.preformatted else _WHITE.sub(" ", text))
        letters = sum(map(len, text.split()))
        if letters and self._began is None:
            self._began = self._locator() or ""
        self._bold += letters if context.bold else 0
        self._linked += letters if context.link else 0
        self._plain += 0 if context.bold else letters

    def _arrive_at(self, node: _Element) -> None:
        for identity in {node.get("id"), node.get("name") if tag_of(node) == "a" else None}:
            if identity:
                self._arrive(identity)

    def _arrive(self, identity: str) -> None:
        """Pass a place that the table of contents or the list of pages may name."""
        place = (self._file, identity)
        self._page = self._book.pages.get(place) or self._page
        label = self._book.labels.get(place)
        if label is not None and label.text:
            self._label, self._label_met = label, False

    # --- pieces ---------------------------------------------------------------------------------

    def _flush(self, context: _Context) -> None:
        """Make a piece of the words since the last."""
        text = "".join(self._words)
        letters = sum(map(len, text.split()))
        is_link = letters > 0 and self._linked >= letters
        stands_out = self._bold > 0 and self._plain == 0
        locator = self._began or None
        self._words, self._bold, self._linked, self._plain = [], 0, 0, 0
        self._began = None
        if not letters:
            return
        if context.kind is Kind.HEADING:
            self._heading(text, context.level or 1, locator)
            return
        # A line that is nothing but a link leads elsewhere, as one of a table of contents.
        kind = Kind.BOILERPLATE if is_link and context.kind is Kind.PARAGRAPH else context.kind
        item = context.item
        self._add(Piece(kind, text, item=item, stands_out=stands_out, locator=locator))

    def _heading(self, text: str, level: int, locator: str | None) -> None:
        self._label_met = True
        piece = heading(text, level, locator)
        if self._title and squeezed(text) == self._title:
            self._title = ""
            piece = Piece(Kind.TITLE, one_line(text), locator=locator)
        self.pieces.append(piece)

    def _add(self, piece: Piece) -> None:
        """Add a piece, below the name that the table of contents has for what begins here."""
        label = self._label
        text = squeezed(piece.text) if label else ""
        if label is not None and piece.kind in (Kind.PARAGRAPH, Kind.CAPTION):
            name = squeezed(label.text)
            if name.startswith(text) or (text in name and len(text) * 4 > len(name)):
                self._label_met = True
                self.pieces.append(heading(piece.text, label.depth, piece.locator))
                return
            if not self._label_met:
                self.pieces.append(heading(label.text, label.depth, piece.locator))
            self._label = None
        elif label is not None and text == squeezed(label.text):
            self._label = None  # furniture has a name, too
        self.pieces.append(piece)

    def _table(self, node: _Element, context: _Context) -> None:
        self._tables += 1
        leads_elsewhere = context.kind is Kind.BOILERPLATE or _is_list_of_links(node)
        page = self._locator()
        for piece in table_pieces(list(rows_of(node)), f"table {self._tables}"):
            piece.locator = f"{page}, {piece.locator}" if page else piece.locator
            piece.kind = Kind.BOILERPLATE if leads_elsewhere else piece.kind
            self._add(piece)
        for each in node.iter():
            self._arrive_at(each)

    def _locator(self) -> str | None:
        return f"page {self._page}" if self._page else None


def _inside(node: _Element, tag: str, types: frozenset[str], context: _Context) -> _Context:
    """What the words in an element are."""
    classes = (node.get("class") or "").lower().split()
    if types & _FURNITURE or tag == "nav" or "pg-boilerplate" in classes:
        return replace(context, kind=Kind.BOILERPLATE)
    if tag in _BOLD:
        context = replace(context, bold=True)
    if tag == "a" and _is_inner(node):
        context = replace(context, link=True)
    if context.kind is Kind.BOILERPLATE:
        return context
    if tag in HEADING_TAGS:
        return replace(context, kind=Kind.HEADING, level=int(tag[1]), item=False)
    if tag == "figcaption" or "caption" in classes:
        return replace(context, kind=Kind.CAPTION)
    if tag in ("li", "dd", "dt"):
        return replace(context, item=tag == "li")
    return replace(context, preformatted=True) if tag == "pre" else context


def _is_list_of_links(table: _Element) -> bool:
    """Whether most words of a table lead elsewhere in the book, as those of its contents do."""
    links = [node for node in table.iter() if tag_of(node) == "a" and _is_inner(node)]
    return sum(len(words_of(link)) for link in links) * 2 > len(words_of(table))


def _is_inner(link: _Element) -> bool:
    """Whether a link leads to a place in the book."""
    address = link.get("href") or ""
    return bool(address) and not address.startswith(("http:", "https:", "mailto:"))
