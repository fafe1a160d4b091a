"""What each paragraph is: the title, a heading, a caption, a table of contents, or text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.readers.pdf.model import Piece
from index.readers.pdf.paragraphs import body_size
from index.types import Kind

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|tab\.|abb(?:ildung|\.)|tabelle|figura|tabla|tableau|chart|exhibit|"
    r"scheme|plate|listing|algorithm)\s*(?:[A-Z]\.?)?\d+(?:[.-]\d+)*[a-z]?"
    r"(?P<mark>\s*[:.|–—]\s*|\s+)(?P<rest>\S)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:chapter|section|part|appendix|kapitel|teil|anhang)\s+)?"
    r"(?P<number>\d{1,2}(?:\.\d{1,3}){0,4}|[A-Z](?:\.\d{1,3}){1,4})\.?\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_LEADER = re.compile(r"\s…\s\|?\s?(?:\d{1,4}|[ivxl]{1,6})$")
_LABEL = re.compile(r"[^.!?]{2,40}:\s\S*\d")
_LABEL_ALONE = re.compile(r"(?:fig(?:ure|\.)?|table|tab\.)\s*\d+[a-z]?[.:]?", re.IGNORECASE)
_MARK = re.compile(r"[\W_]*(?:\d{1,3}|[^\W\d_])?[\W_]*")
"""A lone number or letter: a point on an axis, a mark in a drawing."""


_LARGER = 1.1
"""A heading's font is this much larger than the text's, or bold."""

_ABOVE_TITLE = 400
"""Characters that may stand before the title: a letterhead, the name of a series."""

_LONGEST_HEADING = 180
_LONGEST_BOLD = 110
"""Characters; a longer paragraph in bold is emphasis."""

_MAX_LEVEL = 6


def tell_kinds(pieces: list[Piece], title: str | None, outline: Mapping[str, int]) -> str | None:
    """Give every paragraph its kind and every heading its level.

    Args:
        pieces: the document's paragraphs in order; they are changed.
        title: from the file's own data, None where there is none that is plausible.
        outline: the depth of each entry of the file's outline, by :func:`normal` of its text.

    Returns:
        The document's title: the one given, or what is set largest at the top of the first page.
    """
    body = body_size(pieces)
    _join_labels(pieces)
    speaks = any(not _MARK.fullmatch(piece.text) for piece in pieces)
    for piece in pieces:
        mark = speaks and not piece.row and _MARK.fullmatch(piece.text)
        if mark and piece.kind is Kind.PARAGRAPH:
            piece.kind = Kind.BOILERPLATE
        elif piece.kind is Kind.PARAGRAPH and _is_caption(piece):
            piece.kind = Kind.CAPTION
        elif piece.kind is Kind.PARAGRAPH and _LEADER.search(piece.text):
            piece.kind = Kind.BOILERPLATE  # a line of the table of contents
    title = _find_title(pieces, title, body)
    for index, piece in enumerate(pieces):
        if piece.kind is not Kind.PARAGRAPH or piece.row:
            continue
        listed = outline.get(normal(piece.text))
        if listed is not None and len(piece.text) <= _LONGEST_HEADING:
            piece.kind, piece.level = Kind.HEADING, listed
        elif _is_heading(pieces, index, body):
            piece.kind = Kind.HEADING
    _take_back(pieces)
    _give_levels(pieces)
    return title


def _join_labels(pieces: list[Piece]) -> None:
    """Put a label that stands on a line of its own, "Table 1", before the caption below it."""
    for at in range(len(pieces) - 2, -1, -1):
        label, below = pieces[at], pieces[at + 1]
        if (
            _LABEL_ALONE.fullmatch(label.text)
            and not (label.row or below.row)
            and label.kind is below.kind is Kind.PARAGRAPH
            and label.region == below.region
            and len(below.text) < 400
        ):
            below.text = f"{label.text} {below.text}"
            below.kind = Kind.CAPTION
            del pieces[at]


def normal(text: str) -> str:
    """A heading's words for comparing: without its number, case and punctuation."""
    bare = _NUMBERED.sub("", text, count=1)
    return "".join(character for character in bare.casefold() if character.isalnum())


def _is_caption(piece: Piece) -> bool:
    found = _CAPTION.match(piece.text)
    if found is None or piece.row:
        return False
    if found["mark"].strip():
        return True
    return found["rest"].isupper() and len(piece.text) < 400


# --- the title ----------------------------------------------------------------------------------


def _find_title(pieces: Sequence[Piece], title: str | None, body: float) -> str | None:
    first = [piece for piece in pieces if piece.page == 1 and piece.kind is Kind.PARAGRAPH]
    shown = [piece for piece in first if not piece.row]
    if title:
        for piece in shown:
            if normal(piece.text) == normal(title):
                piece.kind = Kind.TITLE
                return title
        return title
    largest = max((piece.size for piece in shown if _may_be_title(piece)), default=0.0)
    above = 0
    for at, piece in enumerate(shown):
        above += len(shown[at - 1].text) if at else 0
        if above > _ABOVE_TITLE:
            break
        apart = piece.size > body * 1.15 or (piece.bold and at == 0 and piece.lines <= 3)
        if _may_be_title(piece) and piece.size >= largest - 0.1 and apart:
            piece.kind = Kind.TITLE
            return piece.text
    return None


def _may_be_title(piece: Piece) -> bool:
    letters = sum(character.isalpha() for character in piece.text)
    return (
        piece.y < 0.6
        and letters >= 4
        and len(piece.text) <= 250
        and letters > 0.5 * len(piece.text)
        and piece.text[0] not in "•●–-[("
        and not _NUMBERED.match(piece.text)
        and not piece.text.endswith((",", ";", ":"))
    )


# --- headings -----------------------------------------------------------------------------------


def _is_heading(pieces: Sequence[Piece], index: int, body: float) -> bool:
    """Whether a short paragraph is set larger or bolder than the text, and text follows."""
    piece = pieces[index]
    text = piece.text
    if len(text) > _LONGEST_HEADING or piece.lines > 4 or not _reads_as_heading(text):
        return False
    following = next(
        (other for other in pieces[index + 1 : index + 8] if other.kind is not Kind.BOILERPLATE),
        None,
    )
    if following is None or following.kind is Kind.COMMENT:
        return False
    if piece.size >= body * _LARGER:
        return not text.endswith((".", ",", ";")) or bool(_NUMBERED.match(text))
    if len(text) > _LONGEST_BOLD or piece.size < body * 0.9 or text.endswith((".", ",")):
        return False
    if piece.bold:
        return not _LABEL.match(text) and piece.lines <= 3
    capitals = text.isupper() and piece.lines == 1 and sum(c.isalpha() for c in text) >= 4
    return capitals and piece.size >= body and len(text.split()) <= 10


def _take_back(pieces: Sequence[Piece]) -> None:
    """Make paragraphs again of many headings in a row of one style: a letterhead, a list."""
    run: list[Piece] = []
    for piece in [*pieces, None]:
        goes_on = piece is not None and piece.kind is Kind.HEADING and piece.level is None
        if piece is not None and goes_on and (not run or _style(piece) == _style(run[-1])):
            run.append(piece)
            continue
        if len(run) > 2 and not all(_NUMBERED.match(heading.text) for heading in run):
            for heading in run:
                heading.kind = Kind.PARAGRAPH
        run = [piece] if piece is not None and goes_on else []


def _reads_as_heading(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdigit() for character in text)
    return (
        letters >= 2
        and letters > digits
        and letters >= 0.5 * len(text.replace(" ", ""))
        and text[0] not in "•●○◦▪▫■□➢➤✓*–—-=<"
        and not text[0].islower()
        and "@" not in text
        and "://" not in text
    )


def _give_levels(pieces: Sequence[Piece]) -> None:
    """Levels from the outline, from numbers ("3.1" is 2), or from the rank of size and weight."""
    headings = [piece for piece in pieces if piece.kind is Kind.HEADING]
    styles: dict[tuple[float, bool], list[int]] = {}
    for piece in headings:
        known = styles.setdefault(_style(piece), [])
        numbered = _NUMBERED.match(piece.text)
        if piece.level is None and numbered and numbered["number"][0].isdigit():
            piece.level = 1 + numbered["number"].count(".")
        if piece.level is not None:
            known.append(piece.level)
    ranks = sorted(styles, key=lambda style: (-style[0], not style[1]))
    for piece in headings:
        known = styles[_style(piece)]
        if piece.level is None:
            piece.level = min(known) if known else 1 + ranks.index(_style(piece))
        piece.level = min(max(piece.level, 1), _MAX_LEVEL)


def _style(piece: Piece) -> tuple[float, bool]:
    return round(piece.size * 2) / 2, piece.bold
