"""From a question to its answer: search, choose the sentences, decide whether to answer at all."""

from __future__ import annotations

from index.index import Filter, Index
from index.sentences import sentence_spans
from qa.answer import NO_ANSWER, Answer, Citation, speaker


def answer(question: str, index: Index, *, k: int, only: Filter) -> Answer:
    """Answer a question from an index, or abstain.

    Raises:
        ArgumentError: ``k`` below 1; a kind, author or document that is not there.
    """
    hits = tuple(index.search(question, k=k, only=only))
    if not hits or hits[0].score < 0.25:
        return Answer(question, NO_ANSWER, True, 0.1, (), hits)
    passage = hits[0].passage
    start, end = sentence_spans(passage.document.text, passage.start, passage.end)[0]
    citation = Citation(1, passage, start, end)
    return Answer(
        question, f"{speaker(passage)}: {citation.quote} [1]", False, 0.9, (citation,), hits
    )
