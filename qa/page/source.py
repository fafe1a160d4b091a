"""A whole document, typeset by its blocks, with a passage and its cited words marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from index.types import Block, Document, Kind, Passage
from qa.answer import Citation
from qa.page.markup import clipped, escape, inline, marked_text

_NOT_SHOWN = frozenset({Kind.BOILERPLATE})
"""Counters, share links and comment policies say nothing."""


def source(passage: Passage, citations: Sequence[Citation] = ()) -> str:
    """The document of a passage, which is the element with the id "here".

    Args:
        passage: what to show.
        citations: of the same answer; those of the document are marked, or where none is in the passage
            the passage as a whole.
    """
    document = passage.document
    own = [each for each in citations if each.passage.document.id == document.id]
    spans = [(each.start, each.end) for each in own]
    if not clipped(spans, passage.start, passage.end):
        spans.append((passage.start, passage.end))
    shown = [block for block in document.blocks if block.kind not in _NOT_SHOWN]
    before = [None, *(block.locator for block in shown)]
    blocks = "".join(
        _locator(block, last) + _block(document, block, spans, passage)
        for block, last in zip(shown, before, strict=False)
    )
    return (
        '<section class="qa source" aria-label="The document"><div class="bar">'
        f"<p><b>{inline(document.title)}</b>"
        f' <span class="file">{inline(PurePath(document.path).name)}</span></p>'
        '<button type="button" class="close" data-do="close">Close</button></div>'
        f'<div class="text" tabindex="0" role="region" aria-label="Its text">{blocks}</div></section>'
    )


def _locator(block: Block, last: str | None) -> str:
    """Where a page, slide or row begins."""
    if block.locator in (None, last):
        return ""
    return f'<p class="locator">{inline(block.locator or "")}</p>'


def _block(
    document: Document, block: Block, spans: Sequence[tuple[int, int]], passage: Passage
) -> str:
    words = marked_text(document.text, block.start, block.end, spans)
    here = ' id="here"' if block.start <= passage.start < block.end else ""
    if block.kind is Kind.TITLE:
        return f'<h3 class="title"{here}>{words}</h3>'
    if block.kind is Kind.HEADING:
        return f"<h4{here}>{words}</h4>"
    if block.kind is Kind.COMMENT:
        who = inline(block.author) if block.author else "A reader"
        when = f" · {inline(block.date)}" if block.date else ""
        return (
            f'<article class="comment"{here}><p class="who">{who}{when}</p><p>{words}</p></article>'
        )
    return f'<p class="{escape(block.kind)}"{here}>{words}</p>'
