"""Comments that a page describes in JSON-LD, some of which it does not show."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element

from index.readers.html.comments.parts import PageComment
from index.readers.html.comments.wording import LONGEST_NAME
from index.readers.html.dom import squeezed

_LD_LISTS = ("comment", "comments", "review", "suggestedAnswer", "acceptedAnswer")
_LD_TYPES = {"Comment", "UserComments", "Answer", "Review"}
_LD_DEEPEST = 40
"""Levels of JSON-LD that are followed; a deeper one is no description of a page."""


def json_ld_comments(root: _Element) -> Iterator[PageComment]:
    """The comments that the page's JSON-LD describes (schema.org Comment, Answer, Review)."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            data = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue  # A broken description is common and takes nothing from the page itself.
        yield from _ld_walk(data, None, 0)


def _ld_walk(data: Any, reply_to: str | None, depth: int) -> Iterator[PageComment]:
    if depth > _LD_DEEPEST:
        return
    if isinstance(data, list):
        for entry in data:
            yield from _ld_walk(entry, reply_to, depth + 1)
    elif isinstance(data, dict):
        comment = _ld_comment(data, reply_to)
        if comment is not None:
            yield comment
        author = comment.author if comment is not None else None
        for key, value in data.items():
            inner = author if key in _LD_LISTS else None
            yield from _ld_walk(value, inner, depth + 1)


def _ld_comment(data: dict[str, Any], reply_to: str | None) -> PageComment | None:
    kinds = data.get("@type")
    if not _LD_TYPES & set(kinds if isinstance(kinds, list) else [kinds] if kinds else []):
        return None
    words = data.get("text") or data.get("commentText") or data.get("reviewBody")
    if not isinstance(words, str) or not words.strip():
        return None
    author = data.get("author") or data.get("creator")
    if isinstance(author, list):
        author = author[0] if author else None
    if isinstance(author, dict):
        author = author.get("name")
    date = data.get("dateCreated") or data.get("datePublished") or data.get("commentTime")
    return PageComment(
        _plain(words),
        author.strip() or None if isinstance(author, str) else None,
        date if isinstance(date, str) else None,
        reply_to,
    )


def _plain(words: str) -> str:
    """JSON-LD text as plain text: markup and character references are allowed in it."""
    words = html.unescape(words)
    words = re.sub(r"<(?:br|/p|/div|/li)\b[^>]*>", "\n\n", words)
    words = html.unescape(re.sub(r"<[a-zA-Z/][^>]*>", "", words))
    return "\n\n".join(
        filter(None, (" ".join(part.split()) for part in re.split(r"\n\s*\n", words)))
    )


def not_shown(described: list[PageComment], comments: list[PageComment]) -> list[PageComment]:
    """The described comments that the page does not show itself."""
    shown = "\n".join(squeezed(comment.text) for comment in comments)
    unseen = []
    for comment in described:
        start = squeezed(comment.text)[:LONGEST_NAME]
        if start and start not in shown:
            unseen.append(comment)
            shown += "\n" + squeezed(comment.text)
    return unseen
