"""Sentences that together cover a text, chosen by the index's own vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder
from index.sentences import sentences_of
from index.types import Passage
from qa.quotes import Quote, sentence

LEAD = 0.15
"""What the first passage of a text gains, as a share of all that can be covered: news and reports begin
with what matters."""
MOST = 400
"""Passages that are compared with each other; of more than that every second, third … is."""
SHORTEST = 5
"""Words of a sentence or passage that is quoted, where there are longer ones."""


def covering(vectors: NDArray[np.float32], count: int, *, lead: bool) -> list[int]:
    """The rows that together are nearest to all rows, in the order of the text.

    Greedy facility location (Lin and Bilmes 2011, "A class of submodular functions for document
    summarization"): each next row is the one that most raises the sum of every row's likeness to the
    likest of those chosen, which takes both what is central and what is new.

    Args:
        vectors: (n, d), unit length, in the order of the text.
        count: at most so many rows.
        lead: whether the first row says what matters.
    """
    step = -(-len(vectors) // MOST)
    rows = np.arange(0, len(vectors), max(step, 1))
    likeness = np.clip(vectors[rows] @ vectors[rows].T, 0.0, None)  # (m, m)
    covered = np.zeros(len(rows), np.float32)
    bonus = np.zeros(len(rows), np.float32)
    if lead and len(rows):
        bonus[0] = LEAD * len(rows)
    chosen: list[int] = []
    while len(chosen) < min(count, len(rows)):
        gain = np.maximum(likeness, covered).sum(axis=1) - covered.sum() + bonus
        gain[chosen] = -np.inf
        best = int(gain.argmax())
        chosen.append(best)
        covered = np.maximum(covered, likeness[best])
    return sorted(int(rows[each]) for each in chosen)


def summarise(
    passages: Sequence[Passage],
    vectors: NDArray[np.float32],
    embedder: Embedder,
    *,
    count: int,
    lead: bool,
) -> list[Quote]:
    """A sentence from each of the passages that cover the text best, in the order of the text.

    Args:
        passages: in the order of the text.
        vectors: theirs: (n, d), unit length.
        embedder: it reads the sentences.
        count: at most so many sentences.
        lead: whether the first passage says what matters.
    """
    long = [row for row, passage in enumerate(passages) if len(passage.text.split()) >= SHORTEST]
    if long:  # a salutation covers nothing
        passages, vectors = [passages[row] for row in long], vectors[long]
    rows = covering(vectors, count, lead=lead)
    if not rows:
        return []
    centre = vectors.mean(axis=0)
    spans = [_sentences(passages[row]) for row in rows]
    texts = [
        passages[row].document.text[slice(*span)]
        for row, some in zip(rows, spans, strict=True)
        for span in some
    ]
    read = embedder.embed(texts)  # (sentences, d)
    quotes = []
    first = 0
    for row, some in zip(rows, spans, strict=True):
        near = read[first : first + len(some)] @ (vectors[row] + centre)
        if lead and row == 0:
            near[0] += 1.0  # a text that says what matters first says it in its first sentence
        quotes.append(sentence(passages[row], *some[int(near.argmax())]))
        first += len(some)
    return quotes


def _sentences(passage: Passage) -> list[tuple[int, int]]:
    text = passage.document.text
    spans = sentences_of(passage)
    long = [span for span in spans if len(text[slice(*span)].split()) >= SHORTEST]
    return long or spans
