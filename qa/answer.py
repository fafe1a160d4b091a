"""What a question gets: the answer, what proves it, and how sure it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from index.types import Document, Hit, Kind, Passage

NO_ANSWER = "The documents do not say."
"""The text of every answer that abstains."""


class Basis(StrEnum):
    """What an answer is made from."""

    PASSAGES = "passages"
    """The passages that were found for the question."""
    SUMMARY = "summary"
    """Sentences chosen to cover a whole text."""
    COUNTED = "counted"
    """How the documents are built: their comments, headings, dates."""
    TALK = "talk"
    """Nothing: the question was a greeting, thanks, or for help."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document that prove an answer.

    ``quote == passage.document.text[start:end]``.
    """

    number: int
    """As it stands in the answer's text: 1 for ``[1]``. One number a passage."""
    passage: Passage
    start: int
    end: int
    context_start: int
    context_end: int
    """Of the sentence or two that the words stand in, as the answer's text has them."""

    @property
    def quote(self) -> str:
        """The cited words, exactly as the document has them."""
        return self.passage.document.text[self.start : self.end]

    @property
    def context(self) -> str:
        """The sentence or two around the cited words, exactly as the document has them."""
        return self.passage.document.text[self.context_start : self.context_end]

    @property
    def speaker(self) -> str:
        """Whose words they are, for a person: "The author", "Reader LTRich", "Photo caption"."""
        return speaker(self.passage)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question."""

    question: str
    answer: str
    """The words that answer it, and no more: "22 percent"; several, for a list, with commas or
    semicolons. Sentences where the question wants them ("why …?"); empty when abstaining."""
    text: str
    """To be read by a person: whose words, the words, and their citations' numbers."""
    abstained: bool
    """True when the documents do not say; ``text`` is then :data:`NO_ANSWER`."""
    confidence: float
    """The probability that the answer is right, 0…1, and when abstaining, that ``nearest`` is; of a list, the
    share of it that is likely to be. See ``qa.confidence``."""
    citations: tuple[Citation, ...]
    """In the order of their numbers; empty when abstaining."""
    hits: tuple[Hit, ...]
    """The passages found, best first; when abstaining, the nearest ones."""
    nearest: str = ""
    """When abstaining, the words that came nearest to an answer, as what the documents do have; not
    an answer. Empty when there is one."""
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)
    """How long each stage took, by its name: "search", "read", "choose"."""

    basis: Basis = Basis.PASSAGES
    lead: str = ""
    """What the program says before it quotes, in ``text``; empty where it only quotes."""
    note: str = ""
    """What a reader should know of how the answer came about; empty for nothing in particular."""
    narrowed: Mapping[str, str] = field(default_factory=dict)
    """What the question itself narrowed the search to: "author" or "kind", and which."""
    threshold: float = 0.0
    """The confidence below which it would have abstained."""
    understood: str = ""
    """The question with what it lacked from the conversation before it; empty where it lacked
    nothing."""

    def __str__(self) -> str:
        """The answer with its citations, for a terminal."""
        from qa.render import as_text

        return as_text(self)

    def to_dict(self) -> dict[str, Any]:
        """The answer as values that JSON knows. Offsets are in characters of the document."""
        return {
            "question": self.question,
            "understood": self.understood,
            "basis": str(self.basis),
            "lead": self.lead,
            "narrowed": dict(self.narrowed),
            "threshold": self.threshold,
            "note": self.note,
            "answer": self.answer,
            "text": self.text,
            "abstained": self.abstained,
            "confidence": round(self.confidence, 4),
            "nearest": self.nearest,
            "citations": [
                {
                    "number": citation.number,
                    "quote": citation.quote,
                    "start": citation.start,
                    "end": citation.end,
                    "context": citation.context,
                    "context_start": citation.context_start,
                    "context_end": citation.context_end,
                    "speaker": citation.speaker,
                    "passage": _passage_to_dict(citation.passage),
                }
                for citation in self.citations
            ],
            "hits": [hit_to_dict(hit) for hit in self.hits],
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """The answer as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)


def speaker(passage: Passage) -> str:
    """Whose words a passage is, for a person."""
    if passage.kind is Kind.COMMENT:
        return f"Reader {passage.author}" if passage.author else "A reader"
    if passage.kind is Kind.CAPTION:
        return "Photo caption"
    return f"The author, {passage.author}" if passage.author else "The author"


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """A hit as values that JSON knows."""
    return {
        "score": round(hit.score, 6),
        "dense": round(hit.parts.dense, 6),
        "lexical": round(hit.parts.lexical, 6),
        "sentence": _rounded(hit.parts.sentence),
        "relevance": _rounded(hit.parts.relevance),
        "answered": _rounded(hit.parts.answered),
        "margin": _rounded(hit.parts.margin),
        "passage": _passage_to_dict(hit.passage),
    }


def document_to_dict(document: Document) -> dict[str, Any]:
    """A document, without its text, as values that JSON knows."""
    return {
        "id": document.id,
        "title": document.title,
        # Not "path": Gradio takes that for a file to hand out.
        "file": document.path,
        "also": list(document.also),
        "author": document.author,
        "date": document.date,
    }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 6)


def _passage_to_dict(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "text": passage.text,
        "kind": str(passage.kind),
        "author": passage.author,
        "date": passage.date,
        "section": passage.section,
        "locator": passage.locator,
        "start": passage.start,
        "end": passage.end,
        "document": {
            "id": passage.document.id,
            "title": passage.document.title,
            # Not "path": Gradio takes that for a file to hand out.
            "file": passage.document.path,
            "also": list(passage.document.also),
        },
    }
