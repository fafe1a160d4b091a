"""Embedding models, one module for each library that runs them.

What is heavy loads with the first text that is embedded or counted, not with these modules.
"""

from index.embedder import DEFAULT_MODEL, INT8_MODEL, Embedder
from index.embedders.packaged import PackagedEmbedder
from index.embedders.sentence_transformer import SentenceTransformerEmbedder

__all__ = ["open_embedder"]


def open_embedder(name: str = DEFAULT_MODEL) -> Embedder:
    """The embedding model that a name stands for. Nothing is read before it is used.

    Args:
        name: the default model's, the same in integers, a folder, or a model's name on the hub.
            Only the last ever reaches a network, and only when it is not in the hub's local cache.
    """
    if name in (DEFAULT_MODEL, INT8_MODEL):
        return PackagedEmbedder("float32" if name == DEFAULT_MODEL else "int8")
    return SentenceTransformerEmbedder(name)
