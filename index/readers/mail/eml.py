"""Mails as they were sent: EML files (RFC 5322 and MIME)."""

from __future__ import annotations

from contextlib import suppress
from email.message import Message

from index.errors import ReadError
from index.readers.mail import structure
from index.readers.mail.calendar import appointments
from index.readers.mail.document import document_of
from index.readers.mail.headers import field, moment, people, raw_field
from index.readers.mail.html_lines import html_lines
from index.readers.mail.message import Line, Mail
from index.readers.mail.plain_lines import plain_lines
from index.types import Document

_MAX_DEPTH = 8
"""Mails within mails within mails: what lies deeper is left out."""

_PGP = "-----BEGIN PGP MESSAGE-----"
_RECIPIENTS = ("To", "Cc", "Bcc")


def read_eml(data: bytes, path: str) -> Document:
    """Read a mail.

    Args:
        data: the file.
        path: its name, for the document and for errors.

    Returns:
        The document: who wrote to whom, then the messages, each under its author and date.

    Raises:
        ReadError: it is empty, encrypted, or no mail.
    """
    first, *others = structure.separate(data) or [data]
    message = structure.parse(first, path)
    structure.check_readable(message, path)
    try:
        mail = _mail(message, path, 0, wide=structure.was_wide(message))
        for other in others:
            # A mailbox's line without a mail below is left where one was cut out.
            with suppress(ReadError):
                mail.enclosed.append(enclosed_mail(other, path))
    except RecursionError as error:
        raise ReadError(path, "the mail's parts lie too deep in one another") from error
    return document_of(mail, path)


def enclosed_mail(data: bytes, path: str) -> Mail:
    """A mail that another kind of file holds as it was sent.

    Raises:
        ReadError: it is empty, encrypted, or no mail.
    """
    message = structure.parse(data, path)
    structure.check_readable(message, path)
    return _mail(message, path, 0, wide=False)


def _mail(message: Message, path: str, depth: int, *, wide: bool) -> Mail:
    mail = _headers(message)
    for part in structure.parts(message):
        kind = part.get_content_type()
        if kind == "message/rfc822" or part.is_multipart():
            if depth < _MAX_DEPTH:
                mail.enclosed += [
                    _mail(inner, path, depth + 1, wide=wide) for inner in structure.children(part)
                ]
        elif kind == "text/calendar":
            mail.notes += appointments(structure.text_of(part, wide=wide))
        elif kind.startswith("text/") and not structure.is_file(part):
            mail.lines += [*_lines(part, path, wide=wide), Line("")]
    return mail


def _headers(message: Message) -> Mail:
    sender = people(raw_field(message, "From")) or people(raw_field(message, "Sender"))
    return Mail(
        subject=field(message, "Subject"),
        sender=", ".join(sender) or field(message, "From"),
        recipients=[
            (name, ", ".join(people(raw_field(message, name))) or field(message, name))
            for name in _RECIPIENTS
            if field(message, name)
        ],
        date=moment(field(message, "Date")),
    )


def _lines(part: Message, path: str, *, wide: bool) -> list[Line]:
    text = structure.text_of(part, wide=wide)
    if text.lstrip().startswith(_PGP):
        raise ReadError(path, structure.ENCRYPTED)
    kind = part.get_content_type()
    opening = text[:1000].lstrip().lower()
    if kind == "text/html" or opening.startswith(("<html", "<!doctype html", "<body")):
        return html_lines(text, path)
    return plain_lines(text)
