"""Passages that were read, in the order in which they are likely to hold the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.index import Index
from index.types import Hit
from qa.reading.reader import Reader, Reading
from qa.selection import best_scores, rank_sentences

READ = 10
"""How many of the passages that the search found are read."""

RELEVANCE, SEARCH, SENTENCE = 1.39, 4.49, 0.0
"""Weights of the reader's relevance, of the search's score, and of the passage's best sentence."""

MOST_MARGIN = 6.0
"""A margin counts for the confidence between this and its negative: beyond, it says no more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found and read."""

    hit: Hit
    reading: Reading
    sentence: float
    """The score of the best sentence (``qa.selection``), as a share of the highest."""

    @property
    def score(self) -> float:
        """The sum that ranks passages; the larger the likelier the passage has the answer."""
        return (
            RELEVANCE * self.reading.relevance + SEARCH * self.hit.score + SENTENCE * self.sentence
        )


def read(question: str, hits: Sequence[Hit], index: Index, reader: Reader) -> list[Evidence]:
    """Have the passages read, and rank them, the likeliest first.

    Args:
        question: in words, acronyms explained.
        hits: passages, best first; at least one.
        index: where they come from.
        reader: it reads them.
    """
    readings = reader.read(question, [hit.passage for hit in hits])
    sentences = best_scores(rank_sentences(question, hits, index, best=hits[0].score))
    evidence = [
        Evidence(hit, reading, sentences.get(hit.passage.id, 0.0))
        for hit, reading in zip(hits, readings, strict=True)
    ]
    return sorted(evidence, key=lambda each: (-each.score, each.hit.passage.id))


def as_hits(evidence: Sequence[Evidence], unread: Sequence[Hit]) -> list[Hit]:
    """Hits in the order of the evidence, those that were not read behind them."""
    hits = [
        replace(
            each.hit,
            score=1 / (1 + math.exp(-each.score)),
            parts=replace(
                each.hit.parts,
                sentence=each.sentence,
                relevance=each.reading.relevance,
                margin=each.reading.margin,
            ),
        )
        for each in evidence
    ]
    least = hits[-1].score if hits else 1.0
    return hits + [replace(hit, score=least * min(1.0, max(0.0, hit.score))) for hit in unread]
