"""The page's HTML: answers, passages and messages as escaped markup, without a web framework.

Whatever comes from a document, a file's name, an author or a question passes through
:func:`escape` and is shown as text. Marks come from stored offsets, never from a search for the
words.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from index.types import Document, FileReport, Hit, Kind, Passage
from qa.answer import Answer, Basis, Citation, speaker
from qa.citing import said
from qa.quotes import joined
from qa.render import NEAREST, exact_words, nearest_words

TITLE = "Ask your documents"

CSS_FILE = Path(__file__).with_name("page.css")

EXAMPLES = {
    "Why the bombs in Brussels may point to an Islamic State in retreat": (
        "What territory had IS lost?",
        "What did LTRich say?",
    ),
    "After nine dark years, Skarrow Point shines again": ("Where was the lens hidden in the war?",),
    "Fernhill Repair Workshop: Office Handbook": ("How long can members borrow tools?",),
}
"""Questions that fit the documents that come with the program, by the document's title."""

# The links to passages work without this. It keeps a link from reloading the page when its address
# has a query (the page has a <base>), opens a closed passage, and moves the focus there.
SCRIPT = """<script>
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest(".qa a[href^='#']");
  const target = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!target) return;
  event.preventDefault();
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  document.querySelectorAll(".qa .found").forEach((old) => old.classList.remove("found"));
  target.classList.add("found");
  (target.querySelector("summary") || target).focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
});
</script>"""

_KIND_NAMES = {Kind.PARAGRAPH: "article", Kind.CAPTION: "caption", Kind.COMMENT: "comment"}


@dataclass(slots=True)
class Turn:
    """A question and what it got; neither answer nor message while it waits."""

    question: str
    answer: Answer | None = None
    message: str | None = None
    """Why there is no answer, when something went wrong."""

    @property
    def waiting(self) -> bool:
        """Whether it has got nothing yet."""
        return self.answer is None and self.message is None


def escape(text: str) -> str:
    """Text as HTML that shows it, in element content and in quoted attributes."""
    return html.escape(text.replace("\0", "\ufffd").encode("utf-8", "replace").decode())


def header(status: str, state: str, notes: Sequence[str] = ()) -> str:
    """The page's head: name, status, and what went wrong on the way.

    Args:
        status: one line, or more when it is an error.
        state: "loading", "ready" or "failed".
        notes: markup below it, from :func:`problems` and :func:`note`.
    """
    failed = state == "failed"
    short = "not ready" if failed else status
    long = f'<p class="failure" role="alert">{escape(status)}</p>' if failed else ""
    return (
        f'<header class="qa head"><h1>{TITLE}</h1>'
        f'<p class="status {escape(state)}" role="status">{escape(short)}</p></header>'
        f'<div class="qa notes">{long}{"".join(notes)}</div>'
    )


def loading_text(done: int, total: int) -> str:
    """What is going on until the documents can be asked."""
    return f"Indexing {done:,} of {total:,} passages…" if total else "Loading the model…"


def ready_text(documents: int, passages: int) -> str:
    """What can be asked now."""
    return f"ready: {_count(documents, 'document')}, {_count(passages, 'passage')}"


def note(text: str) -> str:
    """Something worth knowing that keeps nothing from working."""
    return f'<p class="note">{escape(sentence(text))}</p>'


def problems(reports: Iterable[FileReport]) -> str:
    """The files that were not indexed, each with the reason; empty when there are none."""
    bad = [report for report in reports if report.problem]
    if not bad:
        return ""
    title = f"{_count(len(bad), 'file')} {'was' if len(bad) == 1 else 'were'} not indexed"
    items = "".join(
        f"<li><b>{_inline(report.path)}</b>: {_inline(report.problem or '')}</li>" for report in bad
    )
    return f'<details class="problems"><summary>{title}</summary><ul>{items}</ul></details>'


def examples(documents: Iterable[Document]) -> list[str]:
    """The example questions that fit these documents; none for documents of the user's own."""
    titles = {document.title for document in documents}
    return [question for title, some in EXAMPLES.items() if title in titles for question in some]


def conversation(turns: Sequence[Turn], documents: Sequence[Document] = ()) -> str:
    """The questions and answers so far; what there is to ask about when there are none.

    The passages of the last turn are meant to stand beside it (:func:`evidence`), so only the
    earlier turns carry their own.
    """
    if not turns:
        return f'<div class="qa talk empty">{_welcome(documents)}</div>'
    last = len(turns)
    items = "".join(_turn(turn, number, last) for number, turn in enumerate(turns, 1))
    return f'<div class="qa talk" role="log"><ol class="turns">{items}</ol></div>'


def evidence(turns: Sequence[Turn]) -> str:
    """The passages of the last answer, each with its rank, score, source and cited words."""
    answer = turns[-1].answer if turns else None
    if answer is None:
        hint = "The passages behind each answer appear here."
        if turns and turns[-1].waiting:
            hint = "Looking for passages…"
        return f'<section class="qa evidence"><p class="hint">{hint}</p></section>'
    title = "Nearest passages" if answer.abstained else "Passages"
    return (
        f'<section class="qa evidence" aria-label="{title}">'
        f'<h2>{title} <span class="for">for “{_inline(answer.question)}”</span></h2>'
        f"{_passages(answer, len(turns))}</section>"
    )


def hint(text: str) -> str:
    """A line below the question's box; empty markup for no text."""
    return f'<p class="qa box-hint" role="alert">{escape(sentence(text))}</p>' if text else ""


def sentence(text: str) -> str:
    """A message as a sentence: a capital first, a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def marked(passage: Passage, citations: Sequence[Citation]) -> str:
    """A passage's words with the cited ones marked and, lighter, the sentences around them."""
    text = passage.document.text
    cited = _clipped(((each.start, each.end) for each in citations), passage.start, passage.end)
    around = [(each.context_start, each.context_end) for each in citations]
    parts, position = [], passage.start
    for start, end in _clipped([*around, *cited], passage.start, passage.end):
        words = _marked(text, start, end, cited)
        if (start, end) not in cited:
            words = f'<span class="around">{words}</span>'
        parts += [escape(text[position:start]), words]
        position = end
    return "".join([*parts, escape(text[position : passage.end])])


def linked(answer: Answer, turn: int) -> str:
    """The answer's text: whose words, the words, and a link to the passage that they are from.

    It is built from the citations, as the text is, so that a ``[n]`` within quoted words, which is
    the document's own, stays text. Words are marked where the sentence has more of them.
    """
    if not answer.citations:
        return "<br>".join(map(escape, answer.text.splitlines()))
    parts = [escape(answer.lead)] if answer.lead else []
    parts += [_said(before, cited, turn) for before, cited in said(answer.citations, answer.basis)]
    return " ".join(parts)


def _said(before: str, citations: Sequence[Citation], turn: int) -> str:
    """What is quoted from one passage."""
    first = citations[0]
    text = first.passage.document.text
    cited = _clipped(((each.start, each.end) for each in citations), 0, len(text))
    sentences = []
    for start, end in joined((each.context_start, each.context_end) for each in citations):
        some = [span for span in cited if span != (start, end)]
        sentences.append(re.sub(r"\s+", " ", _marked(text, start, end, some)))
    words = " ".join(sentences)
    lead = f"{_inline(before.rstrip())} " if before else ""
    return f"{lead}<bdi>{words}</bdi> {_link(first, turn)}"


def _marked(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> str:
    """A stretch of a text with those of the spans marked that are in it; they do not overlap."""
    parts, position = [], start
    for first, last in _clipped(spans, start, end):
        parts += [escape(text[position:first]), f"<mark>{escape(text[first:last])}</mark>"]
        position = last
    return "".join([*parts, escape(text[position:end])])


def _clipped(spans: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """What of the spans is between ``start`` and ``end``, in order, those that touch as one."""
    clipped = ((max(first, start), min(last, end)) for first, last in spans)
    found: list[tuple[int, int]] = []
    for first, last in sorted(span for span in clipped if span[0] < span[1]):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _turn(turn: Turn, number: int, last: int) -> str:
    if turn.answer is not None:
        body = _answer(turn.answer, number)
        if number < last and turn.answer.hits:
            body += (
                '<details class="earlier"><summary>Passages</summary>'
                f"{_passages(turn.answer, number)}</details>"
            )
    elif turn.message is not None:
        body = f'<p class="message">{escape(sentence(turn.message))}</p>'
    else:
        body = '<p class="waiting" role="status">Looking through the documents…</p>'
    return (
        f'<li><div class="question"><p>{escape(turn.question)}</p></div>{_understood(turn)}'
        f'<div class="answer">{body}</div></li>'
    )


def _understood(turn: Turn) -> str:
    """How a follow-up was understood."""
    if turn.answer is None or not turn.answer.understood:
        return ""
    return f'<p class="understood">Understood as: {_inline(turn.answer.understood)}</p>'


def _answer(answer: Answer, turn: int) -> str:
    text = f'<p class="words">{linked(answer, turn)}</p>'
    if answer.abstained:
        return text + _nearest(answer, turn)
    words = exact_words(answer)
    exact = f'<p class="exact">{_inline(words)}</p>' if words else ""
    note = f'<p class="note">{escape(answer.note)}</p>' if answer.note else ""
    sources = {citation.number: citation for citation in answer.citations}
    items = "".join(
        f"<li>{_link(citation, turn)} {_inline(citation.speaker)}, in"
        f" <cite>{_inline(citation.passage.document.title)}</cite></li>"
        for citation in sources.values()
    )
    sure = (
        '<p class="sure" title="How likely it is that this answer is right, from 0 to 1">'
        f"sure {answer.confidence:.2f}</p>"
    )
    if answer.basis is not Basis.PASSAGES:
        sure = ""
    sources_and_sure = f'<div class="sources"><ul>{items}</ul>{sure}</div>' if items else ""
    return f"{exact}{text}{note}{sources_and_sure}"


def _nearest(answer: Answer, turn: int) -> str:
    """What is near the question, in small: it is no answer."""
    items = "".join(
        f'<li><a href="#{_anchor(hit.passage, turn)}">{_inline(speaker(hit.passage))}</a>:'
        f" {_inline(textwrap.shorten(hit.passage.text, 100, placeholder=' …'))}</li>"
        for hit in answer.hits[:NEAREST]
    )
    words = nearest_words(answer)
    if not items and not words:
        return ""
    shown = f"<p>Nearest: {_inline(words)}</p>" if words else "<p>Nearest:</p>"
    return f'<div class="sources nearest">{shown}<ul>{items}</ul></div>'


def _passages(answer: Answer, turn: int) -> str:
    """The passages found; then those that are cited without being among them."""
    found = {hit.passage.id for hit in answer.hits}
    others = {
        citation.passage.id: citation.passage
        for citation in answer.citations
        if citation.passage.id not in found
    }
    cards = [_card(hit.passage, answer, turn, hit, rank) for rank, hit in enumerate(answer.hits, 1)]
    cards += [_card(passage, answer, turn) for passage in others.values()]
    return f'<ol class="passages">{"".join(f"<li>{card}</li>" for card in cards)}</ol>'


def _card(
    passage: Passage, answer: Answer, turn: int, hit: Hit | None = None, rank: int | None = None
) -> str:
    citations = [one for one in answer.citations if one.passage.id == passage.id]
    cited = " cited" if citations else ""
    number = f'<span class="number">{citations[0].number}</span>' if citations else ""
    return (
        f'<details class="passage{cited}" id="{_anchor(passage, turn)}"{" open" * bool(cited)}>'
        f'<summary><span class="line">{number}'
        f'<span class="kind {passage.kind}">{_KIND_NAMES.get(passage.kind, passage.kind)}</span>'
        f'<b class="speaker">{_inline(speaker(passage))}</b>{_score(hit, rank)}</span>'
        f'<span class="line small"><cite>{_inline(passage.document.title)}</cite>'
        f"{_parts(hit)}</span>"
        f'<span class="preview">{escape(passage.text)}</span></summary>'
        f"<blockquote>{marked(passage, citations)}</blockquote>{_source(passage)}</details>"
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


def _source(passage: Passage) -> str:
    document = passage.document
    parts = []
    if passage.section:
        parts.append(_inline(passage.section))
    if passage.kind is Kind.COMMENT and passage.date:
        parts.append(_inline(passage.date))
    parts.append(f'<span class="file">{_inline(PurePath(document.path).name)}</span>')
    return f'<p class="source">{" · ".join(parts)}</p>'


def _welcome(documents: Sequence[Document]) -> str:
    lead = "<p>Every answer is quoted from the documents, with the passage that proves it.</p>"
    items = "".join(
        f"<li><cite>{_inline(document.title)}</cite>"
        f' <span class="file">{_inline(PurePath(document.path).name)}</span></li>'
        for document in documents[:8]
    )
    if len(documents) > 8:
        items += f"<li>and {len(documents) - 8:,} more</li>"
    shown = f'<ul class="loaded">{items}</ul>' if items else ""
    return f"<h2>What would you like to know?</h2>{lead}{shown}"


def _link(citation: Citation, turn: int) -> str:
    target = _anchor(citation.passage, turn)
    return (
        f'<a class="cite" href="#{target}"'
        f' aria-label="citation {citation.number}">{citation.number}</a>'
    )


def _anchor(passage: Passage, turn: int) -> str:
    return "t{}-{}".format(turn, re.sub(r"[^0-9A-Za-z]", "-", passage.id))


def _inline(text: str) -> str:
    """Escaped, and kept from turning the direction of what stands around it."""
    return f"<bdi>{escape(text)}</bdi>"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
