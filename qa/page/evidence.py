"""The passages behind an answer: each with its rank, score, source and cited words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from index.types import Hit, Kind, Passage, Score
from qa.answer import Answer, Citation, speaker
from qa.feedback import WRONG
from qa.page.markup import anchor, clipped, escape, inline, marked_text
from qa.page.turn import Turn

_KIND_NAMES = {Kind.PARAGRAPH: "article", Kind.CAPTION: "caption", Kind.COMMENT: "comment"}


def evidence(turns: Sequence[Turn], selected: int | None = None) -> str:
    """The passages of an answer, each with its rank, score, source and cited words.

    Args:
        turns: the conversation.
        selected: the number of a turn, from 1; None for the last one.
    """
    number = selected if selected is not None and 1 <= selected <= len(turns) else len(turns)
    answer = turns[number - 1].answer if turns else None
    if answer is None:
        hint = "The passages behind each answer appear here."
        if turns and turns[number - 1].waiting:
            hint = "Looking for passages…"
        return f'<section class="qa evidence">{_CLOSE}<p class="hint">{hint}</p></section>'
    title = "Nearest passages" if answer.abstained else "Passages"
    return (
        f'<section class="qa evidence" aria-label="{title}">{_CLOSE}'
        f'<h2>{title} <span class="for">for “{inline(answer.question)}”</span></h2>'
        f"{passages(answer, number, turns[number - 1].verdict == WRONG) or _NONE}</section>"
    )


_CLOSE = '<button type="button" class="close-sheet" data-close-sheet>Close</button>'
"""Shown where the passages lie over the conversation, as on a phone."""
_NONE = '<p class="hint">No passages: the answer is not made of any.</p>'


def marked(passage: Passage, citations: Sequence[Citation]) -> str:
    """A passage's words with the cited ones marked and, lighter, the sentences around them."""
    text = passage.document.text
    cited = clipped(((each.start, each.end) for each in citations), passage.start, passage.end)
    around = [(each.context_start, each.context_end) for each in citations]
    parts, position = [], passage.start
    for start, end in clipped([*around, *cited], passage.start, passage.end):
        words = marked_text(text, start, end, cited)
        if (start, end) not in cited:
            words = f'<span class="around">{words}</span>'
        parts += [escape(text[position:start]), words]
        position = end
    return "".join([*parts, escape(text[position : passage.end])])


def passages(answer: Answer, turn: int, wrong: bool = False) -> str:
    """The passages found; then those that are cited without being among them.

    Args:
        answer: whose they are.
        turn: its number.
        wrong: whether the visitor found it wrong, and may name the right passage.
    """
    found = {hit.passage.id for hit in answer.hits}
    others = {
        citation.passage.id: citation.passage
        for citation in answer.citations
        if citation.passage.id not in found
    }
    cards = [
        _card(hit.passage, answer, turn, hit, rank, wrong)
        for rank, hit in enumerate(answer.hits, 1)
    ]
    cards += [_card(passage, answer, turn) for passage in others.values()]
    if not cards:
        return ""
    return f'<ol class="passages">{"".join(f"<li>{card}</li>" for card in cards)}</ol>'


def _card(
    passage: Passage,
    answer: Answer,
    turn: int,
    hit: Hit | None = None,
    rank: int | None = None,
    wrong: bool = False,
) -> str:
    citations = [one for one in answer.citations if one.passage.id == passage.id]
    cited = " cited" if citations else ""
    number = f'<span class="number">{citations[0].number}</span>' if citations else ""
    return (
        f'<details class="passage{cited}" id="{anchor(passage, turn)}"{" open" * bool(cited)}>'
        f'<summary><span class="line">{number}'
        f'<span class="kind {passage.kind}">{_KIND_NAMES.get(passage.kind, passage.kind)}</span>'
        f'<b class="speaker">{inline(speaker(passage))}</b>{_score(hit, rank)}</span>'
        f'<span class="line small"><cite>{inline(passage.document.title)}</cite>'
        f"{_parts(hit)}</span>"
        f'<span class="preview">{escape(passage.text)}</span></summary>'
        f"<blockquote>{marked(passage, citations)}</blockquote>{_source(passage, turn, wrong)}"
        f"{_why(hit, answer)}</details>"
    )


def _why(hit: Hit | None, answer: Answer) -> str:
    """What each stage made of a passage: its place among those shown, its score, and a bar."""
    if hit is None:
        return ""
    rows = [
        _stage("meaning", hit, answer, lambda parts: parts.dense, 1.0),
        _stage("words", hit, answer, lambda parts: parts.lexical, 1.0),
        _stage("sentence", hit, answer, lambda parts: parts.sentence, 1.0),
        _stage("relevance", hit, answer, lambda parts: parts.relevance, MOST_LOGIT),
        _stage("answers it", hit, answer, lambda parts: parts.answered, MOST_LOGIT),
        _stage("best words", hit, answer, lambda parts: parts.margin, MOST_LOGIT),
    ]
    sure = (
        f'<p class="threshold">The answer is sure to {answer.confidence:.2f}; below'
        f" {answer.threshold:.2f} there would be none.</p>"
    )
    return (
        '<details class="why"><summary>Why this passage?</summary><table><thead><tr>'
        '<th scope="col">stage</th><th scope="col">place</th><th scope="col">score</th><td></td>'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table>{sure}</details>"
    )


MOST_LOGIT = 8.0
"""A logit of this much fills a bar; the last three are logits, above 0 for "yes"."""
_STAGES = {
    "meaning": "Cosine of the question's and the passage's vectors",
    "words": "BM25, as a share of the most that the question could score",
    "sentence": "How like the question the best sentence is, as a share of the most possible",
    "relevance": "The reader's logit that the passage holds an answer, which orders passages",
    "answers it": "The reader's logit that the passage answers this very question",
    "best words": "By how much the reader finds the best words likelier than no answer, as a logit",
}


def _stage(
    name: str, hit: Hit, answer: Answer, score: Callable[[Score], float | None], full: float
) -> str:
    value = score(hit.parts)
    if value is None:
        return ""
    others = [score(other.parts) for other in answer.hits]
    place = 1 + sum(other is not None and other > value for other in others)
    share = round(100 * min(1.0, max(0.0, value) / full))
    return (
        f'<tr title="{_STAGES[name]}"><th scope="row">{name}</th><td>{place}</td>'
        f'<td>{value:.2f}</td><td class="bar"><span style="width: {share}%"></span></td></tr>'
    )


def _score(hit: Hit | None, rank: int | None) -> str:
    if hit is None:
        return ""
    return (
        f'<span class="score"><small>rank {rank}</small>'
        f' <span title="How well it answers, from 0 to 1">{hit.score:.2f}</span></span>'
    )


def _parts(hit: Hit | None) -> str:
    if hit is None:
        return ""
    return (
        '<span class="parts"><span title="Nearness of meaning (dense: cosine of the vectors)">'
        f'meaning {hit.parts.dense:.2f}</span> <span title="Words in common (lexical: BM25 as a'
        f' share of the most possible)">words {hit.parts.lexical:.2f}</span></span>'
    )


def _source(passage: Passage, turn: int, wrong: bool) -> str:
    document = passage.document
    parts = [inline(where) for where in (passage.locator, passage.section) if where]
    if passage.kind is Kind.COMMENT and passage.date:
        parts.append(inline(passage.date))
    files = ", ".join(PurePath(path).name for path in (document.path, *document.also))
    parts.append(f'<span class="file">{inline(files)}</span>')
    link = (
        f'<button type="button" data-do="read" data-turn="{turn}"'
        f' data-passage="{escape(passage.id)}">'
        "Read in the document</button>"
    )
    if wrong:
        link += (
            f' <button type="button" data-do="judge" data-verdict="{WRONG}" data-turn="{turn}"'
            f' data-right="{escape(passage.id)}">'
            "This is the right one</button>"
        )
    return f'<p class="source">{" · ".join(parts)} {link}</p>'
