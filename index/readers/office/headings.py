"""Headings that only look like headings: short lines in bold or capitals above prose.

Many documents are written without heading styles. A heading is not searched, only shown above what
stands below it, so a line is taken for one only where prose follows: a false one would hide words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.readers.office.pieces import Piece, one_line
from index.types import Kind

_LONGEST = 80
_PROSE = 80
"""Characters from which a paragraph that ends as a sentence does is prose."""

_ENDS_SENTENCE = tuple('.!?…"”’):»')
_NO_HEADING = re.compile(r".*[.!?:;,|…]|.*:\s.*|[-*•–—☐☑✓].*|.*\d{4}-\d\d-\d\d.*|.*@.*")
_LONGEST_CHAIN = 3
"""Lines above each other that may be headings: "CHAPTER 1", "INTRODUCTION", "A. Purpose"."""


def with_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Make headings of lines that look like one and have prose below them."""
    found = list(pieces)
    chain = 0
    opens_prose = False
    for index in range(len(found) - 1, -1, -1):
        piece = found[index]
        if piece.kind is Kind.PARAGRAPH and not piece.text.strip():
            continue
        if opens_prose and chain < _LONGEST_CHAIN and _looks_like_heading(piece):
            found[index] = replace(piece, kind=Kind.HEADING, text=one_line(piece.text), level=0)
            chain += 1
        else:
            opens_prose, chain = _is_prose(piece), 0
    return _levelled(found)


def _levelled(pieces: list[Piece]) -> list[Piece]:
    """Put the headings that were found one level below the last that the file marks as one."""
    marked = 0
    for piece in pieces:
        if piece.kind is not Kind.HEADING:
            continue
        if piece.level:
            marked = piece.level
        else:
            piece.level = min(marked + 1, 9)
    return pieces


def _looks_like_heading(piece: Piece) -> bool:
    text = one_line(piece.text)
    letters = [character for character in text if character.isalpha()]
    if piece.kind is not Kind.PARAGRAPH or piece.item or len(letters) < 3 or len(text) > _LONGEST:
        return False
    if _NO_HEADING.fullmatch(text) or not text[0].isalnum() or text[0].islower():
        return False
    return piece.stands_out or all(character.isupper() for character in letters)


def _is_prose(piece: Piece) -> bool:
    text = piece.text.strip()
    is_text = piece.kind is Kind.PARAGRAPH and not piece.row
    return is_text and len(text) >= _PROSE and text.endswith(_ENDS_SENTENCE)
