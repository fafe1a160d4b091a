"""Draws the log of ``train_reader.py``.

python training/plot_losses.py log.jsonl losses.svg
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "losses"  # the same file for the same log
from matplotlib import pyplot as plt  # noqa: E402

LOSSES = ("span", "relevance", "order")


def draw(rows: list[dict[str, Any]], out: Path) -> None:
    """Losses on what is learned, as lines, and on what is held out, as dots."""
    figure, (losses, figures) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    steps = [row["step"] for row in rows]
    checked = [row for row in rows if "validation" in row]
    for name in LOSSES:
        (line,) = losses.plot(steps, [row[name] for row in rows], label=name, linewidth=1)
        held = [row["average"][name] for row in checked]
        losses.plot([row["step"] for row in checked], held, "o", color=line.get_color())
    losses.set(xlabel="step", ylabel="loss", ylim=(0, 3), title="Lines: learned. Dots: held out")
    losses.legend()
    for name, label in (
        ("exact", "likeliest span was marked"),
        ("auc", "relevance, area under ROC"),
    ):
        for weights, style in (("validation", "x--"), ("average", "o-")):
            values = [row[weights][name] for row in checked]
            named = f"{label} ({'average' if weights == 'average' else 'last'})"
            figures.plot([row["step"] for row in checked], values, style, label=named)
    figures.set(xlabel="step", title="Held-out questions")
    figures.legend(fontsize=8)
    for axes in (losses, figures):
        axes.grid(alpha=0.3)
    figure.savefig(out, metadata={"Date": None})


def main() -> None:
    """Read the log and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path, help="log.jsonl of train_reader.py")
    parser.add_argument("out", type=Path, help="an SVG file")
    options = parser.parse_args()
    lines = options.log.read_text(encoding="utf-8").splitlines()
    rows = {row["step"]: row for row in map(json.loads, lines)}  # a step done again counts once
    draw(list(rows.values()), options.out)


if __name__ == "__main__":
    main()
