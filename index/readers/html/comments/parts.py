"""The parts of one comment: its words, who wrote it and when, without links and buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from index.readers.html.comments.marks import (
    AUTHOR_TOKEN,
    DATE_TOKEN,
    META_TOKEN,
    NOISE_TOKEN,
    PLAIN_TEXT_TOKEN,
    holds_text_part,
    is_item,
    is_text_part,
)
from index.readers.html.comments.wording import (
    BYLINE,
    DATE,
    HEADING,
    LONGEST_NAME,
    NOISE_LINE,
    PROSE,
    REPORT_LINE,
    SAYS,
    date_in,
)
from index.readers.html.dom import (
    DROPPED_TAGS,
    has_name,
    itemprops_of,
    lines_of,
    outermost,
    outside_of,
    tokens_of,
)


@dataclass(frozen=True, slots=True)
class PageComment:
    """A reader's comment found on a page."""

    text: str
    """Paragraphs joined by a blank line."""
    author: str | None
    date: str | None
    reply_to: str | None


@dataclass(slots=True, eq=False)
class Item:
    """A comment while it is being read: the elements it lies in, and the one it answers."""

    elements: list[_Element]
    parent: Item | None = None
    depth: int | None = None
    author: str | None = None
    date: str | None = None
    text: str = ""
    reply_to: str | None = None
    nested: set[_Element] = field(default_factory=set)
    around: list[_Element] = field(default_factory=list)
    """Its own elements, and those around it that hold no other comment."""


def own_elements(item: Item) -> Iterator[_Element]:
    """The elements of an item, without those of the comments nested in it."""
    for element in item.elements:
        yield from outside_of(element, item.nested)


def body_lines(item: Item) -> list[str]:
    """The words of a comment: its text part when one is marked, else all but its trimmings."""
    trimmings = set(item.nested)
    texts: list[_Element] = []
    plain: list[_Element] = []
    for node in own_elements(item):
        if _is_trimming(node):
            trimmings.add(node)
        elif is_text_part(node) and not _holds_author(node, item):
            texts.append(node)
        elif has_name(node, PLAIN_TEXT_TOKEN) and not _holds_author(node, item):
            plain.append(node)
    for chosen in (texts, plain, item.elements):
        lines = [line for part in outermost(chosen) for line in lines_of(part, trimmings)]
        lines = [line for line in lines if not _is_trimming_line(line)]
        if lines:
            return lines
    return []


def _is_trimming(element: _Element) -> bool:
    """Whether an element of a comment is something else than its words."""
    if element.tag in {"time", "cite", "button", "form", "footer", "header", "nav"}:
        if element.tag == "form" and holds_text_part(element):
            return False
        # Some systems set the words themselves in a footer or header; a long one is kept.
        return sum(map(len, lines_of(element))) < PROSE
    if element.get("aria-hidden") == "true":
        return True
    if has_name(element, NOISE_TOKEN) and not is_item(element):
        return True
    names = AUTHOR_TOKEN, DATE_TOKEN, META_TOKEN
    props = {"author", "name", "datePublished", "dateCreated", "upvoteCount"}
    called = any(has_name(element, pattern) for pattern in names) and not is_text_part(element)
    if not called and not props & set(itemprops_of(element)):
        return False
    return sum(map(len, lines_of(element))) <= 2 * LONGEST_NAME


def _is_trimming_line(line: str) -> bool:
    """Whether a line is a link to reply, a counter, a date or "X says", not a comment's words."""
    if NOISE_LINE.match(line):
        return True
    if len(line) > 2 * LONGEST_NAME or "\n" in line:
        return False
    if HEADING.match(line):
        return True
    found = DATE.search(line)
    if found is not None and len(line) < len(found[0]) + LONGEST_NAME // 2:
        return True
    says = SAYS.match(line)
    return says is not None and says.end() == len(line)


def _holds_author(element: _Element, item: Item) -> bool:
    """Whether a part called text holds the author too, so that it is the whole comment."""
    return any(
        node is not element and (has_name(node, AUTHOR_TOKEN) or node.tag in {"time", "cite"})
        for node in outside_of(element, item.nested)
    )


_BY_ITEMPROP, _BY_CLASS, _BY_TAG, _BY_LINK = range(4)


def author_of(item: Item) -> str | None:
    """Who wrote an item: the best marked name, else the words around its date."""
    best: tuple[int, str] | None = None
    for node in own_elements(item):
        rank = _author_rank(node)
        if rank is None or (best is not None and rank >= best[0]):
            continue
        name = _clean_name(_name_text(node))
        if name:
            best = rank, name
    if best is not None:
        return best[1]
    return _author_in_lines(item)


def _author_rank(element: _Element) -> int | None:
    """How surely an element names an author, 0 the surest; None when it does not."""
    if element.tag in DROPPED_TAGS or element.tag in {"i", "body"}:
        return None
    props = set(itemprops_of(element))
    if {"author", "creator"} & props or "fn" in tokens_of(element):
        return _BY_ITEMPROP
    if has_name(element, AUTHOR_TOKEN) and not is_item(element):
        return _BY_CLASS
    if element.tag == "cite" or "author" in (element.get("rel") or "").split():
        return _BY_TAG
    if element.tag == "a" and re.search(
        r"/(?:users?|profiles?|members?|profil|autor|author)\b|[?&](?:userid|uid|u)=",
        element.get("href") or "",
    ):
        return _BY_LINK
    return None


def _name_text(element: _Element) -> str:
    """The words of an element called author: the name marked in it, its link, or all of it."""
    for inner in element.iter("*"):
        if "name" in itemprops_of(inner) or "fn" in tokens_of(inner):
            return " ".join(lines_of(inner))
    for link in element.iter("a"):
        if text := " ".join(lines_of(link)):
            return text
    return " ".join(lines_of(element))


def _clean_name(text: str) -> str | None:
    """A name without "by", "says:" and dates; None when what is left is no name."""
    text = text.strip()
    if found := DATE.search(text):
        text = text[: found.start()]
    if found := SAYS.match(text):
        text = found["author"]
    text = re.sub(r"^(?:posted by|by|von|par|por|from|author|autor)\b:?\s+", "", text, flags=re.I)
    text = text.strip(" \t\n,:;|·•–-")
    text = re.sub(r"[\s,]+(?:on|at|am|vom|um|le|el|den)$", "", text, flags=re.I)
    if not text or len(text) > LONGEST_NAME or not re.search(r"\w", text):
        return None
    return None if NOISE_LINE.match(text) else text


def _author_in_lines(item: Item) -> str | None:
    """A name told by its place: "Comment by X on …", "X says:", or "X" before the date."""
    lines = [line for element in item.elements for line in lines_of(element, item.nested)]
    heads = [line.replace("\n", " ") for line in (*lines[:4], *lines[-2:])]
    short = [line for line in heads if len(line) <= 2 * LONGEST_NAME]
    for line in short:
        if found := BYLINE.match(line) or SAYS.match(line) or REPORT_LINE.match(line):
            return _clean_name(found["author"])
    for line in short:
        date = DATE.search(line)
        if date is not None and (name := _clean_name(line[: date.start()])):
            return name
    return None


def date_of(item: Item) -> str | None:
    """When an item was written, as the page spells it."""
    fallback = None
    for node in own_elements(item):
        if node.tag == "time" or has_name(node, DATE_TOKEN) or has_name(node, META_TOKEN):
            text = " ".join(lines_of(node))
            if found := date_in(text):
                return found
            fallback = fallback or node.get("datetime")
        if {"datePublished", "dateCreated"} & set(itemprops_of(node)):
            fallback = fallback or node.get("content") or node.get("datetime")
    for element in item.elements:
        for line in lines_of(element, item.nested):
            if len(line) <= 2 * LONGEST_NAME and (found := date_in(line)):
                return found
    return fallback
