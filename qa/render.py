"""Answers as plain text."""

from __future__ import annotations

import textwrap

from index.types import Hit, Passage
from qa.answer import Answer, Basis, Citation, speaker

WIDTH = 88
NEAREST = 3
"""How many of the nearest passages an answer that abstains shows."""
LONGEST = 160
"""Characters of what is shown of a passage that was near."""


def as_text(answer: Answer) -> str:
    """An answer with its citations, or with the nearest passages when it abstains."""
    above = [_wrap(f"Understood as: {answer.understood}"), ""] if answer.understood else []
    return "\n".join([*above, _answer_and_proof(answer)])


def _answer_and_proof(answer: Answer) -> str:
    if answer.abstained:
        lines = [answer.text]
        if answer.nearest or answer.hits:
            lines += ["", _wrap(f"Nearest: {nearest_words(answer)}".rstrip(), hanging="  ")]
        return "\n".join(lines + [_nearest(hit) for hit in answer.hits[:NEAREST]])
    words = exact_words(answer)
    lines = [_wrap(words), ""] if words else []
    lines += [_wrap(paragraph) for paragraph in answer.text.splitlines()]
    if answer.citations:
        lines += ["", *map(_source, answer.citations)]
    if answer.note:
        lines += ["", _wrap(answer.note)]
    return "\n".join(lines)


def exact_words(answer: Answer) -> str:
    """The words that answer, in one line; empty where they are whole sentences of the text."""
    words = " ".join(answer.answer.split())
    if answer.basis is not Basis.PASSAGES:
        return ""  # the text says it
    wholes = (" ".join(each.context.split()).rstrip(".!?…") for each in answer.citations)
    return "" if all(whole in words for whole in wholes) else words


def nearest_words(answer: Answer) -> str:
    """What came nearest to an answer, in quotation marks and not too long; empty for no words."""
    words = textwrap.shorten(answer.nearest, LONGEST, placeholder=" …")
    return f"“{words}”" if any(character.isalnum() for character in words) else ""


def place(passage: Passage) -> str:
    """Where a passage stands: its document's title, page, section and files."""
    document = passage.document
    where = [document.title, passage.locator, passage.section]
    return f"{', '.join(filter(None, where))} ({', '.join([document.path, *document.also])})"


def _source(citation: Citation) -> str:
    whose = speaker(citation.passage)
    return _wrap(
        f"[{citation.number}] {whose}, in {place(citation.passage)},"
        f" characters {citation.start} to {citation.end}",
        hanging="    ",
    )


def _nearest(hit: Hit) -> str:
    words = textwrap.shorten(hit.passage.text, LONGEST, placeholder=" …")
    return _wrap(f"- {speaker(hit.passage)}: {words}", hanging="  ")


def _wrap(text: str, hanging: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        subsequent_indent=hanging,
        break_on_hyphens=False,
        break_long_words=False,  # a path is to be copied
    )
