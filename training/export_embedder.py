"""Writes the graphs that ``index/embedders/packaged.py`` runs the packaged embedding model with.

    python training/export_embedder.py

A graph holds no weights: they are the packaged model's own, which are read, checked and laid out when
it is loaded. The computation is BERT's (Devlin et al. 2019), in ONNX Runtime's fused operations, for
one text at a time, so that nothing is padded or masked. In ``int8.onnx`` the encoder's matrices are in
integers of eight bits with a scale a column, and what they are multiplied with is turned into integers
as it comes, after the smoothing that ``index/embedders/weights.py`` explains. What that takes to know,
the largest inputs of each matrix over the passages of ``seeds/``, is written beside the graphs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.builder import build_index
from index.embedders.files import packaged_model
from index.embedders.packaged import GRAPHS, PackagedEmbedder, Precision
from index.embedders.weights import (
    DIMENSION,
    HEADS,
    LARGEST_INPUTS,
    LAYERS,
    POSITIONS,
    WIDE,
    WORDS,
    float32_weights,
)
from index.onnx import open_session

SEEDS = Path(__file__).parent.parent / "seeds"

FUSED = "com.microsoft"
"""Where ONNX Runtime has its fused operations."""
STANDARD = ("ReduceMean", "DynamicQuantizeLinear", "Mul")
"""The others are ONNX's."""
EPSILON = 1e-12
"""Of the layer norms, as the model was trained."""


@dataclass
class Graph:
    """A graph as it grows."""

    precision: Precision
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def node(
        self,
        operation: str,
        inputs: Sequence[str],
        output: str,
        **attributes: float | Sequence[int],
    ) -> str:
        """Add an operation; the name of what comes out."""
        domain = "" if operation in STANDARD else FUSED
        outputs = [f"{output}{part}" for part in ("", ".scale", ".zero")]
        count = 3 if operation == "DynamicQuantizeLinear" else 1
        self.nodes.append(
            helper.make_node(operation, list(inputs), outputs[:count], domain=domain, **attributes)
        )
        return output

    def weight(self, name: str, *shape: int, kind: int = onnx.TensorProto.FLOAT) -> str:
        """Declare weights that are given when the graph is loaded."""
        tensor = onnx.TensorProto(name=name, data_type=kind, dims=shape)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="model.safetensors")
        self.weights.append(tensor)
        return name

    def matrix(self, name: str, rows: int, columns: int) -> list[str]:
        """Declare a matrix; in integers, its scales, too."""
        if self.precision == "float32":
            return [self.weight(name, rows, columns)]
        return [
            self.weight(name, rows, columns, kind=onnx.TensorProto.INT8),
            self.weight(f"{name}.scale", columns),
        ]

    def times(self, states: str, name: str, rows: int, columns: int, output: str) -> str:
        """Multiply with a matrix."""
        matrix = self.matrix(name, rows, columns)
        if self.precision == "float32":
            return self.node("FusedMatMul", [states, *matrix], output)
        return self.node(
            "DynamicQuantizeMatMul", [self.smooth(states, name, rows), *matrix], output
        )

    def smooth(self, states: str, name: str, rows: int) -> str:
        """Bring the numbers of a matrix's input nearer to one size."""
        return self.node("Mul", [states, self.weight(f"{name}.smoothing", rows)], f"{name}.input")

    def attention(self, states: str, layer: str) -> str:
        """Self-attention up to, and without, its output matrix."""
        name = f"{layer}.qkv.weight"
        matrix = self.matrix(name, DIMENSION, 3 * DIMENSION)
        bias = self.weight(f"{layer}.qkv.bias", 3 * DIMENSION)
        output = f"{layer}.attended"
        if self.precision == "float32":
            return self.node("Attention", [states, *matrix, bias], output, num_heads=HEADS)
        smooth = self.smooth(states, name, DIMENSION)
        whole = self.node("DynamicQuantizeLinear", [smooth], f"{layer}.integers")
        weight, scale = matrix
        inputs = [whole, weight, bias, f"{whole}.scale", scale, "", f"{whole}.zero"]
        return self.node("QAttention", inputs, output, num_heads=HEADS)

    def norm(self, states: str, residual: str, name: str, bias: str, output: str) -> str:
        """Add a residual and a bias, and norm."""
        gamma = self.weight(f"{name}.weight", DIMENSION)
        beta = self.weight(f"{name}.bias", DIMENSION)
        added = self.weight(bias, DIMENSION)
        inputs = [states, residual, gamma, beta, added]
        return self.node("SkipLayerNormalization", inputs, output, epsilon=EPSILON)


def build(precision: Precision) -> onnx.ModelProto:
    """The graph from token ids (1, T) to their states (1, T, d) and their mean (1, d)."""
    graph = Graph(precision)
    states = graph.node(
        "EmbedLayerNormalization",
        [
            "ids",
            "",
            graph.weight("words", WORDS, DIMENSION),
            graph.weight("places", POSITIONS, DIMENSION),
            "",
            graph.weight("embeddings.LayerNorm.weight", DIMENSION),
            graph.weight("embeddings.LayerNorm.bias", DIMENSION),
        ],
        "embedded",
        epsilon=EPSILON,
    )
    graph.nodes[-1].output.append("lengths")  # which it insists on
    for number in range(LAYERS):
        states = _layer(graph, f"encoder.layer.{number}", states, last=number == LAYERS - 1)
    graph.node("ReduceMean", [states], "mean", axes=[1], keepdims=0)
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("ids", onnx.TensorProto.INT32, [1, "tokens"])],
        [
            helper.make_tensor_value_info(
                "states", onnx.TensorProto.FLOAT, [1, "tokens", DIMENSION]
            ),
            helper.make_tensor_value_info("mean", onnx.TensorProto.FLOAT, [1, DIMENSION]),
        ],
        graph.weights,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=8)


def _layer(graph: Graph, layer: str, states: str, *, last: bool) -> str:
    attended = graph.attention(states, layer)
    part = f"{layer}.attention.output"
    mixed = graph.times(attended, f"{part}.dense.weight", DIMENSION, DIMENSION, f"{layer}.mixed")
    normed = graph.norm(mixed, states, f"{part}.LayerNorm", f"{part}.dense.bias", f"{layer}.normed")
    part = f"{layer}.intermediate"
    wide = graph.times(normed, f"{part}.dense.weight", DIMENSION, WIDE, f"{layer}.wide")
    bias = graph.weight(f"{part}.dense.bias", WIDE)
    active = graph.node("BiasGelu", [wide, bias], f"{layer}.active")
    part = f"{layer}.output"
    narrow = graph.times(active, f"{part}.dense.weight", WIDE, DIMENSION, f"{layer}.narrow")
    output = "states" if last else f"{layer}.states"
    return graph.norm(narrow, normed, f"{part}.LayerNorm", f"{part}.dense.bias", output)


def largest_inputs() -> dict[str, NDArray[np.float16]]:
    """For each matrix, the largest that each number of its input is: (rows,)."""
    model = build("float32")
    matrices = {
        node.input[1]: node.input[0]
        for node in model.graph.node
        if node.op_type in ("FusedMatMul", "Attention")
    }
    names = list(dict.fromkeys(matrices.values()))
    for name in names:
        model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    weights = dict(float32_weights(packaged_model() / "model.safetensors"))
    session = open_session(model.SerializeToString(), weights)
    tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    tokenizer.no_padding()
    index = build_index([SEEDS], embedder=PackagedEmbedder("float32"))
    texts = [index.embedded_text(each, (each.start, each.end)) for each in index.passages]
    largest: dict[str, NDArray[np.float32]] = {}
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], np.int32)
        for name, states in zip(names, session.run(names, {"ids": ids}), strict=True):
            found = np.abs(states[0]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, found), found)
    print(f"largest inputs of {len(texts)} passages")
    return {matrix: largest[states].astype(np.float16) for matrix, states in matrices.items()}


def main() -> None:
    """Write all files."""
    for precision, file in GRAPHS.items():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(build(precision).SerializeToString())
        print(f"{file}: {file.stat().st_size:,} bytes")
    np.savez(LARGEST_INPUTS, **largest_inputs())
    print(f"{LARGEST_INPUTS}: {LARGEST_INPUTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
