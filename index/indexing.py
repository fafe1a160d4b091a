"""Documents are cut and embedded; what earlier indexes know is taken over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index import chunker
from index.acronyms import find_names
from index.chunker import Chunker, searched_text
from index.embedder import Embedder, Progress
from index.embedders import open_embedder
from index.entries import IndexedDocument, Record
from index.errors import NoDocumentsError
from index.index import Index
from index.lexical import term_table
from index.spelling import vocabulary
from index.types import Document, Passage


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
    embedder = embedder or open_embedder()
    indexing = Indexing(embedder, previous)
    entries = indexing.entries(documents, progress)
    check_passages(entries)
    return Index.of(entries, embedder, chunking=chunker.CHUNKING, embedded=indexing.embedded)


class Indexing:
    """Cuts and embeds documents; what earlier indexes know is taken over.

    Attributes:
        embedded: how many passages were embedded so far.
    """

    def __init__(self, embedder: Embedder, previous: Sequence[Index]) -> None:
        self.embedded = 0
        self._embedder = embedder
        self._previous = tuple(previous)
        self._chunker = Chunker(embedder)
        self._known: dict[str, Record] = {
            label.id: record
            for index in previous
            if index.chunking == chunker.CHUNKING
            for label, record in zip(index.tables.labels, index.records, strict=True)
        }
        self._vectors: dict[str, NDArray[np.float32]] = {}
        """Of what was embedded here, by the keys of the texts."""

    def known(self, document: Document) -> Record | None:
        """What is known of a document; None where it has to be cut anew."""
        record = self._known.get(document.id)
        # The title is embedded, too, and may be the name of a file that has gone.
        if record is None or record.label.title != document.title:
            return None
        return record.named(document)

    def entries(self, documents: Sequence[Document], progress: Progress | None) -> list[Record]:
        """Documents, each with what searching it takes."""
        new = [document for document in documents if self.known(document) is None]
        made = self._made(new, progress)
        return [self.known(document) or made[document.id] for document in documents]

    def _made(
        self, documents: Sequence[Document], progress: Progress | None
    ) -> dict[str, IndexedDocument]:
        cut = {document.id: self._chunker.split(document) for document in documents}
        texts = {
            name: [self._chunker.embedded_text(passage) for passage in passages]
            for name, passages in cut.items()
        }
        keys = {name: tuple(map(_key, some)) for name, some in texts.items()}
        wanted = {
            key: text
            for name, some in texts.items()
            for key, text in zip(keys[name], some, strict=True)
        }
        vectors = self._embed(wanted, progress) if wanted else {}
        made = {
            document.id: _entry(document, cut[document.id], keys[document.id], vectors)
            for document in documents
        }
        for entry in made.values():  # not what was embedded: it would be in memory twice
            self._vectors |= zip(entry.keys, entry.vectors, strict=True)
        return made

    def _embed(
        self, texts: dict[str, str], progress: Progress | None
    ) -> dict[str, NDArray[np.float32]]:
        """The vector of each text by its key; each is embedded once."""
        found = {key: self._vectors[key] for key in texts if key in self._vectors}
        for index in self._previous:
            found |= index.tables.vectors_by_keys([key for key in texts if key not in found])
        new = {key: text for key, text in texts.items() if key not in found}
        if new:
            found |= zip(new, self._embedder.embed(list(new.values()), progress), strict=True)
            self.embedded += len(new)
        return found


def check_passages(entries: Sequence[Record]) -> None:
    """See that there is something to search.

    Raises:
        NoDocumentsError: none of the documents holds a passage.
    """
    if not any(entry.size for entry in entries):
        names = ", ".join(entry.label.path for entry in entries) or "no document"
        raise NoDocumentsError(f"{names}: no paragraph, caption or comment to search")


def _entry(
    document: Document,
    passages: Sequence[Passage],
    keys: tuple[str, ...],
    vectors: dict[str, NDArray[np.float32]],
) -> IndexedDocument:
    texts = [passage.words for passage in passages]
    found = [vectors[key] for key in keys]
    return IndexedDocument(
        document,
        tuple(passages),
        keys,
        np.stack(found) if found else np.zeros((0, 0), np.float32),
        term_table([searched_text(passage) for passage in passages], texts),
        vocabulary(texts),
        find_names(texts),
    )


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
