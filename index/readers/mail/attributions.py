"""The line above a quoted mail that says who wrote it, and when, in the languages of mail programs.

"On Mon, 5 Jan 2026 at 10:12, Ann Olsen <ann@example.org> wrote:" and its like. What they share is
read: a verb of writing, a day, a time, a name, an address, and the colon at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.readers.mail.headers import name_of


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who wrote what is quoted below, and when, as the line spells it."""

    author: str
    date: str | None
    certain: bool
    """Whether it names a day and is made as a mail program does, so that it needs no ">" below."""


MAX_LINES = 4
"""A line of this kind is wrapped to at most so many: a long name, a long address, and the verb."""

_MAX_LENGTH = 400
_MAX_DATE = 70
_VERB = re.compile(
    r"\b(?:wrote|writes|said|schrieb|schreibt|a\s+écrit|écrivait|escribi[óo]|escribe|escreveu|"
    r"ha\s+scritto|scrive|schreef|skrev|skriver|kirjoitti|napisał(?:\(a\)|a)?|pisze|napsal\(?a?\)?|"
    r"написал(?:\(а\)|а)?|пишет|yazdı|írta|a\s+scris)(?!\w)|写道|さんは書きました|님이 작성"
)
_ADDRESS = re.compile(
    r"[<(\[]?(?:mailto:)?[^\s<>()\[\]:;,]+@[^\s<>()\[\]:;,]+\.[^\s<>()\[\]:;,]+[>)\]]?"
)
_TIME = (
    r"\d{1,2}\s?[:.h]\s?\d{2}(?::\d{2})?(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?(?:\s?Uhr)?"
    r"(?:\s?\(?(?:[A-Z]{3,5}\b)?(?:[+-]\d{1,2}:?\d{2})?\)?)?"
)
_YEAR = r"(?:19|20)\d{2}(?!\d)(?:\s?г\.|年\d{1,2}月\d{1,2}日(?:\s?\(?\w{1,3}\)?)?)?"
_NUMERIC = r"\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2}(?!\d)"
_MOMENT = re.compile(rf"(?<!\d)(?:{_NUMERIC}|{_TIME}|{_YEAR})")
_DAY = re.compile(rf"(?<!\d)(?:{_NUMERIC}|{_YEAR})|\d{{1,2}}\.?\s+(?:de\s+)?[^\W\d_]{{3,12}}")
_OPENING = re.compile(
    r"(?:On|Am|Le|El|Il(?:\s+giorno)?|Em|A|Op|Den|W\s+dniu|Dne|Dňa|Am\s+|V|În|В)\s+(?=\S)"
)
_GLUE = " ,;:\t\n-–—|\"'"
_LINK = re.compile(r"^(?:at|à|um|a\s+las|alle(?:\s+ore)?|às|om|kl\.?|klo|o|v|в|于|,)\s+", re.I)
_BEFORE_DATE = re.compile(r"^(?:on|am|le|el|il|em|op|den|dnia|at|w\s+dniu|dne)\s+", re.IGNORECASE)
_BEFORE_NAME = re.compile(r"^(?:via|by|from|von|użytkownik|odesílatel|uživatel)\s+", re.IGNORECASE)


def read_attribution(line: str) -> Attribution | None:
    """Read such a line, wrapped ones joined; None if it is none.

    An answer's own sentence can end in "wrote:", too; ``certain`` tells which lines cannot.
    """
    line = " ".join(line.split()).strip(" *_")
    if not line.endswith((":", "：")) or len(line) > _MAX_LENGTH:
        return None
    core = line.rstrip(" :：*_")
    verb = _last_verb(core)
    if verb is None:
        return _without_verb(core)
    before, after = core[: verb.start()].strip(_GLUE), core[verb.end() :].strip(_GLUE)
    opened = _OPENING.match(before)
    if after and _has_day(after) and not _has_day(before):  # "Ann schrieb am 5. Januar"
        when = _BEFORE_DATE.sub("", after)
        return _made(before, when, certain=True)
    if after:  # "Am 5. Januar um 10:12 schrieb Ann"
        when = before[opened.end() :] if opened else before
        return _made(after, when, certain=_has_day(before)) if _has_day(before) else None
    if _has_day(before):  # "On 5 January at 10:12, Ann wrote"
        who, when = _parted(before[opened.end() :] if opened else before)
        return _made(who, when, certain=opened is not None or _ADDRESS.search(who) is not None)
    return _made(before, None, certain=False)


def opens(line: str) -> bool:
    """Whether a line begins as most of this kind do: "On …", "Am …", "Le …"."""
    return _OPENING.match(line) is not None


def _last_verb(core: str) -> re.Match[str] | None:
    found = None
    for verb in _VERB.finditer(core):
        found = verb
    return found


def _without_verb(core: str) -> Attribution | None:
    """Read "2026-01-05 10:12 GMT+01:00 Ann <ann@example.org>", as some programs write."""
    address = _ADDRESS.search(core)
    if address is None or address.end() != len(core) or not _has_day(core):
        return None
    opened = _OPENING.match(core)
    if not (opened or core[0].isdigit() or re.match(r"\w{1,4}\.?,?\s+\d", core)):
        return None
    who, when = _parted(core[opened.end() :] if opened else core)
    return _made(who, when, certain=True) if _MOMENT.search(when) else None


def _has_day(text: str) -> bool:
    return _DAY.search(_ADDRESS.sub(" ", text)) is not None


def _parted(text: str) -> tuple[str, str]:
    """The name and the date of "5 January 2026 at 10:12, Ann" or of "Ann, 5 January 2026"."""
    address = _ADDRESS.search(text)
    if address and _has_day(text[address.end() :]) and not _has_day(text[: address.start()]):
        return text[: address.end()], text[address.end() :].strip(_GLUE + "于")
    limit = address.start() if address else len(text)
    end = 0
    for found in _MOMENT.finditer(text, 0, limit):
        end = found.end()
    if not end:
        day = _DAY.search(text, 0, limit)
        end = day.end() if day else 0
    who, when = text[end:].strip(_GLUE), text[:end].strip(_GLUE)
    if any(character.isalpha() for character in who):
        return who, when
    first = _DAY.search(text)
    cut = text.rfind(",", 0, first.start()) if first else -1
    return (text[:cut], text[cut + 1 :]) if cut > 0 else (who, when)


def _made(who: str, when: str | None, *, certain: bool) -> Attribution | None:
    who = _BEFORE_NAME.sub("", _LINK.sub("", who.strip(_GLUE)).strip(_GLUE))
    author = name_of(who).strip(_GLUE)
    if not author or len(author) > 100 or len(author.split()) > 8:
        return None
    if not any(character.isalpha() for character in author):
        return None
    date = when.strip(_GLUE) if when else None
    if date and len(date) > _MAX_DATE:
        return None
    return Attribution(author, date or None, certain)
