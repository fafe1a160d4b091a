"""Documents as values that JSON knows, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from index.types import Block, Document, FileReport, Kind, Passage

Facts = Mapping[str, Any]

_KINDS = {str(kind): kind for kind in Kind}
"""Looked up, as ``Kind(…)`` takes ten times as long."""


def document_to_facts(document: Document) -> dict[str, Any]:
    """A document as a JSON object; its blocks as lists, in the order of their fields."""
    return {
        "id": document.id,
        "path": document.path,
        "title": document.title,
        "text": document.text,
        "blocks": [
            [b.kind, b.start, b.end, b.author, b.date, b.reply_to, b.level, b.locator, b.continues]
            for b in document.blocks
        ],
        "author": document.author,
        "date": document.date,
        "also": document.also,
    }


def document_from_facts(facts: Facts) -> Document:
    """What :func:`document_to_facts` made.

    Raises:
        ValueError, KeyError, TypeError: it did not.
    """
    blocks = tuple(Block(_KINDS[kind], *place) for kind, *place in facts["blocks"])
    return Document(**{**facts, "blocks": blocks, "also": tuple(facts["also"])})


def report_to_facts(report: FileReport) -> dict[str, Any]:
    """A report on a file as a JSON object."""
    document = document_to_facts(report.document) if report.document is not None else None
    return {
        "path": report.path,
        "document": document,
        "problem": report.problem,
        "same_as": report.same_as,
    }


def report_from_facts(facts: Facts) -> FileReport:
    """What :func:`report_to_facts` made.

    Raises:
        ValueError, KeyError, TypeError: it did not.
    """
    document = facts["document"]
    made = document_from_facts(document) if document is not None else None
    return FileReport(facts["path"], made, facts["problem"], facts["same_as"])


def passage_to_facts(passage: Passage) -> list[Any]:
    """A passage, without its document, as a JSON list."""
    return [
        passage.kind,
        passage.start,
        passage.end,
        passage.author,
        passage.date,
        passage.section,
        passage.locator,
    ]


def passage_from_facts(document: Document, facts: list[Any]) -> Passage:
    """What :func:`passage_to_facts` made.

    Raises:
        ValueError, KeyError, TypeError: it did not.
    """
    kind, *place = facts
    return Passage(document, _KINDS[kind], *place)


def line(value: Any) -> bytes:
    """A JSON value as a line; the same whenever the value is."""
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except (orjson.JSONEncodeError, TypeError):
        # File names need not be UTF-8; "surrogatepass" keeps those that are not.
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return f"{text}\n".encode("utf-8", "surrogatepass")


def parsed(line: bytes) -> Any:
    """A JSON value.

    Raises:
        ValueError: it is none.
    """
    try:
        return orjson.loads(line)  # three times as fast
    except orjson.JSONDecodeError:  # it takes no surrogates, which file names may have
        return json.loads(line.decode("utf-8", "surrogatepass"))
