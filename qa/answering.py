"""From a question to its answer: search, choose the sentences, decide whether to answer at all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from index.index import Filter, Index
from index.types import Passage
from qa.answer import NO_ANSWER, Answer, Citation
from qa.attribution import understand
from qa.confidence import THRESHOLD, confidence
from qa.selection import PASSAGES, by_best_sentence, choose, openings, rank_sentences


def answer(question: str, index: Index, *, k: int, only: Filter) -> Answer:
    """Answer a question from an index, or abstain.

    Raises:
        ArgumentError: ``k`` below 1; a kind, author or document that is not there.
        ModelError: the embedding model cannot be loaded.
    """
    request = understand(question, index, only)
    asked = request.topic or question
    # The answer must not change with how many passages are shown: it is taken from the first ones,
    # and they are read by themselves, as other texts beside them would change the last digits.
    hits = index.search(asked, k=max(k, PASSAGES) if k > 0 else k, only=request.only)
    if not hits:
        return Answer(question, NO_ANSWER, True, 0.0, (), ())
    adapted, best = index.adapt(asked), hits[0].score
    ranked = rank_sentences(adapted, hits[:PASSAGES], index, best=best)
    others = rank_sentences(adapted, hits[PASSAGES:], index, best=best)
    shown = tuple(by_best_sentence(hits, [*ranked, *others])[:k])
    if request.topic:
        sure = confidence(ranked[0])
        quotes = [(each.hit.passage, each.start, each.end) for each in choose(ranked)]
    else:
        # "What did LTRich say?" wants the words themselves, whatever they are about.
        sure = 1.0
        quotes = openings([hit.passage for hit in by_best_sentence(hits[:PASSAGES], ranked)])
    if sure < THRESHOLD:
        return Answer(question, NO_ANSWER, True, sure, (), shown)
    citations = _cite(quotes)
    return Answer(question, _text(citations), False, sure, citations, shown)


def _cite(quotes: Sequence[tuple[Passage, int, int]]) -> tuple[Citation, ...]:
    """A citation for each quote, one number a passage."""
    numbers: dict[str, int] = {}
    for passage, _, _ in quotes:
        numbers.setdefault(passage.id, len(numbers) + 1)
    return tuple(
        Citation(numbers[passage.id], passage, start, end) for passage, start, end in quotes
    )


def _text(citations: Sequence[Citation]) -> str:
    """The quotes of each passage, after whose words they are and before the passage's number."""
    parts = []
    for number, cited in groupby(citations, key=lambda citation: citation.number):
        quotes = list(cited)
        words = " ".join(" ".join(citation.quote.split()) for citation in quotes)
        parts.append(f"{quotes[0].speaker}: {words} [{number}]")
    return " ".join(parts)
