"""Whose words a question asks for: a reader's by name, the readers', the author's, the captions'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from index.index import Index
from index.types import Filter, Kind

_VERBS = (
    r"(?:say|says|said|think|thinks|thought|write|writes|wrote|written|believe|believes|believed"
    r"|claim|claims|claimed|argue|argues|argued|comment|comments|commented|complain|complains"
    r"|complained|suggest|suggests|suggested|mean|means|meant|feel|feels|felt|propose|proposes"
    r"|proposed|want|wants|wanted|ask|asks|asked|post|posts|posted|reply|replies|replied)"
)
_ABOUT = r"(?:(?:about|of|on|to|that|regarding)\b)?"
_ASKING = rf"^(?:(?:what|how|why|where|when)\s+(?:else\s+)?)?(?:(?:do|does|did|has|have|had)\s+)?{{who}}\s+{_VERBS}\b\s*{_ABOUT}"
_ACCORDING = r"(?:,?\s*\b(?:according to|in the (?:words|opinion|view) of|as told by)\s+{who}\b,?)"

_READERS = r"(?:(?:the|some|any|other|most)\s+)?(?:readers?|commenters?|commentators?|comments)"
_AUTHOR = r"the\s+(?:author|writer|article|columnist|journalist)"
_CAPTIONS = r"(?:the\s+)?(?:photo\s+|picture\s+|image\s+)?captions?"
_WHICH_READER = re.compile(
    rf"^(?:which|what)\s+(?:readers?|commenters?)\s+(?:{_VERBS}\b\s*{_ABOUT})?", re.IGNORECASE
)
_KINDS = (
    (Kind.COMMENT, _READERS),
    (Kind.PARAGRAPH, _AUTHOR),
    (Kind.CAPTION, _CAPTIONS),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A question, taken apart."""

    topic: str
    """What is asked, without whose words are asked for; empty for "what did LTRich say?"."""
    only: Filter
    """The filter that was given, narrowed to the author or the kind that the question names."""
    asks_who: bool = False
    """Whether the answer is a name: "which reader thinks so?"."""
    narrowed: Mapping[str, str] = field(default_factory=dict)
    """What the question narrowed the filter to: "author" or "kind", and which."""


def understand(question: str, index: Index, only: Filter) -> Request:
    """Find out whose words a question asks for. A filter that was given is never changed.

    "what did LTRich say about the supplies?" asks for passages by LTRich, on "the supplies?";
    "what do readers think of Merkel?" for comments; "according to the caption" for captions. Only
    authors and kinds that the index has are meant.
    """
    if only.author is None:
        for author in index.authors_in(question):
            topic = _without(question, re.escape(author))
            if topic is not None:
                return Request(topic, replace(only, author=author), narrowed={"author": author})
    if only.kinds is None:
        present = index.kinds
        for kind, who in _KINDS:
            narrower = replace(only, kinds=(kind,))
            named = {"kind": str(kind)}
            topic = _without(question, who) if kind in present else None
            if topic is not None:
                return Request(topic, narrower, narrowed=named)
            if kind is Kind.COMMENT and kind in present:
                topic = _cut_out(question, _WHICH_READER)
                if topic is not None:
                    return Request(topic, narrower, bool(topic), named)
    return Request(question, only)


def _without(question: str, who: str) -> str | None:
    """The question without the phrase that asks for somebody's words; None when it has none."""
    for pattern in (_ASKING, _ACCORDING):
        topic = _cut_out(question, re.compile(pattern.format(who=who), re.IGNORECASE))
        if topic is not None:
            return topic
    return None


def _cut_out(question: str, phrase: re.Pattern[str]) -> str | None:
    topic, count = phrase.subn(" ", question, count=1)
    return " ".join(topic.split()).strip(" ?.!,") if count else None
