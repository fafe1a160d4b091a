"""A document with all that searching it takes. An index is a sequence of these."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.acronyms import Names
from index.serial import document_to_facts, line, passage_to_facts
from index.terms import TermTable
from index.types import Document, Passage


class Label(NamedTuple):
    """What tells a document from others: its content, and under which names it goes."""

    id: str
    path: str
    title: str
    also: tuple[str, ...]

    @classmethod
    def of(cls, document: Document) -> Label:
        """The label of a document."""
        return cls(document.id, document.path, document.title, document.also)

    @property
    def digest(self) -> str:
        """It in one word, by which the store knows the document."""
        return hashlib.sha256(repr(tuple(self)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Record(Protocol):
    """A document of an index: in memory (:class:`IndexedDocument`) or on disk.

    Of one on disk nothing is read to tell its label, its digest or how many passages it has.
    """

    @property
    def label(self) -> Label:
        """What tells it from others."""

    @property
    def digest(self) -> str:
        """Its label's."""

    @property
    def size(self) -> int:
        """How many passages it has."""

    @property
    def document(self) -> Document:
        """The document itself."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Its passages."""

    @property
    def vectors(self) -> NDArray[np.float32]:
        """(n, d), unit length."""

    def load(self) -> IndexedDocument:
        """All of it, in memory."""

    def named(self, document: Document) -> Record:
        """The same, of a document that differs in nothing but its files' names."""


@dataclass(frozen=True, eq=False)
class IndexedDocument:
    """A document, cut and embedded. Row *i* of the vectors and of the terms is ``passages[i]``."""

    document: Document
    passages: tuple[Passage, ...]
    keys: tuple[str, ...]
    """SHA-256 of the text that was embedded for each passage."""
    vectors: NDArray[np.float32]
    """(n, d), unit length."""
    terms: TermTable
    words: tuple[str, ...]
    """Its vocabulary, from :func:`index.spelling.vocabulary`."""
    names: Names

    @property
    def label(self) -> Label:
        """What tells it from others."""
        return Label.of(self.document)

    @cached_property
    def digest(self) -> str:
        """Its label's."""
        return self.label.digest

    @property
    def size(self) -> int:
        """How many passages it has."""
        return len(self.passages)

    def facts(self) -> dict[str, Any]:
        """It as a JSON object, without what lies in arrays."""
        return {
            "document": document_to_facts(self.document),
            "passages": [passage_to_facts(passage) for passage in self.passages],
            "words": self.words,
            "names": self.names.counts,
            "initials": sorted(self.names.used),
            "explained": sorted(self.names.explained),
        }

    def line(self) -> bytes:
        """Its facts as a line of a file."""
        return line(self.facts())

    def load(self) -> IndexedDocument:
        """All of it, in memory."""
        return self

    def named(self, document: Document) -> IndexedDocument:
        """The same, of a document that differs in nothing but its files' names."""
        if document == self.document:
            return self
        passages = tuple(replace(passage, document=document) for passage in self.passages)
        return replace(self, document=document, passages=passages)
