"""Acronyms that the documents explain, if only by using the name in full: IS is Islamic State."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import StringTable

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


@dataclass(frozen=True, slots=True)
class Names:
    """The names in some texts, and the initials: what acronyms are told from."""

    counts: dict[str, int]
    """In how many texts each name stands."""
    used: frozenset[str]
    """Initials that the texts use."""
    explained: frozenset[str]
    """Names that a text explains: "Islamic State (IS)"."""


def find_names(texts: Iterable[str]) -> Names:
    """Find the names of several capitalised words, and initials."""
    counts: Counter[str] = Counter()
    used: set[str] = set()
    explained: set[str] = set()
    for text in texts:
        used.update(_ACRONYM.findall(text))
        matches = {_name(match[0]): match.end() for match in _NAME.finditer(text)}
        counts.update(name for name in matches if len(_initials(name)) > 1)
        for name, end in matches.items():
            definition = _DEFINED.match(text, end)
            if definition and definition[1] == _initials(name):
                explained.add(name)
    return Names(dict(counts), frozenset(used), frozenset(explained))


@dataclass(frozen=True, eq=False, slots=True)
class NameTable:
    """The names of many texts, found by their initials."""

    names: StringTable
    """In order: the initials, a tab, and the name."""
    counts: NDArray[Any]
    """(n,): in how many texts each stands."""
    explained: NDArray[np.bool_]
    """(n,): whether a text explains it."""
    used: StringTable
    """In order: initials that the texts use."""

    @classmethod
    def of(cls, found: Iterable[Names]) -> NameTable:
        """Make a table of the names of several texts."""
        counts: Counter[str] = Counter()
        used: set[str] = set()
        explained: set[str] = set()
        for names in found:
            counts.update(names.counts)
            used |= names.used
            explained |= names.explained
        names_in_order = sorted(f"{_initials(name)}\t{name}" for name in counts)
        plain = [name.partition("\t")[2] for name in names_in_order]
        return cls(
            StringTable.of(names_in_order),
            np.array([counts[name] for name in plain], np.uint32),
            np.array([name in explained for name in plain], np.bool_),
            StringTable.of(sorted(used)),
        )


class Acronyms(Mapping[str, str]):
    """What initials stand for: the most frequent name of several capitalised words.

    Initials that the texts use themselves are left out ("HD" may be no "Happy Days"), unless a
    text explains them in brackets: "Islamic State (IS)". A name stands in at least two texts or is
    explained; ties go to the first by alphabet. Initials are looked up when they are asked for.

    Args:
        parts: the names in the texts, in as many parts as one likes.
    """

    def __init__(self, parts: Sequence[NameTable]) -> None:
        self._parts = tuple(parts)
        self._meaning = lru_cache(maxsize=4096)(partial(_meaning, self._parts))

    def __getitem__(self, initials: str) -> str:
        name = self._meaning(initials)
        if name is None:
            raise KeyError(initials)
        return name

    def __iter__(self) -> Iterator[str]:
        known = {name.partition("\t")[0] for part in self._parts for name in part.names}
        return (initials for initials in sorted(known) if self._meaning(initials) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


def _meaning(parts: Sequence[NameTable], initials: str) -> str | None:
    counts: Counter[str] = Counter()
    explained: set[str] = set()
    for part in parts:
        for place in part.names.beginning_with(f"{initials}\t"):
            name = part.names[place].partition("\t")[2]
            counts[name] += int(part.counts[place])
            if part.explained[place]:
                explained.add(name)
    if not counts:
        return None
    is_used = any(part.used.find(initials) is not None for part in parts)
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        if name in explained or (counts[name] >= MINIMUM_PASSAGES and not is_used):
            return name
    return None


def find_acronyms(found: Iterable[Names]) -> dict[str, str]:
    """What initials stand for in texts, by the rules of :class:`Acronyms`."""
    return dict(Acronyms([NameTable.of(found)]))


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _name(words: str) -> str:
    """Capitalised words without those in front that only begin a sentence: "The Islamic State"."""
    first, _, others = words.partition(" ")
    return _name(others) if others and first.lower() in _BEGINNINGS else words


def expand(question: str, acronyms: Mapping[str, str], text: str = "") -> str:
    """The question with each acronym's name behind it: "IS" becomes "IS (Islamic State)".

    A question all in capitals is left alone, and so is one that says the name itself.

    Args:
        question: in words.
        acronyms: the names by their acronyms.
        text: acronyms that it has are not explained.
    """
    if question.isupper():
        return question

    def with_name(match: re.Match[str]) -> str:
        name = acronyms.get(match[0])
        if name is None or name.lower() in question.lower():
            return match[0]
        if re.search(rf"(?<!\w){re.escape(match[0])}(?!\w)", text):
            return match[0]
        return f"{match[0]} ({name})"

    return _ACRONYM.sub(with_name, question)
