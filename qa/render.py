"""Answers as plain text."""

from __future__ import annotations

import textwrap

from index.types import Hit, Passage
from qa.answer import Answer, Citation, speaker

WIDTH = 88
NEAREST = 3
"""How many of the nearest passages an answer that abstains shows."""


def as_text(answer: Answer) -> str:
    """An answer with its citations, or with the nearest passages when it abstains."""
    if answer.abstained:
        lines = [answer.text]
        if answer.hits:
            lines += ["", "Nearest:", *(_nearest(hit) for hit in answer.hits[:NEAREST])]
        return "\n".join(lines)
    sources = [_source(citation) for citation in answer.citations]
    return "\n".join([_wrap(answer.text), "", *sources])


def place(passage: Passage) -> str:
    """Where a passage stands: its document's title, its section, and its file."""
    where = [passage.document.title, *([passage.section] if passage.section else [])]
    return f"{', '.join(where)} ({passage.document.path})"


def _source(citation: Citation) -> str:
    whose = speaker(citation.passage)
    return _wrap(
        f"[{citation.number}] {whose}, in {place(citation.passage)},"
        f" characters {citation.start} to {citation.end}",
        hanging="    ",
    )


def _nearest(hit: Hit) -> str:
    words = textwrap.shorten(hit.passage.text, 160, placeholder=" …")
    return _wrap(f"- {speaker(hit.passage)}: {words}", hanging="  ")


def _wrap(text: str, hanging: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=hanging, break_on_hyphens=False)
