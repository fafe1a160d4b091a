"""Header fields as a person reads them: names, addresses, dates, in any encoding."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from index.readers.mail.characters import decode_bytes

_MAX_VALUE = 10_000
"""A field's decoding takes time that grows with the square of its length; a subject has one line."""

_MAX_NAME = 500
"""A longer name is cut, for the same reason."""

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
    raw = value[:_MAX_VALUE].encode("utf-8", "surrogateescape")
    value = decode_bytes(raw, None)
    parts = []
    for text, charset in _encoded_words(value):
        parts.append(text if isinstance(text, str) else decode_bytes(text, charset))
    return _BLANK.sub(" ", "".join(parts)).strip()


def _encoded_words(value: str) -> list[tuple[str | bytes, str | None]]:
    if "=?" not in value:
        return [(value, None)]
    ascii_only = value.isascii()
    try:
        found = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):  # bad base64, among others
        return [(value, None)]
    # decode_header gives what stands between encoded words as raw-unicode-escape.
    return [
        (text.decode("raw-unicode-escape"), None)
        if isinstance(text, bytes) and charset is None and not ascii_only
        else (text, charset)
        for text, charset in found
    ]


_PIECE = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|<(?P<address>[^<>]*)>|\((?P<comment>[^()]*)\)|(?P<end>[,;])'
    r'|(?P<words>[^"<>(),;]+|.)'
)


def people(value: str) -> list[str]:
    """The people in an address field, each as "Ann Olsen <ann@example.org>" or what there is.

    Addresses are parted before names are decoded, as a decoded name may hold a comma. (What the
    standard library has for it takes minutes for a field made of quotation marks.)
    """
    found: list[str] = []
    name: list[str] = []
    address = comment = ""
    for piece in _PIECE.finditer(_BLANK.sub(" ", value) + ","):
        if piece["quoted"] is not None:
            name.append(re.sub(r"\\(.)", r"\1", piece["quoted"]))
        elif piece["address"] is not None:
            address = piece["address"].strip()
        elif piece["comment"] is not None:
            comment = piece["comment"]
        elif piece["words"]:
            name.append(piece["words"])
        else:
            shown = _shown("".join(name).strip(), address, comment)
            if shown:
                found.append(shown)
            name, address, comment = [], "", ""
    return found


def _shown(name: str, address: str, comment: str) -> str:
    """One person of an address field: "Name <address>", "address (Name)" or "address"."""
    # "undisclosed-recipients:;" and "Team: ann@example.org" name a group.
    name = re.sub(r"^[\w -]{1,80}:\s*(?=\S*@|$)", "", name)
    if not address and "@" in name:
        name, address = comment, name
    return person(decoded(name), decoded(address))


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
    shown = shown[:_MAX_NAME]
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
