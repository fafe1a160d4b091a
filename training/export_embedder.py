"""Writes the two graphs that ``index/embedders/packaged.py`` runs the packaged embedding model with.

    python training/export_embedder.py

A graph holds no weights: they are the packaged model's own, which are read, checked and laid out when
it is loaded. The computation is BERT's (Devlin et al. 2019), in ONNX Runtime's fused operations, for
one text at a time, so that nothing is padded or masked. In ``int8.onnx`` the encoder's matrices are in
integers of eight bits with a scale a column, and what they are multiplied with is turned into integers
as it comes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import onnx
from onnx import helper

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.embedders.packaged import GRAPHS, Precision
from index.embedders.weights import DIMENSION, HEADS, LAYERS, POSITIONS, WIDE, WORDS

FUSED = "com.microsoft"
"""Where ONNX Runtime has its fused operations."""
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
        domain = "" if operation in ("ReduceMean", "DynamicQuantizeLinear") else FUSED
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
        operation = "FusedMatMul" if self.precision == "float32" else "DynamicQuantizeMatMul"
        return self.node(operation, [states, *self.matrix(name, rows, columns)], output)

    def attention(self, states: str, layer: str) -> str:
        """Self-attention up to, and without, its output matrix."""
        matrix = self.matrix(f"{layer}.qkv.weight", DIMENSION, 3 * DIMENSION)
        bias = self.weight(f"{layer}.qkv.bias", 3 * DIMENSION)
        output = f"{layer}.attended"
        if self.precision == "float32":
            return self.node("Attention", [states, *matrix, bias], output, num_heads=HEADS)
        whole = self.node("DynamicQuantizeLinear", [states], f"{layer}.integers")
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


def main() -> None:
    """Write both graphs."""
    for precision, file in GRAPHS.items():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(build(precision).SerializeToString())
        print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
