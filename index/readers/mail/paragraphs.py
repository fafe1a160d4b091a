"""Lines become paragraphs: wrapped ones are joined, lists and verses are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.readers.mail.message import Line

_ITEM = re.compile(r"\s*(?:[-*+•‣·–—]\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s)")
_WRAPPED = 55
"""A line of at least this many characters may have been wrapped: programs wrap at 72 to 78, and
the next word did not fit."""

_OWN = 100
"""A whole line above this is a paragraph of its own."""


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """The paragraphs of a message, in their order."""
    made: list[str] = []
    group: list[Line] = []
    for line in lines:
        own = line.whole and len(line.text) > _OWN
        if (not line.text or own) and group:
            made.append(_joined(group))
            group = []
        if own:
            made.append(line.text.strip())
        elif line.text:
            group.append(line)
    if group:
        made.append(_joined(group))
    return [words for words in made if any(character.isalnum() for character in words)]


def _joined(group: Sequence[Line]) -> str:
    text = group[0].text.strip()
    for line, following in pairwise(group):
        wrapped = not line.whole and not following.whole and len(line.text) >= _WRAPPED
        wrapped = wrapped and not _ITEM.match(following.text)
        text += (" " if wrapped else "\n") + following.text.strip()
    return text
