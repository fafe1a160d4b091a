"""Proof that an index is what its files say, and holds nothing else.

Every byte on disk belongs to a document of the index or is reported; every passage, vector and row of
words is made anew from its document and compared; every document is read anew from its file.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import chunker, readers, store
from index.acronyms import find_names
from index.chunker import Chunker, searched_text
from index.embedder import Embedder, Progress
from index.embedders import open_embedder
from index.entries import IndexedDocument, Record
from index.errors import DamagedIndexError, StoreError
from index.files import FileReader, Source
from index.lazy import LazySequence
from index.lexical import term_table
from index.manifest import Manifest, read_manifest
from index.segments import Segment
from index.spelling import vocabulary
from index.terms import TermTable
from index.types import Document
from index.workers import FileReading, ReadingPool, ReadRequest

EMBEDDED_AT_ONCE = 4096
"""So many passages, or those of one document."""
MOST_APART = 0.045
"""A vector and that of the same text embedded anew, whose cosine is 0.999: how texts are put together
in batches changes the last digits."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    where: str
    """The file, of the index or of the user's."""
    what: str
    """In words for a person."""
    outdated: bool = False
    """Whether the index is sound, but the user's files have changed since."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found."""

    documents: int
    passages: int
    files: int
    """The user's files that were read again."""
    findings: tuple[Finding, ...]


def verify(
    folder: Path,
    *,
    embedder: Embedder | None = None,
    reader: FileReader | None = None,
    quick: bool = False,
    max_bytes: int = readers.MAX_FILE_BYTES,
    password: str = "",
    progress: Progress | None = None,
) -> Verified:
    """Compare a saved index with itself and with the files that it was made from.

    Args:
        folder: where it was saved.
        embedder: the model that it was built with; by default made from its name.
        reader: what reads files; worker processes by default.
        quick: leave out what takes long: embedding every passage and reading every file anew.
        max_bytes: the largest file to read.
        password: opens files that need one.
        progress: called while passages are embedded.

    Raises:
        StoreError: there is no index, or its manifest cannot be used.
        ModelError: its embedding model cannot be loaded.
    """
    manifest, entries, findings = _stored(folder)
    facts = manifest.facts
    findings += _folder(folder)
    records = list(entries.values())
    # Decoded one by one, whenever they are gone through: all at once they may not fit into memory.
    found = LazySequence(len(records), lambda place: records[place].load())
    embedder = embedder or open_embedder(facts.model)
    findings += _documents(folder, found)
    if facts.chunking == chunker.CHUNKING:
        findings += _passages(folder, found, embedder)
    if not quick:
        findings += _vectors(folder, found, embedder, progress)
    sources = [Source.from_facts(source) for source in facts.sources]
    findings += _owners(folder, found, sources)
    if not quick:
        asked = [ReadRequest(Path(source.path), max_bytes, password) for source in sources]
        comparable = facts.reading == readers.READING
        with ReadingPool.from_environment() if reader is None else nullcontext(reader) as opened:
            for source, reading in zip(sources, opened.read(asked), strict=True):
                findings += _file(source, reading, comparable=comparable)
    passages = sum(record.size for record in records)
    return Verified(len(found), passages, len(sources), tuple(findings))


def _stored(
    folder: Path,
) -> tuple[Manifest, dict[str, Record], list[Finding]]:
    """What is in the segments, by their documents' digests, and what is wrong with them."""
    while True:
        manifest = read_manifest(folder)
        entries: dict[str, Record] = {}
        findings: list[Finding] = []
        for segment in manifest.segments:
            place = folder / segment.name
            try:
                stored = store.read_stored(folder, segment)
            except DamagedIndexError as error:
                findings.append(Finding(str(place), str(error)))
                continue
            findings += _bytes(place, list(stored.values()), manifest.facts.dimension)
            if stored.keys() & entries.keys():
                findings.append(Finding(str(place), "it has a document of another segment"))
            entries |= stored
        if not findings or read_manifest(folder) == manifest:
            break
        # A save has put other segments in their place meanwhile.
    missing = [name for name in manifest.documents if name not in entries]
    if set(entries) - set(manifest.documents):
        findings.append(Finding(str(folder), "a segment has a document that the index has not"))
    if missing and not findings:
        findings.append(Finding(str(folder), f"{len(missing):,} documents are missing"))
    return manifest, entries, findings


def _bytes(folder: Path, records: Sequence[Record], dimension: int) -> Iterator[Finding]:
    """Every byte of a segment is of its documents; another would be what is left of one that has gone."""
    entries = [record.load() for record in records]
    if any(entry.vectors.shape[1:] != (dimension,) for entry in entries):
        yield Finding(str(folder), "its vectors are not of the index's length")
        return
    made = Segment.of(entries, dimension)
    for name, data in made.files():
        if data != (folder / name).read_bytes():
            yield Finding(str(folder / name), "it has something that is of no document of it")


def _folder(folder: Path) -> Iterator[Finding]:
    """What lies in the index's folder beside the index."""
    try:
        strays = store.left_over(folder)
    except (StoreError, OSError):
        # Who cannot have the lock cannot tell what is being written from what was left.
        strays = store.strays(folder, read_manifest(folder))
    for path in strays:
        yield Finding(
            str(path), "left over from a process that was killed; the next save removes it"
        )
    for path in store.foreign(folder):
        yield Finding(str(path), "no part of the index; a save leaves it alone")


def _documents(folder: Path, entries: Iterable[IndexedDocument]) -> Iterator[Finding]:
    """A document's id says what was read; see that it is this."""
    for entry in entries:
        document = entry.document
        facts = {each.name: getattr(document, each.name) for each in dataclasses.fields(document)}
        del facts["id"], facts["also"]
        try:
            made = Document.create(**facts)
        except ValueError:  # blocks that do not fit its text
            made = None
        if made is None or made.id != document.id:
            yield Finding(f"{folder}: {document.path}", "it is not what was read from its file")


def _passages(
    folder: Path, entries: Iterable[IndexedDocument], embedder: Embedder
) -> Iterator[Finding]:
    """Cut every document anew, and count its words."""
    cutter = Chunker(embedder)
    for entry in entries:
        document = entry.document
        where = f"{folder}: {document.path}"
        passages = cutter.split(document)
        if tuple(passages) != entry.passages:
            yield Finding(where, "its passages are not those of its text")
            continue
        keys = tuple(
            hashlib.sha256(cutter.embedded_text(each).encode("utf-8", "surrogatepass")).hexdigest()
            for each in passages
        )
        if keys != entry.keys:
            yield Finding(where, "a vector belongs to another text")
        texts = [passage.words for passage in passages]
        table = term_table([searched_text(passage) for passage in passages], texts)
        if _rows(table) != _rows(entry.terms):
            yield Finding(where, "its words are not those of its text")
        if vocabulary(texts) != entry.words or find_names(texts) != entry.names:
            yield Finding(where, "its vocabulary is not that of its text")


def _rows(table: TermTable) -> list[dict[str, tuple[int, bool]]]:
    """Each row's words with their counts, whatever their places in the table are."""
    rows = []
    for row in range(len(table)):
        part = slice(int(table.starts[row]), int(table.starts[row + 1]))
        cells = zip(table.ids[part], table.counts[part], table.in_body[part], strict=True)
        rows.append(
            {table.terms[column]: (int(count), bool(body)) for column, count, body in cells}
        )
    return rows


def _vectors(
    folder: Path,
    entries: Sequence[IndexedDocument],
    embedder: Embedder,
    progress: Progress | None,
) -> Iterator[Finding]:
    """Embed every passage anew."""
    cutter = Chunker(embedder)
    total = sum(len(entry.passages) for entry in entries)
    done = 0

    def told(more: int, _: int) -> None:
        if progress is not None:
            progress(done + more, total)

    for some in _portions(entries):
        texts = [cutter.embedded_text(passage) for entry in some for passage in entry.passages]
        vectors = embedder.embed(texts, told) if texts else np.zeros((0, 0), np.float32)
        row = 0
        for entry in some:
            anew = vectors[row : row + len(entry.passages)]
            row += len(entry.passages)
            if len(anew) and not _are_near(anew, entry.vectors):
                where = f"{folder}: {entry.document.path}"
                yield Finding(where, "a vector is not that of its passage")
        done += len(texts)


def _portions(entries: Iterable[IndexedDocument]) -> Iterator[list[IndexedDocument]]:
    """Documents in portions of about so many passages as are embedded at once."""
    some: list[IndexedDocument] = []
    for entry in entries:
        some.append(entry)
        if sum(len(each.passages) for each in some) >= EMBEDDED_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _are_near(vectors: NDArray[np.float32], others: NDArray[np.float32]) -> bool:
    """Whether each vector is the other, in direction and in length; what is no number is not."""
    return vectors.shape == others.shape and bool(
        (np.linalg.norm(vectors - others, axis=1) <= MOST_APART).all()
    )


def _owners(
    folder: Path, entries: Iterable[IndexedDocument], sources: Sequence[Source]
) -> Iterator[Finding]:
    """Every document is of a file; indexes of documents that were given as such have no files."""
    if not sources:
        return
    paths: dict[str, list[str]] = {}
    for source in sources:
        for path, name in source.documents:
            paths.setdefault(name, []).append(path)
    there = {entry.document.id for entry in entries}
    for entry in entries:
        document = entry.document
        if [document.path, *document.also] != paths.get(document.id):
            yield Finding(f"{folder}: {document.path}", "no file is known to hold it")
    for source in sources:
        if not source.ids <= there:
            yield Finding(source.path, "what was read from it is not in the index")


def _file(
    source: Source,
    reading: FileReading,
    *,
    comparable: bool,
) -> Iterator[Finding]:
    """Compare what was read from a file with what is read from it now."""
    problems = [each.problem for each in reading.reports if each.problem]
    if not reading.sha256:
        if source.documents:
            yield Finding(source.path, f"{problems[0]}; its text is still here", outdated=True)
    elif reading.sha256 != source.sha256:
        yield Finding(source.path, "changed since it was indexed", outdated=True)
    elif problems and not source.problems:
        # Such as a password that it was read with, or a program that is missing now.
        said = f"it is the same, but cannot be read as it was then: {problems[0]}"
        yield Finding(source.path, said, outdated=True)
    elif comparable and not source.problems:
        # Their ids are of all that was read.
        found = {each.document.id for each in reading.reports if each.document}
        if found != source.ids:
            yield Finding(source.path, "reading it anew gives another document")
