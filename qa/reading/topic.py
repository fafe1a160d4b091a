"""The name that a question and a passage share, said again in front of later sentences that lack it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import sentence_spans
from qa.wording import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_]+")
_WITHIN = frozenset("and at de der di du for in la le of on the van von".split())
"""Words in lower case that may stand within a name."""
_BETWEEN = re.compile(r"[ -]|\. |['’] ?")
"""What may stand between two words of a name."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A name that a question and a passage share."""

    name: str
    """As the passage writes it."""
    end: int
    """Where its first mention in the passage ends, in characters."""
    told_by: frozenset[str]
    """Its words that tell it, in lower case but for initials. A sentence that has one of them names it."""


def said_again(question: str, text: str) -> list[tuple[int, str]]:
    """Where the reader is told the name again: at the sentences behind its first mention that have none of its words.

    After "Northwind runs forty ships. Since May the line has lost a tenth of them." it is for the reader to know
    that the line is Northwind. It knows it better when the second sentence is read as "Northwind Since May the line
    …" for a question on Northwind.

    To make sentences stand by themselves is called decontextualisation (Choi et al. 2021, who train a model to
    rewrite them). The reader need not be told what "the line" is, only what is spoken of; to put the name in its
    place did not help on held-out questions, in front of all sentences it did (``training/README.md``).

    Args:
        question: in the wording in which the passage is read for it.
        text: the passage's.

    Returns:
        Places in ``text``, ascending, each with the words to read there.
    """
    topic = topic_of(question, text)
    if topic is None:
        return []
    return [
        (start, topic.name)
        for start, end in sentence_spans(text)
        if start >= topic.end
        and topic.told_by.isdisjoint(map(_initials_or_lower, _WORD.findall(text[start:end])))
    ]


def topic_of(question: str, text: str) -> Topic | None:
    """The first name in a passage that a question has, too, whatever its case there."""
    asked = frozenset(_WORD.findall(question))
    asked |= {word.lower() for word in asked}
    plain = {word for word in _WORD.findall(text) if word.islower()}
    for run in _runs(text, asked):
        words = _without_edges(run)
        told_by = {_initials_or_lower(word[0]) for word in words if _is_name(word[0])} - plain
        if told_by:
            start, end = words[0].start(), words[-1].end()
            return Topic(text[start:end], end, frozenset(told_by))
    return None


def _runs(text: str, asked: frozenset[str]) -> Iterator[list[re.Match[str]]]:
    """Words one after another that are asked for and may be one name."""
    run: list[re.Match[str]] = []
    telling = asked - FUNCTION_WORDS
    for word in _WORD.finditer(text):
        fits = _initials_or_lower(word[0]) in asked or word[0].lower() in telling
        fits = fits and (not word[0].islower() or word[0] in _WITHIN)
        if run and not (fits and _BETWEEN.fullmatch(text, run[-1].end(), word.start())):
            yield run
            run = []
        if fits:
            run.append(word)
    if run:
        yield run


def _without_edges(run: list[re.Match[str]]) -> list[re.Match[str]]:
    """A run from the first word that is a name on, to the last that is one or a number."""
    while run and not _is_name(run[0][0]):
        run = run[1:]
    while run and not (_is_name(run[-1][0]) or run[-1][0].isdigit()):
        run = run[:-1]
    return run


def _is_name(word: str) -> bool:
    """Whether a word may be a name: "Bel" and "US", and not "it", "The" or "A"."""
    return len(word) > 1 and word[0].isupper() and _initials_or_lower(word) not in FUNCTION_WORDS


def _initials_or_lower(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else word.lower()
