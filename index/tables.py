"""What searching some documents takes: segments, and the order in which their documents are to be had.

Passages are numbered twice. Their *rows* are in the order of the documents; that is how everybody else
knows them. Their *slots* are in the order of the segments, where a document that came late stands behind
those that stayed, so that nothing else has to be written or moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from index.acronyms import Acronyms
from index.arrays import distinct
from index.dense import DenseIndex
from index.entries import IndexedDocument, Label, Record
from index.lazy import LazySequence
from index.lexical import LexicalIndex
from index.names import NameFinder
from index.segments import KINDS, NOBODY, MappedDocument, MappedSegment, Segment
from index.spelling import Vocabulary
from index.types import Document, Kind, Passage

_WORD = re.compile(r"[^\W_]+")
SEGMENT_PASSAGES = 16_384
"""A segment is closed at so many passages: a change of one document writes so many again, at most."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """Segments, and the order of their documents."""

    segments: tuple[Segment, ...]
    numbers: NDArray[np.int64] | None
    """(D,): of each document its number, counted segment after segment; None where it is its place."""


@dataclass(frozen=True, eq=False)
class Comments:
    """Comments (C), each as a whole, however many passages it was cut into."""

    places: NDArray[np.int64]
    """(C,): the place of each one's document, ascending."""
    authors: NDArray[np.int64]
    """(C,): places in ``names``; -1 where nobody is named."""
    names: tuple[str, ...]

    def of(self, number: int) -> int:
        """Which comment of its document one is, counted from 0."""
        return number - int(np.searchsorted(self.places, self.places[number]))


class Tables:
    """What searching some documents takes, each part made when it is first asked for.

    Args:
        records: the documents, in their order.
        arranged: where they lie; by default those on disk stay there, where nothing else is in their
            segments, and the others are put into segments in memory.
    """

    def __init__(self, records: Sequence[Record], arranged: Arranged | None = None) -> None:
        self._records = records
        self._known = arranged

    @classmethod
    def stored(
        cls, segments: Sequence[Segment], numbers: NDArray[np.int64] | None = None
    ) -> Tables:
        """The tables of all documents of some segments."""
        records: Sequence[Record] = _Records(segments, numbers)
        return cls(records, Arranged(tuple(segments), numbers))

    @property
    def records(self) -> Sequence[Record]:
        """The documents, of which nothing is decoded until it is asked for."""
        return self._records

    @property
    def are_stored(self) -> bool:
        """Whether they were opened, and not put together."""
        return self._known is not None

    @cached_property
    def labels(self) -> list[Label]:
        """What tells the documents apart."""
        return [record.label for record in self._records]

    @property
    def entries(self) -> Sequence[IndexedDocument]:
        """The documents with all that searching them takes."""
        return LazySequence(len(self._records), lambda place: self._records[place].load())

    @property
    def documents(self) -> Sequence[Document]:
        """The documents themselves."""
        return LazySequence(len(self._records), lambda place: self._records[place].document)

    @property
    def passages(self) -> Sequence[Passage]:
        """The passages of all documents, one after another."""
        return LazySequence(self.size, self._passage, self._passages)

    @cached_property
    def size(self) -> int:
        """How many passages there are."""
        if self._known is None:
            return sum(record.size for record in self._records)
        return sum(segment.size for segment in self._known.segments)

    @cached_property
    def dimension(self) -> int:
        """Numbers in a vector; 0 where no document has a passage."""
        if self._known is not None:
            return max((each.vectors.vectors.shape[1] for each in self._known.segments), default=0)
        found = (record.vectors.shape[1] for record in self._records if record.size)
        return next(found, 0)

    # -- searching --------------------------------------------------------------------------------

    @cached_property
    def dense(self) -> DenseIndex:
        """The passages' vectors, by their rows."""
        return DenseIndex([segment.vectors for segment in self.segments], self._row_of_slot)

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The passages' words, by their rows."""
        return LexicalIndex([segment.postings for segment in self.segments], self._row_of_slot)

    @cached_property
    def acronyms(self) -> Mapping[str, str]:
        """What initials stand for in these documents."""
        return Acronyms([segment.names for segment in self.segments])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The documents' vocabulary, to correct misspelt questions with."""
        return Vocabulary([segment.words for segment in self.segments])

    # -- columns, by slots ------------------------------------------------------------------------

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Where the documents lie."""
        return self._arranged.segments

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of the passages."""
        codes = chain.from_iterable(distinct(each.columns.kinds) for each in self.segments)
        return frozenset(KINDS[code] for code in codes)

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """Everyone who wrote a passage, by alphabet."""
        found: set[str] = set()
        for segment in self.segments:
            codes = distinct(segment.columns.authors)
            found.update(segment.columns.names[code] for code in codes[codes != NOBODY].tolist())
        return tuple(sorted(found))

    @cached_property
    def comments(self) -> Comments:
        """Every comment, in the order of the documents' text."""
        names = sorted(set().union(*(each.columns.names for each in self.segments)))
        codes = {name: code for code, name in enumerate(names)}
        numbers, authors = [], []
        for segment, first in zip(self.segments, self._first_numbers, strict=False):
            columns = segment.columns
            # The last one stands for NOBODY, which is -1.
            own = np.array([*(codes[name] for name in columns.names), NOBODY], np.int64)
            numbers.append(columns.comment_documents + first)
            authors.append(own[columns.comment_authors])
        found = np.concatenate([np.zeros(0, np.int64), *numbers])
        places = (
            found if self._arranged.numbers is None else np.argsort(self._arranged.numbers)[found]
        )
        order = np.argsort(places, kind="stable")
        return Comments(
            places[order], np.concatenate([np.zeros(0, np.int64), *authors])[order], tuple(names)
        )

    @cached_property
    def titles(self) -> NameFinder[int]:
        """The titles and file names of the documents, each with its document's place."""
        return NameFinder(
            (name, place)
            for place, label in enumerate(self.labels)
            for name in (label.title, PurePath(label.path).name)
            if name
        )

    @cached_property
    def places_by_word(self) -> dict[str, list[int]]:
        """The places of the documents whose title or file name has a word, in lower case."""
        places: dict[str, list[int]] = {}
        for place, label in enumerate(self.labels):
            for word in set(_WORD.findall(f"{label.title} {PurePath(label.path).stem}".lower())):
                places.setdefault(word, []).append(place)
        return places

    def of_kinds(self, kinds: frozenset[Kind]) -> NDArray[np.bool_]:
        """The slots of passages of some kinds: (n,)."""
        wanted = np.array([kind in kinds for kind in KINDS])
        return self._by_slot([wanted[each.columns.kinds] for each in self.segments])

    def by_author(self, casefolded: str) -> NDArray[np.bool_]:
        """The slots of an author's passages, upper and lower case being the same: (n,)."""
        found = [np.zeros(segment.size, np.bool_) for segment in self.segments]
        for number, code in self._codes_of.get(casefolded, ()):
            found[number] |= self.segments[number].columns.authors == code
        return self._by_slot(found)

    @cached_property
    def _codes_of(self) -> dict[str, list[tuple[int, int]]]:
        """For each author, upper and lower case being the same, segments and the codes there."""
        codes: dict[str, list[tuple[int, int]]] = {}
        for number, segment in enumerate(self.segments):
            for code, name in enumerate(segment.columns.names):
                codes.setdefault(name.casefold(), []).append((number, code))
        return codes

    def in_documents(self, places: Sequence[int]) -> NDArray[np.bool_]:
        """The slots of some documents' passages: (n,)."""
        found = np.zeros(self.size, np.bool_)
        for place in places:
            start, end = self._slots_of(place)
            found[start:end] = True
        return found

    def slot_of(self, place: int, start: int, end: int) -> int | None:
        """The slot of a document's passage, by where it stands in the text; None where there is none."""
        segment, number = self._at(place)
        first, behind = segment.rows(number)
        columns = segment.columns
        here = (columns.starts[first:behind] == start) & (columns.ends[first:behind] == end)
        return self._slots_of(place)[0] + int(here.argmax()) if here.any() else None

    def rows_of(self, slots: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The rows of some slots, ascending: (m,)."""
        found = np.flatnonzero(slots)
        return found if self._row_of_slot is None else np.sort(self._row_of_slot[found])

    def documents_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The place of each row's document: (n,)."""
        return np.searchsorted(self._row_starts, rows, side="right") - 1

    def passage_id(self, row: int) -> str:
        """The id of a passage, which is not decoded for it."""
        place = int(self.documents_of(np.array([row]))[0])
        segment, number = self._at(place)
        at = segment.rows(number)[0] + row - int(self._row_starts[place])
        columns = segment.columns
        return f"{segment.label(number).id[:16]}:{columns.starts[at]}-{columns.ends[at]}"

    def row_of(self, passage: Passage) -> int:
        """The row of a passage.

        Raises:
            KeyError: it is none of these.
        """
        place = self.place_of[passage.document.id]
        slot = self.slot_of(place, passage.start, passage.end)
        if slot is None:
            raise KeyError(passage.id)
        return slot - self._slots_of(place)[0] + int(self._row_starts[place])

    @property
    def keys(self) -> tuple[str, ...]:
        """SHA-256 of the text that was embedded for each passage, by rows."""
        if not self.size:
            return ()
        by_slot = np.concatenate([segment.columns.keys for segment in self.segments])
        slots = np.arange(self.size)
        if self._row_of_slot is not None:
            slots = np.argsort(self._row_of_slot)
        return tuple(by_slot[slot].tobytes().hex() for slot in slots.tolist())

    def vectors_by_keys(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of texts that were embedded, by the SHA-256 of the texts; of those that are here."""
        if not keys:
            return {}
        found: dict[str, NDArray[np.float32]] = {}
        wanted = set(keys)
        in_memory, segments = self._by_place()
        for entry in in_memory:
            pairs = zip(entry.keys, entry.vectors, strict=True)
            found |= {key: vector for key, vector in pairs if key in wanted}
        heads = _heads(np.frombuffer(bytes.fromhex("".join(keys)), np.uint8).reshape(len(keys), -1))
        for segment in segments:
            for row in np.flatnonzero(np.isin(_heads(segment.columns.keys), heads)).tolist():
                key = segment.columns.keys[row].tobytes().hex()
                if key in wanted:
                    if isinstance(segment, MappedSegment):
                        segment.compare()  # what is taken over is kept behind a new checksum
                    found[key] = segment.vectors.vectors[row]
        return found

    def _by_place(self) -> tuple[list[IndexedDocument], list[Segment]]:
        """The documents that are in memory, and the segments of the others."""
        if self._known is not None:
            return [], list(self._known.segments)
        segments: dict[Segment, None] = {}
        in_memory = []
        for record in self._records:
            if isinstance(record, MappedDocument):
                segments[record.segment] = None
            else:
                in_memory.append(record.load())
        return in_memory, list(segments)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The place of each document, by its id."""
        return {label.id: place for place, label in enumerate(self.labels)}

    def _by_slot(self, columns: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        return np.concatenate([np.zeros(0, np.bool_), *columns])

    # -- where things lie -------------------------------------------------------------------------

    @cached_property
    def _arranged(self) -> Arranged:
        return self._known or _arranged(self._records, self.dimension)

    @cached_property
    def _first_numbers(self) -> NDArray[np.int64]:
        """The number of each segment's first document, and how many there are: (s + 1,)."""
        return np.cumsum([0, *map(len, self.segments)])

    @cached_property
    def _slot_starts(self) -> NDArray[np.int64]:
        """By its number, where each document's slots begin, and the last one's end: (D + 1,)."""
        begins = np.cumsum([0, *(each.size for each in self.segments)])
        starts = [
            each.columns.passage_starts[:-1] + begin
            for each, begin in zip(self.segments, begins, strict=False)
        ]
        return np.concatenate([*starts, begins[-1:]])

    @cached_property
    def _row_starts(self) -> NDArray[np.int64]:
        """By its place, where each document's rows begin, and the last one's end: (D + 1,)."""
        numbers = self._arranged.numbers
        if numbers is None:
            return self._slot_starts
        return np.concatenate([[0], np.cumsum(np.diff(self._slot_starts)[numbers])])

    @cached_property
    def _row_of_slot(self) -> NDArray[np.int64] | None:
        """The row of each slot; None where it is the same."""
        numbers = self._arranged.numbers
        if numbers is None:
            return None
        starts = np.empty(len(numbers), np.int64)
        starts[numbers] = self._row_starts[:-1]
        ahead = np.repeat(starts - self._slot_starts[:-1], np.diff(self._slot_starts))
        return np.arange(self.size) + ahead

    def _at(self, place: int) -> tuple[Segment, int]:
        """The segment of a document, and its number there."""
        numbers = self._arranged.numbers
        number = place if numbers is None else int(numbers[place])
        which = int(np.searchsorted(self._first_numbers, number, side="right")) - 1
        return self.segments[which], number - int(self._first_numbers[which])

    def _slots_of(self, place: int) -> tuple[int, int]:
        numbers = self._arranged.numbers
        number = place if numbers is None else int(numbers[place])
        return int(self._slot_starts[number]), int(self._slot_starts[number + 1])

    def _passage(self, row: int) -> Passage:
        place = int(np.searchsorted(self._row_starts, row, side="right")) - 1
        return self._records[place].passages[row - int(self._row_starts[place])]

    def _passages(self) -> Iterator[Passage]:
        return chain.from_iterable(record.passages for record in self._records)


class _Records(LazySequence[Record]):
    """The documents of some segments, in an order."""

    def __init__(self, segments: Sequence[Segment], numbers: NDArray[np.int64] | None) -> None:
        firsts = np.cumsum([0, *map(len, segments)])

        def record(place: int) -> Record:
            number = place if numbers is None else int(numbers[place])
            which = int(np.searchsorted(firsts, number, side="right")) - 1
            return segments[which].records[number - int(firsts[which])]

        def records() -> Iterator[Record]:
            if numbers is None:
                return chain.from_iterable(segment.records for segment in segments)
            every = list(chain.from_iterable(segment.records for segment in segments))
            return (every[number] for number in numbers.tolist())

        super().__init__(int(firsts[-1]), record, records)


def _arranged(records: Sequence[Record], dimension: int) -> Arranged:
    """Put documents into segments; those on disk of which everything is wanted stay as they are."""
    wanted: dict[MappedSegment, int] = {}
    for record in records:
        if isinstance(record, MappedDocument):
            wanted[record.segment] = wanted.get(record.segment, 0) + 1
    kept = [segment for segment, count in wanted.items() if count == len(segment)]
    firsts = dict(zip(kept, np.cumsum([0, *map(len, kept)]).tolist(), strict=False))
    numbers = np.empty(len(records), np.int64)
    others: list[Record] = []
    behind = sum(map(len, kept))
    for place, record in enumerate(records):
        if isinstance(record, MappedDocument) and record.segment in firsts:
            numbers[place] = firsts[record.segment] + record.number
        else:
            numbers[place] = behind + len(others)
            others.append(record)
    made = [Segment.of(some, dimension) for some in portions(others, SEGMENT_PASSAGES)]
    in_order = np.array_equal(numbers, np.arange(len(numbers)))
    return Arranged((*kept, *made), None if in_order else numbers)


def _heads(keys: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The first eight bytes of each key: (n,)."""
    return np.ascontiguousarray(keys[:, :8]).view(np.uint64)[:, 0]


def portions(records: Sequence[Record], passages: int) -> Iterator[list[Record]]:
    """Documents in portions of a segment each: of at most so many passages, or of one document."""
    some: list[Record] = []
    size = 0
    for record in records:
        if some and size + record.size > passages:
            yield some
            some, size = [], 0
        some.append(record)
        size += record.size
    if some:
        yield some
