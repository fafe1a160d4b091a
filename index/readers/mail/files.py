"""The files attached to a mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from email.message import Message
from pathlib import PurePosixPath

from index.errors import ReadError
from index.readers.mail import msg, structure

_MAX_NAME = 150


def attachments(data: bytes, path: str) -> Iterator[tuple[str, bytes]]:
    """The files attached to a mail, those of mails within it included.

    Pictures shown within the text and signatures are no attachments, nor are mails within the
    mail, which are part of its document.

    Args:
        data: an EML or MSG file.
        path: its name; its ending tells which, unless the bytes do.

    Yields:
        A name, different for each and without folders, and the bytes.

    Raises:
        ReadError: it is no mail.
    """
    taken: set[str] = set()
    for name, ending, content in msg.files(data, path) if msg.is_msg(data) else _of_eml(data, path):
        yield _distinct(_clean(name) or f"attachment{ending}", taken), content


def _of_eml(data: bytes, path: str) -> Iterator[tuple[str, str, bytes]]:
    message = structure.parse(data, path)
    structure.check_readable(message, path)
    try:
        found = list(_files(message))
    except RecursionError as error:
        raise ReadError(path, "the mail's parts lie too deep in one another") from error
    for part in found:
        yield structure.filename(part) or "", structure.ending_of(part), structure.payload(part)


def _files(message: Message) -> Iterator[Message]:
    shown = structure.shown_pictures(message)
    for part in message.walk():
        if id(part) not in shown and structure.is_file(part):
            yield part


def _clean(name: str) -> str:
    """A name without folders and without characters that cannot be seen."""
    name = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()
    if name in (".", ".."):
        return ""
    if len(name) > _MAX_NAME:
        suffix = PurePosixPath(name).suffix[:20]
        name = name[: _MAX_NAME - len(suffix)] + suffix
    return name


def _distinct(name: str, taken: set[str]) -> str:
    """A name that no other file of the mail has: "plan (2).pdf" for the second "plan.pdf"."""
    path, number, made = PurePosixPath(name), 1, name
    while made in taken:
        number += 1
        made = f"{path.stem} ({number}){path.suffix}"
    taken.add(made)
    return made
