"""The documents and passages that a question about the whole is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from index.index import Index
from index.types import Block, Document, Filter, Kind, Passage
from qa.conversation.mentions import content_words


@dataclass(frozen=True)
class Scope:
    """Some documents of an index, and of them what a filter lets through."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    """In the order of the documents' text."""
    only: Filter
    available: int
    """How many documents the index has."""

    @cached_property
    def comments(self) -> tuple[tuple[Document, Block], ...]:
        """Every comment as a whole, however many passages it was cut into."""
        author = self.only.author and self.only.author.casefold()
        return tuple(
            (document, block)
            for document in self.documents
            for block in document.blocks
            if block.kind is Kind.COMMENT
            and (author is None or (block.author or "").casefold() == author)
        )

    @cached_property
    def writers(self) -> Counter[str]:
        """How many comments each reader wrote, in the order in which they first did."""
        return Counter(block.author for _, block in self.comments if block.author)

    def passages_of(self, comments: Sequence[tuple[Document, Block]]) -> list[Passage]:
        """The first passage of each comment, to cite it by."""
        first = {
            (passage.document.id, passage.start): passage
            for passage in self.passages
            if passage.kind is Kind.COMMENT
        }
        starts = sorted(first)
        found = []
        for document, block in comments:
            inside = [
                first[place]
                for place in starts
                if place[0] == document.id and block.start <= place[1] < block.end
            ]
            found += inside[:1]
        return found


def without_title(question: str, documents: Sequence[Document]) -> tuple[str, Document | None]:
    """A question with "this document" in the place of a title or file name, and the document meant.

    A title of one word counts only in quotation marks: it may be what is asked about. What several
    documents are called names none of them.

    Args:
        question: in words.
        documents: any of which it may name.

    Returns:
        The question as it is, and None, where it names none.
    """
    asked = question.casefold()
    named: dict[str, set[str]] = {}
    for document in documents:
        for name in (document.title, PurePath(document.path).name):
            if (
                name and name.casefold() in asked
            ):  # most are not: a pattern for each would take long
                named.setdefault(name, set()).add(document.id)
    by_id = {document.id: document for document in documents}
    names = {name: by_id[next(iter(ids))] for name, ids in named.items() if len(ids) == 1}
    for name in sorted(names, key=len, reverse=True):
        bare = rf"(?<!\w){re.escape(name)}(?!\w)"
        quoted = rf"[\"“”„'‘’«]{re.escape(name)}[\"“”'‘’»]"
        pattern = quoted if " " not in name and "." not in name else f"{quoted}|{bare}"
        put, found = re.subn(pattern, "this document", question, count=1, flags=re.IGNORECASE)
        if found:
            return put, names[name]
    return question, None


def scope_of(question: str, index: Index, only: Filter) -> Scope:
    """What a question is about: the documents of the filter, and of them those that it names.

    "the handbook" names the one document whose title or file has that word.
    """
    allowed = index.passages_in(only)
    kept = {passage.document.id for passage in allowed}
    documents = tuple(document for document in index.documents if document.id in kept)
    if len(documents) > 1:
        asked = set(content_words(question))
        named = [document for document in documents if asked & _called(document)]
        if len(named) == 1:
            documents = tuple(named)
            allowed = tuple(p for p in allowed if p.document.id == named[0].id)
    return Scope(documents, allowed, only, len(index.documents))


def _called(document: Document) -> set[str]:
    return set(content_words(f"{document.title} {PurePath(document.path).stem}"))
