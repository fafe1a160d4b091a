"""A conversation as Markdown and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from qa.answer import Answer
from qa.render import exact_words, nearest_words, place

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def as_markdown(answers: Sequence[Answer]) -> str:
    """Questions as headings, answers below them, and their sources as a numbered list.

    Words of documents and of people are escaped: they show as they are, and nothing in them is a link
    or an image.
    """
    return "\n\n".join(part for answer in answers for part in _parts(answer)) + "\n"


def as_json(answers: Sequence[Answer], *, indent: int | None = 2) -> str:
    """Questions and answers as JSON: a list of what :meth:`qa.Answer.to_dict` gives."""
    return json.dumps([each.to_dict() for each in answers], ensure_ascii=False, indent=indent)


def _parts(answer: Answer) -> Iterator[str]:
    yield f"## {_plain(answer.question)}"
    if answer.understood:
        yield f"Understood as: {_plain(answer.understood)}"
    if words := exact_words(answer):
        yield f"**{_plain(words)}**"
    yield _plain(answer.text)
    if answer.abstained and (near := nearest_words(answer)):
        yield f"Nearest: {_plain(near)}"
    if answer.note:
        yield _plain(answer.note)
    sources = {citation.number: citation for citation in answer.citations}
    lines = [
        f"{number}. {_plain(citation.speaker)}, in {_plain(place(citation.passage))},"
        f" characters {citation.start} to {citation.end}"
        for number, citation in sources.items()
    ]
    if lines:
        yield "\n".join(lines)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
