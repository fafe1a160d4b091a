"""The list of documents: what is in each, and what became of the files that were added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    documents: Sequence[Document], own: Sequence[Document], reports: Sequence[FileReport] = ()
) -> str:
    """Every document with its counts; one's own with a button to remove it.

    Args:
        documents: all that can be asked.
        own: of these, the visitor's.
        reports: on the files that were added last.
    """
    removable = {document.id for document in own}
    items = "".join(_item(each, each.id in removable) for each in reversed(documents[-SHOWN:]))
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
    """What is being done with files that are added."""
    return f'<p class="qa working" role="status">{escape(text)}…</p>'


def _item(document: Document, removable: bool) -> str:
    kinds = Counter(block.kind for block in document.blocks)
    counts = ", ".join(count(kinds[kind], noun) for kind, noun in _COUNTED.items() if kinds[kind])
    remove = (
        f'<button type="button" data-remove="{escape(document.id)}"'
        f' aria-label="Remove {escape(document.title)}">Remove</button>'
        if removable
        else ""
    )
    return (
        f"<li><cite>{inline(document.title)}</cite>"
        f' <span class="file">{inline(PurePath(document.path).name)}</span>'
        f' <span class="counts">{counts or "nothing to search"}</span> {remove}</li>'
    )
