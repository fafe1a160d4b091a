"""Files become an index; an index is brought up to date."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import readers
from index.acronyms import find_acronyms
from index.chunker import CHUNKING, Chunker, searched_text
from index.dense import DenseIndex
from index.embedder import Embedder, Progress, SentenceTransformerEmbedder
from index.errors import NoDocumentsError
from index.files import Source, find_files, read_file
from index.index import Index, documents_by_file, passages_by_document
from index.lexical import LexicalIndex
from index.spelling import vocabulary
from index.types import Document, FileReport, Passage


def build_index(
    paths: Iterable[str | Path],
    *,
    embedder: Embedder | None = None,
    previous: Index | None = None,
    progress: Progress | None = None,
    max_file_bytes: int = readers.MAX_FILE_BYTES,
) -> Index:
    """Read, cut and embed the documents that ``paths`` hold now.

    Args:
        paths: files and folders.
        embedder: the embedding model; the packaged one by default.
        previous: an earlier index of the same model. What it knows is neither read nor embedded
            again; what is no longer there is left out.
        progress: called while passages are embedded.
        max_file_bytes: the largest file to read.

    Returns:
        The index, with a report on every file; ``previous`` with new reports when nothing changed.

    Raises:
        NoDocumentsError: nothing readable; the message lists each file's reason.
        ModelError: the embedding model cannot be loaded.
    """
    known = {}
    if previous is not None and previous.reading == readers.READING:
        known = documents_by_file(previous)
    paths = list(paths)
    sources, documents, reports = _read(paths, known, max_file_bytes)
    if not documents:
        raise NoDocumentsError(_nothing_readable(paths, reports))
    if previous is not None and _is_current(previous, sources, documents):
        return dataclasses.replace(previous, reports=tuple(reports), embedded=0)
    known_to = [previous] if previous is not None else []
    built = index_documents(documents, embedder=embedder, previous=known_to, progress=progress)
    return dataclasses.replace(built, sources=tuple(sources), reports=tuple(reports))


def index_documents(
    documents: Sequence[Document],
    *,
    embedder: Embedder | None = None,
    previous: Sequence[Index] = (),
    progress: Progress | None = None,
) -> Index:
    """Cut and embed documents that were read already.

    Args:
        documents: what to index.
        embedder: the embedding model; the packaged one by default.
        previous: earlier indexes of the same model. What they know is not embedded again.
        progress: called while passages are embedded.

    Raises:
        NoDocumentsError: none of them holds a passage.
    """
    embedder = embedder or SentenceTransformerEmbedder()
    passages, texts, keys = _cut(documents, embedder, previous)
    if not passages:
        names = ", ".join(document.path for document in documents) or "no document"
        raise NoDocumentsError(f"{names}: no paragraph, caption or comment to search")
    vectors, embedded = _embed(texts, keys, embedder, previous, progress)
    return Index(
        embedder=embedder,
        sources=(),
        documents=tuple(documents),
        passages=tuple(passages),
        keys=tuple(keys),
        dense=DenseIndex(vectors),
        lexical=LexicalIndex(
            [searched_text(passage) for passage in passages],
            [passage.text for passage in passages],
        ),
        acronyms=find_acronyms(passage.text for passage in passages),
        words=vocabulary(passage.text for passage in passages),
        embedded=embedded,
    )


def _read(
    paths: Iterable[str | Path], known: dict[tuple[str, str], Document], max_bytes: int
) -> tuple[list[Source], list[Document], list[FileReport]]:
    """Read every file. A document that several files hold comes once, under the first's name."""
    files, reports = find_files(paths)
    sources = []
    documents: dict[str, Document] = {}
    for path in files:
        source, report = read_file(path, known, max_bytes=max_bytes)
        if source is not None and report.document is not None:
            sources.append(source)
            first = documents.setdefault(source.document, report.document)
            if first.path != report.path:
                report = dataclasses.replace(report, same_as=first.path)
        reports.append(report)
    return sources, list(documents.values()), reports


def _is_current(previous: Index, sources: Sequence[Source], documents: Sequence[Document]) -> bool:
    return (
        previous.chunking == CHUNKING
        and previous.reading == readers.READING
        and previous.sources == tuple(sources)
        and [document.path for document in previous.documents]
        == [document.path for document in documents]
    )


def _cut(
    documents: Sequence[Document], embedder: Embedder, previous: Sequence[Index]
) -> tuple[list[Passage], list[str | None], list[str]]:
    """Passages, the text to embed for each (None: its vector is known), and their keys."""
    known: dict[str, Sequence[tuple[Passage, str]]] = {}
    for index in previous:
        if index.chunking == CHUNKING:
            known |= passages_by_document(index)
    chunker = Chunker(embedder)
    passages: list[Passage] = []
    texts: list[str | None] = []
    keys: list[str] = []
    for document in documents:
        earlier = known.get(document.id, ())
        # The title is embedded, too, and may be the name of a file that has gone.
        if earlier and earlier[0][0].document.title == document.title:
            for passage, key in earlier:
                passages.append(dataclasses.replace(passage, document=document))
                texts.append(None)
                keys.append(key)
            continue
        for passage in chunker.split(document):
            text = chunker.embedded_text(passage)
            passages.append(passage)
            texts.append(text)
            keys.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    return passages, texts, keys


def _embed(
    texts: Sequence[str | None],
    keys: Sequence[str],
    embedder: Embedder,
    previous: Sequence[Index],
    progress: Progress | None,
) -> tuple[NDArray[np.float32], int]:
    """The vector of every passage (n, d), each text embedded once, and how many were embedded."""
    vectors: dict[str, NDArray[np.float32]] = {}
    for index in previous:
        vectors |= zip(index.keys, index.dense.vectors, strict=True)
    new = {
        key: text
        for key, text in zip(keys, texts, strict=True)
        if text is not None and key not in vectors
    }
    if new:
        embedded = embedder.embed(list(new.values()), progress)
        vectors |= dict(zip(new, embedded, strict=True))
    return np.stack([vectors[key] for key in keys]), len(new)


def _nothing_readable(paths: Sequence[str | Path], reports: Sequence[FileReport]) -> str:
    if not reports:
        named = ", ".join(map(str, paths)) or "nothing"
        return f"no document to read: no {', '.join(readers.SUFFIXES)} file in {named}"
    lines = [f"{report.path}: {report.problem}" for report in reports]
    if len(lines) == 1:
        return lines[0]
    return "\n  ".join(["none of these can be read:", *lines])
