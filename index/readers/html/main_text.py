"""The article of a page: trafilatura's choice of it, else all of the body but its frame."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from copy import deepcopy

import trafilatura
from lxml.etree import _Element

from index.readers.html.dom import lines_of
from index.readers.html.figures import with_captions
from index.readers.html.pieces import WORDS_OF_A_PAGE, Piece, classified
from index.readers.html.tei import pieces_of

_LOGGER = logging.getLogger(__name__)

_FRAME = ("nav", "header", "footer", "aside", "form", "head")


def main_text(root: _Element) -> list[Piece]:
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
    pieces = list(pieces_of(body)) if body is not None else []
    if not any(kind in WORDS_OF_A_PAGE for kind, _, _ in pieces):
        return list(_plain_pieces(root))
    return with_captions(pieces, root)


def _plain_pieces(root: _Element) -> Iterator[Piece]:
    """All of a page's body but its frame, for pages in which no main text is found."""
    body = root.find("body")
    if body is None:
        body = root
    frame = list(body.iter(*_FRAME))
    lines = lines_of(body, frame) or lines_of(body)
    for line in lines:
        yield classified(line)
