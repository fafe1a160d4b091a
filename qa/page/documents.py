"""The list of documents: what is in each, and what became of the files that were added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePath

from index.types import Document, FileReport, Kind
from qa.page.markup import count, escape, inline, sentence

SHOWN = 200
"""Documents in the list."""
_COUNTED = {
    Kind.PARAGRAPH: "paragraph",
    Kind.CAPTION: "caption",
    Kind.COMMENT: "comment",
}


def document_list(
    documents: Sequence[Document],
    removable: Collection[Document],
    reports: Sequence[FileReport] = (),
) -> str:
    """Every document with its counts, and a button to remove it where that may be done.

    Args:
        documents: all that can be asked.
        removable: of these, what the visitor may remove; the same sequence for all.
        reports: on the files that were added last.
    """
    shown = documents[-SHOWN:]
    # Not the ids of all there are: documents are decoded when they are looked at.
    may_go = {each.id for each in (shown if removable is documents else removable)}
    items = "".join(_item(each, each.id in may_go) for each in reversed(shown))
    more = len(documents) - SHOWN
    if more > 0:
        items += f"<li>and {more:,} more</li>"
    bad = [report for report in reports if report.problem]
    problems = "".join(
        f'<li class="problem"><b>{inline(report.path)}</b> was not added:'
        f" {escape(sentence(report.problem or ''))}</li>"
        for report in bad
    )
    return f'<ul class="qa documents">{problems}{items}</ul>'


def working(text: str) -> str:
    """What is being done with files that are added, and how to stop it."""
    return (
        f'<div class="qa working"><p role="status">{escape(text)}…</p>'
        '<button type="button" data-do="stop">Stop</button></div>'
    )


def done(text: str) -> str:
    """What became of what the visitor wanted done with documents; empty markup for no text."""
    return f'<p class="qa done" role="status">{escape(sentence(text))}</p>' if text else ""


def _item(document: Document, removable: bool) -> str:
    kinds = Counter(block.kind for block in document.blocks)
    counts = ", ".join(count(kinds[kind], noun) for kind, noun in _COUNTED.items() if kinds[kind])
    remove = (
        f'<button type="button" data-do="remove" data-sure data-document="{escape(document.id)}"'
        f' aria-label="Remove {escape(document.title)}">Remove</button>'
        if removable
        else ""
    )
    written = f"{len(document.text):,} characters"
    dated = f"{document.date}, " if document.date else ""
    return (
        f"<li><span><cite>{inline(document.title)}</cite>"
        f' <span class="file">{inline(PurePath(document.path).name)}</span></span>'
        f' <span class="counts">{counts or "nothing to search"} · {inline(dated + written)}</span>'
        f" {remove}</li>"
    )
