"""What a section holds besides comments: the line that opens it, rules, buttons, counters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.comments.lines import Span, without_marks


@dataclass(frozen=True, slots=True)
class Marker:
    """A line that opens a section: "11 comments"."""

    line: int
    count: int | None
    strong: bool
    """Whether one signature below it is enough."""
    loose: bool = False
    """Whether it may also be a heading of prose, so that signatures must follow at once."""


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


def is_policy(paragraph: str) -> bool:
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


def _marker(line: int, bare: str) -> Marker | None:
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
    return Marker(line, count, count is not None or "omment" in word or word == "leserbriefe")


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


def _loose_marker(line: int, bare: str) -> Marker | None:
    """Read a line like "Comments received at the meeting" or "Letters of the week"."""
    found = _LOOSE_MARKER.fullmatch(bare)
    if found is None or len(bare.split()) > 14:
        return None
    return Marker(line, None, False, loose=_FROM_PEOPLE.search(found["rest"]) is None)


def is_counter(line: str) -> bool:
    """Whether a line counts or announces comments: "11 comments", "Comments (3)"."""
    bare = without_marks(line) if line and len(line) <= 160 else ""
    if re.fullmatch(r"(?:no|0) (?:comments?|responses?|replies)", bare, re.IGNORECASE):
        return True
    marker = _marker(0, bare) if bare else None
    return marker is not None and marker.count is not None


def find_markers(text: str, lines: Sequence[Span]) -> list[Marker]:
    """Every line that may open a section."""
    found = []
    for index, (start, end) in enumerate(lines):
        if 3 < end - start <= 160:
            bare = without_marks(text[start:end])
            marker = _marker(index, bare)
            if marker is None:
                marker = _loose_marker(index, bare)
                if marker and not _stands_alone(text, lines, index):
                    marker = None
            if marker:
                found.append(marker)
    return found


def _stands_alone(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether blank lines, or the text's ends, are above and below a line, as for a heading."""
    near = [lines[at] for at in (index - 1, index + 1) if 0 <= at < len(lines)]
    return text[lines[index].start] == "#" or all(line.start == line.end for line in near)
