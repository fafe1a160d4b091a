"""LlamaIndex: a vector index and its BM25 retriever, joined by reciprocal ranks.

This is the fusion retriever of its documentation with one query, the question itself, so that no
language model takes part. Each retriever finds ten passages, as Haystack's do by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

CANDIDATES = 10
BATCH_SIZE = 32
"""As the others have it; LlamaIndex's own default is 10."""


class Search:
    """The fusion retriever: a question to ranked passages.

    Args:
        model: the embedding model's folder.
    """

    def __init__(self, model: str) -> None:
        self._embedder = HuggingFaceEmbedding(model_name=model, embed_batch_size=BATCH_SIZE)

    def load(self) -> None:
        """Have the model in memory."""
        self._embedder.get_text_embedding("It is loaded.")

    def index(self, passages: Sequence[str], folder: Path) -> None:
        """Embed the passages and write an index into a folder."""
        nodes = [TextNode(id_=str(number), text=text) for number, text in enumerate(passages)]
        index = VectorStoreIndex(nodes, embed_model=self._embedder)
        index.storage_context.persist(str(folder / "vectors"))
        words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=CANDIDATES)
        words.persist(str(folder / "words"))

    def open(self, folder: Path) -> None:
        """Open an index."""
        storage = StorageContext.from_defaults(persist_dir=str(folder / "vectors"))
        index = load_index_from_storage(storage, embed_model=self._embedder)
        self._retriever = QueryFusionRetriever(
            [
                index.as_retriever(similarity_top_k=CANDIDATES),
                BM25Retriever.from_persist_dir(str(folder / "words")),
            ],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            num_queries=1,
            use_async=False,
        )

    def search(self, question: str, k: int) -> list[int]:
        """The numbers of the best passages."""
        self._retriever.similarity_top_k = k
        return [int(found.node.node_id) for found in self._retriever.retrieve(question)]
