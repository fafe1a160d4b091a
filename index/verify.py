"""Proof that an index is what its files say, and holds nothing else.

Every byte on disk belongs to a document of the index or is reported; every passage, vector and row of
words is made anew from its document and compared; every document is read anew from its file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import chunker, readers, store
from index.acronyms import find_names
from index.chunker import Chunker, searched_text
from index.embedder import Embedder, Progress, SentenceTransformerEmbedder
from index.entries import IndexedDocument
from index.errors import DamagedIndexError
from index.files import FileReader, Source
from index.lexical import term_table
from index.spelling import vocabulary
from index.terms import TermTable
from index.workers import ReadingPool, ReadRequest

LEAST_COSINE = 0.999
"""Of a vector and the same text embedded anew: how texts are put together in batches changes the last
digits."""


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
    progress: Progress | None = None,
) -> Verified:
    """Compare a saved index with itself and with the files that it was made from.

    Args:
        folder: where it was saved.
        embedder: the model that it was built with; by default made from its name.
        reader: what reads files; worker processes by default.
        quick: leave out what takes long: embedding every passage and reading every file anew.
        max_bytes: the largest file to read.
        progress: called while passages are embedded.

    Raises:
        StoreError: there is no index, or its manifest cannot be used.
        ModelError: its embedding model cannot be loaded.
    """
    manifest = store.read_manifest(folder)
    facts = manifest.facts
    findings = [
        Finding(str(path), "left over from a process that was killed; the next save removes it")
        for path in store.strays(folder, manifest)
    ]
    entries: dict[str, IndexedDocument] = {}
    for segment in manifest.segments:
        try:
            entries |= store.read_stored(folder, segment)
        except DamagedIndexError as error:
            findings.append(Finding(str(folder / segment.name), str(error)))
        else:
            findings += _unused_words(folder / segment.name, entries, segment.documents)
    missing = [name for name in manifest.documents if name not in entries]
    if set(entries) - set(manifest.documents):
        findings.append(Finding(str(folder), "a segment has a document that the index has not"))
    if missing and not findings:
        findings.append(Finding(str(folder), f"{len(missing):,} documents are missing"))
    found = list(entries.values())
    embedder = embedder or SentenceTransformerEmbedder(facts.model)
    if facts.chunking == chunker.CHUNKING:
        findings += _passages(folder, found, embedder)
    if not quick:
        findings += _vectors(folder, found, embedder, progress)
    sources = [Source.from_facts(source) for source in facts.sources]
    findings += _owners(folder, found, sources)
    if not quick:
        findings += _files(sources, found, reader, max_bytes, facts.reading == readers.READING)
    return Verified(
        len(found), sum(len(each.passages) for each in found), len(sources), tuple(findings)
    )


def _unused_words(
    folder: Path, entries: dict[str, IndexedDocument], names: Sequence[str]
) -> Iterator[Finding]:
    """A word that no passage has would be what is left of a document that has gone."""
    tables = [entries[name].terms for name in names]
    known = {term for table in tables for term in table.terms}
    if known != set(TermTable.joined(tables).terms):
        yield Finding(str(folder / "terms.json"), "it has words that no passage has")


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
        texts = [passage.text for passage in passages]
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
    texts = [cutter.embedded_text(passage) for entry in entries for passage in entry.passages]
    if not texts:
        return
    vectors = embedder.embed(texts, progress)
    row = 0
    for entry in entries:
        anew = vectors[row : row + len(entry.passages)]
        row += len(entry.passages)
        if len(anew) and float(np.einsum("nd,nd->n", anew, entry.vectors).min()) < LEAST_COSINE:
            yield Finding(f"{folder}: {entry.document.path}", "a vector is not that of its passage")


def _owners(
    folder: Path, entries: Iterable[IndexedDocument], sources: Sequence[Source]
) -> Iterator[Finding]:
    """Every document is of a file; indexes of documents that were given as such have no files."""
    if not sources:
        return
    known = {name for source in sources for name in source.ids}
    there = {entry.document.id for entry in entries}
    for entry in entries:
        if entry.document.id not in known:
            yield Finding(f"{folder}: {entry.document.path}", "no file is known to hold it")
    for source in sources:
        if not source.ids <= there:
            yield Finding(source.path, "what was read from it is not in the index")


def _files(
    sources: Sequence[Source],
    entries: Iterable[IndexedDocument],
    reader: FileReader | None,
    max_bytes: int,
    comparable: bool,
) -> Iterator[Finding]:
    """Read every file anew."""
    documents = {entry.document.id: entry.document for entry in entries}
    requests = [ReadRequest(Path(source.path), max_bytes) for source in sources]
    with ReadingPool.from_environment() if reader is None else nullcontext(reader) as opened:
        for source, reading in zip(sources, opened.read(requests), strict=True):
            if not reading.sha256:
                if source.documents:
                    problem = reading.reports[0].problem
                    yield Finding(source.path, f"{problem}; its text is still here", outdated=True)
            elif reading.sha256 != source.sha256:
                yield Finding(source.path, "changed since it was indexed", outdated=True)
            elif comparable and not source.problems:
                found = {
                    each.document.id: each.document for each in reading.reports if each.document
                }
                if set(found) != source.ids or any(
                    found[name].text != documents[name].text for name in found if name in documents
                ):
                    yield Finding(source.path, "reading it anew gives another document")
