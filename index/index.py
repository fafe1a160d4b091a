"""The index: search it, save it, open it."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import chunker, store
from index.acronyms import expand, find_acronyms
from index.chunker import Chunker
from index.dense import DenseIndex
from index.embedder import Embedder
from index.embedders import open_embedder
from index.entries import IndexedDocument, all_passages, stacked
from index.errors import ArgumentError, DamagedIndexError, ModelMismatchError, StoreError
from index.files import Source
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.manifest import Facts, read_manifest
from index.readers import READING
from index.sentences import Span
from index.spelling import correct
from index.terms import TermTable
from index.types import PASSAGE_KINDS, Document, FileReport, Filter, Hit, Kind, Passage, Score

CANDIDATES = 200
"""How many of the best passages by vectors, and by words, are scored by both."""

MOST_NAMES = 20
"""How many authors or documents a message lists."""


class Tables:
    """What searching some documents takes, each part made when it is first asked for.

    Row *i* of the vectors and of BM25 is ``passages[i]``.

    Args:
        entries: the documents.
    """

    def __init__(self, entries: Iterable[IndexedDocument]) -> None:
        self.entries = tuple(entries)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents themselves."""
        return tuple(entry.document for entry in self.entries)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all documents, one after another."""
        return all_passages(self.entries)

    @cached_property
    def dense(self) -> DenseIndex:
        """Their vectors."""
        return DenseIndex(stacked(self.entries, self.dimension))

    @cached_property
    def lexical(self) -> LexicalIndex:
        """Their words."""
        return LexicalIndex(TermTable.joined([entry.terms for entry in self.entries]))

    @cached_property
    def acronyms(self) -> dict[str, str]:
        """What initials stand for in these documents."""
        return find_acronyms(entry.names for entry in self.entries)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The documents' vocabulary, to correct misspelt questions with."""
        return tuple(sorted(set().union(*(entry.words for entry in self.entries))))

    @property
    def dimension(self) -> int:
        """Numbers in a vector; 0 where no document has a passage."""
        return next((entry.vectors.shape[1] for entry in self.entries if entry.passages), 0)


@dataclass(frozen=True)
class Index:
    """The passages of a set of documents, searchable. Safe to search from several threads.

    It does not change: ``index.builder.build_index`` makes the next one, taking over what stayed.
    """

    embedder: Embedder
    tables: Tables
    sources: tuple[Source, ...] = ()
    """The files that they were read from, as these were then; none where they were not read here."""
    chunking: str = chunker.CHUNKING
    reading: str = READING
    reports: tuple[FileReport, ...] = ()
    """What became of each file when this index was built; empty for an opened one."""
    embedded: int = 0
    """How many passages were embedded to build it, and not taken over from an earlier one."""

    @classmethod
    def of(cls, entries: Iterable[IndexedDocument], embedder: Embedder, **facts: Any) -> Index:
        """Make documents searchable.

        Args:
            entries: the documents, in the order that they are to have; one of them has a passage.
            embedder: what their vectors are from.
            facts: the other fields: ``sources``, ``chunking``, ``reading``, ``reports``, ``embedded``.
        """
        return cls(embedder, Tables(entries), **facts)

    @property
    def entries(self) -> tuple[IndexedDocument, ...]:
        """The documents, each with what searching it takes."""
        return self.tables.entries

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents themselves."""
        return self.tables.documents

    @property
    def passages(self) -> tuple[Passage, ...]:
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
    def acronyms(self) -> dict[str, str]:
        """What initials stand for in these documents."""
        return self.tables.acronyms

    @property
    def words(self) -> tuple[str, ...]:
        """The documents' vocabulary, to correct misspelt questions with."""
        return self.tables.words

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
        allowed = self._allowed(only or Filter())
        wordings = [self.adapt(each) for each in ((question, also) if also else (question,))]
        query = self.embedder.embed(wordings).mean(axis=0)
        lexical = np.mean([self.lexical.scores(each) for each in wordings], axis=0)
        rows = self._candidates(query, lexical, allowed, max(k, CANDIDATES))
        cosines = self.dense.cosines(query, rows)
        hits = [
            self._hit(int(row), float(cosine), float(lexical[row]))
            for row, cosine in zip(rows, cosines, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:k]

    def adapt(self, question: str) -> str:
        """The question as it is searched: acronyms explained, misspelt words corrected."""
        return correct(expand(question, self.acronyms), self.words, self._is_word)

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
        rows = np.arange(len(self.passages)) if allowed is None else allowed
        # Stable, so that passages of equal score come in the order of their rows.
        best = rows[np.argsort(-lexical[rows], kind="stable")[:count]]
        return np.union1d(nearest, best[lexical[best] > 0])

    def _hit(self, row: int, cosine: float, lexical: float) -> Hit:
        return Hit(self.passages[row], fuse(cosine, lexical), Score(cosine, lexical))

    # -- filtering ----------------------------------------------------------------------------

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """SHA-256 of the text that was embedded for each passage."""
        return tuple(key for entry in self.entries for key in entry.keys)

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """Everyone who wrote a passage, by alphabet."""
        return tuple(sorted({passage.author for passage in self.passages if passage.author}))

    def passages_in(self, only: Filter) -> tuple[Passage, ...]:
        """The passages that a filter lets through, in the order of their documents' text.

        Raises:
            ArgumentError: a kind, author or document that is not there.
        """
        rows = self._allowed(only)
        return self.passages if rows is None else tuple(self.passages[row] for row in rows)

    def vectors_of(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors of some of the passages: (n, d)."""
        rows = np.array([self._rows[passage.id] for passage in passages], np.int64)
        return self.dense.rows(rows)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {passage.id: row for row, passage in enumerate(self.passages)}

    def _allowed(self, only: Filter) -> NDArray[np.int64] | None:
        """The rows that a filter lets through, ascending; None when it is all of them."""
        if only == Filter():
            return None
        kinds = self._kinds(only.kinds)
        author = self._author(only.author)
        documents = self._document_ids(only.document)
        rows = [
            row
            for row, passage in enumerate(self.passages)
            if passage.kind in kinds
            and (author is None or (passage.author or "").casefold() == author)
            and passage.document.id in documents
            and passage.id not in only.without
        ]
        return np.array(rows, dtype=np.int64)

    def _kinds(self, kinds: Collection[str] | None) -> frozenset[Kind]:
        if kinds is None:
            return frozenset(PASSAGE_KINDS)
        if isinstance(kinds, str):
            kinds = (kinds,)
        unknown = [kind for kind in kinds if kind not in PASSAGE_KINDS]
        if unknown:
            raise ArgumentError(
                f"unknown kind {unknown[0]!r}; the kinds are {', '.join(PASSAGE_KINDS)}"
            )
        return frozenset(Kind(kind) for kind in kinds)

    def _author(self, author: str | None) -> str | None:
        if author is None:
            return None
        if author.casefold() not in {name.casefold() for name in self.authors}:
            raise ArgumentError(
                f"no passage by {author!r}; the authors are: {_listed(self.authors)}"
            )
        return author.casefold()

    def _document_ids(self, wanted: str | None) -> frozenset[str]:
        found = frozenset(
            document.id
            for document in self.documents
            if wanted in (None, document.id, document.title)
            or any(wanted in (path, Path(path).name) for path in (document.path, *document.also))
        )
        if not found:
            names = [Path(document.path).name for document in self.documents]
            raise ArgumentError(
                f"no document {wanted!r} in this index; the documents are: {_listed(names)}"
            )
        return found

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
        store.write(Path(folder), self.entries, facts)

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
                with no_collector():
                    return cls._stored(store.read(folder, manifest), manifest.facts, embedder)
            except DamagedIndexError:
                # A save may have put other segments in their place meanwhile.
                if read_manifest(folder) == manifest:
                    raise

    @classmethod
    def rescue(cls, folder: str | Path, *, embedder: Embedder) -> Index | None:
        """What is undamaged of a damaged index; None where nothing is, or it is of no use."""
        folder = Path(folder)
        try:
            manifest = read_manifest(folder)
            _check_model(folder, manifest.facts, embedder)
        except StoreError:
            return None
        entries = store.read_undamaged(folder, manifest)
        if not any(entry.passages for entry in entries):
            return None
        return cls._stored(entries, manifest.facts, embedder)

    @classmethod
    def _stored(cls, entries: Sequence[IndexedDocument], facts: Facts, embedder: Embedder) -> Index:
        there = {entry.document.id for entry in entries}
        sources = [Source.from_facts(source) for source in facts.sources]
        return cls.of(
            entries,
            embedder,
            sources=tuple(source for source in sources if source.ids <= there),
            chunking=facts.chunking,
            reading=facts.reading,
        )


def save_unfinished(
    folder: str | Path,
    embedder: Embedder,
    entries: Sequence[IndexedDocument],
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
    dimension = next((entry.vectors.shape[1] for entry in entries if entry.passages), 0)
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
