"""Quotes as citations, and the text that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.answer import Answer, Basis, Citation
from qa.quotes import Quote, joined


def cite(quotes: Sequence[Quote]) -> tuple[Citation, ...]:
    """A citation for each quote, one number a passage."""
    numbers: dict[str, int] = {}
    for each in quotes:
        numbers.setdefault(each.passage.id, len(numbers) + 1)
    cited = (
        Citation(
            numbers[each.passage.id],
            each.passage,
            each.start,
            each.end,
            each.context_start,
            each.context_end,
        )
        for each in quotes
    )
    return tuple(sorted(cited, key=lambda citation: citation.number))


def text_of(citations: Sequence[Citation], basis: Basis = Basis.PASSAGES) -> str:
    """The quotes of each passage, after whose words they are and before the passage's number."""
    parts = []
    for before, cited in said(citations, basis):
        text = cited[0].passage.document.text
        contexts = joined((each.context_start, each.context_end) for each in cited)
        words = " ".join(" ".join(text[slice(*context)] for context in contexts).split())
        parts.append(f"{before}{words} [{cited[0].number}]")
    return " ".join(parts)


def said(citations: Sequence[Citation], basis: Basis) -> Iterator[tuple[str, list[Citation]]]:
    """For each passage what stands before its quotes, and the citations of it.

    Before the quotes stands whose words they are. A summary names each document, and a speaker once.
    """
    last: tuple[str, str] | None = None
    for _, group in groupby(citations, key=lambda citation: citation.number):
        cited = list(group)
        document, speaker = cited[0].passage.document, cited[0].speaker
        before = f"{speaker}: "
        if basis is Basis.SUMMARY:
            if last == (document.id, speaker):
                before = ""
            elif last is None or last[0] != document.id:
                before = f"“{document.title}”. {before}"
        last = document.id, speaker
        yield before, cited


def quoted_text(answer: Answer) -> str:
    """What the program says of itself, and then what it quotes."""
    return f"{answer.lead} {text_of(answer.citations, answer.basis)}".strip()
