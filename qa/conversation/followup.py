"""A follow-up in full: "when was he born?" after a question about somebody names him.

Rules, and no model: what a question lacks is taken from the turns before it, word for word, so that
the interpretation can be shown, checked and edited. A question that stands alone is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.conversation.mentions import (
    Exchange,
    is_name,
    names,
    names_before,
    topics_before,
)
from qa.wording import content_words, words_of


@dataclass(frozen=True, slots=True)
class Understood:
    """A question that stands alone."""

    question: str
    changed: bool
    """Whether something of the conversation was put into it."""


def understand(
    question: str, history: Sequence[Exchange], *, subjects: Sequence[str] = ()
) -> Understood:
    """Put into a question what it lacks from the conversation before it.

    Args:
        question: as it was asked.
        history: the turns before it, oldest first.
        subjects: what the conversation is about as a whole, such as an article's title; the most
            important one first.
    """
    question = " ".join(question.split())
    if not history and not subjects:
        return Understood(question, False)
    full = _shortened(question, history) or _referring(question, history, subjects)
    if full is None or words_of(full) == words_of(question):
        return Understood(question, False)
    return Understood(full, True)


# -- what is left out ------------------------------------------------------------------------------

_LEAD = r"^(?:(?:and|but|so|ok|okay|then|well|also|oh|hm+|now)\b[\s,]*)*"
_END = r"\s*[?.!]*$"
_ABOUT = re.compile(rf"{_LEAD}(?:what|how)\s+about\s+(?P<other>.+?){_END}", re.IGNORECASE)
_AND = re.compile(rf"^(?:and|or|but)\s+(?P<other>.+?){_END}", re.IGNORECASE)
_BARE = re.compile(
    rf"{_LEAD}(?P<word>why|when|where|how|who|whom|how many|how much|how long|how often|since when"
    rf"|what for|in what year|what year|which year|which one|which ones)(?P<not> not)?"
    rf"(?: (?:is|was|did|does|do|are|were) (?:that|it|this|so|they|he|she))?{_END}",
    re.IGNORECASE,
)
_MORE = re.compile(
    rf"{_LEAD}(?:(?:please )?(?:tell me |say |give me |show me )?(?:some |a (?:little|bit) )?more"
    rf"(?: (?:about|on|of) (?:that|it|this|them|him|her))?(?: details?| information| please)?"
    rf"|go on|continue|explain|elaborate|what else|anything else|who else|where else|is that all"
    rf"|(?:are there )?any (?:others?|more)|(?:in )?more details?){_END}",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.IGNORECASE
)
_SPEAKER = re.compile(
    r"\b(?:the )?(?:other )?(?:readers|commenters|comments|author|writer|journalist|captions?)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)\b")
_PREPOSITION = re.compile(
    r"^(in|on|at|from|to|by|for|with|during|after|before|since|until|about|of|against)\s",
    re.IGNORECASE,
)
_QUESTION_PARTS = re.compile(
    r"^(?P<wh>(?:in |at |on |from |to |by |for |with |of )?(?:what|which|whose|how many|how much))\s+"
    r"(?P<noun>(?:(?!(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b)\S+\s+)*?)"
    r"(?P<rest>(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s.+)$"
    r"|^(?P<who>who|what|which\s\S+)\s+(?P<did>.+)$"
    r"|^(?P<where>when|where|why|how)\s+(?P<clause>.+)$",
    re.IGNORECASE,
)


def _shortened(question: str, history: Sequence[Exchange]) -> str | None:
    """A question that repeats the last one but for a part: "why?", "and in 2016?"."""
    if not history:
        return None
    last = history[-1]
    if found := _BARE.match(question):
        return _asked_for(found["word"] + (found["not"] or ""), last)
    if found := _MORE.match(question):
        lead = re.sub(r"\W+$", "", question)
        return f"{lead[0].upper()}{lead[1:]}: {last.question}"
    if (found := _ABOUT.match(question)) and not _is_sentence(found["other"]):
        return _exchanged(found["other"], last.question)
    if (found := _AND.match(question)) and not _is_sentence(found["other"]):
        return _exchanged(found["other"], last.question)
    return None


def _is_sentence(text: str) -> bool:
    return bool(
        _VERB_FIRST.match(text) or _ASKING.match(text) or "," in text or len(text.split()) > 6
    )


_ASKING = re.compile(
    r"^(?:in |at |on |from |to |by |for |with |of )?(?:what|which|who|whom|whose|when|where|why|how)\b"
    r"|^(?:tell|give|show|name|list|explain|describe)\b",
    re.IGNORECASE,
)


SHORT = 8
"""Words of an answer that can be put into the next question."""


def _asked_for(word: str, last: Exchange) -> str:
    """The last question, now for something else: "when?" after "Who captured him?"."""
    asked = re.sub(_END, "", last.question)
    word = word[0].upper() + word[1:]
    found = _QUESTION_PARTS.match(asked)
    answer = re.sub(r"[\s.?!;,]+$", "", last.answer)
    if found is None:
        return (
            f"{word}: {last.question}" if not _VERB_FIRST.match(asked) else f"{word} {_low(asked)}?"
        )
    short = answer if len(answer.split()) <= SHORT else ""
    if found["clause"]:
        where = found["where"].lower() in ("where", "when") and short
        return f"{word} {found['clause']}{f' ({short})' if where else ''}?"
    if found["rest"]:
        noun = (found["noun"] or "").strip() or short
        return f"{word} {found['rest']} {noun}".strip() + "?"
    if short:
        return f"{word}: {short} {found['did']}?"
    return f"{word}: {last.question}"


def _exchanged(other: str, last: str) -> str:
    """The last question with another year, place, name or speaker: "and in 2016?"."""
    asked = re.sub(_END, "", last)
    if _SPEAKER.fullmatch(other):
        if speaker := _SPEAKER.search(asked):
            before = asked[: speaker.start()]
            if re.search(r"\b(?:readers|commenters|comments|captions)$", other):
                before = re.sub(r"\bdoes\b", "do", before)
            return f"{before}{other}{asked[speaker.end() :]}?"
        about = re.search(r"\b(?:about|of|on)\s+(.+)$", asked)
        said = set(content_words(asked))
        topic = about[1] if about else " ".join(w for w in asked.split() if w.lower() in said)
        return f"What do {other} say about {topic}?"
    if (year := _YEAR.search(other)) and _YEAR.search(asked) and len(other.split()) <= 2:
        return _YEAR.sub(year.group(), asked, count=1) + "?"
    if found := _PREPOSITION.match(other):
        place = re.search(rf"\b{found[1]}\s+(?:the\s+)?(?:[A-Z\d]\S*\s*)+", f"{asked} ")
        if place and _like(other[found.end() :], place.group()):
            return f"{asked[: place.start()]}{other} {asked[place.end() :]}".strip() + "?"
        return f"{asked} {other}?"
    if len(found_names := list(names(asked))) == 1 or (found_names and other[:1].isupper()):
        name = found_names[-1]
        return asked.replace(name, other, 1) + "?"
    return f"{asked}: {other}?"


def _like(one: str, other: str) -> bool:
    """Whether both are times, or neither is."""
    return bool(_YEAR.search(one)) == bool(_YEAR.search(other))


def _low(text: str) -> str:
    return text[0].lower() + text[1:]


# -- what is referred to ---------------------------------------------------------------------------

_HE = re.compile(r"\b(he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)
_THEY = re.compile(r"\b(they|them|their|theirs)\b", re.IGNORECASE)
_IT = re.compile(r"\b(it|its|this|that|these|those)\b", re.IGNORECASE)
_POSSESSIVE = frozenset("his her its their".split())
_PLURAL = frozenset("they them their theirs these those".split())
_POINTING = frozenset("this that these those".split())
_THAT_CLAUSE = re.compile(
    r"\b(?:so|say|says|said|think|thinks|thought|know|believe|claim|show|all|one|ones|fact|things?"
    r"|people|those|anything|everything|something|[a-z]{3,}s|efforts?|effect|impact)\s+that\b"
    r"|\bthat\s+(?:he|she|it|they|is|are|was|were|has|have|had|the|a|we|you|i|made|make|makes|came"
    r"|come|can|could|will|would|lead|led|got|get|deal|deals)\b"
    r"|\bthose (?:who|that|with|in|of)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"\b[Tt]he\s+(?P<noun>[a-z]{3,})\b(?!\s+(?:of|that|who|which)\b)")
_CALLED_SO = frozenset(
    "article author band group film movie album book novel song single team company firm show series"
    " program episode game city town country state museum documentary school university attack"
    " war battle party organization organisation king queen president".split()
)
_OPEN = re.compile(r"\b(?:there|any|other|else|another|happen(?:ed)?)\b", re.IGNORECASE)
"""Words of a question that goes on from the one before it, when it names nothing itself."""
OPEN_WORDS = 2
"""With more words of its own than this, a question says what it is about."""


def _referring(question: str, history: Sequence[Exchange], subjects: Sequence[str]) -> str | None:
    """A question with its first pronoun made a name; None when it refers to nothing before it."""
    own = set(words_of(question))

    def new(found: Sequence[str]) -> list[str]:
        return [each for each in found if not set(words_of(each)) <= own]

    if found := _HE.search(question):
        persons = [name for name in names_before(history, subjects) if _may_be_person(name)]
        if _named_before(question, found.start()):
            return None
        return _put(question, found, new(persons))
    topics = new(topics_before(history, subjects))
    if found := (_THEY.search(question) or _pronoun_it(question)):
        if _named_before(question, found.start()) or _spoken_of(question[: found.start()]):
            return None
        if found.group().lower() in _PLURAL:
            topics = [topic for topic in topics if is_name(topic) or topic.endswith("s")]
        return _put(question, found, topics)
    if any(True for _ in names(question)):
        return None
    if found := _DEFINITE.search(question):
        named = [each for each in topics if found["noun"] in words_of(each)]
        if named:
            return f"{question[: found.start()]}the {named[0]}{question[found.end() :]}"
        if found["noun"] in _CALLED_SO:
            return _beside(question, found.end(), topics)
    if _OPEN.search(question) and len(content_words(question)) <= OPEN_WORDS:
        return _beside(question, len(re.sub(_END, "", question)), topics)
    return None


def _beside(question: str, place: int, found: Sequence[str]) -> str | None:
    if not found:
        return None
    return f"{question[:place]} ({found[0]}){question[place:]}"


def _named_before(question: str, end: int) -> bool:
    """Whether the pronoun may stand for something that the question itself names."""
    return any(True for _ in names(question[:end]))


def _spoken_of(clause: str) -> bool:
    """Whether what stands before a pronoun in its own question says enough to be what it means."""
    said = len(content_words(clause))
    return said >= SPOKEN_OF or (said > 0 and "," in clause)


SPOKEN_OF = 3
"""Content words."""


def _pronoun_it(question: str) -> re.Match[str] | None:
    for found in _IT.finditer(question):
        if found.group().lower() in ("that", "those") and any(
            clause.start() <= found.start() < clause.end()
            for clause in _THAT_CLAUSE.finditer(question)
        ):
            continue
        return found
    return None


def _may_be_person(name: str) -> bool:
    words = words_of(name)
    return len(words) <= 4 and not ({"the", "of"} | _CALLED_SO) & set(words)


def _put(question: str, pronoun: re.Match[str], found_names: Sequence[str]) -> str | None:
    """The name in place of the pronoun, and in the pronoun's case."""
    if not found_names:
        return None
    name, word = found_names[0], pronoun.group().lower()
    after = question[pronoun.end() :]
    owns = word in _POSSESSIVE and re.match(r"\s+\w", after)
    if word == "her" and re.match(
        r"\s+(?:to|in|on|at|for|from|with|as|and|when|after|before)\b", after
    ):
        owns = None
    if word in _POINTING and re.match(r"\s+[a-z]", after):
        # "this album": what it is called stands after it.
        noun = re.match(r"\s+\S*\w", after)
        assert noun is not None
        end = pronoun.end() + noun.end()
        return f"{question[:end]} ({name}){question[end:]}"
    if owns:
        name += "'" if name.endswith("s") else "'s"
    return question[: pronoun.start()] + name + after
