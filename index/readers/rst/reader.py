"""The steps from a source to a document, in their order."""

from __future__ import annotations

import re

from index.errors import ReadError
from index.readers.naming import stem
from index.readers.rst.blocks import Parser, meanings_of
from index.readers.rst.pieces import Piece, Source
from index.readers.text_builder import TextBuilder
from index.types import Document, Kind

_ABOUT = re.compile(
    r"(?P<key>title|authors?|date|published|created)\s*:\s*(?P<value>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_REVISION = re.compile(r"\$\w+:\s*(.*?)\s*\$")
"""What version control wrote into a field: "$Date: 2026-01-05 $"."""

_SETTINGS = re.compile(r"(?:orphan|tocdepth|nocomments|nosearch|hide-toc|og:\w+)(?:: .*)?")
"""Fields at the top that speak to Sphinx, not to a reader."""


def read_rst(text: str, path: str) -> Document:
    r"""Read a reStructuredText.

    Args:
        text: the source, newlines as ``\n``.
        path: the file's name; its stem is the title of a text that has none.

    Returns:
        The document: the words that the finished page shows, without the marks.

    Raises:
        ReadError: it has no words for a reader.
    """
    lines = [line.expandtabs(8).rstrip() for line in text.split("\n")]
    source = Source(meanings=meanings_of(lines))
    pieces = Parser(source).parse(lines)
    pieces = _about(pieces, source)
    title = source.about.get("title") or _title(pieces)
    builder = TextBuilder()
    builder.add(Kind.TITLE, title or "")
    builder.add(Kind.BYLINE, source.about.get("author", ""))
    builder.add(Kind.DATE, source.about.get("date", ""))
    said = False
    for piece in pieces:
        if piece.kind is Kind.HEADING and piece.text == title and not said:
            said = True
            continue
        builder.add(piece.kind, piece.text, level=piece.level)
    if not builder.blocks:
        raise ReadError(path, "it has no words for a reader, only instructions")
    return Document.create(
        path=path,
        title=title or stem(path),
        text=builder.text,
        blocks=builder.blocks,
        author=source.about.get("author"),
        date=source.about.get("date"),
    )


def _title(pieces: list[Piece]) -> str | None:
    return next((piece.text for piece in pieces if piece.kind is Kind.HEADING), None)


def _about(pieces: list[Piece], source: Source) -> list[Piece]:
    """Take title, author and date from the fields at the top; they are not said twice."""
    kept: list[Piece] = []
    at_top = True
    for piece in pieces:
        entry = _ABOUT.fullmatch(piece.text) if at_top and piece.kind is Kind.PARAGRAPH else None
        if entry:
            key = entry["key"].lower().rstrip("s")
            key = "date" if key in ("date", "published", "created") else key
            value = _REVISION.sub(r"\1", " ".join(entry["value"].split()))
            source.about.setdefault(key, value)
            continue
        if at_top and piece.kind is Kind.PARAGRAPH and _SETTINGS.fullmatch(piece.text):
            continue
        is_field = re.match(r"[A-Z][\w -]{1,30}: ", piece.text) is not None
        at_top = at_top and (piece.kind is Kind.HEADING or is_field)
        kept.append(piece)
    return kept
