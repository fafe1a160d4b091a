"""Averages the weights of several runs.

python training/average_weights.py first/reader.pt second/reader.pt --out reader.pt
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Read, average and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, nargs="+", help="reader.pt of train_reader.py")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    runs = [torch.load(path, weights_only=True) for path in options.weights]
    mean = {name: sum(run[name] for run in runs) / len(runs) for name in runs[0]}
    torch.save(mean, options.out)


if __name__ == "__main__":
    main()
