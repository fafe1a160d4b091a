"""How sure it is of an answer, and how sure it must be to give it.

Logistic regressions: two on what the reader made of the best passage, whose product says how likely the
answer is right; one for lists; and one for answers without a reader, on what the search and the best
sentence show. The last two say how likely the documents answer the question at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.caution import Caution
from qa.evidence import Evidence
from qa.selection import Sentence

ANSWERED_INTERCEPT, ANSWERED_COEFFICIENT = 0.47, 0.47
"""Whether the passage answers the question at all: on the reader's ``answered``."""
WORDS_INTERCEPT, WORDS_COEFFICIENT = 1.17, 0.12
"""Whether the best words are right where it does: on their margin."""
MOST_MARGIN = 10.0
"""The margin counts between this and its negative."""
EVIDENCE_THRESHOLDS: dict[Caution, float] = {"cautious": 0.45, "balanced": 0.32, "eager": 0.12}
"""``training/fit_evidence.py`` fits all of this on 5,600 cases on articles that the reader did not learn
from, answerable questions, near-misses and off-topic ones counting 50 : 35 : 15. The balanced threshold is the highest
that refuses less than a fifth of the answerable questions asked of their own paragraph (19 %, and 76 % of the
near-misses). In cross-validation by article it refuses, of questions asked of their own article, 17 % of the
answerable ones, 71 % of the near-misses and 93 % of the off-topic ones, the cautious one 28 %, 80 %
and 97 %, the eager one 5 %, 46 % and 82 %; the expected calibration error is .031.

These are of version 0.11, before names were said again (``qa/reading/topic.py``), which changed nothing in what it goes by, only, now and then,
which passage comes first."""

LIST_INTERCEPT, LIST_COEFFICIENT = -2.11, 1.57
LIST_PRECISION = 0.71
"""For a question that asks for everything of a kind, on the relevance of the passage that has most of it.
``training/fit_lists.py`` fits them on 330 such questions on documents that the reader did not learn from, those
that have something of the kind and those that have not counting evenly; in cross-validation by document the
expected calibration error is .036. Where there is something, so much of a list belongs to it on average."""

SENTENCE_FEATURES = ("cosine", "weighted likeness")
SENTENCE_INTERCEPT, SENTENCE_COEFFICIENTS = -5.50, (6.23, 4.03)
SENTENCE_THRESHOLDS: dict[Caution, float] = {"cautious": 0.5, "balanced": 0.17, "eager": 0.05}
"""``training/fit_answers.py`` fits them on SQuAD dev's 16 training articles and on passages of
Natural Questions in groups of 40, each with its own questions, with those of others (off-topic), and
with questions that look answerable and are not (near-misses). In cross-validation by collection the
balanced threshold refuses 99.0 % of the off-topic questions, 9 % of the near-misses and 1.4 % of the
answerable ones; the expected calibration error is .034. The other two thresholds are chosen, not
fitted."""


def confidence_of_evidence(evidence: Sequence[Evidence]) -> float:
    """The probability that the best words of the best passage are a right answer, 0…1.

    It is the probability that the passage answers the question, times that of the words being right if so.
    """
    best = evidence[0].reading
    logits = (best.answered,)
    margin = max(-MOST_MARGIN, min(MOST_MARGIN, best.margin))
    answered = _logistic(ANSWERED_INTERCEPT, (ANSWERED_COEFFICIENT,), logits)
    return answered * _logistic(WORDS_INTERCEPT, (WORDS_COEFFICIENT,), (margin,))


def confidence_of_list(evidence: Sequence[Evidence]) -> float:
    """The share of a list that is likely to belong there, 0…1.

    It is the probability that the documents have anything of the kind, times :data:`LIST_PRECISION`.
    """
    relevance = max(each.reading.relevance for each in evidence)
    return LIST_PRECISION * _logistic(LIST_INTERCEPT, (LIST_COEFFICIENT,), (relevance,))


def confidence_of_sentence(best: Sentence) -> float:
    """The probability that the documents answer the question whose best sentence this is, 0…1."""
    return _logistic(SENTENCE_INTERCEPT, SENTENCE_COEFFICIENTS, sentence_features(best))


def sentence_features(best: Sentence) -> tuple[float, ...]:
    """What the probability is computed from, in the order of :data:`SENTENCE_FEATURES`."""
    return best.hit.parts.dense, best.weighted_likeness


def _logistic(intercept: float, coefficients: Sequence[float], values: Sequence[float]) -> float:
    terms = (weight * value for weight, value in zip(coefficients, values, strict=True))
    figure = intercept + math.fsum(terms)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, figure))))
