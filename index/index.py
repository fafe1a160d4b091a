"""The index: search it, save it, open it."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import chunker, dense, store
from index.acronyms import expand
from index.arrays import distinct
from index.chunker import Chunker
from index.dense import DenseIndex
from index.embedder import Embedder
from index.embedders import open_embedder
from index.entries import IndexedDocument, Record
from index.errors import ArgumentError, DamagedIndexError, ModelMismatchError, StoreError
from index.files import Source
from index.fusion import fuse
from index.lazy import Deferred, LazySequence
from index.lexical import LexicalIndex
from index.manifest import Facts, read_manifest
from index.names import NameFinder
from index.ranking import best
from index.readers import READING
from index.sentences import Span
from index.spelling import correct
from index.tables import Tables
from index.types import PASSAGE_KINDS, Document, FileReport, Filter, Hit, Kind, Passage, Score

CANDIDATES = 200
"""How many of the best passages by vectors, and by words, are scored by both."""
MORE_CANDIDATES = 400
"""The same in an index of which not every passage is compared: of a million, 200 miss one of the ten best
in thirty or so (``benchmarks/growth.py``)."""

MOST_NAMES = 20
"""How many authors or documents a message lists."""


@dataclass(frozen=True)
class Index:
    """The passages of a set of documents, searchable. Safe to search from several threads.

    It does not change: ``index.builder.build_index`` makes the next one, taking over what stayed. What
    was opened is read where a search needs it; a document is decoded when it is asked for, and is then
    compared with its checksum: what reads documents may raise ``DamagedIndexError``.
    """

    embedder: Embedder
    tables: Tables
    sources: Sequence[Source] = ()
    """The files that they were read from, as these were then; none where they were not read here."""
    chunking: str = chunker.CHUNKING
    reading: str = READING
    reports: Sequence[FileReport] = ()
    """What became of each file when this index was built; empty for an opened one."""
    embedded: int = 0
    """How many passages were embedded to build it, and not taken over from an earlier one."""

    @classmethod
    def of(cls, records: Iterable[Record], embedder: Embedder, **facts: Any) -> Index:
        """Make documents searchable.

        Args:
            records: the documents, in the order that they are to have; one of them has a passage.
            embedder: what their vectors are from.
            facts: the other fields: ``sources``, ``chunking``, ``reading``, ``reports``, ``embedded``.
        """
        return cls(embedder, Tables(tuple(records)), **facts)

    @property
    def records(self) -> Sequence[Record]:
        """The documents, of which nothing is decoded until it is asked for."""
        return self.tables.records

    @property
    def entries(self) -> Sequence[IndexedDocument]:
        """The documents, each with what searching it takes."""
        return self.tables.entries

    @property
    def documents(self) -> Sequence[Document]:
        """The documents themselves."""
        return self.tables.documents

    @property
    def passages(self) -> Sequence[Passage]:
        """The passages of all documents, one after another."""
        return self.tables.passages

    @property
    def dense(self) -> DenseIndex:
        """The passages' vectors, by their rows."""
        return self.tables.dense

    @property
    def lexical(self) -> LexicalIndex:
        """The passages' words, by their rows."""
        return self.tables.lexical

    @property
    def acronyms(self) -> Mapping[str, str]:
        """What initials stand for in these documents."""
        return self.tables.acronyms

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The documents' vocabulary, by alphabet."""
        return tuple(self.tables.vocabulary)

    # -- searching ----------------------------------------------------------------------------

    def search(
        self, question: str, *, also: str = "", k: int = 5, only: Filter | None = None
    ) -> list[Hit]:
        """The passages that best match a question, best first; the same in every run.

        Args:
            question: in words.
            also: the same question in other words; a passage's score is the mean of both.
            k: at most this many.
            only: which passages to search; the others are left out before ranking.

        Raises:
            ArgumentError: ``k`` below 1; a kind, author or document that is not there.
        """
        if k < 1:
            raise ArgumentError(f"k is {k}; it must be at least 1")
        allowed = self.allowed(only or Filter())
        wordings = [self.adapt(each) for each in ((question, also) if also else (question,))]
        query = self.embedder.embed(wordings).mean(axis=0)
        return self.nearest(query, wordings, k=k, allowed=allowed)

    def nearest(
        self,
        query: NDArray[np.float32],
        wordings: Sequence[str],
        *,
        k: int,
        allowed: NDArray[np.int64] | None = None,
    ) -> list[Hit]:
        """The passages that best match a question that is embedded already, best first.

        Args:
            query: its vector: (d,).
            wordings: it in words, adapted; BM25 is the mean over these.
            k: at most this many.
            allowed: the rows to search, ascending; None for all.
        """
        found = [self.lexical.scores(each) for each in wordings]
        lexical = found[0] if len(found) == 1 else np.mean(found, axis=0)
        count = CANDIDATES if self.tables.size <= dense.COMPARED else MORE_CANDIDATES
        rows = self._candidates(query, lexical, allowed, max(k, count))
        cosines = self.dense.cosines(query, rows)
        # In double precision one by one, so that a score is the same however many are made at once.
        parts = cosines.astype(np.float64), lexical[rows].astype(np.float64)
        scores = fuse(*parts)
        # What is as good as the last is told apart by its id, which decodes nothing.
        least = np.partition(scores, -k)[-k] if k < len(scores) else -np.inf
        named = [
            (-float(scores[place]), self.tables.passage_id(int(rows[place])), place)
            for place in np.flatnonzero(scores >= least).tolist()
        ]
        return [
            Hit(
                self.passages[int(rows[place])],
                -score,
                Score(float(parts[0][place]), float(parts[1][place])),
            )
            for score, _, place in sorted(named)[:k]
        ]

    def adapt(self, question: str) -> str:
        """The question as it is searched: acronyms explained, misspelt words corrected."""
        return correct(expand(question, self.acronyms), self.tables.vocabulary, self._is_word)

    def adapt_to(self, question: str, passages: Sequence[Passage]) -> list[str]:
        """The question as each passage is read for it: acronyms that it has itself are not explained."""
        whole = expand(question, self.acronyms)
        adapted = {whole: self.adapt(question)}
        wordings = []
        for passage in passages:
            wording = whole
            if whole != question:
                wording = expand(question, self.acronyms, passage.text)
            if wording not in adapted:
                adapted[wording] = correct(wording, self.tables.vocabulary, self._is_word)
            wordings.append(adapted[wording])
        return wordings

    def _is_word(self, word: str) -> bool:
        """Whether the embedding model has a token of its own for a word, as for common ones."""
        return self.embedder.count_tokens(word) <= self.embedder.count_tokens("a")

    def embedded_text(self, passage: Passage, span: Span) -> str:
        """What is embedded for a part of a passage: the passage's context, then the part."""
        start, end = span
        return self._chunker.embedded_text(replace(passage, start=start, end=end))

    @cached_property
    def _chunker(self) -> Chunker:
        return Chunker(self.embedder)

    def _candidates(
        self,
        query: NDArray[np.float32],
        lexical: NDArray[np.float32],
        allowed: NDArray[np.int64] | None,
        count: int,
    ) -> NDArray[np.int64]:
        """The rows of the best passages by vectors and of the best by words: (m,)."""
        nearest, _ = self.dense.nearest(query, count, allowed)
        rows = np.flatnonzero(lexical > 0) if allowed is None else allowed[lexical[allowed] > 0]
        return distinct(nearest, rows[best(lexical[rows], count)])

    # -- filtering ----------------------------------------------------------------------------

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """SHA-256 of the text that was embedded for each passage."""
        return self.tables.keys

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """Everyone who wrote a passage, by alphabet."""
        return self.tables.authors

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of the passages."""
        return self.tables.kinds

    def authors_in(self, text: str) -> list[str]:
        """The authors whose whole name stands in a text, the longest name first."""
        found = self._author_names.whole_in(text)
        return sorted(found, key=len, reverse=True)

    def passages_in(self, only: Filter) -> Sequence[Passage]:
        """The passages that a filter lets through, in the order of their documents' text.

        Raises:
            ArgumentError: a kind, author or document that is not there.
        """
        rows = self.allowed(only)
        if rows is None:
            return self.passages
        return LazySequence(len(rows), lambda place: self.passages[int(rows[place])])

    def places_in(self, only: Filter) -> NDArray[np.int64]:
        """The places of the documents that have a passage that a filter lets through, ascending.

        Raises:
            ArgumentError: a kind, author or document that is not there.
        """
        rows = self.allowed(only)
        every = np.arange(self.tables.size) if rows is None else rows
        return distinct(self.tables.documents_of(every))

    def vectors_of(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors of some of the passages: (n, d)."""
        rows = np.array([self.tables.row_of(passage) for passage in passages], np.int64)
        return self.dense.rows(rows)

    @cached_property
    def _author_names(self) -> NameFinder[str]:
        return NameFinder((name, name) for name in self.authors)

    def allowed(self, only: Filter) -> NDArray[np.int64] | None:
        """The rows that a filter lets through, ascending; None when it is all of them.

        Raises:
            ArgumentError: a kind, author or document that is not there.
        """
        if only == Filter():
            return None
        tables = self.tables
        allowed = np.ones(tables.size, np.bool_)
        if only.kinds is not None:
            allowed &= tables.of_kinds(self._kinds(only.kinds))
        if only.author is not None:
            allowed &= tables.by_author(self._author(only.author))
        if only.document is not None:
            allowed &= tables.in_documents(self._places(only.document))
        for slot in map(self._slot_of, only.without):
            if slot is not None:
                allowed[slot] = False
        return tables.rows_of(allowed)

    def _slot_of(self, passage: str) -> int | None:
        """The slot of a passage by its id; None where there is none."""
        name, _, place = passage.partition(":")
        start, _, end = place.partition("-")
        if name not in self._places_by_name or not (start.isdecimal() and end.isdecimal()):
            return None
        return self.tables.slot_of(self._places_by_name[name], int(start), int(end))

    @cached_property
    def _places_by_name(self) -> dict[str, int]:
        """The places of the documents by what passages' ids have of theirs."""
        return {label.id[:16]: place for place, label in enumerate(self.tables.labels)}

    def _kinds(self, kinds: Collection[str]) -> frozenset[Kind]:
        if isinstance(kinds, str):
            kinds = (kinds,)
        unknown = [kind for kind in kinds if kind not in PASSAGE_KINDS]
        if unknown:
            raise ArgumentError(
                f"unknown kind {unknown[0]!r}; the kinds are {', '.join(PASSAGE_KINDS)}"
            )
        return frozenset(Kind(kind) for kind in kinds)

    def _author(self, author: str) -> str:
        if author.casefold() not in self._casefolded_authors:
            raise ArgumentError(
                f"no passage by {author!r}; the authors are: {_listed(self.authors)}"
            )
        return author.casefold()

    @cached_property
    def _casefolded_authors(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in self.authors)

    def _places(self, wanted: str) -> list[int]:
        """The places of the documents that go by a name."""
        found = self._places_by_any_name.get(wanted)
        if not found:
            names = [Path(label.path).name for label in self.tables.labels]
            raise ArgumentError(
                f"no document {wanted!r} in this index; the documents are: {_listed(names)}"
            )
        return found

    @cached_property
    def _places_by_any_name(self) -> dict[str, list[int]]:
        """The places of the documents by their ids, titles, paths and file names."""
        places: dict[str, list[int]] = {}
        for place, label in enumerate(self.tables.labels):
            paths = (label.path, *label.also)
            names = {label.id, label.title, *paths, *(Path(path).name for path in paths)}
            for name in names:
                places.setdefault(name, []).append(place)
        return places

    # -- on disk ------------------------------------------------------------------------------

    def save(self, folder: str | Path) -> None:
        """Write the index into a folder, in place of one that is there.

        What is there already of these documents is not written again.

        Raises:
            StoreError: another process is writing it.
            OSError: the folder cannot be written; what was there is still in place.
        """
        facts = _facts(self.embedder, self.tables.dimension, self.sources)
        facts = replace(facts, chunking=self.chunking, reading=self.reading)
        store.write(Path(folder), self.records, facts)

    @classmethod
    def open(cls, folder: str | Path, *, embedder: Embedder | None = None) -> Index:
        """Open a saved index. Nothing is embedded; the model loads with the first question.

        Args:
            folder: where it was saved.
            embedder: the model that it was built with; by default made from its name.

        Raises:
            StoreError: there is none.
            DamagedIndexError, FormatError, ModelMismatchError: it cannot be used; the message
                says what to do.
            ModelError: its embedding model cannot be found.
        """
        folder = Path(folder)
        while True:
            manifest = read_manifest(folder)
            embedder = embedder or open_embedder(manifest.facts.model)
            _check_model(folder, manifest.facts, embedder)
            try:
                tables = store.read(folder, manifest)
            except DamagedIndexError:
                # A save may have put other segments in their place meanwhile.
                if read_manifest(folder) == manifest:
                    raise
                continue
            sources = Deferred(partial(_sources, manifest.facts))
            return cls._stored(tables, sources, manifest.facts, embedder)

    @classmethod
    def rescue(cls, folder: str | Path, *, embedder: Embedder) -> Index | None:
        """What is undamaged of a damaged index; None where nothing is, or it is of no use."""
        folder = Path(folder)
        try:
            manifest = read_manifest(folder)
            _check_model(folder, manifest.facts, embedder)
        except StoreError:
            return None
        records = store.read_undamaged(folder, manifest)
        if not any(record.size for record in records):
            return None
        there = {record.label.id for record in records}
        sources = [source for source in _sources(manifest.facts) if source.ids <= there]
        return cls._stored(Tables(records), sources, manifest.facts, embedder)

    @classmethod
    def _stored(
        cls, tables: Tables, sources: Sequence[Source], facts: Facts, embedder: Embedder
    ) -> Index:
        return cls(
            embedder, tables, sources=sources, chunking=facts.chunking, reading=facts.reading
        )


def save_unfinished(
    folder: str | Path,
    embedder: Embedder,
    entries: Sequence[Record],
    sources: Sequence[Source],
    *,
    anew: bool = False,
) -> None:
    """Write what there is so far of an index that is being built: :meth:`Index.open` opens it.

    Args:
        folder: where to.
        embedder: what the documents' vectors are from.
        entries: the documents.
        sources: the files that they are of.
        anew: keep nothing of what is there already.

    Raises:
        StoreError, OSError: as for :meth:`Index.save`.
    """
    dimension = Tables(entries).dimension
    if dimension:
        store.write(Path(folder), entries, _facts(embedder, dimension, sources), anew=anew)


def _facts(embedder: Embedder, dimension: int, sources: Sequence[Source]) -> Facts:
    return Facts(
        model=embedder.name,
        fingerprint=embedder.fingerprint,
        dimension=dimension,
        chunking=chunker.CHUNKING,
        reading=READING,
        sources=[
            {each.name: getattr(source, each.name) for each in fields(source)} for source in sources
        ],
    )


def _sources(facts: Facts) -> list[Source]:
    return [Source.from_facts(source) for source in facts.sources]


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep Python from looking for garbage while a great many objects are made: it takes a third less."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _check_model(folder: Path, facts: Facts, embedder: Embedder) -> None:
    if embedder.fingerprint != facts.fingerprint:
        raise ModelMismatchError(
            f"{folder}: built with the embedding model {facts.model}"
            f" ({facts.fingerprint[:12]}), not with {embedder.name}"
            f" ({embedder.fingerprint[:12]}); name that model, or build the index again"
        )


def _listed(names: Sequence[str]) -> str:
    """Some names for a message, and how many more there are."""
    more = len(names) - MOST_NAMES
    return (", ".join(names[:MOST_NAMES]) or "none") + (f" and {more} more" if more > 0 else "")
