"""The fields above a mail that was forwarded or answered as Outlook does: "From: … Sent: … To: …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.mail.headers import name_of
from index.readers.mail.message import Line


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """What such fields say, and which lines they are."""

    author: str
    date: str | None
    fields: tuple[str, ...]
    """Each as "From: Ann Olsen", in the mail's own words."""
    end: int
    """The index of the first line after them."""


_FROM = (
    "from|von|de|da|van|fra|från|frå|od|от|lähettäjä|kimden|feladó|发件人|寄件者|差出人|보낸 사람"
)
_DATE = (
    "sent|date|gesendet|datum|envoyé|date d'envoi|enviado(?: el| em)?|fecha|data|inviato|verzonden|"
    "sendt|dato|skickat|lähetetty|wysłano|odesláno|дата|отправлено|gönderildi|elküldve|"
    "发送时间|日期|送信日時|보낸 날짜"
)
_TO = "to|an|à|pour|a|para|aan|till?|do|komu|кому|vastaanottaja|kime|címzett|收件人|宛先|받는 사람"
_CC = "cc|bcc|kopie|kopi|copie(?: à)?|cópia|copia|copie|dw|копия|kopio|抄送|reply-to|antwort an"
_SUBJECT = (
    "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|předmět|тема|aihe|"
    "konu|tárgy|主题|主旨|件名|제목"
)
_KINDS = {"from": _FROM, "date": _DATE, "to": _TO, "cc": _CC, "subject": _SUBJECT}
_FIELD = re.compile(
    r"\*?(?:"
    + "|".join(f"(?P<{kind}>{names})" for kind, names in _KINDS.items())
    + r"|(?P<other>importance|priority|attachments?|anlagen?|wichtigkeit|pièces jointes|"
    r"organization|message-id|newsgroups))\s?[:：]\*?\s*(?P<value>.*)",
    re.IGNORECASE,
)
_SENDER = re.compile(rf"\s*\*?(?:{_FROM})\s?[:：]", re.IGNORECASE)
_REACH = 14
"""Lines from "From:" to the last field, wrapped lists of recipients and blank lines included."""

_SEPARATOR = re.compile(
    r"[\s>*]*(?:[-_=]{5,}|[-–—=]{2,}\s*\S[^\n]{2,60}?\s*[-–—=]{2,}|"
    r"begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"début du message (?:transféré|réexpédié)|inicio del mensaje reenviado|"
    r"inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem reencaminhada)"
    r"\s*:?[\s*]*",
    re.IGNORECASE,
)


def is_separator(text: str) -> bool:
    """Whether a line only parts mails: "-----Original Message-----", "_______"."""
    return len(text) < 100 and _SEPARATOR.fullmatch(text) is not None


def read_header_block(lines: Sequence[Line], start: int) -> HeaderBlock | None:
    """Read the fields that begin at a line, if they are those of a mail.

    They are if there is a sender and two of a date, a recipient and a subject.
    """
    if not _SENDER.match(lines[start].text):
        return None
    found: dict[str, str] = {}
    labels: dict[str, str] = {}
    index, end, kind = start, start, ""
    blanks = 0
    while index < min(len(lines), start + _REACH) and lines[index].depth == lines[start].depth:
        text = lines[index].text.strip()
        entry = _FIELD.match(text)
        if not text:
            blanks += 1
            # Some programs write each field as a paragraph; two blank lines end them all the same.
            if blanks > 1 or not _follows(lines, index):
                break
        elif entry and _kind(entry) not in found:
            kind, blanks, end = _kind(entry), 0, index + 1
            found[kind] = entry["value"].strip(" *")
            labels[kind] = text[: entry.start("value")].strip(" *:：")
        elif entry and _kind(entry) != "cc":
            break  # another mail's
        elif kind in ("to", "cc", "from", "subject") and not blanks and len(found) < 5:
            found[kind] += " " + text.strip(" *")
            end = index + 1
        else:
            break
        index += 1
    if len(found.keys() & {"date", "to", "subject"}) < 2 or not found.get("from"):
        return None
    fields = tuple(f"{labels[key]}: {value}" for key, value in found.items() if value)
    return HeaderBlock(name_of(found["from"]), found.get("date") or None, fields, end)


def _follows(lines: Sequence[Line], index: int) -> bool:
    """Whether another field stands on the next line."""
    if index + 1 >= len(lines):
        return False
    entry = _FIELD.match(lines[index + 1].text.strip())
    return entry is not None and _kind(entry) != "from"


def _kind(entry: re.Match[str]) -> str:
    return next(kind for kind in (*_KINDS, "other") if entry[kind] is not None)
