"""The page's head: what is loaded, what went wrong, what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        f'<p class="status {escape(state)}" role="status">{escape(short)}</p></header>'
        f'<div class="qa notes">{long}{"".join(notes)}</div>'
    )


def loading_text(done: int, total: int) -> str:
    """What is going on until the documents can be asked."""
    return f"Indexing {done:,} of {total:,} passages…" if total else "Loading the model…"


def ready_text(documents: int, passages: int) -> str:
    """What can be asked now."""
    return f"ready: {count(documents, 'document')}, {count(passages, 'passage')}"


def note(text: str) -> str:
    """Something worth knowing that keeps nothing from working."""
    return f'<p class="note">{escape(sentence(text))}</p>'


def problems(reports: Iterable[FileReport]) -> str:
    """The files that were not indexed, each with the reason; empty when there are none."""
    bad = [report for report in reports if report.problem]
    if not bad:
        return ""
    title = f"{count(len(bad), 'file')} {'was' if len(bad) == 1 else 'were'} not indexed"
    items = "".join(
        f"<li><b>{inline(report.path)}</b>: {inline(report.problem or '')}</li>" for report in bad
    )
    return f'<details class="problems"><summary>{title}</summary><ul>{items}</ul></details>'


def examples(documents: Iterable[Document]) -> list[str]:
    """The example questions that fit these documents; none for documents of the user's own."""
    titles = {document.title for document in documents}
    return [question for title, some in EXAMPLES.items() if title in titles for question in some]


def hint(text: str) -> str:
    """A line below the question's box; empty markup for no text."""
    return f'<p class="qa box-hint" role="alert">{escape(sentence(text))}</p>' if text else ""


def welcome(documents: Sequence[Document]) -> str:
    """What a first-time visitor sees: what is loaded."""
    lead = "<p>Every answer is quoted from the documents, with the passage that proves it.</p>"
    items = "".join(
        f"<li><cite>{inline(document.title)}</cite>"
        f' <span class="file">{inline(PurePath(document.path).name)}</span></li>'
        for document in documents[:8]
    )
    if len(documents) > 8:
        items += f"<li>and {len(documents) - 8:,} more</li>"
    shown = f'<ul class="loaded">{items}</ul>' if items else ""
    return f"<h2>What would you like to know?</h2>{lead}{shown}"
