"""A document with all that searching it takes. An index is a sequence of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.acronyms import Names
from index.terms import TermTable
from index.types import Document, Passage


@dataclass(frozen=True, eq=False, slots=True)
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

    def named(self, document: Document) -> IndexedDocument:
        """The same, of a document that differs in nothing but its files' names."""
        if document == self.document:
            return self
        passages = tuple(replace(passage, document=document) for passage in self.passages)
        return replace(self, document=document, passages=passages)


def stacked(entries: Sequence[IndexedDocument], dimension: int) -> NDArray[np.float32]:
    """The vectors of several documents: (n, d)."""
    found = [entry.vectors for entry in entries if entry.passages]
    return np.concatenate([np.zeros((0, dimension), np.float32), *found])


def all_passages(entries: Iterable[IndexedDocument]) -> tuple[Passage, ...]:
    """The passages of several documents."""
    return tuple(passage for entry in entries for passage in entry.passages)
