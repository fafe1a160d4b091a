"""Averages the weights of several runs.

python training/average_weights.py first/reader.pt second/reader.pt --shares 3 1 --out reader.pt
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Read, average and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, nargs="+", help="reader.pt of train_reader.py")
    parser.add_argument("--shares", type=float, nargs="+", help="how much each counts; evenly")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    runs = [torch.load(path, weights_only=True) for path in options.weights]
    shares = options.shares or [1.0] * len(runs)
    mean = {
        name: sum(share * run[name] for share, run in zip(shares, runs, strict=True)) / sum(shares)
        for name in runs[0]
    }
    torch.save(mean, options.out)


if __name__ == "__main__":
    main()
