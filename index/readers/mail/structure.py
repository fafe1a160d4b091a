"""Which of a mail's parts are its text, which are mails themselves, and which are files."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from index.errors import ReadError
from index.readers import decoding
from index.readers.mail.characters import decode_bytes
from index.readers.mail.headers import decoded

ENCRYPTED = (
    "encrypted for its recipient; open it in the mail program and save it as an unencrypted mail"
)
"""The reason for every mail that only its recipient's key opens."""

_FIELDS = {"from", "to", "subject", "date", "received", "message-id", "sender", "mime-version"}
_NO_FILES = {
    "message/rfc822",
    "text/calendar",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
}
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|gif|bmp|webp|svg)$")
_SHOWN = re.compile(r"cid:([^\"'\s>)]{1,200})")
_WIDE = "x-qa-utf-8"
"""Marks a mail whose file was UTF-16: what it says of its parts' characters no longer holds."""


def parse(data: bytes, path: str) -> Message:
    """Parse a mail's file.

    Raises:
        ReadError: it is empty, or no mail.
    """
    if not data.strip(b"\x00\t\n\v\f\r "):
        raise ReadError(path, "the file is empty")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) > 20
    if wide:
        data = decoding.decode(data, path).encode("utf-8")
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    try:
        message = BytesParser(policy=compat32).parsebytes(data)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ReadError(path, "the mail is damaged and cannot be taken apart") from error
    if not _FIELDS & {name.lower() for name in message}:
        raise ReadError(path, "not a mail: it has no sender, recipient, subject or date")
    if wide:
        message[_WIDE] = "yes"
    return message


_NEXT = re.compile(
    rb"\r?\n(?=From \S{1,300} (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|"
    rb"Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d)"
)


def separate(data: bytes) -> list[bytes]:
    """The mails of a file: several where a mailbox's file was cut out of one too far (mbox)."""
    return _NEXT.split(data) if data.startswith(b"From ") or b"\nFrom " in data else [data]


def check_readable(message: Message, path: str) -> None:
    """Refuse a mail that is encrypted.

    Raises:
        ReadError: it is.
    """
    kind = message.get_content_type()
    if kind == "multipart/encrypted":
        raise ReadError(path, ENCRYPTED)
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        if "signed" in str(message.get_param("smime-type", "")):
            raise ReadError(
                path, "its text is wrapped in a signature (S/MIME); save it from the mail program"
            )
        raise ReadError(path, ENCRYPTED)


def parts(message: Message) -> Iterator[Message]:
    """The parts that hold no parts; of alternatives the one that is read best."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
    elif message.get_content_type() == "multipart/alternative":
        yield from _chosen(message)
    else:
        for part in children(message):
            yield from parts(part)


def children(message: Message) -> list[Message]:
    """The parts directly in a part."""
    payload = message.get_payload()
    return (
        [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    )


def _chosen(message: Message) -> Iterator[Message]:
    """Plain text if it says what the page says, and whatever is no form of the text."""
    inside = [part for child in children(message) for part in parts(child)]
    plain = [part for part in inside if is_text(part, "text/plain")]
    page = [part for part in inside if is_text(part, "text/html")]
    rest = [part for part in inside if part not in plain and part not in page]
    yield from (page if page and (not plain or _is_stub(plain, page)) else plain)
    yield from rest


_MARKUP = re.compile(r"(?s)<(style|script|head)\b.*?</\1>|<[^>]*>")


def _is_stub(plain: list[Message], page: list[Message]) -> bool:
    """Whether a plain text only says that there is a page, or next to nothing of it."""
    said = " ".join(" ".join(text_of(part).split()) for part in plain)
    shown = " ".join(" ".join(_MARKUP.sub(" ", text_of(part)[:200_000]).split()) for part in page)
    return len(said) < 0.2 * len(shown) or (not said and bool(shown))


def shown_pictures(message: Message) -> set[int]:
    """The ids of parts that are pictures of a page, whatever they say of themselves."""
    shown: set[int] = set()
    named: set[str] = set()
    pictures = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "text/html":
            named.update(_SHOWN.findall(text_of(part)))
        elif kind.startswith("image/") or _PICTURE.search(filename(part) or ""):
            pictures.append(part)
        elif kind == "multipart/related":
            shown.update(id(inside) for inside in children(part))
    return {
        id(part)
        for part in pictures
        if id(part) in shown or str(part.get("Content-ID", "")).strip(" <>") in named
    }


def is_text(part: Message, kind: str) -> bool:
    """Whether a part is the mail's text of this kind, and not a file."""
    return part.get_content_type() == kind and not is_file(part)


def is_file(part: Message) -> bool:
    """Whether a part is a file that was attached."""
    kind = part.get_content_type()
    if kind == "application/octet-stream" and _PICTURE.search(filename(part) or ""):
        kind = "image/*"
    if kind in _NO_FILES or part.is_multipart():
        return False
    disposition = part.get_content_disposition()
    if disposition == "attachment":
        return True
    if kind.startswith("image/"):
        return False  # shown within the text
    named = filename(part) is not None
    return named if kind.startswith("text/") else not kind.startswith(("text/", "message/"))


def filename(part: Message) -> str | None:
    """A part's own name for its file, decoded (RFC 2047 and 2231)."""
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError):  # a malformed RFC 2231 value
        name = None
    return decoded(name) or None if name else None


def ending_of(part: Message) -> str:
    """The name ending of a file that has none: ".pdf"."""
    return mimetypes.guess_extension(part.get_content_type()) or ".bin"


def payload(part: Message) -> bytes:
    """A part's bytes, without their encoding for the way."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError):
        data = None
    return data if isinstance(data, bytes) else b""


def text_of(part: Message, *, wide: bool = False) -> str:
    """A text part's characters."""
    charset = part.get_content_charset()
    if wide and str(part.get("content-transfer-encoding", "")).lower() not in (
        "base64",
        "quoted-printable",
    ):
        charset = "utf-8"
    return decode_bytes(payload(part), charset)


def was_wide(message: Message) -> bool:
    """Whether the mail's file was UTF-16."""
    return message[_WIDE] is not None
