"""This project: passages as documents of one paragraph each, without a title."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.embedder import DEFAULT_MODEL, INT8_MODEL
from index.embedders import open_embedder
from index.index import Index
from index.indexing import index_documents
from index.types import Block, Document, Kind
from qa.assistant import Assistant


class Search:
    """The index: a question to ranked passages.

    Args:
        model: unused; the packaged model is the same one.
    """

    name = DEFAULT_MODEL

    def __init__(self, model: str) -> None:
        self._embedder = open_embedder(self.name)

    def load(self) -> None:
        """Have the model in memory."""
        self._embedder.embed(["It is loaded."])

    def index(self, passages: Sequence[str], folder: Path) -> None:
        """Embed the passages and write an index into a folder."""
        documents = [_document(number, text) for number, text in enumerate(passages)]
        index_documents(documents, embedder=self._embedder).save(folder)

    def open(self, folder: Path) -> None:
        """Open an index."""
        self._index = Index.open(folder, embedder=self._embedder)

    def search(self, question: str, k: int) -> list[int]:
        """The numbers of the best passages; parts of the same one count once."""
        passages = [hit.passage for hit in self._index.search(question, k=k)]
        return list(dict.fromkeys(int(passage.document.path) for passage in passages))


class InIntegers(Search):
    """The same, the embedding model in integers of eight bits."""

    name = INT8_MODEL


class Answers(Search):
    """The whole way to an answer: search, reading with the packaged reader, citations."""

    def open(self, folder: Path) -> None:
        """Open an index, and load the reader."""
        super().open(folder)
        self._assistant = Assistant(self._index)

    def search(self, question: str, k: int) -> list[int]:
        """Answer; the numbers of the passages behind the answer, best first."""
        passages = [hit.passage for hit in self._assistant.ask(question, k=k).hits]
        return list(dict.fromkeys(int(passage.document.path) for passage in passages))


def _document(number: int, text: str) -> Document:
    blocks = [Block(Kind.PARAGRAPH, 0, len(text))]
    return Document.create(path=str(number), title="", text=text, blocks=blocks)
