"""Reviewers' comments: who wrote what, when, and to whose comment it replies."""

from __future__ import annotations

from lxml.etree import _Element

from index.readers.docx.inline import Inline
from index.readers.docx.markup import attribute, descendants
from index.readers.office.pieces import Piece
from index.readers.office.properties import moment
from index.types import Kind


def comments_of(root: _Element | None, extended: _Element | None) -> dict[str, Piece]:
    """A document's comments by their ids, in order.

    Args:
        root: the part that has the comments.
        extended: the part that says which comment answers which; both may be missing.
    """
    found: dict[str, Piece] = {}
    by_paragraph: dict[str, Piece] = {}
    inline = Inline()
    for node in descendants(root, "comment") if root is not None else ():
        paragraphs = list(descendants(node, "p"))
        piece = Piece(
            Kind.COMMENT,
            "\n".join(inline.read(paragraph).text for paragraph in paragraphs),
            author=" ".join((attribute(node, "author") or "").split()) or None,
            date=moment(attribute(node, "date")),
        )
        found[attribute(node, "id") or ""] = piece
        for paragraph in paragraphs:
            by_paragraph[attribute(paragraph, "paraId") or ""] = piece
    for link in descendants(extended, "commentEx") if extended is not None else ():
        reply = by_paragraph.get(attribute(link, "paraId") or "")
        answered = by_paragraph.get(attribute(link, "paraIdParent") or "")
        if reply is not None and answered is not None:
            reply.reply_to = answered.author
    return found
