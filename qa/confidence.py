"""How sure it is that the documents answer a question at all.

A logistic regression on what the search and the best sentence show. ``training/fit_answers.py`` fits
it on SQuAD dev's 16 training articles, each with its own questions, with those of other articles
(off-topic), and with questions that were written to look answerable and are not (near-misses).
"""

from __future__ import annotations

import math

from qa.selection import Sentence

FEATURES = ("dense", "lexical", "likeness", "weighted likeness", "coverage", "name share")
INTERCEPT, COEFFICIENTS = -4.0, (3.0, 0.0, 2.0, 2.0, 2.3, 0.0)

THRESHOLD = 0.32
"""Below it the answer is that the documents do not say."""


def confidence(best: Sentence) -> float:
    """The probability that the documents answer the question whose best sentence this is, 0…1."""
    terms = zip(COEFFICIENTS, features(best), strict=True)
    figure = INTERCEPT + sum(coefficient * feature for coefficient, feature in terms)
    return 1 / (1 + math.exp(-figure))


def features(best: Sentence) -> tuple[float, ...]:
    """What the probability is computed from, in the order of :data:`FEATURES`."""
    parts = best.hit.parts
    return (
        parts.dense,
        parts.lexical,
        best.likeness,
        best.weighted_likeness,
        best.coverage,
        best.name_share,
    )
