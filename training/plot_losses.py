"""Draws the logs of ``train_reader.py``.

python training/plot_losses.py made/*/log.jsonl --out losses.svg
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "losses"  # the same file for the same log
from matplotlib import pyplot as plt  # noqa: E402

LOSSES = ("span", "relevance", "order", "answered")
TITLES = {"span": "the span", "answered": "answered or not"}
COLOURS = mpl.colormaps["tab20"].colors
JOINED = 4
"""Lines of the log that a point stands for: one alone jumps up and down."""


def draw(logs: Sequence[Path], out: Path) -> None:
    """A panel for each loss, a line for each training; a training has the name of its folder."""
    figure, panels = plt.subplots(1, len(LOSSES), figsize=(15, 3.8), layout="constrained")
    for number, log in enumerate(logs):
        rows = [row for row in _rows(log) if "span" in row]
        groups = [rows[n : n + JOINED] for n in range(0, len(rows), JOINED)]
        tokens = [some[-1]["tokens"] / 1e6 for some in groups]
        for panel, name in zip(panels, LOSSES, strict=True):
            if name in rows[0]:  # the last one is younger than the first trainings
                values = [sum(row[name] for row in some) / len(some) for some in groups]
                panel.plot(
                    tokens,
                    values,
                    label=log.parent.name,
                    linewidth=1,
                    color=COLOURS[number % len(COLOURS)],
                )
    for panel, name in zip(panels, LOSSES, strict=True):
        panel.set(
            xlabel="million tokens", title=f"Loss of {TITLES.get(name, name)}", ylim=(0, None)
        )
        panel.grid(alpha=0.3)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", fontsize=8)
    figure.savefig(out, metadata={"Date": None})


def _rows(log: Path) -> list[dict[str, Any]]:
    rows = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    return list({row["step"]: row for row in rows}.values())  # a step done again counts once


def main() -> None:
    """Read the logs and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", type=Path, nargs="+", help="log.jsonl of train_reader.py")
    parser.add_argument("--out", type=Path, required=True, help="an SVG file")
    options = parser.parse_args()
    draw(options.logs, options.out)


if __name__ == "__main__":
    main()
