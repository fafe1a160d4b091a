"""Which library runs the packaged embedding model best: vectors, passages a second, a question, the start.

    python benchmarks/engines.py SQUAD.json [--rounds 5] [--passages 200]

Every engine embeds the same paragraphs and questions with the same weights, one after another in each
round; medians are shown. sentence-transformers gets batches by length, as it sorts them itself; the others
each text by itself, as many at a time as there are cores. OpenVINO (``pip install openvino``) and
CTranslate2 (``pip install ctranslate2``) are measured where they are installed. The start is a process of
its own, until it has embedded a question.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.embedders.files import packaged_model
from index.embedders.packaged import GRAPHS, PackagedEmbedder
from index.embedders.sentence_transformer import SentenceTransformerEmbedder
from index.embedders.weights import float32_weights
from index.onnx import cores
from qa.evaluation.formats import load

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of some texts: (n, d)."""

QUESTION = "what territory had IS lost?"


def in_integers() -> Embed:
    """ONNX Runtime, integers of eight bits."""
    return PackagedEmbedder("int8").embed


def in_floating_point() -> Embed:
    """ONNX Runtime, floating point: the default."""
    return PackagedEmbedder("float32").embed


def sentence_transformers() -> Embed:
    """sentence-transformers, PyTorch, floating point."""
    return SentenceTransformerEmbedder().embed


def openvino() -> Embed:
    """OpenVINO, floating point, the same graph."""
    import onnx
    import openvino as ov

    model = onnx.load_model_from_string(GRAPHS["float32"].read_bytes())
    weights = dict(float32_weights(packaged_model() / "model.safetensors"))
    held = [
        onnx.numpy_helper.from_array(weights[each.name], each.name)
        for each in model.graph.initializer
    ]
    del model.graph.initializer[:]
    model.graph.initializer.extend(held)
    # It has the fused operations but for two, which are the same in plain ones.
    for node in model.graph.node:
        if node.op_type == "FusedMatMul":
            node.op_type, node.domain = "MatMul", ""
    core = ov.Core()
    compiled = core.compile_model(
        core.read_model(model.SerializeToString()),
        "CPU",
        {"INFERENCE_NUM_THREADS": cores(), "NUM_STREAMS": cores()},
    )
    encode = PackagedEmbedder("float32")._encode

    def vector(text: str) -> NDArray[np.float32]:
        ids = np.array([encode(text).ids], np.int32)
        return _unit(compiled.create_infer_request().infer({"ids": ids})["mean"])

    return _each(vector)


def ctranslate2() -> Embed:
    """CTranslate2, integers of eight bits."""
    import ctranslate2

    folder = Path(tempfile.mkdtemp(prefix="ctranslate2-"))
    converter = ctranslate2.converters.TransformersConverter(str(packaged_model()))
    converter.convert(str(folder), quantization="int8", force=True)
    encoder = ctranslate2.Encoder(str(folder), inter_threads=cores(), intra_threads=1)
    encode = PackagedEmbedder("float32")._encode

    def vector(text: str) -> NDArray[np.float32]:
        states = np.asarray(encoder.forward_batch([encode(text).ids]).last_hidden_state)
        return _unit(states.mean(axis=1))

    return _each(vector)


def _each(vector: Callable[[str], NDArray[np.float32]]) -> Embed:
    pool = ThreadPoolExecutor(cores())
    return lambda texts: np.concatenate(list(pool.map(vector, texts)))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


ENGINES: dict[str, Callable[[], Embed]] = {
    "sentence-transformers (PyTorch)": sentence_transformers,
    "ONNX Runtime, float32": in_floating_point,
    "ONNX Runtime, int8, smoothed": in_integers,
    "OpenVINO, float32": openvino,
    "CTranslate2, int8": ctranslate2,
}
NEEDS = {"OpenVINO, float32": "openvino", "CTranslate2, int8": "ctranslate2"}


def started(name: str) -> float:
    """Seconds from the start of a process until it has embedded a question."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, __file__, "--start", name], check=True, capture_output=True)
    return time.perf_counter() - begun


def measured(
    embed: Embed, passages: Sequence[str], questions: Sequence[str]
) -> tuple[NDArray[Any], float, float]:
    """The vectors, passages a second, and the median of a question (s)."""
    begun = time.perf_counter()
    vectors = embed(passages)
    speed = len(passages) / (time.perf_counter() - begun)
    waits = []
    for question in questions:
        begun = time.perf_counter()
        embed([question])
        waits.append(time.perf_counter() - begun)
    return vectors, speed, statistics.median(waits)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("squad", type=Path, nargs="?", metavar="SQUAD.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument("--start", choices=ENGINES, help="only embed a question with this one")
    options = parser.parse_args()
    if options.start:
        ENGINES[options.start]()([QUESTION])
        return
    data = load(options.squad, split="test", articles=None)
    texts = [each.text for each in data.texts.documents]
    passages = random.Random(0).sample(texts, options.passages)
    questions = [each.text for each in data.questions[:50]]
    names = [name for name in ENGINES if name not in NEEDS or importlib.util.find_spec(NEEDS[name])]
    engines = {name: ENGINES[name]() for name in names}
    for embed in engines.values():
        embed([*passages[:4], QUESTION])
    rounds = [
        {
            name: (*measured(embed, passages, questions), started(name))
            for name, embed in engines.items()
        }
        for _ in range(options.rounds)
    ]
    right = rounds[0]["sentence-transformers (PyTorch)"][0]
    print("| engine | start (s) | question (ms) | passages/s | cosine, least / mean |")
    print("|---|---|---|---|---|")
    for name in names:
        vectors, *_ = rounds[0][name]
        cosines = (vectors * right).sum(axis=1)
        speed, wait, start = (
            statistics.median(each[name][n] for each in rounds) for n in (1, 2, 3)
        )
        print(
            f"| {name} | {start:.2f} | {1000 * wait:.1f} | {speed:.1f}"
            f" | {cosines.min():.4f} / {cosines.mean():.4f} |"
        )


if __name__ == "__main__":
    main()
