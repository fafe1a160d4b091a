"""Averages the weights of several runs.

python training/average_weights.py first/reader.pt second/reader.pt --shares 3 1 --out reader.pt
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from reader_model import read_weights
from torch import Tensor


def averaged(paths: Sequence[Path], shares: Sequence[float] = ()) -> dict[str, Tensor]:
    """The mean of several files' weights, each with its share, or evenly."""
    runs = [read_weights(path) for path in paths]
    shares = shares or [1.0] * len(runs)
    return {name: _mean([run[name] for run in runs], shares) for name in runs[0]}


def _mean(weights: Sequence[Tensor], shares: Sequence[float]) -> Tensor:
    """Where all are the same, as the words' vectors are, the very same."""
    if all(torch.equal(each, weights[0]) for each in weights):
        return weights[0]
    return sum(share * each for share, each in zip(shares, weights, strict=True)) / sum(shares)


def main() -> None:
    """Read, average and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, nargs="+", help="reader.pt of train_reader.py")
    parser.add_argument("--shares", type=float, nargs="+", help="how much each counts; evenly")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.save(averaged(options.weights, options.shares or ()), options.out)


if __name__ == "__main__":
    main()
