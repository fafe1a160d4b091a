"""Turns trained weights into the file that is shipped: ONNX, in integers of eight bits.

    python training/export_reader.py reader.pt --out reader.onnx

The vectors of words are left out, as training left them as they are in the packaged embedding model: the program
has them from there. The encoder's matrices are kept as one byte a number with a scale a column; everything
else stays as it is. Products are computed in bytes, too, but for
those behind the widest layer, whose inputs are too uneven for that: on 400 held-out questions of each kind
F1 is .823, .789, .842 so and .817, .786, .831 where all are (SQuAD, Wikipedia, our own documents; .823, .792,
.841 without any bytes), and ten passages of 170 tokens take 61 ms and not 46 (94 where none are; all this with six layers).
``--float32`` leaves the matrices as they are, to compare with. Prints the file's size and SHA-256, which
``qa/reading/packaged.py`` checks.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import tempfile
from collections.abc import Collection
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from reader_model import ReaderModel, model_of, read_weights
from torch import Tensor, nn
from torch.nn import functional as F

from index.embedders.files import packaged_weights
from index.embedders.weights import word_vectors
from qa.reading.packaged import WORDS


class PlainReader(nn.Module):
    """The same computation as ``ReaderModel``, in plain operations that export well."""

    def __init__(self, trained: ReaderModel) -> None:
        super().__init__()
        self.embeddings = trained.encoder.embeddings
        self.layers = trained.encoder.encoder.layer
        self.heads = trained.encoder.config.num_attention_heads
        self.span, self.relevance = trained.span, trained.relevance
        self.answered = trained.answered

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """As ``ReaderModel``: start (B, T), end (B, T), relevance (B,), answered (B,)."""
        places = torch.arange(ids.shape[1]).unsqueeze(0)
        states = self.embeddings.word_embeddings(ids)
        states = states + self.embeddings.token_type_embeddings(types)
        states = self.embeddings.LayerNorm(states + self.embeddings.position_embeddings(places))
        hidden = (1.0 - mask[:, None, None, :].float()) * -1e4  # (B, 1, 1, T)
        for layer in self.layers:
            states = self._layer(layer, states, hidden)
        start, end = self.span(states).unbind(-1)  # (B, T) each
        first = states[:, 0]
        return start, end, self.relevance(first).squeeze(-1), self.answered(first).squeeze(-1)

    def _layer(self, layer: nn.Module, states: Tensor, hidden: Tensor) -> Tensor:
        attention = layer.attention
        query, key, value = (
            part(states).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, H, T, D / H)
            for part in (attention.self.query, attention.self.key, attention.self.value)
        )
        weights = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]) + hidden
        mixed = (weights.softmax(-1) @ value).transpose(1, 2).flatten(2)  # (B, T, D)
        states = attention.output.LayerNorm(attention.output.dense(mixed) + states)
        wide = F.gelu(layer.intermediate.dense(states))
        return layer.output.LayerNorm(layer.output.dense(wide) + states)


def export(weights: Path, out: Path, *, float32: bool) -> None:
    """Write the ONNX file."""
    trained = model_of(read_weights(weights)).eval()
    words = trained.encoder.embeddings.word_embeddings.weight.detach().numpy()
    if not np.array_equal(words, word_vectors(packaged_weights())):
        raise SystemExit(f"{weights}: its words are not those of the packaged model")
    plain = PlainReader(trained).eval()
    ids = torch.randint(1000, 20000, (2, 40))
    mask = torch.ones_like(ids)
    mask[1, 30:] = 0
    with torch.inference_mode():
        for ours, theirs in zip(plain(ids, mask, mask), trained(ids, mask, mask), strict=True):
            print(f"largest difference to the trained model: {(ours - theirs).abs().max():.2e}")
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "whole.onnx"
        torch.onnx.export(
            plain,
            (ids, mask, mask),
            str(whole),
            input_names=["ids", "mask", "types"],
            output_names=["start", "end", "relevance", "answered"],
            dynamic_axes={
                **{name: {0: "batch", 1: "tokens"} for name in ("ids", "mask", "types")},
                **{name: {0: "batch", 1: "tokens"} for name in ("start", "end")},
                **{name: {0: "batch"} for name in ("relevance", "answered")},
            },
            opset_version=17,
            dynamo=False,
        )
        if float32:
            out.write_bytes(whole.read_bytes())
        else:
            uneven = _narrowing(onnx.load(whole))
            quantize_dynamic(
                whole,
                out,
                nodes_to_exclude=uneven,
                op_types_to_quantize=["MatMul", "Gemm"],
                per_channel=True,
                # Without it, processors without VNNI add up to more than their 16 bits hold.
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
            onnx.save(_bytes_for_weights(onnx.load(out), uneven), out)
    onnx.checker.check_model(str(out))
    onnx.save(_without_words(onnx.load(out), words.shape), out)


def _narrowing(model: onnx.ModelProto) -> list[str]:
    """The products with matrices that have more rows than columns."""
    sizes = {each.name: tuple(each.dims) for each in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMul"]
    matrices = [(node.name, sizes[node.input[1]]) for node in products if node.input[1] in sizes]
    return [name for name, (rows, columns) in matrices if rows > columns]


def _bytes_for_weights(model: onnx.ModelProto, products: Collection[str]) -> onnx.ModelProto:
    """Keep these products' matrices in bytes; they are unpacked when the model is loaded."""
    graph = model.graph
    weights = {each.name: each for each in graph.initializer}
    for node in [each for each in graph.node if each.name in products]:
        weight = weights[node.input[1]]
        matrix = numpy_helper.to_array(weight)  # (rows, columns)
        scale = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
        packed, scales = f"{weight.name}_bytes", f"{weight.name}_scale"
        graph.initializer.remove(weight)
        graph.initializer.append(
            numpy_helper.from_array(np.round(matrix / scale).astype(np.int8), packed)
        )
        graph.initializer.append(numpy_helper.from_array(scale, scales))
        unpack = helper.make_node("DequantizeLinear", [packed, scales], [weight.name], axis=1)
        graph.node.insert(0, unpack)
    return model


def _without_words(model: onnx.ModelProto, shape: tuple[int, ...]) -> onnx.ModelProto:
    """Name the vectors of words, (V, D), instead of holding them."""
    graph = model.graph
    [words] = [each for each in graph.initializer if tuple(each.dims) == shape]
    for node in graph.node:
        node.input[:] = [WORDS if name == words.name else name for name in node.input]
    graph.initializer.remove(words)
    named = onnx.TensorProto(name=WORDS, data_type=onnx.TensorProto.FLOAT, dims=shape)
    named.data_location = onnx.TensorProto.EXTERNAL
    named.external_data.add(key="location", value="model.safetensors")
    graph.initializer.append(named)
    return model


def main() -> None:
    """Read the options, export, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="reader.pt of train_reader.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--float32", action="store_true", help="leave the numbers as they are")
    options = parser.parse_args()
    export(options.weights, options.out, float32=options.float32)
    content = options.out.read_bytes()
    print(f"{options.out}: {len(content) / 1e6:.1f} MB, {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
