"""Header fields as a person reads them: names, addresses, dates, in any encoding."""

from __future__ import annotations

import re
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from index.readers.mail.characters import decode_bytes

_BLANK = re.compile(r"\s+")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")
_ZONE_NAME = re.compile(r"\s*\([^()]*\)\s*$")


def field(message: Message, name: str) -> str:
    """A field's value without its encoding; empty where there is none.

    The raw text is read, as the standard library refuses or changes some malformed values.
    """
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return decoded(str(value))
    return ""


def raw_field(message: Message, name: str) -> str:
    """A field's value as it stands in the file; all of them where there are several."""
    values = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return ", ".join(values)


def decoded(value: str) -> str:
    """A value with its encoded words (RFC 2047) and bytes beyond ASCII decoded, on one line."""
    value = (
        value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if _is_utf8(value)
        else decode_bytes(value.encode("utf-8", "surrogateescape"), None)
    )
    parts = []
    for text, charset in _encoded_words(value):
        parts.append(text if isinstance(text, str) else decode_bytes(text, charset))
    return _BLANK.sub(" ", "".join(parts)).strip()


def _is_utf8(value: str) -> bool:
    try:
        value.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _encoded_words(value: str) -> list[tuple[str | bytes, str | None]]:
    if "=?" not in value:
        return [(value, None)]
    ascii_only = value.isascii()
    try:
        found = decode_header(value)
    except (ValueError, LookupError):  # HeaderParseError is a ValueError: bad base64
        return [(value, None)]
    # decode_header gives what stands between encoded words as raw-unicode-escape.
    return [
        (text.decode("raw-unicode-escape"), None)
        if isinstance(text, bytes) and charset is None and not ascii_only
        else (text, charset)
        for text, charset in found
    ]


def people(value: str) -> list[str]:
    """The people in an address field, each as "Ann Olsen <ann@example.org>" or what there is."""
    found = []
    for name, address in getaddresses([_BLANK.sub(" ", value)]):
        shown = person(decoded(name), decoded(address))
        if shown:
            found.append(shown)
    return found


def person(name: str, address: str) -> str:
    """A name and an address, once where they are the same."""
    name = _unquoted(name)
    if not name or name.lower() == address.lower():
        return address
    return f"{name} <{address}>" if address else name


def _unquoted(name: str) -> str:
    name = name.strip()
    while len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name


def name_of(shown: str) -> str:
    """The name of a person, or the address of one without a name.

    Reads "Ann <a@x>", "Ann [mailto:a@x]", "Ann (a@x)", "'a@x'" and "a@x".
    """
    address = _ADDRESS.search(shown.replace("mailto:", ""))
    name = re.sub(r"[<\[(]\s*(?:mailto:)?[^<>\[\]()]*@[^<>\[\]()]*[>\])]?", " ", shown)
    name = re.sub(r"(?:mailto:)?[^\s<>\[\]()]+@[^\s<>\[\]()]+", " ", name)
    # "[Name via List]" and the like stay; what is left of brackets around an address does not.
    name = _BLANK.sub(" ", re.sub(r"[<\[(]\s*[>\])]", " ", name)).strip(" ,;:*<>")
    name = _unquoted(name)
    if any(character.isalnum() for character in name):
        return name
    return address[0] if address else shown.strip(" <>\"'")


def moment(value: str) -> str | None:
    """A date field as YYYY-MM-DD HH:MM, in the sender's own time zone; None if it is no date."""
    value = _ZONE_NAME.sub("", _BLANK.sub(" ", value)).strip()
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(value).strftime("%Y-%m-%d %H:%M")
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
