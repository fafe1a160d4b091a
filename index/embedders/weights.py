"""The packaged model's weights as its graphs take them, from the file that it was published in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYERS, HEADS, DIMENSION, WIDE = 6, 12, 384, 1536
WORDS, POSITIONS = 30522, 512
"""Of all-MiniLM-L6-v2."""

LARGEST = 63
"""Of an integer that stands for a weight. With seven bits instead of eight, processors without VNNI do
not add up to more than their 16 bits hold, and every processor comes to the same vectors."""


def float32_weights(file: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """Name and value of each weight of the graph in floating point.

    Args:
        file: ``model.safetensors``.

    Raises:
        OSError, SafetensorError, KeyError: it is not the model's.
    """
    from safetensors.numpy import load_file

    published = load_file(file)
    # Every token is of the first segment, so that its embedding is a part of the place's.
    types = published["embeddings.token_type_embeddings.weight"]
    yield "words", published["embeddings.word_embeddings.weight"]
    yield "places", published["embeddings.position_embeddings.weight"] + types[0]
    for name, value in published.items():
        if name.startswith("encoder.layer.") and ".attention.self." not in name:
            # PyTorch multiplies with the transpose.
            yield name, np.ascontiguousarray(value.T) if value.ndim == 2 else value
        elif name.startswith("embeddings.LayerNorm."):
            yield name, value
    for layer in range(LAYERS):
        parts = [
            f"encoder.layer.{layer}.attention.self.{part}" for part in ("query", "key", "value")
        ]
        joined = np.concatenate([published[f"{part}.weight"] for part in parts])  # (3 d, d)
        yield f"encoder.layer.{layer}.qkv.weight", np.ascontiguousarray(joined.T)
        biases = [published[f"{part}.bias"] for part in parts]
        yield f"encoder.layer.{layer}.qkv.bias", np.concatenate(biases)


def int8_weights(file: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """The same for the graph in integers: a matrix, and the scale of each of its columns.

    Raises:
        OSError, SafetensorError, KeyError: it is not the model's.
    """
    for name, value in float32_weights(file):
        if value.ndim == 2 and name.startswith("encoder."):
            scale = np.abs(value).max(axis=0) / np.float32(LARGEST)  # (columns,)
            yield name, np.rint(value / scale).astype(np.int8)
            yield f"{name}.scale", scale
        else:
            yield name, value
