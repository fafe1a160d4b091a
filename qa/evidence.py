"""Passages that were read, in the order in which they are likely to hold the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.index import Index
from index.sentences import sentences_of
from index.types import Hit, Passage
from qa.reading.reader import Reader, Reading, Span
from qa.selection import BEST_SCORE, SentenceScorer
from qa.wording import repeats

READ = 10
"""How many of the passages that the search found are read at most."""

STATEMENT_READ = 20
"""The same for what is no question: its answer is a list of passages, and all of it is looked at."""

LIST_READ = 40
"""The same where everything of a kind is asked for ("list the attacks that it mentions")."""

FIRST, HOPELESS = 2, 4
"""After so many it is asked whether those that are left can still come first. Where the second time, too,
the answer is yes, the others are read together."""


@dataclass(frozen=True, slots=True)
class Order:
    """What ranks passages: a weighted sum of what the reader, the search and the best sentence say."""

    relevance: float
    """The weight of the reader's relevance."""
    search: float
    """That of the search's score."""
    sentence: float
    """That of the sentence of the best words."""
    most_relevance: float
    """Relevance counts between this and its negative."""
    holds: tuple[float, float]
    """Intercept and coefficient of the regression that makes the sum a number from 0 to 1, the score that
    is shown: how likely the passage holds the answer, were it as likely as not before."""

    def score(self, relevance: float, search: float, sentence: float) -> float:
        """The sum that ranks passages; the larger the likelier the passage has the answer."""
        clipped = max(-self.most_relevance, min(self.most_relevance, relevance))
        return self.relevance * clipped + self.search * search + self.sentence * sentence

    def shown(self, score: float) -> float:
        """The sum as a number from 0 to 1."""
        intercept, coefficient = self.holds
        return 1 / (1 + math.exp(-intercept - coefficient * score))


QUESTIONS = Order(0.4, 6.0, 6.0, most_relevance=3.0, holds=(-3.93, 0.92))
"""``training/fit_evidence.py`` fits the weights on 1,736 questions on articles that the reader did not learn from, asked of all
articles or of their own: in cross-validation by article the right passage comes first for 90.7 % of them (84.8 % by the search's score alone; it is
among the ten for 98.8 %), and F1 is .745. They put the right passage first most often; those that make it likeliest, as they were fitted
before, trust the reader more and put it first less often (.90 for .91 on 1,861 such questions with the reader of 0.8). With a most
relevance of 4 the right passage comes first as often, with 5 less often (for 79.6 and not 80.0 % of 853 held-out questions), as the
reader, which looks for the kind of thing that is asked for, then overrules all else. The score that is shown is fitted on 18,144
passages that were read, 1,720 of them right."""

STATEMENTS = Order(0.1, 6.0, 1.0, most_relevance=6.0, holds=(-5.56, 3.43))
"""The same for what is no question, a statement to be proved or key words. ``training/fit_statements.py`` tries weights on 1,787
of these that a passage of our own documents decides, which the reader did not learn from: nDCG@10 is .732 by the search, .773 with
the weights for questions, .784 with the best (0.2, 6, 2) and .780 with these, which differ from the search's order half as much. That
nothing is relevant matters here, so relevance counts further down. The score that is shown is fitted on the 35,740 passages read, 2,111
of them right."""

HOPELESS_RELEVANCE = -5.5
"""Where none of the first passages is more relevant than this, none is likely to be. (Passages about other
things have about -6.)"""

LEAST_RELEVANCE = -4.0
"""Where no answer is given to a question, the order of the reader stands as long as its best passage is more
relevant than this: on 137 such held-out questions the right passage came first for 86 %, for 82 % by the search. On 44
where it is not, it was 70 and 77 %: there the search's order stands."""

LEAST_SENTENCE, TYPICAL_SENTENCE, LIKELY_SENTENCE = 0.1, 0.28, 0.7
"""What the sentence of a passage is taken for that was not compared with the question: 92 % are better,
47 %, and one of thirty-four (in 3,350 held-out cases, ``training/fit_evidence.py``)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found and read."""

    hit: Hit
    reading: Reading
    sentence: float | None = None
    """How like the question the sentence of the best words is: its score (``qa.selection``) as a
    share of the highest. None where it was not compared, as the passage cannot come first."""
    order: Order = QUESTIONS
    """What it is ranked by."""

    @property
    def score(self) -> float:
        """The sum that ranks passages; the larger the likelier the passage has the answer."""
        return self.score_with(TYPICAL_SENTENCE if self.sentence is None else self.sentence)

    def score_with(self, sentence: float) -> float:
        """The score that it has with a sentence that is so like the question."""
        return self.order.score(self.reading.relevance, self.hit.score, sentence)


def read(
    question: str,
    hits: Sequence[Hit],
    index: Index,
    reader: Reader,
    *,
    asked: str,
    order: Order = QUESTIONS,
    all_of_them: bool = False,
) -> list[Evidence]:
    """Have the passages read, and rank them, the likeliest first.

    Reading ends where none that is left is likely to come first, or none was relevant. Of 1,736 held-out
    answerable questions 5 get another passage than when ten are read, of which 5.1 are on average; F1 is .0004
    lower. Of near-misses in their own article 6.6 are read, of off-topic questions 4.2.

    Args:
        question: in words.
        hits: passages, best first; at least one.
        index: where they come from.
        reader: it reads them.
        asked: the question in its own words, which are no answer to it.
        order: what they are ranked by.
        all_of_them: whether those are read and compared, too, that cannot come first.
    """
    scorer = SentenceScorer(index.adapt(question), index, best=hits[0].score)
    evidence: list[Evidence] = []
    for some in (hits,) if all_of_them else (hits[:FIRST], hits[FIRST:HOPELESS], hits[HOPELESS:]):
        if not some or (evidence and not _may_come_first(some[0], evidence)):
            break
        read_now = [
            replace(
                each, spans=tuple(span for span in each.spans if _may_answer(asked, span, each))
            )
            for each in readings(question, [hit.passage for hit in some], index, reader)
        ]
        new = [Evidence(hit, each, order=order) for hit, each in zip(some, read_now, strict=True)]
        rivals = new if all_of_them else _rivals(new, evidence)
        evidence += [each for each in new if each not in rivals] + _compared(rivals, scorer)
    return sorted(evidence, key=lambda each: (-each.score, each.hit.passage.id))


def readings(
    question: str, passages: Sequence[Passage], index: Index, reader: Reader
) -> list[Reading]:
    """Have passages read for a question, each in the wording that is nearest to its own words.

    What a passage calls "IS" is not asked for as "IS (Islamic State)": that would make it look less relevant.
    """
    wordings = index.adapt_to(question, passages)
    found: dict[str, Reading] = {}
    for wording in dict.fromkeys(wordings):
        some = [each for each, own in zip(passages, wordings, strict=True) if own == wording]
        found |= {each.passage.id: each for each in reader.read(wording, some)}
    return [found[passage.id] for passage in passages]


def _may_answer(asked: str, span: Span, reading: Reading) -> bool:
    """Whether words are an answer at all: not the question's own, nor across what is not read."""
    passage = reading.passage
    inside = slice(span.start - passage.start, span.end - passage.start)
    return not repeats(asked, span.text) and passage.words[inside] == passage.text[inside]


def _may_come_first(hit: Hit, read_before: Sequence[Evidence]) -> bool:
    """Whether a passage that was not read may have the answer, and those behind it."""
    relevance = max(each.reading.relevance for each in read_before)
    if len(read_before) >= HOPELESS and relevance < HOPELESS_RELEVANCE:
        return False
    most = read_before[0].order.score(math.inf, hit.score, LIKELY_SENTENCE)
    return most >= max(each.score for each in read_before)


def _rivals(new: Sequence[Evidence], read_before: Sequence[Evidence]) -> list[Evidence]:
    """Those of the new ones that may come first once their sentences are compared."""
    to_beat = max(
        [each.score for each in read_before] + [each.score_with(LEAST_SENTENCE) for each in new]
    )
    return [each for each in new if each.score_with(LIKELY_SENTENCE) >= to_beat]


def _compared(evidence: Sequence[Evidence], scorer: SentenceScorer) -> list[Evidence]:
    hits, readings = [each.hit for each in evidence], [each.reading for each in evidence]
    scores = sentence_scores(scorer, hits, readings)
    return [replace(each, sentence=one) for each, one in zip(evidence, scores, strict=True)]


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
    for start, end in sentences_of(passage):
        if span.start < end:
            return before, start, max(end, span.end)
        before = start
    return passage.start, passage.start, passage.end


def as_hits(evidence: Sequence[Evidence], unread: Sequence[Hit], *, found: bool) -> list[Hit]:
    """What was read as hits, those that were not read behind them.

    Args:
        evidence: what was read, the likeliest first.
        unread: the hits of the search behind those.
        found: whether an answer was. Where it was not and nothing is relevant to a question, the reader's
            order says little, and the search's stands.
    """
    order = evidence[0].order
    if order is QUESTIONS and not found and evidence[0].reading.relevance < LEAST_RELEVANCE:
        read = sorted(evidence, key=lambda each: (-each.hit.score, each.hit.passage.id))
        return [_with_parts(each) for each in read] + list(unread)
    hits = [replace(_with_parts(each), score=order.shown(each.score)) for each in evidence]
    least = hits[-1].score
    return hits + [replace(hit, score=least * min(1.0, max(0.0, hit.score))) for hit in unread]


def _with_parts(each: Evidence) -> Hit:
    """The hit with what was made of it."""
    parts = replace(
        each.hit.parts,
        sentence=each.sentence,
        relevance=each.reading.relevance,
        answered=each.reading.answered,
        margin=each.reading.margin,
    )
    return replace(each.hit, parts=parts)
