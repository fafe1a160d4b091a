"""The documents and passages that a question about the whole is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.index import Index
from index.lazy import LazySequence
from index.types import PASSAGE_KINDS, Document, Filter, Kind, Passage
from qa.wording import content_words


@dataclass(frozen=True)
class Scope:
    """Some documents of an index, and of them what a filter lets through.

    What is counted is counted in the index's columns; a document is decoded when it is asked for.
    """

    index: Index
    places: NDArray[np.int64]
    """Of the documents, in the index."""
    only: Filter
    """What the filter is, narrowed to the one document that the question names."""

    @property
    def available(self) -> int:
        """How many documents the index has."""
        return len(self.index.documents)

    @property
    def documents(self) -> Sequence[Document]:
        """The documents."""
        documents = self.index.documents
        return LazySequence(len(self.places), lambda number: documents[int(self.places[number])])

    def passages(self, kinds: Collection[str] = PASSAGE_KINDS) -> Sequence[Passage]:
        """Of these kinds the passages that the filter lets through, in the order of the text."""
        return self.index.passages_in(self._of_kinds(kinds))

    def passages_by_document(
        self, kinds: Collection[str], most: int
    ) -> tuple[list[Sequence[Passage]], int]:
        """The same, one document after another, for so many of them; and how many there are."""
        only = self._of_kinds(kinds)
        places = self.index.places_in(only)
        names = [self.index.documents[int(place)].id for place in places[:most]]
        found = [self.index.passages_in(replace(only, document=name)) for name in names]
        return found, len(places)

    def _of_kinds(self, kinds: Collection[str]) -> Filter:
        given = self.only.kinds
        allowed = PASSAGE_KINDS if given is None else (given,) if isinstance(given, str) else given
        return replace(self.only, kinds=tuple(kind for kind in kinds if kind in allowed))

    @cached_property
    def comments(self) -> NDArray[np.int64]:
        """Every comment as a whole, however many passages it was cut into, by its number."""
        every = self.index.tables.comments
        wanted = np.isin(every.places, self.places)
        if self.only.author is not None:
            author = self.only.author.casefold()
            same = [code for code, name in enumerate(every.names) if name.casefold() == author]
            wanted &= np.isin(every.authors, same)
        return np.flatnonzero(wanted)

    @cached_property
    def writers(self) -> Counter[str]:
        """How many comments each reader wrote, in the order in which they first did."""
        every = self.index.tables.comments
        authors = every.authors[self.comments]
        codes, first, counts = np.unique(
            authors[authors >= 0], return_index=True, return_counts=True
        )
        return Counter(
            {every.names[codes[place]]: int(counts[place]) for place in np.argsort(first)}
        )

    def passages_by(self, writers: Collection[str]) -> list[Passage]:
        """The first passage of each comment that some readers wrote, to cite it by."""
        every = self.index.tables.comments
        codes = [code for code, name in enumerate(every.names) if name in writers]
        theirs = self.comments[np.isin(every.authors[self.comments], codes)]
        found: list[Passage] = []
        for number in theirs.tolist():
            document = self.index.documents[int(every.places[number])]
            blocks = [block for block in document.blocks if block.kind is Kind.COMMENT]
            block = blocks[every.of(number)]
            only = replace(self._of_kinds((Kind.COMMENT,)), document=document.id)
            inside = (p for p in self.index.passages_in(only) if block.start <= p.start < block.end)
            found += list(inside)[:1]
        return found


def without_title(question: str, index: Index) -> tuple[str, Document | None]:
    """A question with "this document" in the place of a title or file name, and the document meant.

    A title of one word counts only in quotation marks: it may be what is asked about. What several
    documents are called names none of them.

    Args:
        question: in words.
        index: any of its documents may be named.

    Returns:
        The question as it is, and None, where it names none.
    """
    asked = question.casefold()
    named: dict[str, set[int]] = {}
    for name, place in index.tables.titles.likely_in(question):
        if name.casefold() in asked:  # most are not: a pattern for each would take long
            named.setdefault(name, set()).add(place)
    names = {name: next(iter(places)) for name, places in named.items() if len(places) == 1}
    for name in sorted(names, key=lambda name: (-len(name), names[name])):
        bare = rf"(?<!\w){re.escape(name)}(?!\w)"
        quoted = rf"[\"“”„'‘’«]{re.escape(name)}[\"“”'‘’»]"
        pattern = quoted if " " not in name and "." not in name else f"{quoted}|{bare}"
        put, found = re.subn(pattern, "this document", question, count=1, flags=re.IGNORECASE)
        if found:
            return put, index.documents[names[name]]
    return question, None


def scope_of(question: str, index: Index, only: Filter) -> Scope:
    """What a question is about: the documents of the filter, and of them those that it names.

    "the handbook" names the one document whose title or file has that word.
    """
    places = index.places_in(only)
    if len(places) > 1:
        by_word = index.tables.places_by_word
        called = [place for word in content_words(question) for place in by_word.get(word, ())]
        named = np.intersect1d(places, np.array(called, np.int64))
        if len(named) == 1:
            only = replace(only, document=index.documents[int(named[0])].id)
            return Scope(index, named, only)
    return Scope(index, places, only)
