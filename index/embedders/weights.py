"""The packaged model's weights as its graphs take them, from the file that it was published in."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LENGTH = struct.Struct("<Q")

LAYERS, HEADS, DIMENSION, WIDE = 6, 12, 384, 1536
WORDS, POSITIONS = 30522, 512
"""Of all-MiniLM-L6-v2."""

LARGEST_INPUTS = Path(__file__).parent / "model" / "largest_inputs.npz"
"""The largest that each number of each matrix's input is over the passages of ``seeds/``; written by
``training/export_embedder.py``."""

MOVED = np.float32(0.7)
"""How much of the differences in size is moved from inputs to weights. Of 0.6, 0.65, 0.7, 0.75, 0.8 and
0.9, vectors come nearest to those in floating point on 75 paragraphs of SQuADShifts: mean cosine .9960;
.9936 when nothing is moved, on other paragraphs."""

LARGEST = 63
"""Of an integer that stands for a weight. With seven bits instead of eight, processors without VNNI do
not add up to more than their 16 bits hold, and every processor comes to the same vectors."""


def float32_weights(file: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """Name and value of each weight of the graph in floating point.

    Args:
        file: ``model.safetensors``.

    Raises:
        OSError, ValueError, KeyError: it is not the model's.
    """
    published = _mapped(file)
    yield "words", published[_WORDS]
    # Every token is of the first segment, so that its embedding is a part of the place's.
    types = published["embeddings.token_type_embeddings.weight"]
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


def word_vectors(file: Path) -> NDArray[np.float32]:
    """The vectors of all words alone, (:data:`WORDS`, :data:`DIMENSION`).

    Raises:
        OSError, ValueError, KeyError: it is not the model's.
    """
    return _mapped(file)[_WORDS]


_WORDS = "embeddings.word_embeddings.weight"


def _mapped(file: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of a file in the format of safetensors, of which only what is used is read.

    The library would copy all of it, and most words are never asked for.
    """
    content = np.memmap(file, np.uint8, mode="r")
    first = _LENGTH.size + _LENGTH.unpack(content[: _LENGTH.size].tobytes())[0]
    head = json.loads(content[_LENGTH.size : first].tobytes())
    found = {}
    for name, facts in head.items():
        if facts.get("dtype") == "F32":
            start, end = facts["data_offsets"]
            numbers = content[first + start : first + end].view("<f4")
            found[name] = np.asarray(numbers).reshape(facts["shape"])
    return found


def int8_weights(file: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """The same for the graph in integers.

    Of a matrix there are three: its integers, the scale of each column, and what its input is multiplied
    with, number by number, before it becomes integers.

    Raises:
        OSError, ValueError, KeyError: it is not the model's.
    """
    largest_inputs = np.load(LARGEST_INPUTS, allow_pickle=False)
    for name, value in float32_weights(file):
        if value.ndim == 2 and name.startswith("encoder."):
            smooth = _smoothing(largest_inputs[name].astype(np.float32), value)
            smoothed = value * smooth[:, None]
            scale = np.abs(smoothed).max(axis=0) / np.float32(LARGEST)  # (columns,)
            yield name, np.rint(smoothed / scale).astype(np.int8)
            yield f"{name}.scale", scale
            yield f"{name}.smoothing", 1 / smooth
        else:
            yield name, value


def _smoothing(inputs: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """By what each number of a matrix's input is divided, and its row multiplied: (rows,).

    One scale for all numbers of an input leaves few integers to most of them where some are far larger:
    a part of that is moved into the weights ("SmoothQuant", Xiao et al. 2023).

    Args:
        inputs: the largest that each number of the input is, (rows,).
        weights: the matrix, (rows, columns).
    """
    least = np.float32(1e-5)
    rows = np.maximum(np.abs(weights).max(axis=1), least)
    moved = np.maximum(inputs, least) ** MOVED / rows ** (1 - MOVED)
    # About 1, as the scales that follow make up for the rest.
    smooth: NDArray[np.float32] = (moved / np.exp(np.log(moved).mean())).astype(np.float32)
    return smooth
