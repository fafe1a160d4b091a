"""What a book consists of: its chapters in order, their names, its pages in print, its author."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote

from lxml.etree import _Element

from index.errors import ReadError
from index.readers.epub.xhtml import page_of, tag_of, types_of, words_of
from index.readers.office.properties import Properties, plausible_author, plausible_title
from index.readers.zipped import Package

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_METHODS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways of encryption that only keep fonts from being copied."""

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?")
_FIRST_YEAR = 1400
"""Of printing; programs that do not know the day say 0101-01-01."""

Place = tuple[str, str]
"""A page of the book and the id of an element in it; an empty id for the page's beginning."""


@dataclass(frozen=True, slots=True)
class Label:
    """An entry in the table of contents."""

    text: str
    depth: int


@dataclass(slots=True)
class Book:
    """A book, as its package describes it."""

    properties: Properties
    chapters: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    """Of the chapters, those that are a table of contents for the eye."""
    labels: dict[Place, Label] = field(default_factory=dict)
    """The table of contents: where each entry leads."""
    pages: dict[Place, str] = field(default_factory=dict)
    """Where the pages of the printed book begin, and their numbers."""


def open_book(package: Package) -> Book:
    """Read what a book says of itself.

    Raises:
        ReadError: it is no book, it is damaged, or its chapters are encrypted.
    """
    description = _description(package)
    root = package.xml(description)
    folder = posixpath.dirname(description)
    book = Book(_properties(root, package.path))
    manifest = {
        node.get("id") or "": node
        for node in root.iter()
        if tag_of(node) == "item" and node.get("href")
    }

    def name(node: _Element) -> str:
        return _resolve(folder, node.get("href") or "")[0]

    spine = [node for node in root.iter() if tag_of(node) == "itemref"]
    items = [manifest[key] for node in spine if (key := node.get("idref") or "") in manifest]
    pages = [
        node for node in items or manifest.values() if "html" in (node.get("media-type") or "html")
    ]
    navigation = [n for n in manifest.values() if "nav" in (n.get("properties") or "").split()]
    book.chapters = list(dict.fromkeys(name(node) for node in pages if node not in navigation))
    for node in root.iter():
        if (
            tag_of(node) == "reference"
            and node.get("type") == "toc"
            and "#" not in (node.get("href") or "")
        ):
            book.contents.append(name(node))
    _check_protection(package, book)
    for node in manifest.values():
        if node.get("media-type") == "application/x-dtbncx+xml" and name(node) in package:
            _take_ncx(package.xml(name(node)), name(node), book)
    for node in navigation:
        _take_navigation(page_of(package, name(node)), name(node), book)
    return book


def _description(package: Package) -> str:
    """The part that describes the book."""
    if _CONTAINER in package:
        for node in package.xml(_CONTAINER).iter():
            if tag_of(node) == "rootfile" and node.get("full-path"):
                return unquote(node.get("full-path") or "")
    found = [name for name in package.names if name.lower().endswith(".opf")]
    if not found:
        raise ReadError(package.path, "not a book, though its name says so")
    return found[0]


def _resolve(folder: str, reference: str) -> Place:
    """What a reference from a file in a folder leads to."""
    path, _, fragment = reference.partition("#")
    return posixpath.normpath(posixpath.join("/", folder, unquote(path))).lstrip("/"), unquote(
        fragment
    )


def _check_protection(package: Package, book: Book) -> None:
    if _ENCRYPTION not in package:
        return
    chapters = {chapter.casefold() for chapter in book.chapters}
    for data in package.xml(_ENCRYPTION).iter():
        if tag_of(data) != "encrypteddata":
            continue
        method = next(
            (n.get("Algorithm") for n in data.iter() if tag_of(n) == "encryptionmethod"), ""
        )
        targets = [n.get("URI") or "" for n in data.iter() if tag_of(n) == "cipherreference"]
        if method not in _FONT_METHODS and any(
            _resolve("", target)[0].casefold() in chapters for target in targets
        ):
            raise ReadError(
                package.path,
                "protected by the shop that sold it (DRM), and cannot be read;"
                " only books without such protection can",
            )


# --- the table of contents ----------------------------------------------------------------------


def _take_ncx(root: _Element, name: str, book: Book) -> None:
    """The table of contents of version 2."""
    folder = posixpath.dirname(name)
    for node in root.iter():
        tag = tag_of(node)
        if tag not in ("navpoint", "pagetarget"):
            continue
        parts = {tag_of(each): each for each in node}
        content, label = parts.get("content"), parts.get("navlabel")
        if content is None or label is None:
            continue
        place = _resolve(folder, content.get("src") or "")
        if tag == "pagetarget":
            book.pages.setdefault(place, _page(words_of(label)))
        else:
            depth = sum(tag_of(up) == "navpoint" for up in node.iterancestors())
            book.labels.setdefault(place, Label(_name(label), depth + 1))


def _take_navigation(root: _Element, name: str, book: Book) -> None:
    """The table of contents of version 3, which stands above that of version 2."""
    for nav in root.iter():
        if tag_of(nav) != "nav":
            continue
        kinds = types_of(nav)
        for place, label in _links(nav, posixpath.dirname(name)):
            if "page-list" in kinds:
                book.pages[place] = _page(label.text)
            elif "toc" in kinds or not kinds:
                book.labels[place] = label


def _links(nav: _Element, folder: str) -> Iterator[tuple[Place, Label]]:
    for node in nav.iter():
        if tag_of(node) == "a" and node.get("href"):
            depth = sum(tag_of(up) == "li" for up in node.iterancestors())
            yield _resolve(folder, node.get("href") or ""), Label(_name(node), max(depth, 1))


def _name(node: _Element) -> str:
    """A chapter's name; empty where a program made it up."""
    words = words_of(node)
    return words if plausible_title(words) or words.isnumeric() else ""


def _page(label: str) -> str:
    return label.strip("[]{}() ").removeprefix("Page ").removeprefix("page ")


# --- properties ---------------------------------------------------------------------------------


def _properties(root: _Element, path: str) -> Properties:
    def said(name: str) -> list[_Element]:
        return list(root.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}"))

    title = next(map(words_of, said("title")), None)
    creators = ";".join(words_of(node) for node in said("creator"))
    events = {str(value): words_of(n) for n in said("date") for value in n.attrib.values()}
    plain = [words_of(node) for node in said("date") if not node.attrib]
    days = [events.get("publication"), events.get("original-publication"), *plain]
    return Properties(
        plausible_title(title, path),
        plausible_author(creators),
        next((day for text in days if (day := _day(text))), None),
    )


def _day(text: str | None) -> str | None:
    """A day, month or year of publication: "1913", "2019-08-23"."""
    found = _DAY.fullmatch((text or "").strip())
    if not found or not _FIRST_YEAR <= int(found[1]) <= date.today().year + 1:
        return None
    return "-".join(part for part in found.groups() if part)
