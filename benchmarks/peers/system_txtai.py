"""txtai: its hybrid index with content, which its documentation recommends for search.

Vectors and BM25 are joined by txtai's own convex combination, half and half, which is its default.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from txtai import Embeddings


class Search:
    """The index: a question to ranked passages.

    Args:
        model: the embedding model's folder.
    """

    def __init__(self, model: str) -> None:
        self._embeddings = Embeddings(path=model, hybrid=True, content=True)

    def load(self) -> None:
        """Have the model in memory."""
        self._embeddings.transform("It is loaded.")

    def index(self, passages: Sequence[str], folder: Path) -> None:
        """Embed the passages and write an index into a folder."""
        self._embeddings.index(enumerate(passages))
        self._embeddings.save(str(folder))

    def open(self, folder: Path) -> None:
        """Open an index."""
        self._embeddings.load(str(folder))

    def search(self, question: str, k: int) -> list[int]:
        """The numbers of the best passages."""
        return [int(found["id"]) for found in self._embeddings.search(question, k)]
