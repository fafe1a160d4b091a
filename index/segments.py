"""A segment: some of an index's documents, with all that searching them takes, as arrays.

On disk it is a folder of four files, which are mapped into memory and read where they are needed:

documents.jsonl   one document a line: its text and blocks, its passages, its words and names
columns.bin       where each line begins, and its SHA-256; what documents go by; of each passage the kind,
                  the author, where it stands, and the signs of its vector (``index.dense``)
vectors.npy       (n, d), unit length; row i is passage i, document after document
terms.bin         for each word the passages that have it; the vocabulary; the names

``index.arrays`` says how arrays lie in the ``.bin`` files. Integers are little-endian.
"""

from __future__ import annotations

import hashlib
import io
import math
import mmap
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.acronyms import Names, NameTable
from index.arrays import UNSIGNED, StringTable, Types, are_starts, pack, unpack
from index.dense import Vectors
from index.entries import IndexedDocument, Label, Record
from index.errors import REBUILD, DamagedIndexError
from index.lazy import LazySequence, Recent
from index.postings import Postings
from index.serial import document_from_facts, line, parsed, passage_from_facts
from index.terms import TermTable
from index.types import Document, Kind, Passage

DOCUMENTS, COLUMNS, VECTORS, TERMS = "documents.jsonl", "columns.bin", "vectors.npy", "terms.bin"
NAMES = (DOCUMENTS, COLUMNS, VECTORS, TERMS)
"""Every file of a segment."""
KINDS = tuple(Kind)
"""A kind's code is its place."""
NOBODY = -1
"""The code of an author who is not known."""
RECENT_BYTES = 32 * 1024 * 1024
"""Decoded documents are kept up to so many bytes of their lines."""

CHANGED = f"changed since it was written; {REBUILD}"

_WITHOUT_FILES: dict[str, Any] = {"trackfd": False} if sys.version_info >= (3, 13) else {}
"""Before Python 3.13 every mapped file counts among those that a process may have open."""
_NPY_HEAD = 1024
"""In so many bytes lies the head of a ``.npy`` file of two dimensions."""

Content = tuple[Document, tuple[Passage, ...]]


@dataclass(frozen=True, eq=False)
class Columns:
    """What is known of documents (D) and passages (P) without decoding them."""

    passage_starts: NDArray[Any]
    """(D + 1,): where each document's passages begin."""
    labels: StringTable
    """(D,): each label as JSON."""
    kinds: NDArray[np.uint8]
    """(P,): places in :data:`KINDS`."""
    authors: NDArray[np.int32]
    """(P,): places in ``names``, or :data:`NOBODY`."""
    starts: NDArray[np.int32]
    """(P,): where in its document's text each begins."""
    ends: NDArray[np.int32]
    """(P,)"""
    keys: NDArray[np.uint8]
    """(P, 32): SHA-256 of the text that was embedded."""
    comment_documents: NDArray[Any]
    """(C,): the number of each comment's document. A long comment is one, and several passages."""
    comment_authors: NDArray[np.int32]
    """(C,): as ``authors``."""
    names: StringTable
    """By alphabet: everyone who wrote a passage or a comment."""

    def check(self) -> None:
        """See that they fit each other.

        Raises:
            ValueError: they do not.
        """
        passages, documents = len(self.kinds), len(self.labels)
        self.labels.check()
        self.names.check()
        if (
            len(self.passage_starts) != documents + 1
            or not are_starts(self.passage_starts, passages)
            or {len(self.authors), len(self.starts), len(self.ends), len(self.keys)} != {passages}
            or len(self.comment_documents) != len(self.comment_authors)
            or self.kinds.max(initial=0) >= len(KINDS)
            or max(self.authors.max(initial=-1), self.comment_authors.max(initial=-1))
            >= len(self.names)
            or self.comment_documents.max(initial=-1) >= documents
            or self.keys.shape[1] != hashlib.sha256().digest_size
        ):
            raise ValueError("its columns do not fit each other")


class Segment:
    """Some documents, in memory or on disk; it never changes.

    Attributes:
        columns: what is known of them without decoding them.
        vectors: their passages' vectors.
        postings: their passages' words.
        words: their vocabulary, by alphabet.
        names: the names in them.
    """

    def __init__(
        self,
        records: Sequence[Record],
        columns: Columns,
        vectors: Vectors,
        postings: Postings,
        words: StringTable,
        names: NameTable,
    ) -> None:
        self._records = records
        self.columns = columns
        self.vectors = vectors
        self.postings = postings
        self.words = words
        self.names = names

    @classmethod
    def of(cls, records: Sequence[Record], dimension: int) -> Segment:
        """Make a segment in memory.

        Args:
            records: its documents. Of those on disk nothing but their words and names is decoded.
            dimension: numbers in a vector.
        """
        facts = [_facts(record) for record in records]
        vectors = np.concatenate([np.zeros((0, dimension), np.float32), *_vectors(records)])
        return cls(
            records,
            _columns(records, facts),
            Vectors.of(vectors),
            Postings.of(TermTable.joined(_terms(records))),
            StringTable.of(sorted(set().union(*(each["words"] for each in facts)))),
            NameTable.of(map(_names, facts)),
        )

    @property
    def records(self) -> Sequence[Record]:
        """The documents."""
        return self._records

    def __len__(self) -> int:
        return len(self.columns.labels)

    @property
    def size(self) -> int:
        """How many passages it has."""
        return len(self.columns.kinds)

    def label(self, number: int) -> Label:
        """What tells a document from others."""
        name, path, title, also = parsed(self.columns.labels.encoded(number))
        return Label(name, path, title, tuple(also))

    def rows(self, number: int) -> tuple[int, int]:
        """The first row of a document, and the one behind its last."""
        starts = self.columns.passage_starts
        return int(starts[number]), int(starts[number + 1])

    def content(self, number: int) -> Content:
        """A document and its passages."""
        record = self.records[number]
        return record.document, record.passages

    def write(self, folder: Path) -> None:
        """Write it into an empty folder.

        Raises:
            OSError: it cannot be written.
        """
        for name, data in self.files():
            (folder / name).write_bytes(data)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The name and the bytes of each file; the same whenever the documents are."""
        lines = [_line(record) for record in self.records]
        yield DOCUMENTS, b"".join(lines)
        yield COLUMNS, pack(self._column_arrays(lines))
        # Made in memory: NumPy, writing to a full disk itself, says how many items it wrote, not why.
        data = io.BytesIO()
        np.save(data, self.vectors.vectors, allow_pickle=False)
        yield VECTORS, data.getvalue()
        yield TERMS, pack(self._term_arrays())

    def _column_arrays(self, lines: Sequence[bytes]) -> dict[str, NDArray[Any]]:
        digests = b"".join(hashlib.sha256(each).digest() for each in lines)
        columns = self.columns
        return {
            "line_starts": np.cumsum([0, *map(len, lines)]),
            "line_digests": np.frombuffer(digests, np.uint8).reshape(len(lines), -1),
            "passage_starts": columns.passage_starts,
            "labels": columns.labels.data,
            "label_starts": columns.labels.starts,
            "kinds": columns.kinds,
            "authors": columns.authors,
            "starts": columns.starts,
            "ends": columns.ends,
            "keys": columns.keys,
            "comment_documents": columns.comment_documents,
            "comment_authors": columns.comment_authors,
            "names": columns.names.data,
            "name_starts": columns.names.starts,
            "signs": self.vectors.signs,
        }

    def _term_arrays(self) -> dict[str, NDArray[Any]]:
        postings, names = self.postings, self.names
        return {
            "terms": postings.terms.data,
            "term_starts": postings.terms.starts,
            "posting_starts": postings.starts,
            "found_in": postings.found_in,
            "said_in": postings.said_in,
            "rows": postings.rows,
            "counts": postings.counts,
            "in_body": postings.in_body,
            "lengths": postings.lengths,
            "words": self.words.data,
            "word_starts": self.words.starts,
            "names": names.names.data,
            "name_starts": names.names.starts,
            "name_counts": names.counts,
            "name_explained": names.explained,
            "initials": names.used.data,
            "initial_starts": names.used.starts,
        }


_COLUMN_TYPES: Types = {
    "line_starts": (("int64",), 1),
    "line_digests": (("uint8",), 2),
    "passage_starts": (("int64",), 1),
    "labels": (("uint8",), 1),
    "label_starts": (("int64",), 1),
    "kinds": (("uint8",), 1),
    "authors": (("int32",), 1),
    "starts": (("int32",), 1),
    "ends": (("int32",), 1),
    "keys": (("uint8",), 2),
    "comment_documents": (("int64",), 1),
    "comment_authors": (("int32",), 1),
    "names": (("uint8",), 1),
    "name_starts": (("int64",), 1),
    "signs": (("uint8",), 2),
}
_TERM_TYPES: Types = {
    "terms": (("uint8",), 1),
    "term_starts": (("int64",), 1),
    "posting_starts": (("int64",), 1),
    "found_in": (("uint32",), 1),
    "said_in": (("uint32",), 1),
    "rows": (UNSIGNED, 1),
    "counts": (UNSIGNED, 1),
    "in_body": (("bool",), 1),
    "lengths": (("uint32",), 1),
    "words": (("uint8",), 1),
    "word_starts": (("int64",), 1),
    "names": (("uint8",), 1),
    "name_starts": (("int64",), 1),
    "name_counts": (("uint32",), 1),
    "name_explained": (("bool",), 1),
    "initials": (("uint8",), 1),
    "initial_starts": (("int64",), 1),
}


# -- on disk ----------------------------------------------------------------------------------------


class MappedSegment(Segment):
    """A segment on disk. Its files are open from the beginning on: they may be deleted meanwhile.

    That holds on POSIX systems. On Windows a file that is open cannot be deleted; the folder stays until
    a save finds that nobody has it open any more.

    Args:
        folder: where it lies.
        digests: those of its documents' labels.
        sha256s: of each of its files, by its name.
        recent: what keeps the documents that were decoded last.

    Raises:
        OSError, ValueError: it is no segment.
        DamagedIndexError: its ``columns.bin``, on which all else depends, is not what was written.
    """

    def __init__(
        self,
        folder: Path,
        digests: Sequence[str],
        sha256s: Mapping[str, str],
        recent: Recent[Content],
    ) -> None:
        self.folder = folder
        self.digests = digests
        self._sha256s = sha256s
        self._recent = recent
        self._is_compared = False
        self._files = {name: _mapped(folder / name) for name in NAMES}
        self._compare(COLUMNS)
        self._lines = self._files[DOCUMENTS]
        found = unpack(self._files[COLUMNS], _COLUMN_TYPES)
        self._line_starts, self._line_digests = found["line_starts"], found["line_digests"]
        terms = unpack(self._files[TERMS], _TERM_TYPES)
        super().__init__(
            (),
            Columns(
                found["passage_starts"],
                StringTable(found["labels"], found["label_starts"]),
                found["kinds"],
                found["authors"],
                found["starts"],
                found["ends"],
                found["keys"],
                found["comment_documents"],
                found["comment_authors"],
                StringTable(found["names"], found["name_starts"]),
            ),
            Vectors(_unpacked_vectors(self._files[VECTORS]), found["signs"]),
            Postings(
                StringTable(terms["terms"], terms["term_starts"]),
                terms["posting_starts"],
                terms["found_in"],
                terms["said_in"],
                terms["rows"],
                terms["counts"],
                terms["in_body"],
                terms["lengths"],
            ),
            StringTable(terms["words"], terms["word_starts"]),
            NameTable(
                StringTable(terms["names"], terms["name_starts"]),
                terms["name_counts"],
                terms["name_explained"],
                StringTable(terms["initials"], terms["initial_starts"]),
            ),
        )
        self._check_sizes()

    def _check_sizes(self) -> None:
        columns = self.columns
        columns.check()
        if len(self) != len(self.digests) or self._line_digests.shape != (len(self), 32):
            raise ValueError("it has other documents than its columns")
        if len(self._line_starts) != len(self) + 1:
            raise ValueError("its lines are not those of its columns")
        self.vectors.check()
        if not self.size == len(self.vectors) == len(self.postings):
            raise ValueError(
                f"{len(self.vectors)} vectors and {len(self.postings)} rows of words for"
                f" {self.size} passages"
            )

    @property
    def records(self) -> Sequence[Record]:
        """The documents, made when they are asked for."""
        # Not kept: what refers to each other waits for the garbage collector, and holds files open.
        return LazySequence(len(self), partial(MappedDocument, self))

    def compare(self) -> None:
        """Compare every byte with what was written; once is enough.

        Raises:
            DamagedIndexError: it is not the same; the message names the file.
        """
        if not self._is_compared:
            for name in NAMES:
                self._compare(name)
            self._is_compared = True

    def _compare(self, name: str) -> None:
        if hashlib.sha256(self._files[name]).hexdigest() != self._sha256s[name]:
            raise DamagedIndexError(f"{self.folder / name}: {CHANGED}")

    def check(self) -> None:
        """See that what is bound to be read later is sound, too: it takes time for every passage.

        Raises:
            ValueError: it is not.
        """
        self.postings.check()
        for table in (self.words, self.names.names, self.names.used):
            table.check()
        if not are_starts(self._line_starts, len(self._lines)):
            raise ValueError("its lines are not those of its columns")

    def line(self, number: int) -> bytes:
        """The line of a document, as it was written.

        Raises:
            DamagedIndexError: it is not.
        """
        found = self._lines[int(self._line_starts[number]) : int(self._line_starts[number + 1])]
        if hasattr(mmap, "MADV_DONTNEED"):
            # The system maps much around what is read: of a million passages, soon all they say.
            self._lines.madvise(mmap.MADV_DONTNEED)
        if hashlib.sha256(found).digest() != self._line_digests[number].tobytes():
            raise DamagedIndexError(f"{self.folder / DOCUMENTS}: {CHANGED}")
        return found

    def facts(self, number: int) -> dict[str, Any]:
        """The facts of a document, of which :meth:`IndexedDocument.facts` made a line.

        Raises:
            DamagedIndexError: they are not what was written.
        """
        found: dict[str, Any] = parsed(self.line(number))
        return found

    def content(self, number: int) -> Content:
        """A document and its passages.

        Raises:
            DamagedIndexError: they are not what was written.
        """
        return self._recent.get((self.folder.name, number), lambda: self._content(number))

    def _content(self, number: int) -> tuple[Content, int]:
        data = self.line(number)
        facts = parsed(data)
        document = document_from_facts(facts["document"])
        passages = tuple(passage_from_facts(document, place) for place in facts["passages"])
        return (document, passages), len(data)


@dataclass(frozen=True, eq=False, slots=True)
class MappedDocument:
    """A document of a segment on disk; its parts are read when they are asked for."""

    segment: MappedSegment
    number: int

    @property
    def label(self) -> Label:
        """What tells it from others."""
        return self.segment.label(self.number)

    @property
    def digest(self) -> str:
        """Its label's."""
        return self.segment.digests[self.number]

    @property
    def size(self) -> int:
        """How many passages it has."""
        start, end = self.segment.rows(self.number)
        return end - start

    @property
    def document(self) -> Document:
        """The document itself."""
        return self.segment.content(self.number)[0]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Its passages."""
        return self.segment.content(self.number)[1]

    @property
    def vectors(self) -> NDArray[np.float32]:
        """(n, d), unit length."""
        start, end = self.segment.rows(self.number)
        return self.segment.vectors.vectors[start:end]

    def load(self) -> IndexedDocument:
        """All of it, in memory."""
        start, end = self.segment.rows(self.number)
        facts = self.segment.facts(self.number)
        return IndexedDocument(
            self.document,
            self.passages,
            tuple(row.tobytes().hex() for row in self.segment.columns.keys[start:end]),
            self.vectors,
            self.segment.postings.table.rows(start, end),
            tuple(facts["words"]),
            _names(facts),
        )

    def named(self, document: Document) -> Record:
        """The same, of a document that differs in nothing but its files' names."""
        return self if Label.of(document) == self.label else self.load().named(document)


def _mapped(path: Path) -> mmap.mmap:
    """A file, mapped into memory.

    Raises:
        OSError, ValueError: it is missing or empty.
    """
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ, **_WITHOUT_FILES)


def _unpacked_vectors(data: mmap.mmap) -> NDArray[np.float32]:
    """The vectors of a file that ``np.save`` wrote; what it has behind them is left alone.

    Raises:
        ValueError: it holds something else.
    """
    head = io.BytesIO(data[:_NPY_HEAD])
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError(f"{VECTORS} does not hold vectors")
    shape, is_fortran, kind = np.lib.format.read_array_header_1_0(head)
    if len(shape) != 2 or is_fortran or kind != np.dtype("<f4"):
        raise ValueError(f"{VECTORS} does not hold vectors")
    return np.frombuffer(data, kind, math.prod(shape), head.tell()).reshape(shape)


# -- making -----------------------------------------------------------------------------------------


def _line(record: Record) -> bytes:
    if isinstance(record, MappedDocument):
        return record.segment.line(record.number)
    return record.load().line()


def _facts(record: Record) -> dict[str, Any]:
    if isinstance(record, MappedDocument):
        return record.segment.facts(record.number)
    return record.load().facts()


def _names(facts: dict[str, Any]) -> Names:
    return Names(facts["names"], frozenset(facts["initials"]), frozenset(facts["explained"]))


def _columns(records: Sequence[Record], facts: Sequence[dict[str, Any]]) -> Columns:
    passages = [place for each in facts for place in each["passages"]]
    comments = [
        (number, author)
        for number, each in enumerate(facts)
        for kind, _, _, author, *_ in each["document"]["blocks"]
        if kind == Kind.COMMENT
    ]
    authors = {place[3] for place in passages} | {author for _, author in comments}
    names = sorted(author for author in authors if author)
    codes = {name: code for code, name in enumerate(names)}
    kinds = {str(kind): code for code, kind in enumerate(KINDS)}
    keys = b"".join(_keys(records))
    labels = [line(list(record.label)).rstrip(b"\n") for record in records]
    return Columns(
        np.cumsum([0, *(len(each["passages"]) for each in facts)]),
        StringTable.of(each.decode("utf-8", "surrogatepass") for each in labels),
        np.array([kinds[place[0]] for place in passages], np.uint8),
        np.array([codes.get(place[3], NOBODY) for place in passages], np.int32),
        np.array([place[1] for place in passages], np.int32),
        np.array([place[2] for place in passages], np.int32),
        np.frombuffer(keys, np.uint8).reshape(len(passages), -1)
        if passages
        else np.zeros((0, 32), np.uint8),
        np.array([number for number, _ in comments], np.int64),
        np.array([codes.get(author, NOBODY) for _, author in comments], np.int32),
        StringTable.of(names),
    )


def _runs(records: Sequence[Record]) -> Iterator[IndexedDocument | tuple[MappedSegment, int, int]]:
    """Documents that follow each other in a segment on disk as its rows, the others as they are."""
    run: tuple[MappedSegment, int, int] | None = None
    for record in records:
        if isinstance(record, MappedDocument):
            start, end = record.segment.rows(record.number)
            if run is not None and run[0] is record.segment and run[2] == start:
                run = record.segment, run[1], end
                continue
        if run is not None:
            yield run
            run = None
        if isinstance(record, MappedDocument):
            run = record.segment, start, end
        else:
            yield record.load()
    if run is not None:
        yield run


def _vectors(records: Sequence[Record]) -> Iterator[NDArray[np.float32]]:
    for run in _runs(records):
        if not isinstance(run, IndexedDocument):
            yield run[0].vectors.vectors[run[1] : run[2]]
        elif run.passages:
            yield run.vectors


def _terms(records: Sequence[Record]) -> list[TermTable]:
    return [
        run.terms if isinstance(run, IndexedDocument) else run[0].postings.table.rows(*run[1:])
        for run in _runs(records)
    ]


def _keys(records: Sequence[Record]) -> Iterator[bytes]:
    for run in _runs(records):
        if isinstance(run, IndexedDocument):
            yield bytes.fromhex("".join(run.keys))
        else:
            yield run[0].columns.keys[run[1] : run[2]].tobytes()
