"""Which sentences of the passages found answer the question.

Each sentence of the best passages gets a score from six features; the best one, and a second that
is nearly as good, become the answer. ``training/fit_answers.py`` fits the weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from index.embedder import WordVectors
from index.index import Index
from index.sentences import sentences_of
from index.types import Hit, Kind, Passage
from qa.answer import speaker

PASSAGES = 5
"""The answer is taken from this many of the best passages."""

LIKENESS, WEIGHTED_LIKENESS, COVERAGE = 6.61, 6.95, 4.94
NAME_SHARE, PASSAGE_LEAD, TYPE_MATCH = 1.45, 3.64, 1.33
"""Fitted on 700 questions of SQuAD dev's 16 training articles, asked over all 2,067 paragraphs: in
cross-validation the best sentence holds the answer for 83.0 % of them, and stands in the right
paragraph for 89.9 %."""

BEST_SCORE = LIKENESS + WEIGHTED_LIKENESS + COVERAGE + NAME_SHARE + TYPE_MATCH
"""Of a sentence that has the question's words and all else, in the passage that was found first."""

SECOND_SENTENCE_MARGIN = 0.75
"""A second sentence within this of the best joins it."""

OPENINGS, OPENING_SENTENCES = 3, 2
"""How many passages, and how much of each, answer "what did LTRich say?"."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage that was found, as an answer to the question."""

    hit: Hit
    start: int
    end: int
    likeness: float
    """How near each word of the question comes to its nearest word in the sentence, as the mean of
    their cosines in context, -1…1 (the late interaction of Khattab and Zaharia 2020, "ColBERT")."""
    weighted_likeness: float
    """The same with each word by its weight, stop words by none."""
    coverage: float
    """The share of the question's words, by weight, that stand in the sentence or in the one before
    it, which says what a pronoun stands for, 0…1."""
    name_share: float
    """The share of the question's names and numbers that the passage has, 0…1."""
    passage_lead: float
    """The passage's score less the best passage's, at most 0."""
    type_match: bool
    """Whether it has what the question asks for: a number, a date, a name, a reason."""

    @property
    def score(self) -> float:
        """The sum that ranks sentences; the larger the likelier."""
        return (
            LIKENESS * self.likeness
            + WEIGHTED_LIKENESS * self.weighted_likeness
            + COVERAGE * self.coverage
            + NAME_SHARE * self.name_share
            + PASSAGE_LEAD * self.passage_lead
            + TYPE_MATCH * self.type_match
        )


def rank_sentences(
    question: str, hits: Sequence[Hit], index: Index, *, best: float
) -> list[Sentence]:
    """The sentences of the best passages, the likeliest answer first.

    Args:
        question: in words, acronyms explained.
        hits: passages, best first.
        index: where they come from; it weighs words and embeds them.
        best: the score of the passage that was found first, here or among others.
    """
    places = [(hit, *place) for hit in hits for place in _sentences(hit.passage)]
    scored = SentenceScorer(question, index, best=best).score(places)
    return sorted(scored, key=lambda sentence: (-sentence.score, sentence.hit.passage.id))


class SentenceScorer:
    """Compares sentences with a question, which is embedded once.

    Args:
        question: in words, acronyms explained.
        index: where the passages come from; it weighs words and embeds them.
        best: the score of the passage that was found first.
    """

    def __init__(self, question: str, index: Index, *, best: float) -> None:
        self._question = question
        self._index = index
        self._best = best
        self._has_type = _type_test(question)

    def score(self, places: Sequence[tuple[Hit, int, int, int]]) -> list[Sentence]:
        """Some sentences, in the order given.

        Args:
            places: the hit, where the sentence before starts, where the sentence starts and ends.
        """
        texts = [
            self._index.embedded_text(hit.passage, (start, end)) for hit, _, start, end in places
        ]
        found = self._index.embedder.embed_words(texts) if texts else []
        return [self._scored(*place, vectors) for place, vectors in zip(places, found, strict=True)]

    def _scored(self, hit: Hit, before: int, start: int, end: int, words: WordVectors) -> Sentence:
        text = hit.passage.document.text
        nearest = _nearest_cosines(self._asked, words)
        with_previous = _attribution(hit.passage) + text[before:end]
        return Sentence(
            hit,
            start,
            end,
            likeness=float(nearest.mean()),
            weighted_likeness=float(nearest @ self._weights / max(self._weights.sum(), 1e-9)),
            coverage=self._index.lexical.coverage(self._question, with_previous),
            name_share=_name_share(self._question, hit.passage),
            passage_lead=hit.score - self._best,
            type_match=self._has_type(text[start:end]),
        )

    @cached_property
    def _asked(self) -> WordVectors:
        (asked,) = self._index.embedder.embed_words([self._question])
        return asked

    @cached_property
    def _weights(self) -> NDArray[np.float64]:
        return np.array([self._index.lexical.weight(word) for word in self._asked.words])


def openings(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """The first sentences of some passages, for a question that asks for somebody's words as such."""
    quotes = []
    for passage in passages[:OPENINGS]:
        spans = sentences_of(passage)
        quotes.append((passage, spans[0][0], spans[:OPENING_SENTENCES][-1][1]))
    return quotes


def _nearest_cosines(asked: WordVectors, text: WordVectors) -> NDArray[np.float32]:
    """For each word of the question its cosine with the nearest word of a text: (words,)."""
    if not asked.words or not text.words:
        return np.zeros(max(1, len(asked.words)), np.float32)
    nearest: NDArray[np.float32] = (asked.word_vectors @ text.word_vectors.T).max(axis=1)
    return nearest


def by_best_sentence(hits: Sequence[Hit], sentences: Sequence[Sentence]) -> list[Hit]:
    """Hits in the order of their best sentences, with the score of those for a score.

    The right passage is first more often than in the order of the search: see the weights above.
    """
    best: dict[str, float] = {}
    for sentence in sentences:
        score = sentence.score / BEST_SCORE
        best[sentence.hit.passage.id] = max(score, best.get(sentence.hit.passage.id, score))
    read = []
    for hit in hits:
        score = best[hit.passage.id]
        read.append(replace(hit, score=score, parts=replace(hit.parts, sentence=score)))
    return sorted(read, key=lambda hit: (-hit.score, hit.passage.id))


def choose(ranked: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence, and the second when it is nearly as good, in the order to be read."""
    if not ranked:
        return []
    best, *others = ranked
    chosen = [best]
    if others and others[0].score >= best.score - SECOND_SENTENCE_MARGIN:
        chosen.append(others[0])
    if len(chosen) == 2 and chosen[0].hit is chosen[1].hit:
        chosen.sort(key=lambda sentence: sentence.start)
    return chosen


def _attribution(passage: Passage) -> str:
    """Whose words they are, where a question can ask for that: "what did LTRich say?"."""
    return "" if passage.kind is Kind.PARAGRAPH else f"{speaker(passage)}: "


def _name_share(question: str, passage: Passage) -> float:
    """The share of a question's names and numbers that a passage has; 0 when it has none."""
    names = [name.lower() for name in _NAME_OR_NUMBER.findall(question)]
    words = set(_WORD.findall((_attribution(passage) + passage.text).lower()))
    return sum(name in words for name in names) / max(1, len(names))


def _sentences(passage: Passage) -> Iterator[tuple[int, int, int]]:
    """Each sentence's start and end, behind where the one before it starts (the first: its own)."""
    before = passage.start
    for start, end in sentences_of(passage):
        yield before, start, end
        before = start


# -- what a question asks for ---------------------------------------------------------------------

_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_YEAR = r"(?:1\d|20)\d\d"
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million billion dozen half third quarter once twice none"
)
# "dozens" and "hundreds" do not say how many.
_NUMBER = re.compile(rf"(?<![\w-])\d|\b(?:{'|'.join(_NUMBER_WORDS.split())})\b", re.IGNORECASE)
_NO_QUANTITY = re.compile(
    rf"\b{_MONTHS}\s+\d{{1,2}}(?:,?\s+{_YEAR})?\b|\b\d{{1,2}}\s+{_MONTHS}(?:\s+{_YEAR})?\b"
    rf"|\b(?:{_MONTHS},?|in|since|by|of|from|until|during|to|and)\s+{_YEAR}\b|\b\d+/\d+\b"
)
_DATE = re.compile(
    rf"\b(?:{_YEAR}|{_MONTHS}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|centur\w+"
    r"|\d{1,2}(?:st|nd|rd|th)|ago|yesterday|today|decades?)\b"
)
_REASON = re.compile(
    r"\b(?:because|since|due to|in order|therefore|so that|reasons?|as a result|caused?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<!^)\b[^\W\d_a-z]\w+")
_NAME_OR_NUMBER = re.compile(r"(?<!^)\b(?:[^\W\d_a-z]\w+|\d\w*)")
_WORD = re.compile(r"\w+")
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|old|long|far|tall|high|big|large|often|fast)\b|\bnumber of\b"
    r"|\bpercent(?:age)?\b|\b(?:is|was) the (?:population|amount|size|cost|price)\b"
)
_ASKS_DATE = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b")
_ASKS_NAME = re.compile(
    r"\bwho(?:se|m)?\b|\bwhere\b|\b(?:what|which) (?:city|country|state|place|region)\b"
)
_ASKS_REASON = re.compile(r"\bwhy\b")


def _type_test(question: str) -> Callable[[str], bool]:
    """Tells whether a text has the kind of thing that a question asks for."""
    lowered = question.lower()
    if _ASKS_NUMBER.search(lowered):
        return _has_quantity
    for asks, pattern in ((_ASKS_DATE, _DATE), (_ASKS_REASON, _REASON)):
        if asks.search(lowered):
            return partial(_has, pattern)
    if _ASKS_NAME.search(lowered):
        return partial(_has_new_name, lowered)
    return lambda text: False


def _has_quantity(text: str) -> bool:
    """Whether there is a number that is not a part of a date."""
    return _NUMBER.search(_NO_QUANTITY.sub(" ", text)) is not None


def _has(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None


def _has_new_name(question: str, text: str) -> bool:
    return any(name.lower() not in question for name in _NAME.findall(text))
