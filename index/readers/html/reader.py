"""The steps from a saved page to a document, in their order."""

from __future__ import annotations

from copy import deepcopy
from pathlib import PurePath

from index.errors import ReadError
from index.readers.captions import parse_caption
from index.readers.html.comments import take_comments
from index.readers.html.decoding import decode
from index.readers.html.main_text import main_text
from index.readers.html.metadata import heading_or_title, metadata_of
from index.readers.html.parsing import parse
from index.readers.html.pieces import WORDS_OF_A_PAGE, Piece
from index.readers.html.second_reading import reconsidered
from index.readers.text_builder import TextBuilder
from index.types import Document, Kind


def read_html(data: bytes, path: str) -> Document:
    """Read a saved web page.

    Args:
        data: the file.
        path: its name, for the document and for errors; nothing is read from it.

    Returns:
        The document: title, byline, date, main text, and the readers' comments after it.

    Raises:
        ReadError: the file is empty, is no HTML, or has no text.
    """
    root = parse(decode(data, path), path)
    whole = deepcopy(root)
    comments = take_comments(root)
    metadata = metadata_of(root)
    pieces = main_text(root)
    pieces, comments = reconsidered(pieces, comments, whole)
    title = metadata.title or heading_or_title(whole)
    builder = TextBuilder()
    builder.add(Kind.TITLE, title)
    builder.add(Kind.BYLINE, metadata.author)
    builder.add(Kind.DATE, metadata.date)
    _add_pieces(builder, pieces, title)
    for comment in comments:
        builder.add(
            Kind.COMMENT,
            comment.text,
            author=comment.author,
            date=comment.date,
            reply_to=comment.reply_to,
        )
    if not any(block.kind in WORDS_OF_A_PAGE for block in builder.blocks):
        raise ReadError(path, "the page has no text")
    return Document.create(
        path=path,
        title=title or PurePath(path).stem or path,
        text=builder.text,
        blocks=builder.blocks,
        author=metadata.author or None,
        date=metadata.date or None,
    )


def _add_pieces(builder: TextBuilder, pieces: list[Piece], title: str) -> None:
    """Add the main text; the title is not said twice, nor is a caption."""
    captions: set[str] = set()
    for index, (kind, text, level) in enumerate(pieces):
        if index < 3 and kind in {Kind.HEADING, Kind.PARAGRAPH} and text == title:
            continue
        if kind is not Kind.CAPTION:
            builder.add(kind, text, level=level)
            continue
        for part, words in _caption_parts(text):
            repeated = part is Kind.CAPTION and words in captions
            builder.add(Kind.BOILERPLATE if repeated else part, words)
            captions.add(words)


def _caption_parts(text: str) -> list[tuple[Kind, str]]:
    """A caption without its credit, and the credit."""
    caption = parse_caption(text, 0, len(text), certain=True)
    if caption is None:
        return [(Kind.CAPTION, text)]
    start, end = caption.description
    if start == end:
        return [(Kind.CREDIT, text)]
    lead = Kind.BOILERPLATE if caption.labelled else Kind.CREDIT
    return [(lead, text[:start]), (Kind.CAPTION, text[start:end]), (Kind.CREDIT, text[end:])]
