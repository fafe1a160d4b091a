"""Haystack: its in-memory store searched by BM25 and by vectors, joined by reciprocal ranks.

This is the hybrid retrieval pipeline of its documentation, without a ranker. Each retriever finds ten
passages, which is its default. The store keeps itself in one JSON file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

FILE = "store.json"


class Search:
    """The pipeline: a question to ranked passages.

    Args:
        model: the embedding model's folder.
    """

    def __init__(self, model: str) -> None:
        self._model = model

    def load(self) -> None:
        """Have the model in memory."""
        self._embedder = SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False)
        self._embedder.warm_up()
        self._embedder.run([Document(content="It is loaded.")])

    def index(self, passages: Sequence[str], folder: Path) -> None:
        """Embed the passages and write an index into a folder."""
        documents = [Document(id=str(number), content=text) for number, text in enumerate(passages)]
        store = InMemoryDocumentStore()
        store.write_documents(self._embedder.run(documents)["documents"])
        folder.mkdir()
        store.save_to_disk(str(folder / FILE))

    def open(self, folder: Path) -> None:
        """Open an index."""
        store = InMemoryDocumentStore.load_from_disk(str(folder / FILE))
        pipeline = Pipeline()
        embedder = SentenceTransformersTextEmbedder(model=self._model, progress_bar=False)
        pipeline.add_component("embedder", embedder)
        pipeline.add_component("words", InMemoryBM25Retriever(store))
        pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "vectors.query_embedding")
        pipeline.connect("words", "joiner")
        pipeline.connect("vectors", "joiner")
        self._pipeline = pipeline

    def search(self, question: str, k: int) -> list[int]:
        """The numbers of the best passages."""
        inputs = {"embedder": {"text": question}, "words": {"query": question}}
        found = self._pipeline.run({**inputs, "joiner": {"top_k": k}})
        return [int(document.id) for document in found["joiner"]["documents"]]
