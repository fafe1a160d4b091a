"""Passages that were read, in the order in which they are likely to hold the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.types import Hit
from qa.reading.reader import Reader, Reading

READ = 10
"""How many of the passages that the search found are read."""

RELEVANCE, MARGIN, SEARCH = 1.0, 0.2, 4.0
"""Weights of the reader's two figures and of the search's."""

MOST_MARGIN = 6.0
"""A margin counts between this and its negative: beyond, it says no more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found and read."""

    hit: Hit
    reading: Reading

    @property
    def score(self) -> float:
        """The sum that ranks passages; the larger the likelier the passage has the answer."""
        margin = max(-MOST_MARGIN, min(MOST_MARGIN, self.reading.margin))
        return RELEVANCE * self.reading.relevance + MARGIN * margin + SEARCH * self.hit.score


def read(question: str, hits: Sequence[Hit], reader: Reader) -> list[Evidence]:
    """Have the passages read, and rank them, the likeliest first."""
    readings = reader.read(question, [hit.passage for hit in hits])
    evidence = [Evidence(hit, reading) for hit, reading in zip(hits, readings, strict=True)]
    return sorted(evidence, key=lambda each: (-each.score, each.hit.passage.id))


def as_hits(evidence: Sequence[Evidence], unread: Sequence[Hit]) -> list[Hit]:
    """Hits in the order of the evidence, those that were not read behind them."""
    hits = [
        replace(
            each.hit,
            score=1 / (1 + math.exp(-each.score)),
            parts=replace(
                each.hit.parts, relevance=each.reading.relevance, margin=each.reading.margin
            ),
        )
        for each in evidence
    ]
    least = hits[-1].score if hits else 1.0
    return hits + [replace(hit, score=least * min(1.0, max(0.0, hit.score))) for hit in unread]
