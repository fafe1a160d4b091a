"""The pieces that a word processor's file is read into, and the document made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from index.errors import ReadError
from index.readers.naming import stem
from index.readers.office.properties import Properties
from index.readers.text_builder import TextBuilder
from index.types import PASSAGE_KINDS, Document, Kind

LONGEST_HEADING = 200
"""Characters of a heading. A longer one is text that somebody gave the look of a heading; as a
heading it would not be searched."""

_SHORT_LIST = 300
"""A list up to this many characters is one paragraph: its items say little without each other."""

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe\uffff]")
"""Characters without a shape: controls, soft hyphens, spaces without width."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Piece:
    """A block before it has a place in the text; the fields are :class:`~index.types.Block`'s."""

    kind: Kind
    text: str
    author: str | None = None
    date: str | None = None
    reply_to: str | None = None
    level: int | None = None
    locator: str | None = None
    item: bool = False
    """Whether it is an item of a list."""
    stands_out: bool = False
    """Whether all of it is in bold."""
    row: bool = False
    """Whether it is a row of a table."""


def tidy(text: str) -> str:
    """A text on one line or more: white space collapsed in each, empty lines left out."""
    text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def one_line(text: str) -> str:
    """A text with every run of white space as one space."""
    return " ".join(tidy(text).split())


def heading(text: str, level: int, locator: str | None = None) -> Piece:
    """A heading, or the paragraph that one is which is too long for a heading."""
    text = one_line(text)
    if len(text) > LONGEST_HEADING:
        return Piece(Kind.PARAGRAPH, text, locator=locator)
    return Piece(Kind.HEADING, text, level=max(1, min(level, 9)), locator=locator)


def join_lists(pieces: Iterable[Piece]) -> list[Piece]:
    """Make one piece of a short list; the items of a long one stay pieces of their own."""
    joined: list[Piece] = []
    for is_list, group in groupby(
        pieces, lambda p: (p.item and p.kind is Kind.PARAGRAPH, p.locator)
    ):
        items = [piece for piece in group if piece.text.strip()]
        if is_list[0] and sum(len(item.text) for item in items) <= _SHORT_LIST and items:
            text = "\n".join(one_line(item.text) for item in items)
            joined.append(Piece(Kind.PARAGRAPH, text, locator=items[0].locator))
        else:
            joined += items
    return joined


def document_of(
    pieces: Sequence[Piece], properties: Properties, path: str, *, furniture: Iterable[str] = ()
) -> Document:
    """Put a document together.

    Args:
        pieces: what it says, in order.
        properties: what the file says of itself.
        path: its name; its stem is the title of a document that has no other.
        furniture: headers and footers of pages; each is kept once, at the end.

    Raises:
        ReadError: no piece has words that could answer a question.
    """
    builder = TextBuilder()
    for piece in pieces:
        builder.add(
            piece.kind,
            tidy(piece.text),
            author=piece.author,
            date=piece.date,
            reply_to=piece.reply_to,
            level=piece.level,
            locator=piece.locator,
        )
    if not any(
        block.kind in PASSAGE_KINDS or block.kind is Kind.HEADING for block in builder.blocks
    ):
        raise ReadError(path, "it has no text; pages that are pictures are not read")
    for text in dict.fromkeys(map(tidy, furniture)):
        if any(character.isalpha() for character in text):
            builder.add(Kind.BOILERPLATE, text)
    title = _said(pieces, Kind.TITLE)
    if not title or (properties.title and title.casefold() == properties.title.casefold()):
        title = properties.title or _said(pieces, Kind.HEADING)
    return Document.create(
        path=path,
        title=title or stem(path),
        text=builder.text,
        blocks=builder.blocks,
        author=properties.author,
        date=properties.date,
    )


def _said(pieces: Iterable[Piece], kind: Kind) -> str | None:
    """The first piece of a kind, as a line."""
    return next((line for p in pieces if p.kind is kind and (line := one_line(p.text))), None)


@contextmanager
def bounded(path: str) -> Iterator[None]:
    """Turn what runs out on hostile input, stack or memory, into an error for a person."""
    try:
        yield
    except RecursionError as error:
        raise ReadError(path, "its parts lie too deep inside each other") from error
    except MemoryError as error:
        raise ReadError(path, "it is too large for this machine's memory") from error
