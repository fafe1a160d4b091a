"""The page's head: what is loaded, what went wrong, what to ask."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from index.types import Document, FileReport
from qa.page.markup import count, escape, inline, sentence

TITLE = "Ask your documents"

EXAMPLES = {
    "Why the bombs in Brussels may point to an Islamic State in retreat": (
        "What territory had IS lost?",
        "What did LTRich say?",
    ),
    "After nine dark years, Skarrow Point shines again": ("Where was the lens hidden in the war?",),
    "Fernhill Repair Workshop: Office Handbook": ("How long can members borrow tools?",),
}
"""Questions that fit the documents that come with the program, by the document's title."""


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
        f'<p class="status {escape(state)}" role="status">{escape(short)}</p>'
        '<button type="button" data-theme><span class="to-dark">Dark</span>'
        '<span class="to-light">Light</span></button></header>'
        f'<div class="qa notes">{long}{"".join(notes)}</div>'
    )


def loading_text(done: int, total: int, left: str = "") -> str:
    """What is going on until the documents can be asked, and how long it is likely to."""
    return f"Indexing {done:,} of {total:,} passages{left}…" if total else "Loading the model…"


def ready_text(documents: int, passages: int) -> str:
    """What can be asked now."""
    if not documents:
        return "ready: no documents"
    return f"ready: {count(documents, 'document')}, {count(passages, 'passage')}"


def note(text: str) -> str:
    """Something worth knowing that keeps nothing from working."""
    return f'<p class="note">{escape(sentence(text))}</p>'


def problems(reports: Sequence[FileReport]) -> str:
    """The files that were not indexed, each with the reason; empty when there are none."""
    from index.reports import problems_of

    bad = problems_of(reports)
    if not bad:
        return ""
    title = f"{count(len(bad), 'file')} {'was' if len(bad) == 1 else 'were'} not indexed"
    items = "".join(
        f"<li><b>{inline(report.path)}</b>: {inline(report.problem or '')}</li>" for report in bad
    )
    return f'<details class="problems"><summary>{title}</summary><ul>{items}</ul></details>'


def hint(text: str) -> str:
    """A line below the question's box; empty markup for no text."""
    return f'<p class="qa box-hint" role="alert">{escape(sentence(text))}</p>' if text else ""


def changing(number: int) -> str:
    """A line below the question's box while it replaces an earlier question.

    Args:
        number: of the turn.
    """
    return (
        f'<p class="qa box-hint" role="status">This replaces question {number}; what was asked after it'
        f' is answered anew. <button type="button" data-do="keep" data-turn="{number}">Do not</button></p>'
    )


def welcome(documents: Sequence[Document], examples: Sequence[str] = ()) -> str:
    """What a first-time visitor sees: what is loaded, what to ask, and how to add documents.

    Args:
        documents: what can be asked.
        examples: questions that fit them.
    """
    lead = "<p>Every answer is quoted from the documents, with the passage that proves it.</p>"
    asks = "".join(
        f'<li><button type="button" data-do="ask" data-question="{escape(question)}">'
        f"{inline(question)}</button></li>"
        for question in examples
    )
    tried = f'<ul class="examples" aria-label="Questions to begin with">{asks}</ul>' if asks else ""
    items = "".join(
        f"<li><cite>{inline(document.title)}</cite>"
        f' <span class="file">{inline(PurePath(document.path).name)}</span></li>'
        for document in documents[:8]
    )
    if len(documents) > 8:
        items += f"<li>and {len(documents) - 8:,} more</li>"
    shown = f'<ul class="loaded">{items}</ul>' if items else ""
    add = (
        '<p class="add">To ask documents of your own, drop files or a folder anywhere on this page, or'
        ' <button type="button" data-open="documents">add them</button>.</p>'
    )
    return f"<h2>What would you like to know?</h2>{lead}{tried}{shown}{add}"
