"""Pages whose article was taken for a comment are read again."""

from __future__ import annotations

from lxml.etree import _Element

from index.readers.html.comments import PageComment
from index.readers.html.main_text import main_text
from index.readers.html.pieces import SAMPLE, Piece, unspaced

_ENOUGH = 100
"""Characters of main text below which a page is read again, with what was taken as comments.

A headline with a line of metadata; the shortest article of trafilatura's 45 pages has 248.
"""


def reconsidered(
    pieces: list[Piece], comments: list[PageComment], whole: _Element
) -> tuple[list[Piece], list[PageComment]]:
    """Read a page again whose main text is next to nothing without what was taken as comments.

    Of the words that trafilatura picks in the whole page, those of the longest "comment" were
    the article; the others stay comments.
    """
    if sum(len(text) for _, text, _ in pieces) >= _ENOUGH or not comments:
        return pieces, comments
    again = main_text(whole)
    longest = max(comments, key=lambda comment: len(comment.text))
    others = [comment for comment in comments if comment is not longest]
    said = "\n".join(unspaced(comment.text) for comment in others)
    more = [piece for piece in again if unspaced(piece[1]) not in said]
    article = unspaced(longest.text)
    if len(article) < len(said) or not any(
        unspaced(text) in article for _, text, _ in more if len(text) > SAMPLE
    ):
        return pieces, comments
    return more, others
