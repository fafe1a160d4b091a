"""Embedding models, one module for each library that runs them.

What is heavy loads with the first text that is embedded or counted, not with these modules.
"""

from index.embedder import DEFAULT_MODEL, FLOAT32_MODEL, Embedder
from index.embedders.packaged import PackagedEmbedder
from index.embedders.sentence_transformer import SentenceTransformerEmbedder

__all__ = ["open_embedder"]


def open_embedder(name: str = DEFAULT_MODEL) -> Embedder:
    """The embedding model that a name stands for. Nothing is read before it is used.

    Args:
        name: the default model's, the same in floating point, a folder, or a model's name on the hub.
            Only the last ever reaches a network, and only when it is not in the hub's local cache.
    """
    if name in (DEFAULT_MODEL, FLOAT32_MODEL):
        return PackagedEmbedder("int8" if name == DEFAULT_MODEL else "float32")
    return SentenceTransformerEmbedder(name)
