"""Text as HTML that shows it and does nothing; marks at stored offsets."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from index.types import Passage


def escape(text: str) -> str:
    """Text as HTML that shows it, in element content and in quoted attributes."""
    return html.escape(text.replace("\0", "\ufffd").encode("utf-8", "replace").decode())


def inline(text: str) -> str:
    """Escaped, and kept from turning the direction of what stands around it."""
    return f"<bdi>{escape(text)}</bdi>"


def sentence(text: str) -> str:
    """A message as a sentence: a capital first, a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def count(number: int, noun: str) -> str:
    """A number of things, in words: "1 file", "2,000 files"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def marked_text(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> str:
    """A stretch of a text with those of the spans marked that are in it; they do not overlap."""
    parts, position = [], start
    for first, last in clipped(spans, start, end):
        parts += [escape(text[position:first]), f"<mark>{escape(text[first:last])}</mark>"]
        position = last
    return "".join([*parts, escape(text[position:end])])


def clipped(spans: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """What of the spans is between ``start`` and ``end``, in order, those that touch as one."""
    clipped = ((max(first, start), min(last, end)) for first, last in spans)
    found: list[tuple[int, int]] = []
    for first, last in sorted(span for span in clipped if span[0] < span[1]):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def anchor(passage: Passage, turn: int) -> str:
    """The id of a passage's card among those of a turn."""
    return "t{}-{}".format(turn, re.sub(r"[^0-9A-Za-z]", "-", passage.id))
