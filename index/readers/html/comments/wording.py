"""What the words of a page say: dates, "X says", buttons, headings of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from lxml.etree import _Element

_MONTHS = (
    "jan|feb|fév|fev|mar|mär|maa|apr|avr|abr|may|mai|mei|mag|jun|juin|jul|juil|lug|giu|aug|aoû|ago"
    "|sep|set|okt|oct|ott|nov|dec|dez|déc|dic"
)
DATE = re.compile(
    r"\b\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s(?:de\s)?(?:{_MONTHS})\w*\.?,?\s(?:de\s)?\d{{4}}\b"
    rf"|\b(?:{_MONTHS})\w*\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b"
    r"|\b\d+\s(?:second|minute|hour|day|week|month|year)s?\sago\b"
    r"|\bvor\s\d+\s(?:Sekunde|Minute|Stunde|Tag|Woche|Monat|Jahr)e?n?\b"
    r"|\bil\sy\sa\s\d+\s\w+",
    re.IGNORECASE,
)
_TIME_AFTER = re.compile(
    r"^[\s,|–-]*(?:(?:at|um|à|a las|alle|kl\.?)\s)?\d{1,2}[:.h]\d{2}(?::\d{2})?"
    r"(?:\s?(?:[ap]\.?m\.?|uhr))?",
    re.IGNORECASE,
)
NOISE_LINE = re.compile(
    r"^[\W\d]*$|^\W*(?:#\s?\d+|(?:reply|quote|permalink|link|report(?: as)?(?: abusive| abuse| spam| comment)?"
    r"|like|likes|dislike|share|edit|delete|flag|upvote|downvote|vote up|vote down|helpful"
    r"|antworten?|zitieren|melden|kommentar melden|teilen|bearbeiten|löschen|gefällt mir"
    r"|daumen (?:hoch|runter)|auf diesen kommentar antworten|répondre|signaler|alerter|partager"
    r"|citer|modérer|j'aime|recommander|responder|rispondi|segnala|reageer|beantwoorden"
    r"|reply to this comment|log in to (?:reply|leave a comment)|loading|verified(?: buyer)?"
    r"|says|sagt|sagte|said|schreibt|schrieb|meint|meinte|a dit|dit|wrote|member|guest|gast"
    r"|moderator|admin|author|autor|op)(?:\s+\d+|\s*\(\d+\))?\W*)$",
    re.IGNORECASE,
)
REPORT_LINE = re.compile(
    r"^posted by (?P<author>.{1,60}?)\s*[|·•-]\s*report (?:as )?abus\w+$", re.IGNORECASE
)
_VERBS = (
    r"(?:says|said|wrote|sagt|sagte|schreibt|schrieb|meint|meinte|a dit|a écrit|dit|dice|scrive)"
)
BYLINE = re.compile(
    r"^(?:[#\d.\s]*)(?:(?:posted|written|comment|kommentar|beitrag|commentaire|review)?\s*"
    r"(?:by|von|par|por|di|door)\s+)(?P<author>[^|\n]{1,60}?)"
    r"(?:,?\s+(?:on|at|am|um|le|el|il|-|–|\|).*)?$",
    re.IGNORECASE,
)
SAYS = re.compile(rf"^(?P<author>[^|\n]{{1,60}}?)\s+(?:{_VERBS})\b[\s:,.]*", re.IGNORECASE)
IN_REPLY = re.compile(
    r"^\W*(?:in reply to|replying to|antwort an|als antwort auf|en réponse à|in risposta a"
    r"|en respuesta a)\s*:?\s*(?P<author>[^\n:]{1,60}?)\s*:?$",
    re.IGNORECASE,
)
IN_REPLY_HEAD = re.compile(
    r"^\W*(?:in reply to|replying to|replied to|replies to|reply to|responding to|responded to|"
    r"antwort an|antwort auf|als antwort auf|antwortet|antwortete|en réponse à|répond à|a répondu à|"
    r"in risposta a|risponde a|en respuesta a|respondió a|em resposta a|respondeu a|als reactie op|"
    r"som svar til|som svar på|svar till|w odpowiedzi na)\b\s*",
    re.IGNORECASE,
)
"""What stands in a comment's head before the name of the one it answers."""

ADDRESSED = re.compile(r"^@\s?(?P<author>[^\n:,]{1,60}?)\s*(?:[:,\n]|$)")
_SURE = (
    "comments|kommentare|leserkommentare|nutzerkommentare|commentaires|comentarios|comentários"
    "|commenti|komentarze|reacties|vos réactions|leserbriefe|leserzuschriften|gästebuch|guestbook"
    "|kundenbewertungen|kundenrezensionen|customer reviews|reader comments|user comments"
    "|user reviews|join the discussion|join the conversation"
)
"""Headings of comments without a number; "Discussion" alone is also a part of a paper."""
_COUNTED = (
    "comments?|kommentare?|commentaires?|comentarios?|comentários?|comment[oi]|reacties?"
    "|responses?|replies|reply|answers?|antworten?|réponses?|réactions?|reviews?|bewertung(?:en)?"
    "|rezension(?:en)?|opinions?|meinung(?:en)?|thoughts?|gedanken?"
)
HEADING = re.compile(
    rf"^\W*(?:(?:{_SURE})|\d+\s(?:{_COUNTED}))"
    r"(?:\s(?:on|to|zu|zum|zur|sur|von|for)\b.{0,120})?[\W\d]*$",
    re.IGNORECASE,
)
PROSE = 200
"""Characters: a paragraph or part from this length on is somebody's words, not a label."""
LONGEST_NAME = 60
"""Characters: longer text in an element called author is a biography or the comment itself."""


def says_comments(element: _Element) -> bool:
    """Whether an element is a heading of comments."""
    text = "".join(cast("Iterator[str]", element.itertext()))
    return len(text) < 160 and HEADING.match(" ".join(text.split())) is not None


LOGIN = re.compile(
    r"\b(?:sign(?:ed)? (?:in|up)|log(?:ged)? ?in|einloggen|eingeloggt|anmelden|angemeldet|registrier"
    r"|connecter|connecté|inscrire|iniciar sesión|accedi|load more|show more|weitere laden"
    r"|mehr anzeigen|tous les commentaires|alle kommentare|all comments|voir plus)",
    re.IGNORECASE,
)


def date_in(text: str) -> str | None:
    """The first date in a text, with the time of day that follows it."""
    text = " ".join(text.split())
    found = DATE.search(text)
    if found is None:
        return None
    time = _TIME_AFTER.match(text[found.end() :])
    return found[0] + (time[0] if time else "")
