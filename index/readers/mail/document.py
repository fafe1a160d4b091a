"""A mail becomes a document: its fields, its messages, and the mails within it."""

from __future__ import annotations

from index.errors import ReadError
from index.readers.mail.headers import name_of
from index.readers.mail.message import Mail
from index.readers.mail.paragraphs import paragraphs
from index.readers.mail.thread import Author, Stretch, messages_of
from index.readers.naming import stem
from index.readers.text_builder import TextBuilder
from index.types import Document, Kind

SOMEONE = "someone quoted"
"""The author of quoted words above which nobody is named: not the one who quotes them."""


def document_of(mail: Mail, path: str) -> Document:
    """Put a mail's document together.

    Raises:
        ReadError: it says nothing at all.
    """
    builder = TextBuilder()
    builder.add(Kind.TITLE, mail.subject)
    _add_mail(builder, mail, mail, 1)
    if not any(block.kind is Kind.PARAGRAPH for block in builder.blocks):
        raise ReadError(path, "the mail has no text")
    return Document.create(
        path=path,
        title=mail.subject or stem(path),
        text=builder.text,
        blocks=builder.blocks,
        author=name_of(mail.sender) or None,
        date=mail.date,
    )


def _add_mail(builder: TextBuilder, mail: Mail, outermost: Mail, number: int) -> int:
    """Add a mail and those within it; return the number of the last message."""
    author = Author(name_of(mail.sender) or None, mail.date, number)
    if mail is not outermost:
        builder.add(Kind.HEADING, mail.subject or "(no subject)", level=1)
    where = "headers" if mail is outermost else f"headers of message {number}"
    _add(builder, Kind.PARAGRAPH, _fields(mail), author, where, outermost)
    stretches = messages_of(mail.lines, author)
    alone = not mail.enclosed and mail is outermost and stretches[-1].author.number == number
    for stretch in stretches:
        _add_stretch(builder, stretch, outermost, alone=alone)
        number = max(number, stretch.author.number)
    for note in mail.notes:
        _add(builder, Kind.PARAGRAPH, note, author, "calendar entry", outermost)
    for inner in mail.enclosed:
        number = _add_mail(builder, inner, outermost, number + 1)
    return number


def _fields(mail: Mail) -> str:
    """One short text that says who wrote to whom, when, and about what."""
    said = [("From", mail.sender), *mail.recipients, ("Date", mail.date), ("Subject", mail.subject)]
    return "; ".join(f"{name}: {value}" for name, value in said if value)


def _add_stretch(builder: TextBuilder, stretch: Stretch, outermost: Mail, *, alone: bool) -> None:
    author = stretch.author
    where = None if alone else f"message {author.number}"
    if stretch.is_fields:
        said = "; ".join(stretch.head)
        _add(
            builder, Kind.PARAGRAPH, said, author, f"headers of message {author.number}", outermost
        )
    else:
        _add(builder, Kind.BYLINE, " ".join(stretch.head), author, where, outermost)
    kind = Kind.BOILERPLATE if stretch.is_signature else Kind.PARAGRAPH
    for words in paragraphs(stretch.lines):
        _add(builder, kind, words, author, where, outermost)


def _add(
    builder: TextBuilder,
    kind: Kind,
    words: str,
    author: Author,
    where: str | None,
    outermost: Mail,
) -> None:
    """Add a block with its author and date; without them it would be given the whole mail's."""
    name, date = author.name, author.date
    if name is None and outermost.sender:
        name = SOMEONE
    if date is None and outermost.date:
        date = f"before {outermost.date}"
    builder.add(kind, words, author=name, date=date, locator=where)
