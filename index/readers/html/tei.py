"""Trafilatura's result becomes pieces; its vocabulary is of TEI: head, p, list, row, quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from lxml.etree import _Element

from index.readers.html.pieces import SHORT_LIST, Piece, classified
from index.readers.html.tables import table_pieces
from index.readers.html.tei_text import texts_of
from index.types import Kind

_LONG_LINE = 120
"""Characters: of lines longer than this each is a paragraph, as in plain text."""


def pieces_of(body: _Element) -> Iterator[Piece]:
    """The blocks of trafilatura's result, in its vocabulary (TEI: head, p, list, row, quote)."""
    for element in body:
        yield from _piece(element)
        if element.tail and element.tail.strip():
            yield classified(" ".join(element.tail.split()))


def _piece(element: _Element) -> Iterator[Piece]:
    if element.tag == "head":
        rank = re.search(r"[1-6]", element.get("rend") or "")
        text = " ".join(" ".join(texts_of(element)).split())
        if text:
            yield Kind.HEADING, text, int(rank[0]) if rank else 2
    elif element.tag == "list":
        items = [text for item in element.iter("item") if (text := "\n".join(_item_texts(item)))]
        whole = "\n".join(items)
        for text in [whole] if len(whole) <= SHORT_LIST else items:
            yield classified(text)
    elif element.tag == "table":
        yield from table_pieces(element)
    else:
        for text in texts_of(element):
            yield from map(classified, _unbroken(text))


def _unbroken(text: str) -> list[str]:
    """The lines of a paragraph whose line breaks stand for paragraphs: most are long."""
    lines = text.split("\n")
    apart = len(lines) > 2 and median(map(len, lines)) > _LONG_LINE
    return lines if apart else [text]


def _item_texts(item: _Element) -> list[str]:
    """An item's own text, without the items of a list in it."""
    return texts_of(item, without=frozenset({"list"}))
