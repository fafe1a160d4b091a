"""Captions of pictures, put back where they stood: trafilatura drops figures whole."""

from __future__ import annotations

import re

from lxml.etree import _Element, iterwalk

from index.readers.html.dom import lines_of
from index.readers.html.pieces import SAMPLE, Piece, classified, unspaced
from index.types import Kind

_CAPTION_CLASS = re.compile(
    r"(?:^|\s)(?:(?:wp|image|img|photo|picture|figure|media|thumb|tr|gallery|slide)[-_]*)?"
    r"(?:captions?|figcaption|bildunterschrift|bildtext|l[ée]gende|didascalia)(?:[-_]*text)?(?:$|\s)",
    re.IGNORECASE,
)

_GALLERY = 8
"""Captions: more of them, with more words than the article itself, are a gallery set into it."""

_LEAD = 400
"""Letters around the main text in which a caption still is its: those of the first picture."""

_NEAR = 3
"""Levels up in which an element called caption must have its picture: a table cell's are three."""


def with_captions(pieces: list[Piece], root: _Element) -> list[Piece]:
    """Put the captions back: trafilatura drops figures whole.

    Captions and pieces are placed by where their letters lie among all of the page's letters.
    Those outside the stretch that the pieces cover belong to other articles.
    """
    letters, captions = _letters(root)
    placed: list[tuple[int, Piece]] = []
    position = 0
    for piece in pieces:
        start = letters.find(unspaced(piece[1])[:SAMPLE], position)
        # What trafilatura moved or rewrote stays after the piece before it.
        position = max(start, position)
        placed.append((position, piece))
    known = [position for position, _ in placed if position > 0]
    if not captions or not known:
        return pieces
    names = {unspaced(text) for _, text in captions}
    placed = [
        (at, _as_caption(piece) if unspaced(piece[1]) in names else piece) for at, piece in placed
    ]
    body = "\n".join(unspaced(text) for _, text, _ in pieces)
    kept: list[tuple[int, str]] = []
    for at, text in captions:
        told = any(unspaced(text) in unspaced(other) for _, other in kept[-2:])
        if known[0] - _LEAD <= at <= known[-1] + _LEAD and not told and unspaced(text) not in body:
            kept.append((at, text))
    if len(kept) > _GALLERY and sum(len(text) for _, text in kept) > len(body):
        return pieces
    placed += [(at, classified(text, Kind.CAPTION)) for at, text in kept]
    return [piece for _, piece in sorted(placed, key=lambda entry: entry[0])]


def _as_caption(piece: Piece) -> Piece:
    """A caption that trafilatura kept as a paragraph."""
    kind, text, _ = piece
    return classified(text, Kind.CAPTION) if kind is Kind.PARAGRAPH else piece


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
            written.append(unspaced(text))
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


def _is_linked(element: _Element, text: str) -> bool:
    """Whether a caption is nothing but a link: the name of another page under its picture."""
    if next(element.iterancestors("a"), None) is not None:
        return True
    linked = "".join(" ".join(lines_of(link)) for link in element.iter("a"))
    return unspaced(linked) == unspaced(text)
