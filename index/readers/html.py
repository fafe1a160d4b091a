"""A saved web page becomes a document: trafilatura picks the main text, comments come from the DOM.

Nothing is fetched: the parser loads no DTD or entity from outside, and trafilatura is only given
a tree that is already in memory.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from html.parser import HTMLParser as FlatParser
from pathlib import PurePath
from statistics import median

import lxml.html
import trafilatura
from charset_normalizer import from_bytes
from lxml.etree import LxmlError, _Element, iterwalk
from trafilatura.metadata import extract_metadata

from index.errors import ReadError
from index.readers.captions import parse_caption
from index.readers.html_comments import PageComment, lines_of, take_comments
from index.types import Block, Document, Kind

_LOGGER = logging.getLogger(__name__)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""Browsers read these as Windows-1252 (WHATWG Encoding Standard, "Names and labels")."""

_HEAD_BYTES = 8192
"""How far into a file an encoding is looked for; the HTML standard asks for the first 1,024."""

_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_NOT_TEXT_SHARE = 0.1
"""Of the characters: more control or undecodable ones than this, and a file is binary.

The 45 pages of trafilatura's evaluation with comments have at most 0.001.
"""

_INVALID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE(?:[^>\[]|\[[^\]]*\])*>)?", re.I)

_CAPTION_CLASS = re.compile(
    r"(?:^|\s)(?:(?:wp|image|img|photo|picture|figure|media|thumb|tr|gallery|slide)[-_]*)?"
    r"(?:captions?|figcaption|bildunterschrift|bildtext|l[ée]gende|didascalia)(?:[-_]*text)?(?:$|\s)",
    re.IGNORECASE,
)

_CREDIT = re.compile(
    r"^\W*(?:(?:photos?|pictures?|images?|fotos?|bild(?:er)?|bildnachweis|bildquellen?|crédits?"
    r"(?:\sphoto)?|credits?|photo credit|image credit|photo by|quelle|source|titelbild|beitragsbild)\s?[:©]"
    r"|©|\(c\)\s|cc(?:[\s-]by.{0,20})?$|(?:all rights reserved|alle rechte vorbehalten|tous droits réservés)).{0,160}$",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"^\W*(?:share(?: this| on .{1,30})?|teilen(?: mit)?|partager|tweet|print|drucken|e-?mail"
    r"|like this|gefällt mir|loading\.*|lade\.*|wird geladen\.*|read more|weiterlesen|lire la suite"
    r"|related(?: posts| articles)?|ähnliche (?:beiträge|artikel)|das könnte dich auch interessieren"
    r"|(?:advertisement|werbung|anzeige|publicité)|comments are closed|kommentare sind geschlossen"
    r"|leave a (?:comment|reply)|schreibe? (?:einen|deinen) kommentar"
    r"|laisser un commentaire|kommentar (?:schreiben|hinterlassen)|post a comment"
    r"|post your comments?|\d+ (?:comments?|kommentare?|commentaires?|shares?|likes?)"
    r"|(?:die )?kommentarfunktion ist geschlossen|back to top|nach oben|advertising"
    r"|your email address will not be published.{0,80}|deine e-mail-adresse wird nicht.{0,80}"
    r"|veröffentlicht in|posted in|filed under|tagged(?: with)?|tags|schlagwörter|kategorien?"
    r"|categories|mehr zum thema|lesen sie (?:auch|dazu)|auch interessant|(?:à )?lire aussi"
    r"|read also|see also)\W*$"
    r"|^\W*(?:à lire aussi|lesen sie auch|read also|lire aussi)\s?:.{0,150}$"
    r"|^(?=.{0,150}$)(?=.*(?:comment|kommentar|antwort|bewert))"
    r".*\b(?:log(?:ged)? ?in|sign in|eingeloggt|einloggen|angemeldet|anmelden|connecter|connecté)\b",
    re.IGNORECASE,
)

_SHORT_LIST = 600
"""Characters of a list that is one block; a longer one is a block per item.

About the passage length of the index (see ``index/chunker.py``), so that a short list stays
together with what it enumerates.
"""

_LONG_LINE = 120
"""Characters: of lines longer than this each is a paragraph, as in plain text."""

_ENOUGH = 100
"""Characters of main text below which a page is read again, with what was taken as comments.

A headline with a line of metadata; the shortest article of trafilatura's 45 pages has 248.
"""


class TextBuilder:
    """A text under construction and the blocks in it: offsets are right because it counts them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        author: str | None = None,
        date: str | None = None,
        reply_to: str | None = None,
        level: int | None = None,
    ) -> None:
        """Append a block after a blank line; text that is only white space is left out."""
        text = text.strip()
        if not text:
            return
        if self._parts:
            self._append("\n\n")
        start = self._length
        self._append(text)
        self.blocks.append(Block(kind, start, self._length, author, date, reply_to, level))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)


def read_html(data: bytes, path: str) -> Document:
    """Read a saved web page.

    Args:
        data: the file.
        path: its name, for the document and for errors; nothing is read from it.

    Returns:
        The document: title, byline, date, main text, and the readers' comments after it.

    Raises:
        ReadError: the file is empty, is no HTML, or has no text.
    """
    root = _parse(_decode(data, path), path)
    whole = deepcopy(root)
    comments = take_comments(root)
    metadata = _metadata(root)
    pieces = _main_text(root)
    if sum(len(text) for _, text, _ in pieces) < _ENOUGH and comments:
        pieces, comments = _reconsidered(pieces, comments, whole)
    title = metadata.title or _heading_or_title(whole)
    builder = TextBuilder()
    builder.add(Kind.TITLE, title)
    builder.add(Kind.BYLINE, metadata.author)
    builder.add(Kind.DATE, metadata.date)
    _add_pieces(builder, pieces, title)
    for comment in comments:
        builder.add(
            Kind.COMMENT,
            comment.text,
            author=comment.author,
            date=comment.date,
            reply_to=comment.reply_to,
        )
    if not any(block.kind in _WORDS_OF_A_PAGE for block in builder.blocks):
        raise ReadError(path, "the page has no text")
    return Document.create(
        path=path,
        title=title or PurePath(path).stem or path,
        text=builder.text,
        blocks=builder.blocks,
        author=metadata.author or None,
        date=metadata.date or None,
    )


_WORDS_OF_A_PAGE = (Kind.TITLE, Kind.HEADING, Kind.PARAGRAPH, Kind.CAPTION, Kind.COMMENT)

_Piece = tuple[Kind, str, int | None]
"""A block before it has a place: its kind, text, and level for a heading."""


# Bytes to a tree


def _decode(data: bytes, path: str) -> str:
    """The page's characters: by byte order mark, by what it declares, else by its bytes."""
    if not data.strip(b"\x00\t\n\v\f\r "):
        raise ReadError(path, "the file is empty")
    text = _decode_declared(data)
    if text is None:
        text = _decode_guessed(data)
    sample = text[: 1 << 16]
    if len(_NOT_TEXT.findall(sample)) > _NOT_TEXT_SHARE * len(sample):
        raise ReadError(path, "not an HTML page: the file is binary")
    if "<" not in text:
        raise ReadError(path, "not an HTML page: there is no markup in it")
    return text


def _decode_declared(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    head = data[:_HEAD_BYTES]
    declared = _XML_ENCODING.search(head) or _META_CHARSET.search(head)
    try:
        return data.decode("utf-8")  # Bytes that are valid UTF-8 are hardly ever anything else.
    except UnicodeDecodeError:
        if declared is None:
            return None
    name = declared[1].decode("ascii", "replace").lower()
    try:
        encoding = codecs.lookup(_WEB_NAMES.get(name, name)).name
        if encoding.startswith(("utf-16", "utf-32")):
            return None  # The declaration was readable as ASCII, so it is wrong.
        return data.decode(encoding, "replace")
    except (LookupError, ValueError):
        return None


def _decode_guessed(data: bytes) -> str:
    if data[:_HEAD_BYTES].count(0) > min(len(data), _HEAD_BYTES) // 4:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data.decode(encoding, "replace")
            if "<" in text and "\ufffd" not in text:
                return text
    best = from_bytes(data[: 1 << 16]).best()
    return data.decode(best.encoding if best is not None else "cp1252", "replace")


def _parse(text: str, path: str) -> _Element:
    """Parse a page without any access to what is outside it."""
    text = _INVALID.sub("", text)
    # A document type can define entities that multiply; a page needs none to be read.
    text = _DECLARATION.sub("", text, count=1)
    root, complete = _parse_markup(text)
    if not complete:
        # The parser stops where elements nest too deep, so take the nesting away.
        root, _ = _parse_markup(_flattened(text))
    if root is None:
        raise ReadError(path, "not an HTML page: it cannot be parsed")
    return root


def _parse_markup(text: str) -> tuple[_Element | None, bool]:
    """Parse markup; also tell whether the parser came to its end."""
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except LxmlError as error:
        _LOGGER.debug("cannot be parsed: %s", error)
        return None, True
    fatal = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, not fatal


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


def _flattened(text: str) -> str:
    flattener = _Flattener()
    flattener.feed(text)
    flattener.close()
    flattener.end_block()
    title = re.search(r"<title[^>]*>([^<]{0,500})</title>", text, re.IGNORECASE)
    head = f"<title>{title[1]}</title>" if title else ""
    return f"<html><head>{head}</head><body>{''.join(flattener.markup)}</body></html>"


# Metadata


_NOBODY = {
    "unknown",
    "anonymous",
    "user",
    "follow",
    "admin",
    "administrator",
    "guest",
    "unbekannt",
    "anonym",
}
"""Author names that systems fill in."""

_LONGEST_NAMES = 100
"""Characters of a byline; a longer one is a biography."""


class _Metadata:
    """Title, author and date as trafilatura finds them; empty where it finds none."""

    def __init__(self, title: str = "", author: str = "", date: str = "") -> None:
        self.title = " ".join(title.split())
        self.author = " ".join(author.split())
        self.date = " ".join(date.split())


def _metadata(root: _Element) -> _Metadata:
    try:
        # The extensive search makes a date up from any year in the text, and takes seconds.
        found = extract_metadata(deepcopy(root), extensive=False)
    except Exception as error:  # noqa: BLE001 - trafilatura raises what its parts raise
        _LOGGER.warning("no metadata: %s", error)
        return _Metadata()
    author = re.sub(
        r"^(?:autor|author|auteur|par|by|von)\b:?\s+", "", found.author or "", flags=re.I
    )
    author = author.split(";")[0] if len(author) > _LONGEST_NAMES else author
    if (
        len(author) > _LONGEST_NAMES
        or len(author.split(";")[0].split()) > 6
        or author.casefold() in _NOBODY
    ):
        author = ""
    return _Metadata(found.title or "", author, found.date or "")


def _heading_or_title(root: _Element) -> str:
    for tag in ("h1", "title", "h2"):
        for element in root.iter(tag):
            text = " ".join(" ".join(lines_of(element)).split())
            if text:
                return text
    return ""


# Main text


def _main_text(root: _Element) -> list[_Piece]:
    """The article: trafilatura's choice of it with its captions, or all of the page's body."""
    try:
        page = deepcopy(root)
        for cell in page.findall(".//thead//td"):
            cell.tag = "th"  # trafilatura tells headers by this tag alone
        found = trafilatura.bare_extraction(page, include_comments=False)
    except Exception as error:  # noqa: BLE001 - trafilatura raises what its parts raise
        _LOGGER.warning("no main text: %s", error)
        found = None
    body = getattr(found, "body", None)
    pieces = list(_pieces(body)) if body is not None else []
    if not any(kind in _WORDS_OF_A_PAGE for kind, _, _ in pieces):
        return list(_plain_pieces(root))
    return _with_captions(pieces, root)


def _with_captions(pieces: list[_Piece], root: _Element) -> list[_Piece]:
    """Put the captions back: trafilatura drops figures whole.

    Captions and pieces are placed by where their letters lie among all of the page's letters.
    Those outside the stretch that the pieces cover belong to other articles.
    """
    letters, captions = _letters(root)
    placed: list[tuple[int, _Piece]] = []
    position = 0
    for piece in pieces:
        start = letters.find(_squeezed(piece[1])[:_SAMPLE], position)
        # What trafilatura moved or rewrote stays after the piece before it.
        position = max(start, position)
        placed.append((position, piece))
    known = [position for position, _ in placed if position > 0]
    if not captions or not known:
        return pieces
    names = {_squeezed(text) for _, text in captions}
    placed = [
        (at, _caption(text) if kind is Kind.PARAGRAPH and _squeezed(text) in names else piece)
        for at, piece in placed
        for kind, text, _ in [piece]
    ]
    body = "\n".join(_squeezed(text) for _, text, _ in pieces)
    kept: list[tuple[int, str]] = []
    for at, text in captions:
        told = any(_squeezed(text) in _squeezed(other) for _, other in kept[-2:])
        if known[0] - _LEAD <= at <= known[-1] + _LEAD and not told and _squeezed(text) not in body:
            kept.append((at, text))
    if len(kept) > _GALLERY and sum(len(text) for _, text in kept) > len(body):
        return pieces
    placed += [(at, _caption(text)) for at, text in kept]
    return [piece for _, piece in sorted(placed, key=lambda entry: entry[0])]


_GALLERY = 8
"""Captions: more of them, with more words than the article itself, are a gallery set into it."""

_SAMPLE = 60
"""Letters by which a piece is found again: enough to be unique in an article."""

_LEAD = 400
"""Letters around the main text in which a caption still is its: those of the first picture."""


def _letters(root: _Element) -> tuple[str, list[tuple[int, str]]]:
    """All text of a page without white space, and its captions with their places in it."""
    written: list[str] = []
    length = 0
    captions: list[tuple[int, str]] = []
    for event, element in iterwalk(root, events=("start", "end")):
        if event == "start" and _is_caption(element):
            caption = " ".join(" ".join(lines_of(element)).split())
            if caption and not _is_linked(element, caption):
                captions.append((length, caption))
        text = element.text if event == "start" else element.tail
        if (text and element.tag not in {"script", "style"}) or (text and event == "end"):
            written.append(_squeezed(text))
            length += len(written[-1])
    return "".join(written), captions


def _is_caption(element: _Element) -> bool:
    if element.tag == "figcaption":
        return True
    if element.tag not in {"div", "p", "span", "td", "dd"}:
        return False
    if not _CAPTION_CLASS.search(element.get("class") or ""):
        return False
    if any(True for _ in element.iter("figcaption", "img")):
        return False
    near = [node for node, _ in zip(element.iterancestors(), range(_NEAR), strict=False)]
    if any(node.tag == "figcaption" for node in near):
        return False
    return any(next(node.iter("img", "picture"), None) is not None for node in near)


_NEAR = 3
"""Levels up in which an element called caption must have its picture: a table cell's are three."""


def _is_linked(element: _Element, text: str) -> bool:
    """Whether a caption is nothing but a link: the name of another page under its picture."""
    if next(element.iterancestors("a"), None) is not None:
        return True
    linked = "".join(" ".join(lines_of(link)) for link in element.iter("a"))
    return _squeezed(linked) == _squeezed(text)


def _caption(text: str) -> _Piece:
    if _BOILERPLATE.match(text):
        return Kind.BOILERPLATE, text, None
    return (Kind.CREDIT if _CREDIT.match(text) else Kind.CAPTION), text, None


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _pieces(body: _Element) -> Iterator[_Piece]:
    """The blocks of trafilatura's result, in its vocabulary (TEI: head, p, list, row, quote)."""
    for element in body:
        yield from _piece(element)
        if element.tail and element.tail.strip():
            yield _classified(" ".join(element.tail.split()))


def _piece(element: _Element) -> Iterator[_Piece]:
    if element.tag == "head":
        rank = re.search(r"[1-6]", element.get("rend") or "")
        text = " ".join(" ".join(_texts(element)).split())
        if text:
            yield Kind.HEADING, text, int(rank[0]) if rank else 2
    elif element.tag == "list":
        items = [text for item in element.iter("item") if (text := "\n".join(_item_texts(item)))]
        whole = "\n".join(items)
        for text in [whole] if len(whole) <= _SHORT_LIST else items:
            yield _classified(text)
    elif element.tag == "table":
        yield from _table_pieces(element)
    else:
        for text in _texts(element):
            yield from map(_classified, _unbroken(text))


def _unbroken(text: str) -> list[str]:
    """The lines of a paragraph whose line breaks stand for paragraphs: most are long."""
    lines = text.split("\n")
    apart = len(lines) > 2 and median(map(len, lines)) > _LONG_LINE
    return lines if apart else [text]


def _table_pieces(table: _Element) -> Iterator[_Piece]:
    """A table as a paragraph a row, each cell behind its column's name: "Source: tolls | Sum: 9".

    What stands over all columns, as a table's caption does, goes in front of the next row.
    """
    columns: list[str] = []
    names: list[list[str]] = []
    for row in table.iter("row"):
        cells = [_texts(cell) for cell in row.iter("cell")]
        words = [" ".join(" ".join(cell).split()) for cell in cells]
        if _are_names(row, words):
            names.append(words)
            continue
        if names and len(_said(names[-1])) > 1:
            columns = names.pop()
        above = [" | ".join(_said(name)) for name in names]
        names = []
        if sum(map(len, words)) > _SHORT_LIST and any(len(cell) > 1 for cell in cells):
            # The table is the page's layout.
            yield from map(_classified, [*above, *(text for cell in cells for text in cell)])
        elif any(words) and len(columns) == len(words):
            row_text = " | ".join(
                f"{name.rstrip(':')}: {word}" if name else word
                for name, word in zip(columns, words, strict=True)
                if word
            )
            yield Kind.PARAGRAPH, "\n".join([*above, row_text]), None
        elif any(words):
            yield _classified("\n".join([*above, " | ".join(_said(words))]))
    for name in names:
        yield _classified(" | ".join(_said(name)))


def _are_names(row: _Element, words: list[str]) -> bool:
    """Whether a row names columns, or what the table is about: all its cells are headers."""
    said = [cell for cell, word in zip(row.iter("cell"), words, strict=True) if word]
    return bool(said) and all(
        cell.get("role") == "head" and len(word) <= _LONGEST_NAMES
        for cell, word in zip(said, _said(words), strict=True)
    )


def _said(words: list[str]) -> list[str]:
    return [word for word in words if word]


def _item_texts(item: _Element) -> list[str]:
    """An item's own text, without the items of a list in it."""
    return _texts(item, without=frozenset({"list"}))


_TEI_BLOCKS = frozenset({"p", "quote", "list", "item", "table", "row", "div", "ab", "head", "body"})


def _texts(element: _Element, without: frozenset[str] = frozenset()) -> list[str]:
    """The paragraphs in one element of trafilatura's result; ``lb`` is a line break."""
    pieces: list[str] = []
    stack: list[_Element | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        after: list[_Element | str] = []
        edge = "\n\n" if node.tag in _TEI_BLOCKS and node is not element else ""
        after += [edge, node.text or "", "\n" if node.tag == "lb" else ""]
        for child in node:
            if child.tag not in without:
                after.append(child)
            after.append(child.tail or "")
        after.append(edge)
        stack.extend(reversed(after))
    lines = (part.strip() for part in re.split(r"\n\s*\n", "".join(pieces)))
    keeps_space = element.tag == "code"
    return [
        line if keeps_space else "\n".join(" ".join(row.split()) for row in line.split("\n"))
        for line in lines
        if line
    ]


def _classified(text: str) -> _Piece:
    """A piece of main text with its kind."""
    if _BOILERPLATE.match(text):
        return Kind.BOILERPLATE, text, None
    if _CREDIT.match(text):
        return Kind.CREDIT, text, None
    return Kind.PARAGRAPH, text, None


_CHROME = ("nav", "header", "footer", "aside", "form", "head")


def _plain_pieces(root: _Element) -> Iterator[_Piece]:
    """All of a page's body but its frame, for pages in which no main text is found."""
    body = root.find("body")
    if body is None:
        body = root
    chrome = list(body.iter(*_CHROME))
    lines = lines_of(body, chrome) or lines_of(body)
    for line in lines:
        yield _classified(line)


def _reconsidered(
    pieces: list[_Piece], comments: list[PageComment], whole: _Element
) -> tuple[list[_Piece], list[PageComment]]:
    """Read a page again whose main text is next to nothing without what was taken as comments.

    Of the words that trafilatura picks in the whole page, those of the longest "comment" were
    the article; the others stay comments.
    """
    again = _main_text(whole)
    longest = max(comments, key=lambda comment: len(comment.text))
    others = [comment for comment in comments if comment is not longest]
    said = "\n".join(_squeezed(comment.text) for comment in others)
    more = [piece for piece in again if _squeezed(piece[1]) not in said]
    article = _squeezed(longest.text)
    if len(article) < len(said) or not any(
        _squeezed(text) in article for _, text, _ in more if len(text) > _SAMPLE
    ):
        return pieces, comments
    return more, others


def _add_pieces(builder: TextBuilder, pieces: list[_Piece], title: str) -> None:
    """Add the main text; the title is not said twice, nor is a caption."""
    captions: set[str] = set()
    for index, (kind, text, level) in enumerate(pieces):
        if index < 3 and kind in {Kind.HEADING, Kind.PARAGRAPH} and text == title:
            continue
        if kind is not Kind.CAPTION:
            builder.add(kind, text, level=level)
            continue
        for part, words in _caption_parts(text):
            repeated = part is Kind.CAPTION and words in captions
            builder.add(Kind.BOILERPLATE if repeated else part, words)
            captions.add(words)


def _caption_parts(text: str) -> list[tuple[Kind, str]]:
    """A caption without its credit, and the credit."""
    caption = parse_caption(text, 0, len(text), certain=True)
    if caption is None:
        return [(Kind.CAPTION, text)]
    start, end = caption.description
    if start == end:
        return [(Kind.CREDIT, text)]
    lead = Kind.BOILERPLATE if caption.labelled else Kind.CREDIT
    return [(lead, text[:start]), (Kind.CAPTION, text[start:end]), (Kind.CREDIT, text[end:])]
