"""Readers' comments at the end of a text: where they begin, and who wrote which.

A comment is signed, above it ("Jane Doe says:") or below it ("Posted by Jane Doe"). One section
keeps to one layout, so every layout collects its signatures and the one that explains the section
best wins; lines that look like another layout's signature are then ordinary words of a comment.
A section needs a line that opens it ("11 comments") or at least two signatures that prose does
not contain: a dialogue or a quotation stays what it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from index.types import Block, Kind


class Span(NamedTuple):
    """A stretch of a text, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CommentSection:
    """The comments of a document with all that belongs to them: counter, policy, signatures."""

    start: int
    end: int
    blocks: tuple[Block, ...]


class _Place(Enum):
    HEADER = "above the comment"
    FOOTER = "below the comment"


class _Layout(Enum):
    POSTED = "Posted by X"
    COMMENT_BY = "Comment by X"
    KEYS = "Name: X"
    SAYS = "X says:"
    DATED = "X • 2 hours ago"
    NUMBERED = "#1 X"
    DASH = "— X"
    STACKED = "X, and a line with the date"
    COLON = "X: text"


_EITHER_PLACE = {_Layout.POSTED, _Layout.COMMENT_BY, _Layout.DATED}
_EXPLICIT = {_Layout.COMMENT_BY, _Layout.KEYS, _Layout.SAYS, _Layout.DATED, _Layout.NUMBERED}
_USUALLY_BELOW = {_Layout.POSTED, _Layout.DASH}


@dataclass(frozen=True, slots=True)
class _Attribution:
    author: str
    date: str | None = None
    reply_to: str | None = None
    trait: str = ""
    """What a layout's signatures share when they come from one page: the verb, the separator."""


@dataclass(frozen=True, slots=True)
class _Signature:
    layout: _Layout
    line: int
    """The index of its first line."""
    start: int
    end: int
    by: _Attribution
    strong: bool
    """Whether prose does not contain such a line."""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Marker:
    line: int
    count: int | None
    strong: bool
    """Whether one signature below it is enough."""
    loose: bool = False
    """Whether it may also be a heading of prose, so that signatures must follow at once."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    signatures: tuple[_Signature, ...]
    place: _Place
    marker: int | None
    """The index of the line that opens the section."""
    start: int
    """The index of the section's first line."""
    score: float


# --- lines and paragraphs -----------------------------------------------------------------------


def lines_of(text: str) -> list[Span]:
    r"""Return every line without the white space at its ends; a blank one is an empty span.

    Only ``\n`` ends a line.
    """
    lines = []
    start = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        first = start + (raw.index(bare[0]) if bare else 0)
        lines.append(Span(first, first + len(bare)))
        start += len(raw) + 1
    return lines


def groups_of(lines: Sequence[Span], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Give the runs of lines that are not blank, as indices ``(first, last)``, ``last`` excluded."""
    begin = None
    for index in range(first, last):
        blank = lines[index].start == lines[index].end
        if blank and begin is not None:
            yield begin, index
            begin = None
        elif not blank and begin is None:
            begin = index
    if begin is not None:
        yield begin, last


# --- dates --------------------------------------------------------------------------------------

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
_RELATIVE_DATE = re.compile(_RELATIVE, re.IGNORECASE)


def is_date(text: str) -> bool:
    """Whether all of the text is a day, with or without a time, or "2 hours ago"."""
    return len(text) <= 60 and _DATE.fullmatch(text) is not None


# --- names --------------------------------------------------------------------------------------

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


def _is_name(text: str, *, loose: bool = False) -> bool:
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


_LINK = re.compile(r"\[([^\[\]]{1,80})\]\([^()]{0,200}\)")
_STARS = re.compile(r"\*{1,3}")
_UNDERLINED = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_]{1,80})\1(?!\w)")
_LEAD = re.compile(r"\A(?:#{1,6}|[-*+])\s+(?=\S)")


def _bare(raw: str) -> str:
    """A line without Markdown's heading, list and emphasis marks."""
    if raw[0] in "#-*+":
        raw = _LEAD.sub("", raw, count=1)
    return _plain(raw)


def _plain(raw: str) -> str:
    if "*" in raw:
        raw = _STARS.sub("", raw)
    if "_" in raw:
        raw = _UNDERLINED.sub(r"\2", raw)
    if "](" in raw:
        raw = _LINK.sub(r"\1", raw)
    return raw.strip()


# --- who and when in one line -------------------------------------------------------------------

_SEPARATOR = re.compile(
    r"\s*[,;|•·∙]\s*|\s+[-–—]\s+|\s*[(\[]|\s+(?:on|at|am|le|el|vom)\s+|\s+commented\s+(?:on\s+)?"
)
_REPLY = re.compile(
    r"\s*[>➜→▶➝↪]\s*|\s+(?:in reply to|replied to|replying to|replies to|responded to|antwortete)\s+"
)


def _attribution(text: str, *, loose: bool = True) -> _Attribution | None:
    """Read "X", "X, DATE", "X > Y • DATE" and the like."""
    text = text.strip().rstrip(":").strip()
    if len(text) > 140:
        return None
    for cut in _SEPARATOR.finditer(text):
        when = text[cut.end() :].strip(" )]|•·,").removeprefix("on ").removeprefix("at ")
        if is_date(when):
            who = _person(text[: cut.start()], loose=loose)
            return who and replace(who, date=when, trait=cut[0].strip())
        reply = _REPLY.search(" " + when)
        date = when[: max(0, reply.start() - 1)].strip(" •·|,") if reply else ""
        if reply and is_date(date):
            who = _person(text[: cut.start()] + " " + when[reply.start() - 1 :], loose=loose)
            return who and replace(who, date=date, trait=cut[0].strip())
    return _person(text, loose=loose)


def _person(text: str, *, loose: bool) -> _Attribution | None:
    """Read "X" or "X > Y"."""
    text = text.strip(" ,|•·")
    reply = _REPLY.search(text)
    if reply is None:
        return _Attribution(text) if _is_name(text, loose=loose) else None
    who, whom = text[: reply.start()].strip(), text[reply.end() :].strip()
    if _is_name(who, loose=loose) and _is_name(whom, loose=loose):
        return _Attribution(who, reply_to=whom)
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


def _said(line: str) -> _Attribution | None:
    """Read "X says:", "X wrote on DATE:", "On DATE, X wrote:", "X replied to Y:"."""
    core = line.rstrip(": ")
    turned = _ON_DATE_WROTE.fullmatch(core)
    if turned:
        words = turned[1].split(" ")
        for cut in range(len(words) - 1, 0, -1):
            day, who = " ".join(words[:cut]).rstrip(","), " ".join(words[cut:])
            if is_date(day) and _is_name(who, loose=True):
                return _Attribution(who, day, trait="wrote")
    verb = _VERB.search(core)
    if verb is None or not _is_name(core[: verb.start()].strip(" ,")):
        return None
    said = _Attribution(core[: verb.start()].strip(" ,"), trait=verb[1])
    rest = core[verb.end() :].strip(" ,")
    if not rest:
        return said if line.endswith(":") and verb[1] != "in reply" else None
    to = _TO.fullmatch(rest)
    if to and _is_name(to[1], loose=True):
        when = (to[2] or to[3] or "").strip() or None
        return replace(said, reply_to=to[1], date=when) if when is None or is_date(when) else None
    when = re.sub(r"^(?:on|at|am|le)\s+", "", rest)
    return replace(said, date=when) if is_date(when) else None


# --- the lines that belong to a section besides its comments ------------------------------------

_NOTICE = re.compile(
    r"(?:reply|antworten|like[ds]?|dislike|share|flag|edit|permalink|link|quote|follow|recommend(?:ed)?|"
    r"report(?: as)?(?: abus(?:e|ive))?|melden|teilen|see more|show more|read more|view replies|"
    r"(?:view|show|load|hide)(?: all| more| \d+)?(?: more)? (?:comments|replies)(?: \(\d+\))?|"
    r"log ?in to (?:reply|comment)|sign in to (?:reply|comment)|top commenter|thumbs (?:up|down)|"
    r"[+\-−]?\d+ ?(?:up|down)?(?:votes?|likes?|points?|repl(?:y|ies)|thumbs up|people like this)|"
    r"(?:up|down)?votes?:? ?\d+|likes?:? ?\(?\d+\)?|repl(?:y|ies):? ?\(?\d+\)?|"
    r"recommend(?:ed)?:? ?\(?\d+\)?|[▲▼△▽👍👎♥❤⬆⬇↑↓+\-−\ufe0f|•·\s\d]{1,20}|"
    r"[=\-_*~#·•]{3,}|comments? (?:are|is) (?:now )?closed.?|leave a (?:reply|comment)|"
    r"(?:post|add|write) a comment|join the (?:discussion|conversation)|(?:©|copyright\b).{0,120}|"
    r"all rights reserved\.?|advertisement|sort by.{0,30}|newest(?: first)?|oldest(?: first)?)",
    re.IGNORECASE,
)
_NOTICE_SEPARATOR = re.compile(r"\s*[•·|›»/]\s*|\s{2,}")
_POLICY = re.compile(
    r"comment(?:s|ing)? (?:policy|guidelines|rules)|we welcome comments|views expressed|"
    r"opinions expressed|comments? (?:are|is|may be|will be) (?:\w+ )?(?:moderated|closed|subject|reviewed)|"
    r"community (?:guidelines|standards)|house rules|terms of (?:use|service)|log ?in to|sign in to|"
    r"leave a (?:reply|comment)|join the (?:discussion|conversation)|report abuse|"
    r"reserves? the right|letters may be|keep comments|be respectful|your email address|netiquette",
    re.IGNORECASE,
)
_POLICY_SIGNS = tuple(
    re.compile(sign, re.IGNORECASE)
    for sign in (
        r"\b(?:comments?|commenting|posts?|replies|contributions?|submissions?|letters|discussions?|"
        r"kommentare?|beiträge|commentaires?)\b",
        r"\b(?:polic(?:y|ies)|guidelines?|rules|terms|standards|code of conduct|moderat\w+|netiquette|regeln|règles)\b",
        r"\b(?:flag(?:ged)?|report(?:ed|ing)?|let (?:us|our|the) \w+|delet\w+|remov\w+|approv\w+|"
        r"publish\w*|block(?:ed)?|(?:will|may) be edited|gelöscht|supprimés?)\b",
        r"\b(?:(?:opinions?|views?|responsib\w+|represent|reflect|endorse)\b.{0,80}\b(?:not?|only|solely|alone)|"
        r"(?:not?|solely)\b.{0,60}\b(?:opinions?|views?|responsib\w+|represent|reflect|endorse\w*))\b",
        r"https?://|\bwww\.|\b(?:see|read|under|via) (?:our|the) \w+(?: \w+)? (?:page|link)",
        r"\b(?:readers? (?:are|is|may|can)|you (?:can|may|are)|are invited|we (?:welcome|encourage|invite|ask|value|"
        r"reserve|publish|do not)|please|keep (?:it|your)|be (?:civil|polite|respectful|kind)|bitte|merci de)\b",
        r"\b(?:off.?topic|(?:in|ir)?relevant|inappropriate|unsuitable|offensive|abusive|insult\w*|hateful|libell?ous|"
        r"defamatory|obscene|spam|profanit\w+|personal attacks?|advertising|civil|polite|respectful)\b",
    )
)
"""What rules for comments speak of; a comment about comments has a few of them, but not most."""
_HIMSELF = re.compile(r"\b(?:I(?! reserve)|I['’]\w+|my|me|mine)\b")
_MARKER = re.compile(
    r"(?:(?:all|reader|readers['’]?|user|your|top|latest|recent|view|show|see)\s+){0,2}"
    r"(?:(?P<before>\d[\d,.]*)\s+)?(?:reader\s+)?"
    r"(?P<word>comments?|responses?|repl(?:y|ies)|kommentare?|leserkommentare|leserbriefe?|"
    r"commentaires?|comentarios?|letters(?:\s+to\s+the\s+editor)?|reactions?|discussion|"
    r"thoughts?|have your say|what (?:(?:our|the|other) )?(?:readers|visitors|users|customers|people|others)"
    r" (?:say|said|think|write|wrote)|(?:our )?readers (?:write|respond|react|reply)|leserstimmen)"
    r"(?:\s*[(\[]\s*(?P<after>\d[\d,.]*)\s*[)\]]|\s*[:–-]\s*(?P<colon>\d[\d,.]*))?"
    r"(?P<about>\s+(?:to|on|for|zu)\s+.{1,120}|\s+from (?:our )?readers|\s+so far)?\s*:?",
    re.IGNORECASE,
)


def is_notice(line: str) -> bool:
    """Whether a line is a button or a counter under a comment: "Reply", "12 upvotes"."""
    if len(line) > 130:
        return False
    if _NOTICE.fullmatch(line):
        return True
    parts = [part for part in _NOTICE_SEPARATOR.split(line) if part]
    return len(parts) > 1 and all(_NOTICE.fullmatch(part) for part in parts)


def _marker(line: int, bare: str) -> _Marker | None:
    found = _MARKER.fullmatch(bare)
    if found is None:
        return None
    number = found["before"] or found["after"] or found["colon"]
    count = None if number is None else int(re.sub(r"\D", "", number))
    word, about = found["word"].lower(), found["about"] or ""
    if count == 0 or (word.startswith("thought") and count is None):
        return None
    here = re.match(r"\s+\w+ (?:this|the|our) (?:article|story|post|page|piece)$", about)
    if about.split()[:1] in (["on"], ["to"], ["for"], ["zu"]) and count is None and not here:
        return None
    return _Marker(line, count, count is not None or "omment" in word or word == "leserbriefe")


_LOOSE_MARKER = re.compile(
    r"(?:(?:public|written|further|selected|some|reader|readers['’])\s+)?"
    r"(?:comments|responses|letters|replies|reactions|remarks|feedback|questions and comments)\s+"
    r"(?P<rest>[^\W\d].{2,90}[\w)”\"'’])\s*:?",
    re.IGNORECASE,
)
_FROM_PEOPLE = re.compile(
    r"\b(?:received|submitted|sent(?: in)?|collected|gathered|posted|left|(?:from|by|of) (?:our |the |local )?"
    r"(?:readers|residents|visitors|members|users|customers|public|audience|parents|neighbou?rs|subscribers|listeners))\b",
    re.IGNORECASE,
)


def _loose_marker(line: int, bare: str) -> _Marker | None:
    """Read a line like "Comments received at the meeting" or "Letters of the week"."""
    found = _LOOSE_MARKER.fullmatch(bare)
    if found is None or len(bare.split()) > 14:
        return None
    return _Marker(line, None, False, loose=_FROM_PEOPLE.search(found["rest"]) is None)


def is_counter(line: str) -> bool:
    """Whether a line counts or announces comments: "11 comments", "Comments (3)"."""
    bare = _bare(line) if line and len(line) <= 160 else ""
    if re.fullmatch(r"(?:no|0) (?:comments?|responses?|replies)", bare, re.IGNORECASE):
        return True
    marker = _marker(0, bare) if bare else None
    return marker is not None and marker.count is not None


# --- signatures of each layout ------------------------------------------------------------------

_REPORT = re.compile(
    r"\s*\|?\s*(?:Report(?: as)? abus(?:e|ive)|Flag|Reply|Permalink)\s*$", re.IGNORECASE
)
_POSTED_INLINE = re.compile(
    r"[.!?…\"”’)]\s+(Posted by [^|]{1,80}\|\s*Report(?: as)? abus(?:e|ive))$"
)
_COMMENT_BY = re.compile(
    r"(?:comment|reply|response|letter|kommentar|commentaire|comentario)\s+(?:#?\d+\s+)?"
    r"(?:by|from|von|de|par)\s+(.+)",
    re.IGNORECASE,
)
_DASH = re.compile(r"[*_]{0,3}(?:—|–|―|--|-(?=\s))\s?(.+)")
_DASH_INLINE = re.compile(r"[.!?…\"”’)\]*_]\s+((?:—|–|―|--|-(?=\s))\s?([^—–―]{1,80}))$")
_NUMBER = re.compile(r"[*_]{0,3}(?:#\s?(\d{1,5})[.:)]?|\[(\d{1,5})\]|(\d{1,5})[.):])\s+(?=\S)")
_KEY = re.compile(
    r"[*_]{0,3}(?:(?P<who>name|author|user|username|from|posted by|by|von|autor|nom|nombre)|"
    r"(?P<when>date|time|posted|posted on|datum|fecha)|(?P<to>in reply to|reply to)|"
    r"(?P<text>comment|message|text|kommentar|commentaire|comentario)|"
    r"(?P<other>e-?mail|location|place|rating|subject|title|city|ort))[*_]{0,3}\s*:[*_]{0,3}\s*",
    re.IGNORECASE,
)
_ATTRIBUTE_TO = re.compile(
    r"(?:in reply to|replying to|reply to)\s*:?\s+(.{1,60}?):?", re.IGNORECASE
)


_DATE_HINT = re.compile(r"\d|\b(?:ago|earlier|now|today|yesterday|heute|gestern|hier|vor|une?)\b")


class _Scanner:
    """Collects the signatures of every layout from the lines of a text."""

    def __init__(self, text: str, lines: Sequence[Span], *, weak: bool) -> None:
        self.text = text
        self.lines = lines
        self.weak = weak
        self.found: dict[_Layout, list[_Signature]] = {layout: [] for layout in _Layout}
        self.after_keys = 0
        """The first line that does not belong to the last group of "Name: X" lines."""

    def scan(self, index: int) -> None:
        """Look for signatures in one line."""
        start, end = self.lines[index]
        if end - start > 400:
            self._inline(index, self.text[end - 120 : end], end - 120)
            if self.weak:
                self._begins(index, self.text[start : start + 100], start)
            return
        raw = self.text[start:end]
        if end - start <= 160:
            self._alone(index, raw, _bare(raw))
        self._inline(index, raw[-120:], end - len(raw[-120:]))
        self._begins(index, raw[:100], start)

    def _add(
        self, layout: _Layout, index: int, start: int, end: int, by: _Attribution, *,
        strong: bool, number: int | None = None,
    ) -> None:  # fmt: skip
        signature = _Signature(layout, index, start, end, by, strong, number)
        self.found[layout].append(signature)

    def _whole(
        self, layout: _Layout, index: int, by: _Attribution, *,
        strong: bool, number: int | None = None,
    ) -> None:  # fmt: skip
        """A signature that fills its line; lines with a date or a recipient may follow."""
        end, by = self._attributes(index, by)
        strong = strong or (layout is _Layout.SAYS and by.date is not None)
        start = self.lines[index].start
        self._add(layout, index, start, end, by, strong=strong, number=number)

    def _attributes(self, index: int, by: _Attribution) -> tuple[int, _Attribution]:
        end = self.lines[index].end
        for following in range(index + 1, min(index + 4, len(self.lines))):
            start, stop = self.lines[following]
            if start == stop:
                continue
            line = _bare(self.text[start:stop]) if stop - start <= 100 else ""
            when = re.sub(r"^(?:(?:posted|on|at|am)\s+)+", "", line, flags=re.IGNORECASE)
            to = _ATTRIBUTE_TO.fullmatch(line)
            if by.date is None and is_date(when):
                by = replace(by, date=when)
            elif by.reply_to is None and to and _is_name(to[1], loose=True):
                by = replace(by, reply_to=to[1])
            else:
                break
            end = stop
        return end, by

    def _alone(self, index: int, raw: str, bare: str) -> None:
        """The layouts whose signature stands alone in its line."""
        if not bare:
            return
        if bare[:10].lower() == "posted by ":
            by = _attribution(_REPORT.sub("", bare[10:]))
            if by:
                self._whole(_Layout.POSTED, index, by, strong=True)
        comment_by = _COMMENT_BY.fullmatch(bare) if " " in bare else None
        if comment_by:
            by = _attribution(_REPORT.sub("", comment_by[1]))
            if by:
                self._whole(_Layout.COMMENT_BY, index, by, strong=True)
        dated = _DATE_HINT.search(bare, max(0, len(bare) - 50)) is not None
        if bare[-1] == ":" or " repl" in bare or dated:
            by = _said(bare)
            if by:
                self._whole(_Layout.SAYS, index, by, strong=by.date is not None)
        if dated or _REPLY.search(bare):
            self._dated(index, bare)
        if raw[0] in "—–―-*_":
            dash = _DASH.fullmatch(raw)
            signed = _signed(_plain(dash[1])) if dash else None
            if signed:
                trait = "line"
                self._whole(_Layout.DASH, index, replace(signed, trait=trait), strong=False)
        if self.weak and self._is_stacked(index, bare):
            self._whole(_Layout.STACKED, index, _Attribution(bare), strong=False)

    def _dated(self, index: int, bare: str) -> None:
        """Read a line like "X • 2 hours ago" or "X > Y"."""
        arrow = _REPLY.search(bare)
        by = _attribution(bare)
        if by is None or (by.date is None and not (arrow and arrow[0].strip() in "➜→▶➝↪>")):
            return
        relative = by.date is not None and _RELATIVE_DATE.fullmatch(by.date) is not None
        strong = by.date is not None and (relative or by.trait in ("•", "·", "∙"))
        self._whole(_Layout.DATED, index, by, strong=strong)

    def _is_stacked(self, index: int, bare: str) -> bool:
        if index + 1 >= len(self.lines) or not _is_name(bare):
            return False
        start, end = self.lines[index + 1]
        return end - start <= 60 and start < end and is_date(_bare(self.text[start:end]))

    def _inline(self, index: int, tail: str, offset: int) -> None:
        """The layouts whose signature may end the comment's last line."""
        if "Posted by" in tail:
            posted = _POSTED_INLINE.search(tail)
            by = _attribution(_REPORT.sub("", posted[1])[10:]) if posted else None
            if posted and by:
                start = offset + posted.start(1)
                self._add(_Layout.POSTED, index, start, offset + len(tail), by, strong=True)
        if self.weak and ("—" in tail or "–" in tail or "―" in tail or "-" in tail):
            dash = _DASH_INLINE.search(tail)
            by = _signed(_plain(dash[2])) if dash else None
            if dash and by:
                start = offset + dash.start(1)
                by = replace(by, trait="inline")
                self._add(_Layout.DASH, index, start, offset + len(tail), by, strong=False)

    def _begins(self, index: int, head: str, offset: int) -> None:
        """The layouts whose signature may begin the comment's first line."""
        if index >= self.after_keys and ":" in head:
            self._keys(index)
        number = None
        rest = head
        if head[0] in "#[0123456789*_":
            numbered = _NUMBER.match(head)
            if numbered:
                number = int(numbered[1] or numbered[2] or numbered[3])
                rest = head[numbered.end() :]
        if number is not None:
            self._numbered(index, number, head, rest, offset)
        elif self.weak and ":" in head and self._begins_paragraph(index):
            named = _named(rest)
            if named and rest[named[1] :].strip():
                self._add(
                    _Layout.COLON, index, offset, offset + named[1], named[0], strong=False
                )  # fmt: skip

    def _begins_paragraph(self, index: int) -> bool:
        before = self.lines[index - 1] if index else Span(0, 0)
        return before.start == before.end or before.end - before.start <= 40

    def _numbered(self, index: int, number: int, head: str, rest: str, offset: int) -> None:
        line = self.lines[index]
        style = re.sub(r"\w", "", head[: len(head) - len(rest)]).strip()
        if line.end - line.start <= 120 and len(head) == line.end - line.start:
            bare = _plain(rest)
            posted = bare[:10].lower() == "posted by "
            by = _said(bare) or _attribution(bare[10:] if posted else bare)
            if by and (by.date or head[0] == "#" or posted or bare.endswith(":")):
                strong = by.date is not None and head[0] == "#"
                by = replace(by, trait=style + " alone")
                self._whole(_Layout.NUMBERED, index, by, strong=strong, number=number)
                return
        named = _named(rest)
        if named:
            end = offset + len(head) - len(rest) + named[1]
            by = replace(named[0], trait=style)
            self._add(_Layout.NUMBERED, index, offset, end, by, strong=False, number=number)

    def _keys(self, index: int) -> None:
        """A group of lines "Name: X", "Date: …", "Comment: …"."""
        author = date = reply_to = None
        end, with_text, following = self.lines[index].start, False, index
        while following < min(index + 8, len(self.lines)) and not with_text:
            start, stop = self.lines[following]
            key = _KEY.match(self.text, start, min(stop, start + 200))
            if key is None:
                break
            value = _plain(self.text[key.end() : min(stop, key.end() + 100)])
            if key["who"] and author is None:
                author = value
            elif key["when"] and is_date(value):
                date = value
            elif key["to"]:
                reply_to = value or None
            with_text = key["text"] is not None
            end = start + len(self.text[start : key.end()].rstrip()) if with_text else stop
            following += 1
        if author is None or not _is_name(author, loose=True):
            return
        self.after_keys = following
        by = _Attribution(author, date, reply_to)
        start = self.lines[index].start
        self._add(_Layout.KEYS, index, start, end, by, strong=with_text)


def _signed(text: str) -> _Attribution | None:
    """Read what follows the dash of a signature: "X", "X, Berlin", "X, Berlin, 3 May 2016"."""
    by = _attribution(text, loose=False)
    if by or "," not in text:
        return by
    who, _, rest = text.partition(",")
    parts = [part.strip() for part in rest.split(",")]
    if not _is_name(who) or len(parts) > 4:
        return None
    date = next(
        (", ".join(parts[i:]) for i in range(len(parts)) if is_date(", ".join(parts[i:]))), None
    )
    place = ", ".join(parts)[: -len(date)] if date else ", ".join(parts)
    if not all(_is_name(part) for part in place.strip(" ,").split(", ") if part):
        return None
    return _Attribution(who.strip(), date)


def _named(rest: str) -> tuple[_Attribution, int] | None:
    """Read "X: " or "X (DATE): " at the beginning of a comment; also say where its words begin."""
    for colon in re.finditer(r":[*_]{0,3}(?=\s|$)|:[*_]{1,3}", rest[:90]):
        by = _said(_plain(rest[: colon.start()]) + ":")
        by = by or _attribution(_plain(rest[: colon.start()]), loose=False)
        if by:
            return by, colon.end()
    return None


# --- the section --------------------------------------------------------------------------------


def find_comments(text: str, lines: Sequence[Span] | None = None) -> CommentSection | None:
    """Find the comments of a text.

    Args:
        text: the whole text; offsets are into it.
        lines: its lines as `lines_of` gives them, or some of them; all of them if left out.

    Returns:
        The section, or None where a document has no comments.
    """
    lines = lines_of(text) if lines is None else lines
    markers = _markers(text, lines)
    scanner = _Scanner(text, lines, weak=not all(marker.loose for marker in markers))
    for index, line in enumerate(lines):
        if line.end > line.start:
            scanner.scan(index)
    finder = _Finder(text, lines, markers)
    candidates = [
        candidate
        for layout, signatures in scanner.found.items()
        if signatures and (candidate := finder.candidate(layout, signatures))
    ]
    if not candidates:
        return None
    return finder.section(max(candidates, key=lambda candidate: candidate.score))


def _markers(text: str, lines: Sequence[Span]) -> list[_Marker]:
    found = []
    for index, (start, end) in enumerate(lines):
        if 3 < end - start <= 160:
            bare = _bare(text[start:end])
            marker = _marker(index, bare)
            if marker is None and _stands_alone(text, lines, index):
                marker = _loose_marker(index, bare)
            if marker:
                found.append(marker)
    return found


def _stands_alone(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether blank lines, or the text's ends, are above and below a line, as for a heading."""
    near = [lines[at] for at in (index - 1, index + 1) if 0 <= at < len(lines)]
    return text[lines[index].start] == "#" or all(line.start == line.end for line in near)


class _Finder:
    """Chooses a section's limits for one layout's signatures and cuts it into blocks."""

    def __init__(self, text: str, lines: Sequence[Span], markers: Sequence[_Marker]) -> None:
        self.text = text
        self.lines = lines
        self.markers = markers
        self.starts = [line.start for line in lines]

    def candidate(self, layout: _Layout, found: Sequence[_Signature]) -> _Candidate | None:
        """Judge one layout: None where its signatures do not make a section."""
        marker = self._opening(found)
        if marker is not None:
            after = [signature for signature in found if signature.line > marker.line]
            kept = self._consistent(layout, after)
            made = self._opened(layout, kept, marker) if kept else None
            if made:
                return made
        kept = [signature for signature in self._consistent(layout, found) if signature.strong]
        return self._unopened(layout, kept) if len(kept) >= 2 else None

    def _opening(self, found: Sequence[_Signature]) -> _Marker | None:
        """The marker with the most signatures below it; of several the last."""
        at = [signature.line for signature in found]
        best, most = None, 0
        for marker in self.markers:
            below = len(at) - bisect_right(at, marker.line)
            if below and below >= most:
                best, most = marker, below
        return best

    def _opened(
        self, layout: _Layout, kept: Sequence[_Signature], marker: _Marker
    ) -> _Candidate | None:
        if marker.loose and (layout not in _EXPLICIT or kept[0].line > self._next(marker.line)):
            return None
        counted = marker.count == len(kept)
        few = len(kept) < 2 and not counted
        if few and (not marker.strong or layout in (_Layout.COLON, _Layout.STACKED)):
            return None
        place = self._place(layout, kept, marker.line + 1)
        lead = self._paragraphs(marker.line + 1, self._line_at(kept[0].start))
        tail = self._paragraphs(self._line_at(kept[-1].end - 1) + 1, len(self.lines))
        near = len(lead) <= (3 if place is _Place.HEADER else 12)
        if not near or (few and place is _Place.FOOTER and tail):
            if not (counted or all(signature.strong for signature in kept)) or len(kept) < 2:
                return None
            candidate = self._unopened(layout, kept)
            return candidate
        if layout is _Layout.COLON and not self._mostly_signed(kept, marker.line):
            return None
        return _Candidate(
            tuple(kept), place, marker.line, marker.line, self._score(kept, place, marker.line)
        )

    def _next(self, line: int) -> int:
        """The first line below one that is not blank."""
        line += 1
        while line < len(self.lines) and self.lines[line].start == self.lines[line].end:
            line += 1
        return line

    def _mostly_signed(self, kept: Sequence[_Signature], line: int) -> bool:
        paragraphs = sum(1 for _ in groups_of(self.lines, line + 1, len(self.lines)))
        return len(kept) >= 2 and 2 * len(kept) >= paragraphs

    def _unopened(self, layout: _Layout, kept: Sequence[_Signature]) -> _Candidate:
        first = self._line_at(kept[0].start)
        place = self._place(layout, kept, None)
        start = first
        if place is _Place.FOOTER:
            # Nothing shows where the first comment begins: one paragraph is the careful guess.
            while start and self.lines[start - 1].start == self.lines[start - 1].end:
                start -= 1
            while start and self.lines[start - 1].start < self.lines[start - 1].end:
                start -= 1
        return _Candidate(tuple(kept), place, None, start, self._score(kept, place, start))

    def _score(self, kept: Sequence[_Signature], place: _Place, first: int) -> float:
        """How many signatures, and how much of the section they account for."""
        begin, end = self.lines[first].start, self.lines[-1].end
        signed = (begin, kept[-1].end) if place is _Place.FOOTER else (kept[0].start, end)
        share = (signed[1] - signed[0]) / max(1, end - begin)
        return share * sum(3 if signature.strong else 1 for signature in kept)

    def _place(self, layout: _Layout, kept: Sequence[_Signature], first: int | None) -> _Place:
        if layout is _Layout.DASH:
            return _Place.FOOTER
        if layout not in _EITHER_PLACE:
            return _Place.HEADER
        tail = self._paragraphs(self._line_at(kept[-1].end - 1) + 1, len(self.lines))
        if first is not None:
            lead = self._paragraphs(first, self._line_at(kept[0].start))
            if not lead and tail:
                return _Place.HEADER
            if lead and not tail:
                return _Place.FOOTER
        elif not tail:
            return _Place.FOOTER
        return _Place.FOOTER if layout in _USUALLY_BELOW else _Place.HEADER

    def _line_at(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def _paragraphs(self, first: int, last: int) -> list[tuple[int, int]]:
        """The groups of lines that say something: no policy, no buttons."""
        found = []
        for begin, end in groups_of(self.lines, first, last):
            span = self.text[self.lines[begin].start : self.lines[end - 1].end]
            if not self._is_policy(span) and not all(
                is_notice(self.text[line.start : line.end]) for line in self.lines[begin:end]
            ):
                found.append((begin, end))
                if len(found) > 12:
                    break
        return found

    @staticmethod
    def _is_policy(paragraph: str) -> bool:
        """Whether a paragraph gives the rules for comments, in whatever wording."""
        head = paragraph[:2000]
        if _HIMSELF.search(head):
            return False  # somebody's own words
        hits = len(_POLICY.findall(head))
        if hits >= 2 or (hits == 1 and len(paragraph) <= 300):
            return True
        signs = [sign.search(head) is not None for sign in _POLICY_SIGNS]
        talks, rules, _, disclaims, _, invites, forbids = signs
        return talks and sum(signs) >= 4 and (rules or forbids) and (disclaims or invites)

    def _consistent(self, layout: _Layout, found: Sequence[_Signature]) -> list[_Signature]:
        """Drop what only looks like the others: a section's signatures are of one make."""
        kept = list(found)
        if layout is _Layout.NUMBERED:
            styles = {signature.by.trait: signature for signature in reversed(kept)}
            runs = [_counting([s for s in kept if s.by.trait == style]) for style in styles]
            return max(runs, key=lambda run: sum(3 if s.strong else 1 for s in run))
        if layout is _Layout.DASH:
            kept = [signature for signature in kept if not self._is_list_item(signature)]
        dated = [signature for signature in kept if signature.by.date]
        if layout is _Layout.SAYS and 3 * len(dated) >= 2 * len(kept):
            kept = dated
        if len(kept) >= 3 and layout in (_Layout.SAYS, _Layout.DATED, _Layout.DASH):
            trait, times = Counter(signature.by.trait for signature in kept).most_common(1)[0]
            if 5 * times >= 3 * len(kept):
                kept = [
                    signature
                    for signature in kept
                    if signature.by.trait == trait or signature.by.reply_to
                ]
        return kept

    def _is_list_item(self, signature: _Signature) -> bool:
        """Whether a line "- X" is one of a list, or has more of its paragraph below it."""
        index = signature.line
        if signature.by.trait == "inline":
            return False
        before = self._text_of(index - 1) if index else ""
        after = self._text_of(index + 1) if index + 1 < len(self.lines) else ""
        if _DASH.match(before) or _DASH.match(after):
            return True
        return self._text_of(index)[0] == "-" and bool(after) and not is_notice(after)

    def _text_of(self, index: int) -> str:
        start, end = self.lines[index]
        return self.text[start : min(end, start + 160)]

    # --- cutting --------------------------------------------------------------------------------

    def section(self, candidate: _Candidate) -> CommentSection:
        """Cut a section into its blocks."""
        blocks: list[Block] = []
        position = self.lines[candidate.start].start
        if candidate.marker is not None:
            blocks.append(self._opening_block(candidate.marker))
            position = self.lines[candidate.marker].end
        if candidate.place is _Place.FOOTER:
            end = self._cut_footers(candidate, position, blocks)
        else:
            end = self._cut_headers(candidate, position, blocks)
        return CommentSection(self.lines[candidate.start].start, end, tuple(blocks))

    def _opening_block(self, index: int) -> Block:
        start, end = self.lines[index]
        lead = re.match(r"#{1,6}\s+", self.text[start:end])
        return Block(Kind.BOILERPLATE, start + (lead.end() if lead else 0), end)

    def _cut_footers(self, candidate: _Candidate, position: int, blocks: list[Block]) -> int:
        first = candidate.signatures[0].start
        position = self._policy(position, first, blocks, comment_follows=True)
        for number, signature in enumerate(candidate.signatures, start=1):
            self._comment(position, signature.start, signature.by, number, blocks)
            blocks.append(Block(Kind.BOILERPLATE, signature.start, signature.end))
            position = signature.end
        return self._notices(position, blocks)

    def _cut_headers(self, candidate: _Candidate, position: int, blocks: list[Block]) -> int:
        signatures = candidate.signatures
        position = self._policy(position, signatures[0].start, blocks, comment_follows=False)
        self._others(position, signatures[0].start, Kind.PARAGRAPH, blocks)
        ends = [signature.start for signature in signatures[1:]] + [self.lines[-1].end]
        for signature, end in zip(signatures, ends, strict=True):
            blocks.append(Block(Kind.BOILERPLATE, signature.start, signature.end))
            self._comment(signature.end, end, signature.by, None, blocks)
        return self.lines[-1].end

    def _policy(self, start: int, end: int, blocks: list[Block], *, comment_follows: bool) -> int:
        """Take the paragraphs before the first comment that are rules or buttons.

        Where the first comment follows, the last paragraph is its words whatever they are.
        """
        inside = self._inside(start, end)
        groups = list(groups_of(inside, 0, len(inside)))
        for number, (begin, last) in enumerate(groups, start=1):
            span = Span(inside[begin].start, inside[last - 1].end)
            lines = inside[begin:last]
            rules = (number < len(groups) or not comment_follows) and self._is_policy(
                self.text[span.start : span.end]
            )
            if not rules and not all(is_notice(self.text[line.start : line.end]) for line in lines):
                break
            blocks.append(Block(Kind.BOILERPLATE, span.start, span.end))
            start = span.end
        return start

    def _others(self, start: int, end: int, kind: Kind, blocks: list[Block]) -> None:
        inside = self._inside(start, end)
        for begin, last in groups_of(inside, 0, len(inside)):
            blocks.append(Block(kind, inside[begin].start, inside[last - 1].end))

    def _notices(self, start: int, blocks: list[Block]) -> int:
        """Take the buttons below the last signature."""
        index = self._line_at(start - 1) + 1
        while index < len(self.lines):
            line = self.lines[index]
            if line.start < line.end:
                if not is_notice(self.text[line.start : line.end]):
                    break
                blocks.append(Block(Kind.BOILERPLATE, line.start, line.end))
                start = line.end
            index += 1
        return start

    def _comment(
        self, start: int, end: int, by: _Attribution, number: int | None, blocks: list[Block]
    ) -> None:
        """Add the comment between two offsets, without the buttons above and below it."""
        inside = [line for line in self._inside(start, end) if line.start < line.end]
        first, last = 0, len(inside)
        while first < last and is_notice(self.text[slice(*inside[first])]):
            first += 1
        while last > first and is_notice(self.text[slice(*inside[last - 1])]):
            last -= 1
        blocks.extend(Block(Kind.BOILERPLATE, *line) for line in inside[:first])
        if first < last:
            begin, stop = inside[first].start, inside[last - 1].end
            counted = re.match(rf"#?{number}[.)]\s+(?=\S)", self.text[begin : begin + 20])
            if number is not None and counted:
                begin += counted.end()
            blocks.append(
                Block(Kind.COMMENT, begin, stop, by.author, by.date, by.reply_to)
            )  # fmt: skip
        blocks.extend(Block(Kind.BOILERPLATE, *line) for line in inside[last:])

    def _inside(self, start: int, end: int) -> list[Span]:
        """The lines between two offsets; the first and the last may be parts of lines."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = bisect_left(self.starts, end, first)
        found = []
        for line in self.lines[first : last + 1]:
            begin, stop = max(line.start, start), min(line.end, end)
            piece = self.text[begin:stop] if begin < stop else ""
            bare = piece.strip()
            begin += len(piece) - len(piece.lstrip())
            found.append(Span(begin, begin + len(bare)))
        return found


def _counting(found: Sequence[_Signature]) -> list[_Signature]:
    """Keep the signatures whose numbers go up by one: other numbers are lists within comments."""
    kept: list[_Signature] = []
    for signature in found:
        assert signature.number is not None
        if not kept or signature.number == (kept[-1].number or 0) + 1:
            kept.append(signature)
    return kept
