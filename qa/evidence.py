"""Passages that were read, in the order in which they are likely to hold the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.index import Index
from index.sentences import sentence_spans
from index.types import Hit
from qa.reading.reader import Reader, Reading
from qa.selection import BEST_SCORE, SentenceScorer
from qa.wording import repeats

READ = 10
"""How many of the passages that the search found are read at most."""

AT_ONCE = 2
"""After so many it is asked whether those that are left can still win."""

LIST_READ = 40
"""The same where everything of a kind is asked for ("list the attacks that it mentions")."""

RELEVANCE, SEARCH, SENTENCE = 1.29, 5.42, 5.63
"""Weights of the reader's relevance, of the search's score, and of the sentence of the best words.
``training/fit_evidence.py`` fits them on 330 questions on articles that the reader did not learn from:
in cross-validation by article the right passage comes first for 90.0 %, for 86.7 % by the search's
score alone. The margin of the best words over none did not help."""

MOST_RELEVANCE = 2.0
"""Relevance counts between this and its negative: without that bound it is 89.1 %, as the reader,
which looks for the kind of thing that is asked for, overrules all else on passages about other things."""

LIKELY_SENTENCE = 0.6
"""What the sentence of a passage that was not read is taken for; one of sixteen is better. Of 935 held-out
questions each gets the same passage first as if all ten were read, for which 4.5 are read of an answerable
question, 6 of a near-miss and 10 of one that is off-topic. With .5 one question gets another, with .4
three (``training/fit_evidence.py``)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found and read."""

    hit: Hit
    reading: Reading
    sentence: float
    """How like the question the sentence of the best words is: its score (``qa.selection``) as a
    share of the highest."""

    @property
    def score(self) -> float:
        """The sum that ranks passages; the larger the likelier the passage has the answer."""
        relevance = max(-MOST_RELEVANCE, min(MOST_RELEVANCE, self.reading.relevance))
        return RELEVANCE * relevance + SEARCH * self.hit.score + SENTENCE * self.sentence


def read(
    question: str,
    hits: Sequence[Hit],
    index: Index,
    reader: Reader,
    *,
    asked: str,
    all_of_them: bool,
) -> list[Evidence]:
    """Have the passages read, and rank them, the likeliest first.

    Args:
        question: in words, acronyms explained.
        hits: passages, best first; at least one.
        index: where they come from.
        reader: it reads them.
        asked: the question in its own words, which are no answer to it.
        all_of_them: whether those are read, too, that cannot come first: they are at the end of ``hits``.
    """
    scorer = SentenceScorer(question, index, best=hits[0].score)
    evidence: list[Evidence] = []
    at_once = len(hits) if all_of_them else AT_ONCE
    for first in range(0, len(hits), at_once):
        best = max((each.score for each in evidence), default=-math.inf)
        if _most(hits[first]) < best:
            break
        some = hits[first : first + at_once]
        readings = [
            replace(each, spans=tuple(span for span in each.spans if not repeats(asked, span.text)))
            for each in reader.read(question, [hit.passage for hit in some])
        ]
        sentences = sentence_scores(scorer, some, readings)
        evidence += map(Evidence, some, readings, sentences)
    return sorted(evidence, key=lambda each: (-each.score, each.hit.passage.id))


def _most(hit: Hit) -> float:
    """The score of a passage that is as relevant as can be."""
    return RELEVANCE * MOST_RELEVANCE + SEARCH * hit.score + SENTENCE * LIKELY_SENTENCE


def sentence_scores(
    scorer: SentenceScorer, hits: Sequence[Hit], readings: Sequence[Reading]
) -> list[float]:
    """How like the question the sentence of each passage's best words is; see :class:`Evidence`."""
    places = [(hit, *_sentence(reading)) for hit, reading in zip(hits, readings, strict=True)]
    return [sentence.score / BEST_SCORE for sentence in scorer.score(places)]


def _sentence(reading: Reading) -> tuple[int, int, int]:
    """Where the sentence of the best words starts and ends, behind where the one before starts.

    Of a comment whose author is the answer, and where there are no words, it is the whole passage.
    """
    passage = reading.passage
    span = next(iter(reading.spans), None)
    if span is None or span.names_author:
        return passage.start, passage.start, passage.end
    before = passage.start
    for start, end in sentence_spans(passage.document.text, passage.start, passage.end):
        if span.start < end:
            return before, start, max(end, span.end)
        before = start
    return passage.start, passage.start, passage.end


def as_hits(evidence: Sequence[Evidence], unread: Sequence[Hit], *, found: bool) -> list[Hit]:
    """What was read as hits, those that were not read behind them.

    Args:
        evidence: what was read, the likeliest first.
        unread: the hits of the search behind those.
        found: whether an answer was. Where it was not, the reader's order says little, and the search's
            stands: on 330 held-out questions as many right passages came first (.897 and .900), and on
            queries that are no questions more.
    """
    if not found:
        read = sorted(evidence, key=lambda each: (-each.hit.score, each.hit.passage.id))
        return [_with_parts(each) for each in read] + list(unread)
    hits = [replace(_with_parts(each), score=1 / (1 + math.exp(-each.score))) for each in evidence]
    least = hits[-1].score if hits else 1.0
    return hits + [replace(hit, score=least * min(1.0, max(0.0, hit.score))) for hit in unread]


def _with_parts(each: Evidence) -> Hit:
    """The hit with what was made of it."""
    parts = replace(
        each.hit.parts,
        sentence=each.sentence,
        relevance=each.reading.relevance,
        margin=each.reading.margin,
    )
    return replace(each.hit, parts=parts)
