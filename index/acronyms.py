"""Acronyms that the documents explain, if only by using the name in full: IS is Islamic State."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

_CAPITALISED = r"[^\W\d_a-z][^\W\d_]*[a-z][^\W\d_]*"
_NAME = re.compile(rf"\b{_CAPITALISED}(?: (?:(?:of|and|for|the) ){{0,2}}{_CAPITALISED}){{1,5}}")
_ACRONYM = re.compile(r"(?<![\w.&])[A-Z]{2,6}(?![\w.&-]\w)")
_DEFINED = re.compile(r" ?\(([A-Z]{2,6})\)")
_BEGINNINGS = frozenset(
    [
        "a",
        "after",
        "an",
        "and",
        "as",
        "at",
        "before",
        "both",
        "but",
        "by",
        "for",
        "from",
        "if",
        "in",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "since",
        "so",
        "that",
        "the",
        "then",
        "there",
        "these",
        "this",
        "those",
        "to",
        "under",
        "until",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "with",
    ]
)
MINIMUM_PASSAGES = 2
"""A name that stands in one passage only is not taken for what an acronym means."""


def find_acronyms(texts: Iterable[str]) -> dict[str, str]:
    """What initials stand for in these texts: the most frequent name of several capitalised words.

    Initials that the texts use themselves are left out ("HD" may be no "Happy Days"), unless a
    text explains them in brackets: "Islamic State (IS)".

    Returns:
        Initials to name, for names that stand in at least two texts or are explained; ties go to
        the first by alphabet.
    """
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    used: set[str] = set()
    explained: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        used.update(_ACRONYM.findall(text))
        matches = {_name(match[0]): match.end() for match in _NAME.finditer(text)}
        for name, end in matches.items():
            initials = "".join(word[0] for word in name.split() if word[0].isupper())
            names[initials][name] += 1
            definition = _DEFINED.match(text, end)
            if definition and definition[1] == initials:
                explained[initials].add(name)
    found = {}
    for initials, counts in names.items():
        if initials in used:
            counts = Counter({name: counts[name] for name in explained[initials]})
        if len(initials) > 1 and counts:
            name, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
            if count >= MINIMUM_PASSAGES or name in explained[initials]:
                found[initials] = name
    return found


def _name(words: str) -> str:
    """Capitalised words without those in front that only begin a sentence: "The Islamic State"."""
    first, _, others = words.partition(" ")
    return _name(others) if others and first.lower() in _BEGINNINGS else words


def expand(question: str, acronyms: Mapping[str, str]) -> str:
    """The question with each acronym's name behind it: "IS" becomes "IS (Islamic State)".

    A question all in capitals is left alone, and so is one that says the name itself.
    """
    if question.isupper():
        return question

    def with_name(match: re.Match[str]) -> str:
        name = acronyms.get(match[0])
        if name is None or name.lower() in question.lower():
            return match[0]
        return f"{match[0]} ({name})"

    return _ACRONYM.sub(with_name, question)
