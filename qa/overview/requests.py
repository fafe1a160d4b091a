"""Which question about the whole is asked, if one is.

A question is first put into a plain form, in which "the readers' comments" and "all those posts" are
COMMENTS, and "this article" is IT; then it is looked up in a table. What is left over that the table
does not expect makes it a question about the contents: "how many documents were leaked?".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from index.types import Kind


class Wanted(StrEnum):
    """What a question about the whole wants."""

    SUMMARY = "summary"
    AGREEMENT = "agreement"
    COUNT_COMMENTS = "count comments"
    COUNT_READERS = "count readers"
    COUNT_DOCUMENTS = "count documents"
    COUNT_PICTURES = "count pictures"
    COUNT_WORDS = "count words"
    LIST_READERS = "list readers"
    BUSIEST_READER = "busiest reader"
    COMMENTS_OF = "comments of"
    LIST_SECTIONS = "list sections"
    LIST_DOCUMENTS = "list documents"
    DATE = "date"
    WRITER = "writer"


@dataclass(frozen=True, slots=True)
class OverviewRequest:
    """A question about the whole."""

    wanted: Wanted
    kind: Kind | None = None
    """Of what a summary is wanted; None for everything."""
    reader: str = ""
    """Whose comments are counted, as the question names them."""


_THING = (
    r"(?:article|document|text|page|file|story|report|piece|notice|handbook|letter|manual|book|paper"
    r"|column|guide|website|collection)"
)
_PLAIN_FORM: tuple[tuple[str, str], ...] = (
    (r"[?!.,;:]+", " "),
    (r"\bwhat'?s\b", "what is"),
    (r"\bwho'?s\b", "who is"),
    (
        r"^\s*(?:(?:please|hi|hello|so|and|ok|okay|now|well|(?:can|could|would|will) you|i want you to"
        r"|i(?:'d| would) like(?: you)?(?: to know)?(?: to)?|tell me|show me|give me|do you know)\b\s*)+",
        "",
    ),
    (r"\b(?:please|in total|altogether|overall|for me|in short|briefly|in brief)\b", " "),
    (r"\bin (?:a few|two|three|five) (?:words|sentences)\b", " "),
    (
        rf"\b(?:all )?(?:of )?(?:the|this|that|these|those|your|my|all|both)(?: [\w-]+)? {_THING}s?\b",
        "IT",
    ),
    (rf"\b{_THING}s?\b", "DOCUMENTS"),
    (r"\b(?:all of )?(?:it|this|that|these|those|they|them)\b", "IT"),
    (
        r"\b(?:all )?(?:the )?(?:readers?'?s?'? |users?'?s?'? )?(?:comments?|replies|reactions|posts"
        r"|responses)\b",
        "COMMENTS",
    ),
    (
        r"\b(?:all )?(?:the )?(?:different )?(?:readers?|commenters?|commentators?|people|users?)\b",
        "READERS",
    ),
    (
        r"\b(?:all )?(?:the )?(?:photos?|photographs?|pictures?|images?|captions?|illustrations?)\b",
        "PICTURES",
    ),
    (r"\bthe (?:author|writer|journalist|columnist)(?:'s)?\b", "AUTHOR"),
    (
        r"\b(?:has |have )?(?:commented|posted|replied|responded|(?:written|wrote|left|made) (?:a )?COMMENTS)\b",
        "COMMENTED",
    ),
    (
        r"\b(?:are|is) there\b|\bhave you(?: got)?\b|\b(?:do|does|did) (?:IT|you) (?:have|get|contain)\b",
        "EXIST",
    ),
    (r"\b(?:in|on|to|of|for|under|from|below|by) IT\b", " "),
    (r"\bEXIST here\b", "EXIST"),
    (r"\s+", " "),
)
_SUMMARISE = (
    r"(?:summari[sz]e|sum up|outline|tl dr|tldr"
    r"|(?:an? |the )?(?:short |brief |quick )?(?:summary|overview|gist)(?: of| about)?"
    r"|(?:what (?:is|are) )?the (?:main|key|central|most important)"
    r" (?:points?|ideas?|topics?|subjects?|arguments?|messages?|thesis|themes?)(?: of| in)?)"
)
_SAY = r"(?:say|think|write|discuss|cover|tell|deal with|talk about|contain|argue|claim)"
_TABLE: tuple[tuple[str, Wanted, Kind | None], ...] = (
    (r"what (?:(?:is|are|was|were) (?:IT|DOCUMENTS)|(?:IT|DOCUMENTS) (?:is|are)) (?:all )?about",
     Wanted.SUMMARY, None),
    (r"what are COMMENTS (?:all )?about", Wanted.SUMMARY, Kind.COMMENT),
    (rf"what (?:do|does|did) IT {_SAY}", Wanted.SUMMARY, None),
    (rf"what (?:do|does|did) (?:READERS|COMMENTS) {_SAY}", Wanted.SUMMARY, Kind.COMMENT),
    (rf"what (?:do|does|did) PICTURES (?:show|{_SAY})", Wanted.SUMMARY, Kind.CAPTION),
    (rf"what (?:do|does|did) AUTHOR {_SAY}", Wanted.SUMMARY, Kind.PARAGRAPH),
    (rf"{_SUMMARISE}(?: IT| DOCUMENTS)?", Wanted.SUMMARY, None),
    (rf"{_SUMMARISE} (?:what )?(?:READERS|COMMENTS)(?: {_SAY}| COMMENTED)?", Wanted.SUMMARY, Kind.COMMENT),
    (rf"{_SUMMARISE} (?:what )?AUTHOR(?: {_SAY}s?)?", Wanted.SUMMARY, Kind.PARAGRAPH),
    (r"how many COMMENTS(?: EXIST)?", Wanted.COUNT_COMMENTS, None),
    (r"how many READERS(?: EXIST| COMMENTED)", Wanted.COUNT_READERS, None),
    (r"how many DOCUMENTS(?: EXIST)?", Wanted.COUNT_DOCUMENTS, None),
    (r"how many PICTURES(?: EXIST)?", Wanted.COUNT_PICTURES, None),
    (r"how long (?:is|are) IT|how many words EXIST", Wanted.COUNT_WORDS, None),
    (r"who COMMENTED|(?:which|what) READERS COMMENTED|(?:list |name |who are )READERS(?: who COMMENTED)?",
     Wanted.LIST_READERS, None),
    (r"(?:who|which READERS|what READERS) (?:COMMENTED (?:the )?most(?: often)?|(?:wrote|has|left|made) the most"
     r" COMMENTS|is (?:the )?(?:most active|busiest)(?: READERS)?)", Wanted.BUSIEST_READER, None),
    (r"(?:(?:which|what)(?: are)?|list|name)(?: all)?(?: the)? (?:sections|chapters|headings)(?: EXIST)?"
     r"|(?:the )?table of contents", Wanted.LIST_SECTIONS, None),
    (r"(?:(?:which|what)(?: are)?|list|name) (?:DOCUMENTS|IT)(?: EXIST| do you (?:have|know)| can i ask(?: about)?"
     r"| are (?:loaded|indexed|available)| did you read)|list (?:DOCUMENTS|IT)", Wanted.LIST_DOCUMENTS, None),
    (r"when (?:was|were|is) IT (?:published|written|posted|from|dated)|what is the date(?: of IT)?",
     Wanted.DATE, None),
    (r"who (?:wrote|has written|published|is the (?:author|writer) of) IT|who (?:is|was) the (?:author|writer)"
     r"|who is AUTHOR", Wanted.WRITER, None),
    (r"(?:do|does|did|are|is)(?: (?:all|most|any))?(?: of)? (?:READERS|COMMENTS) (?:mostly |generally |all )?"
     r"(?:agree|disagree|in agreement|convinced|persuaded|support|like|share|believe)"
     r"(?: with| by| of)?(?: AUTHOR| IT| each other| one another)?(?: view| opinion| argument| thesis| position)?",
     Wanted.AGREEMENT, None),
)  # fmt: skip
_COMPILED = tuple(
    (re.compile(rf"(?:{pattern})\s*$"), wanted, kind) for pattern, wanted, kind in _TABLE
)
_OF_ONE = re.compile(
    r"^\W*how (?:often (?:did|has|does) (?P<a>.+?) (?:comment|commented|post|posted|write|written)"
    r"|many times (?:did|has|does) (?P<b>.+?) (?:comment|commented|post|posted|write|written)"
    r"|many (?:comments|posts) (?:did|has|does) (?P<c>.+?) (?:write|written|post|posted|make|made|leave|left)"
    r"|many (?:comments|posts) (?:are |were )?(?:there )?(?:by|from) (?P<d>.+?)(?: are there)?)\W*$",
    re.IGNORECASE,
)


def overview_request(question: str) -> OverviewRequest | None:
    """What a question about the whole wants; None for one about the contents."""
    if found := _OF_ONE.match(question):
        return OverviewRequest(Wanted.COMMENTS_OF, reader=next(filter(None, found.groups())))
    plain = plain_form(question)
    for pattern, wanted, kind in _COMPILED:
        if pattern.match(plain):
            return OverviewRequest(wanted, kind)
    return None


def plain_form(question: str) -> str:
    """A question in small letters, with a word in capitals for whatever stands for the same thing."""
    plain = question.lower()
    for pattern, put in _PLAIN_FORM:
        plain = re.sub(pattern, put, plain)
    return plain.strip()
