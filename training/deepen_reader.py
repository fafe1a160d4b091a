"""Doubles a trained reader's layers, so that it reads almost as before and has more to learn with.

    python training/deepen_reader.py --examples FOLDER reader.pt --out deeper.pt

Behind each layer comes a new one that passes on what it gets: what it adds to the vectors is multiplied by nothing at
first. As each of its two normalisations takes mean and spread from a vector, it has the usual mean and spread of that
place to give back. Everything else it has of the layer before it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from reader_items import Examples, Item, batched
from reader_model import LAYER, ReaderModel, half_precision, layers_of, open_weights, read_weights
from torch import Tensor

PASSAGES = 512
"""From so many come the means and spreads."""
TOKENS = 16_000
ADDS = "attention.output.dense", "output.dense"
"""The products whose results are added to the vectors."""
NORMALISES = "attention.output.LayerNorm", "output.LayerNorm"


def deepened(
    weights: dict[str, Tensor], levels: Sequence[tuple[float, float]]
) -> dict[str, Tensor]:
    """Weights with two layers for each.

    Args:
        weights: by name.
        levels: mean and spread of the numbers of a vector behind each layer.
    """
    deeper = {name: tensor for name, tensor in weights.items() if not name.startswith(LAYER)}
    for name in weights.keys() - deeper.keys():
        number, _, part = name.removeprefix(LAYER).partition(".")
        mean, spread = levels[int(number)]
        tensor = weights[name]
        module, _, kind = part.rpartition(".")
        if module in ADDS:
            added = torch.zeros_like(tensor)
        elif module in NORMALISES:
            added = torch.full_like(tensor, spread if kind == "weight" else mean)
        else:
            added = tensor.clone()
        deeper[f"{LAYER}{2 * int(number)}.{part}"] = tensor
        deeper[f"{LAYER}{2 * int(number) + 1}.{part}"] = added
    return deeper


@torch.no_grad()
def levels_of(
    model: ReaderModel, items: Sequence[Item], device: torch.device
) -> list[tuple[float, float]]:
    """The usual mean and spread of the numbers of a token's vector behind each layer."""
    sums = torch.zeros(model.encoder.config.num_hidden_layers, 2, dtype=torch.float64)
    tokens = 0
    for packed in batched([[item] for item in items], TOKENS):
        batch = packed.tensors().to(device)
        with half_precision(device):
            layers = model.encoder(
                input_ids=batch.ids,
                attention_mask=batch.mask,
                token_type_ids=batch.types,
                output_hidden_states=True,
            ).hidden_states[1:]
        read = batch.mask.bool()
        tokens += int(read.sum())
        for sum_, states in zip(sums, layers, strict=True):
            vectors = states[read].double()  # (tokens, D)
            sum_ += torch.stack([vectors.mean(-1).sum(), vectors.std(-1).sum()]).cpu()
    return [(mean, spread) for mean, spread in (sums / tokens).tolist()]


def main() -> None:
    """Read, deepen and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="reader.pt of train_reader.py")
    parser.add_argument("--examples", type=Path, required=True, help="of reader_examples.py")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    examples, chance = Examples(options.examples / "train.jsonl"), random.Random(0)
    items = [
        examples.item(examples.whole_question(group["question"]), group["reads"][0], chance)
        for group in chance.sample(examples.groups, PASSAGES)
    ]
    weights = read_weights(options.weights)
    deeper = deepened(weights, levels_of(open_weights(options.weights, device), items, device))
    torch.save(deeper, options.out)
    print(f"{layers_of(weights)} layers, now {layers_of(deeper)}")


if __name__ == "__main__":
    main()
