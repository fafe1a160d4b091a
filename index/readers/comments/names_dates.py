"""Who and when: names, dates, and lines such as "X wrote on DATE" that hold both."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who wrote something, when, and to whom."""

    author: str
    date: str | None = None
    reply_to: str | None = None
    trait: str = ""
    """What a layout's signatures share when they come from one page: the verb, the separator."""


_WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
)
_MONTH = (
    r"(?:jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|february|f[ée]vrier|mar(?:ch|s|\.)?|märz|"
    r"apr(?:il|\.)?|avril|may|mai|june?|juni|juin|july?|juli|juillet|aug(?:ust|\.)?|août|"
    r"sept?(?:ember|embre|\.)?|o[ck]t(?:ober|obre|\.)?|nov(?:ember|embre|\.)?|"
    r"de[cz](?:ember|\.)?|d[ée]cembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|"
    r"septiembre|octubre|noviembre|diciembre)"
)
_DAY = (
    rf"(?:(?:{_WEEKDAY}),?\s+)?(?:"
    rf"(?:the\s)?\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:of\s|de\s)?{_MONTH}(?:,?\s+(?:de\s)?\d{{4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|{_MONTH},?\s+\d{{4}}"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))"
    r"|today|yesterday|heute|gestern|hier"
)
_TIME = (
    r"(?:\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\.\d+)?|\d{1,2}(?=\s?(?:[ap]\.?m|uhr)))"
    r"\s?(?:[ap]\.?m\.?|uhr)?(?:\s?\(?[a-z]{2,4}\)?|\s?[+-]\d{2}:?\d{2}|z)?"
)
_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|mo|[smhdwy])"
_RELATIVE = (
    rf"(?:(?:about|almost|over|more than)\s)?(?:\d+\+?|an?|one|two|three|four|five|a few)\s?{_UNIT}"
    r"\s(?:ago|earlier)|\d+\s?(?:m|h|hrs?|d|w|y|mo|mins?)|just now|moments ago"
    r"|vor (?:\d+|einem|einer) \w+|il y a \d+ \w+|hace \d+ \w+"
)
_DATE = re.compile(
    rf"(?:(?:{_DAY})(?:(?:\s*(?:,|\bat\b|@|\bum\b|\bà\b|[-–—|·•T])\s*|\s+){_TIME})?"
    rf"|(?:{_TIME})(?:\s*(?:,|on)\s*|\s+)(?:{_DAY})|{_RELATIVE})"
    r"(?:\s*[•·|,]?\s*\(?edited\)?)?",
    re.IGNORECASE,
)
RELATIVE_DATE = re.compile(_RELATIVE, re.IGNORECASE)


def is_date(text: str) -> bool:
    """Whether all of the text is a day, with or without a time, or "2 hours ago"."""
    return len(text) <= 60 and _DATE.fullmatch(text) is not None


_NAME_WORD = re.compile(r"[\w@][\w.'’@&+\-]*")
_PARTICLES = re.compile(
    "van|von|der|den|de|del|della|di|da|do|dos|du|la|le|las|los|el|al|bin|ibn|ben|abu|und|y|e|of|"
    "the|and|zu|zur|ter|ten|af|av"
)
_NOT_NAMES = re.compile(
    "he|she|it|they|we|i|you|who|this|that|these|those|which|what|there|here|people|everyone|"
    "someone|somebody|nobody|one|others|note|update|edit|source|sources|example|answer|question|"
    "ps|p\\.s|nb|tip|warning|disclaimer|reply|like|share|report|comment|comments|message|date|name|"
    "er|sie|wir|ich|man|also|and|but|so"
)


def is_name(text: str, *, loose: bool = False) -> bool:
    """Whether this can be a person's or a user's name.

    Args:
        text: a few words.
        loose: also accept several words in small letters, where the layout leaves no doubt.
    """
    words = text.split()
    if not 1 <= len(words) <= 5 or len(text) > 50 or is_date(text):
        return False
    if any(_NAME_WORD.fullmatch(word) is None for word in words):
        return False
    if _NOT_NAMES.fullmatch(text.lower().rstrip(".")) or not any(c.isalpha() for c in text):
        return False
    if len(words) > 1 and len(words[-1]) > 3 and words[-1].endswith("."):
        return False  # a sentence
    if loose or len(words) == 1:
        return True
    return not words[0].islower() and all(
        _PARTICLES.fullmatch(word) or not word[0].islower() for word in words
    )


_SEPARATOR = re.compile(
    r"\s*[,;|•·∙]\s*|\s+[-–—]\s+|\s*[(\[]|\s+(?:on|at|am|le|el|vom)\s+|\s+commented\s+(?:on\s+)?"
)
REPLY = re.compile(
    r"\s*[>➜→▶➝↪]\s*|\s+(?:in reply to|replied to|replying to|replies to|responded to|antwortete)\s+"
)


def attribution_of(text: str, *, loose: bool = True) -> Attribution | None:
    """Read "X", "X, DATE", "X > Y • DATE" and the like."""
    text = text.strip().rstrip(":").strip()
    if len(text) > 140:
        return None
    for cut in _SEPARATOR.finditer(text):
        when = text[cut.end() :].strip(" )]|•·,").removeprefix("on ").removeprefix("at ")
        if is_date(when):
            who = _person(text[: cut.start()], loose=loose)
            return who and replace(who, date=when, trait=cut[0].strip())
        reply = REPLY.search(" " + when)
        date = when[: max(0, reply.start() - 1)].strip(" •·|,") if reply else ""
        if reply and is_date(date):
            who = _person(text[: cut.start()] + " " + when[reply.start() - 1 :], loose=loose)
            return who and replace(who, date=date, trait=cut[0].strip())
    return _person(text, loose=loose)


def _person(text: str, *, loose: bool) -> Attribution | None:
    """Read "X" or "X > Y"."""
    text = text.strip(" ,|•·")
    reply = REPLY.search(text)
    if reply is None:
        return Attribution(text) if is_name(text, loose=loose) else None
    who, whom = text[: reply.start()].strip(), text[reply.end() :].strip()
    if is_name(who, loose=loose) and is_name(whom, loose=loose):
        return Attribution(who, reply_to=whom)
    return None


_VERB = re.compile(
    r"\s+(says|said|wrote|writes|commented|comments|replied|replies|responded|responds|answered|"
    r"added|asked|in reply|schrieb|schreibt|sagt|sagte|meint|antwortete|kommentierte|a écrit|"
    r"dit|dice|escribió)\b"
)
_ON_DATE_WROTE = re.compile(
    r"(?:On|Am|Le)\s+(.{5,100})\s+(?:wrote|said|commented|replied|schrieb|a écrit)"
)
_TO = re.compile(
    r"(?:to|an|à|auf)\s+(.{1,60}?)(?:\s*,?\s+(?:on|at|am)\s+(.{3,60})|\s*[•·|,]\s*(.{3,60}))?"
)


def said_by(line: str) -> Attribution | None:
    """Read "X says:", "X wrote on DATE:", "On DATE, X wrote:", "X replied to Y:"."""
    core = line.rstrip(": ")
    turned = _ON_DATE_WROTE.fullmatch(core)
    if turned:
        words = turned[1].split(" ")
        for cut in range(len(words) - 1, 0, -1):
            day, who = " ".join(words[:cut]).rstrip(","), " ".join(words[cut:])
            if is_date(day) and is_name(who, loose=True):
                return Attribution(who, day, trait="wrote")
    verb = _VERB.search(core)
    if verb is None or not is_name(core[: verb.start()].strip(" ,")):
        return None
    said = Attribution(core[: verb.start()].strip(" ,"), trait=verb[1])
    rest = core[verb.end() :].strip(" ,")
    if not rest:
        return said if line.endswith(":") and verb[1] != "in reply" else None
    to = _TO.fullmatch(rest)
    if to and is_name(to[1], loose=True):
        when = (to[2] or to[3] or "").strip() or None
        return replace(said, reply_to=to[1], date=when) if when is None or is_date(when) else None
    when = re.sub(r"^(?:on|at|am|le)\s+", "", rest)
    return replace(said, date=when) if is_date(when) else None
