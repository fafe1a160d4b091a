"""Averages the weights of several runs.

python training/average_weights.py first/reader.pt second/reader.pt --shares 3 1 --out reader.pt
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor


def averaged(paths: Sequence[Path], shares: Sequence[float] = ()) -> dict[str, Tensor]:
    """The mean of several files' weights, each with its share, or evenly."""
    runs = [torch.load(path, weights_only=True, map_location="cpu") for path in paths]
    shares = shares or [1.0] * len(runs)
    return {
        name: sum(share * run[name] for share, run in zip(shares, runs, strict=True)) / sum(shares)
        for name in runs[0]
    }


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
