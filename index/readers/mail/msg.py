"""Mails as Outlook saves them: MSG files ([MS-OXMSG])."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import PurePosixPath

from index.errors import ReadError
from index.readers.mail import structure
from index.readers.mail.characters import decode_bytes
from index.readers.mail.document import document_of
from index.readers.mail.eml import enclosed_mail
from index.readers.mail.headers import field, moment, person
from index.readers.mail.html_lines import html_lines
from index.readers.mail.message import Line, Mail
from index.readers.mail.ole import Storage, is_msg, open_msg
from index.readers.mail.plain_lines import plain_lines
from index.readers.mail.rtf_body import decompressed, html_within, plain_within
from index.types import Document

__all__ = ["files", "is_msg", "read_msg"]

_CLASS, _SUBJECT, _HEADERS = 0x001A, 0x0037, 0x007D
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_FOR_NAME, _FOR_ADDRESS, _FOR_SMTP = 0x0042, 0x0065, 0x5D02
_SENT, _RECEIVED = 0x0039, 0x0E06
_SHOWN_TO, _SHOWN_CC = 0x0E04, 0x0E03
_RECIPIENT_TYPE, _NAME, _ADDRESS, _SMTP = 0x0C15, 0x3001, 0x3003, 0x39FE
_PLAIN, _HTML, _RTF, _INTERNET_PAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
_FILE, _LONG_NAME, _SHORT_NAME, _MIME = 0x3701, 0x3707, 0x3704, 0x370E
_CONTENT_ID, _RENDERED = 0x3712, 0x3714
_RENDERED_IN_TEXT = 4
_TYPES = {1: "To", 2: "Cc", 3: "Bcc"}
_MAX_DEPTH = 8
_MAX_FILES = 1000
_APPOINTMENT = {0x0060: "Begins", 0x0061: "Ends"}


def read_msg(data: bytes, path: str) -> Document:
    """Read a mail that Outlook saved.

    Args:
        data: the file.
        path: its name, for the document and for errors.

    Returns:
        The document: who wrote to whom, then the messages, each under its author and date.

    Raises:
        ReadError: it is empty, encrypted, damaged, or no mail.
    """
    root = open_msg(data, path)
    return document_of(_guarded(root, path), path)


def files(data: bytes, path: str) -> Iterator[tuple[str, str, bytes]]:
    """The attached files: a name, an ending for those without a name, and the bytes."""
    root = open_msg(data, path)
    try:
        _check_readable(root, _headers(root), path)
        found = list(_files(root, 0))
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(path, "the mail's attachments are damaged") from error
    yield from found


def _guarded(root: Storage, path: str) -> Mail:
    try:
        return _mail(root, path, 0)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(path, "the mail is damaged and cannot be read") from error


def _mail(storage: Storage, path: str, depth: int) -> Mail:
    headers = _headers(storage)
    _check_readable(storage, headers, path)
    mail = Mail(
        subject=" ".join((storage.text(_SUBJECT) or field(headers, "Subject")).split()),
        sender=_sender(storage),
        recipients=_recipients(storage),
        date=_date(storage, headers),
        lines=_lines(storage, path),
        notes=_notes(storage),
    )
    for attached in storage.children("__attach_version1.0_#")[:_MAX_FILES]:
        inner = attached.embedded()
        if inner is not None and depth < _MAX_DEPTH:
            mail.enclosed.append(_mail(inner, path, depth + 1))
        elif attached.text(_MIME).lower() == "multipart/signed":
            # The mail as it was sent, in one file.
            signed = enclosed_mail(attached.binary(_FILE), path)
            mail.lines += signed.lines
            mail.enclosed += signed.enclosed
    return mail


def _headers(storage: Storage) -> Message:
    """The fields as the mail came with them; none where it was never sent."""
    return HeaderParser().parsestr(storage.text(_HEADERS).lstrip())


def _check_readable(storage: Storage, headers: Message, path: str) -> None:
    kind = storage.text(_CLASS).lower()
    if kind.startswith("ipm.note.smime") and not kind.endswith("multipartsigned"):
        raise ReadError(path, structure.ENCRYPTED)
    if headers.get_content_type() == "multipart/encrypted":
        raise ReadError(path, structure.ENCRYPTED)
    for attached in storage.children("__attach_version1.0_#")[:_MAX_FILES]:
        if attached.text(_MIME).lower() == "application/pgp-encrypted":
            raise ReadError(path, structure.ENCRYPTED)


def _sender(storage: Storage) -> str:
    """Who the mail is from: the person it was sent for, else the one who sent it."""
    for name, smtp, address in (
        (_FOR_NAME, _FOR_SMTP, _FOR_ADDRESS),
        (_SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS),
    ):
        shown = storage.text(name)
        mailbox = _mailbox(storage.text(smtp), storage.text(address))
        if "<" in shown and mailbox and mailbox in shown:
            return shown
        if shown or mailbox:
            return person(shown, mailbox)
    return ""


def _mailbox(*addresses: str) -> str:
    """The first that is an address of the internet: Exchange has paths of its own."""
    return next((address for address in addresses if "@" in address), "")


def _recipients(storage: Storage) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for recipient in storage.children("__recip_version1.0_#"):
        kind = _TYPES.get(recipient.number(_RECIPIENT_TYPE) or 1)
        shown = person(
            recipient.text(_NAME), _mailbox(recipient.text(_SMTP), recipient.text(_ADDRESS))
        )
        if kind and shown:
            found.setdefault(kind, []).append(shown)
    if not found:
        told = (("To", storage.text(_SHOWN_TO)), ("Cc", storage.text(_SHOWN_CC)))
        return [(kind, value) for kind, value in told if value]
    return [(kind, ", ".join(found[kind])) for kind in _TYPES.values() if kind in found]


def _date(storage: Storage, headers: Message) -> str | None:
    written = moment(field(headers, "Date"))
    sent = storage.time(_SENT) or storage.time(_RECEIVED)
    return written or (sent.strftime("%Y-%m-%d %H:%M UTC") if sent else None)


def _lines(storage: Storage, path: str) -> list[Line]:
    """The body: as plain text, as a page, or as what Outlook made of either."""
    plain = storage.text(_PLAIN)
    if plain.strip():
        return plain_lines(plain)
    page = storage.text(_HTML)
    if not page:
        number = storage.number(_INTERNET_PAGE)
        charset = "utf-8" if number in (None, 65001) else f"cp{number}"
        page = decode_bytes(storage.binary(_HTML), charset)
    if not page.strip():
        rtf = decompressed(storage.binary(_RTF))
        page = html_within(rtf)
        if not page:
            return plain_lines(plain_within(rtf))
    return html_lines(page, path)


def _notes(storage: Storage) -> list[str]:
    """When an appointment is, for a mail that is one."""
    if not storage.text(_CLASS).lower().startswith(("ipm.schedule", "ipm.appointment")):
        return []
    said = []
    for number, name in _APPOINTMENT.items():
        time = storage.time(number)
        if time:
            said.append(f"{name}: {time:%Y-%m-%d %H:%M} UTC")
    return ["; ".join(said)] if said else []


# --- attachments --------------------------------------------------------------------------------


def _files(storage: Storage, depth: int) -> Iterator[tuple[str, str, bytes]]:
    for attached in storage.children("__attach_version1.0_#")[:_MAX_FILES]:
        inner = attached.embedded()
        if inner is not None:
            if depth < _MAX_DEPTH:
                yield from _files(inner, depth + 1)
            continue
        kind = attached.text(_MIME).lower()
        if _is_in_text(attached, kind) or kind == "multipart/signed":
            continue
        name = attached.text(_LONG_NAME) or attached.text(_SHORT_NAME) or attached.text(_NAME)
        yield name, PurePosixPath(name).suffix or ".bin", attached.binary(_FILE)


def _is_in_text(attached: Storage, kind: str) -> bool:
    """Whether it is a picture shown within the text."""
    name = attached.text(_LONG_NAME) or attached.text(_SHORT_NAME)
    picture = kind.startswith("image/") or re.search(r"(?i)\.(png|jpe?g|gif|bmp|emf|wmz)$", name)
    if not picture:
        return False
    flags = attached.number(_RENDERED) or 0
    return bool(attached.text(_CONTENT_ID) or flags & _RENDERED_IN_TEXT)
