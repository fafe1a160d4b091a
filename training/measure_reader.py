"""How well weights read the held-out questions, each with its own passage.

    python training/measure_reader.py EXAMPLES reader.pt [other.pt …] [reader.onnx …]

With several weights, they are also measured together: the mean of what they say. Files of
``export_reader.py`` read one passage at a time, as the program does.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from reader_items import OWN, Examples, Item, PackedBatch, batched
from reader_model import half_precision, open_weights
from torch import Tensor, nn

from qa.reading.packaged import open_model
from qa.reading.spans import best_spans

EXCHANGED = "squad-exchanged", "wiki-exchanged"
ANSWERABLE = "squad", "wiki", "nq", "own", "own-comment", "restated", "described", "stated"
SOURCES = *ANSWERABLE, "squad-near", *EXCHANGED
LISTS, RIVALS = 200, 5
"""Questions of a source that are read with other passages, too, and how many of these: what the search
finds, and of our own documents the other passages."""
MOST_REFUSED = 0.2
"""Of the answerable questions, where both kinds are asked: the issue of how careful to be is not the
reader's."""
MOST = 1500
"""Passages of a source."""
TOKENS = 16_000


@dataclass(frozen=True, slots=True)
class Guess:
    """What came of a passage: its logits, and how its likeliest words compare with the marked ones."""

    answered: bool
    """Whether the passage has an answer."""
    exact: float
    f1: float
    relevance: float
    likely: float
    """The logit that the question is answered."""


class Checks:
    """Held-out questions, ready to be read."""

    def __init__(self, examples: Examples) -> None:
        chance = random.Random(0)
        self._items: dict[str, list[Item]] = {}
        for source in SOURCES:
            for group in examples.by_source.get(source, ()):
                if len(self._items.get(source, ())) >= MOST:
                    break
                question = examples.whole_question(group["question"])
                reads = group["reads"] if source in EXCHANGED else group["reads"][:1]
                self._items.setdefault(source, []).extend(
                    examples.item(question, read, chance, untitled=0) for read in reads
                )
        self._lists = {source: _lists(examples, source, chance) for source in ANSWERABLE}

    def measure(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Exact match and F1 by tokens, the most relevant passage, and how well near-misses are told apart."""
        return self.measure_all([model], device)

    def measure_all(self, models: Sequence[nn.Module], device: torch.device) -> dict[str, float]:
        """The same of the mean of what several say."""
        guesses = {
            source: guess_all(models, items, device) for source, items in self._items.items()
        }
        found: dict[str, float] = {}
        for source in ANSWERABLE:
            found[f"{source}-first"] = _first(models, self._lists[source], device)
            answered = [each for each in guesses[source] if each.answered]
            found[f"{source}-exact"] = _mean([each.exact for each in answered])
            found[f"{source}-f1"] = _mean([each.f1 for each in answered])
        for name, some in (
            ("squad", guesses["squad"] + guesses["squad-near"]),
            ("own", guesses["own"] + guesses["own-comment"]),
            ("restated", guesses["restated"]),
            ("described", guesses["described"]),
            ("stated", guesses["stated"]),
        ):
            near = np.array([each.likely for each in some if not each.answered])
            right = np.array([each.likely for each in some if each.answered])
            f1 = np.array([each.f1 for each in some if each.answered])
            found[f"{name}-area"] = float(np.mean(right[:, None] > near[None, :]))
            found[f"{name}-both-f1"] = _both(right, f1, near)
        pairs = [
            (first.likely > second.likely)
            for source in EXCHANGED
            for first, second in zip(guesses[source][::2], guesses[source][1::2], strict=True)
        ]
        found["exchanged"] = _mean(pairs)
        return found


def _lists(examples: Examples, source: str, chance: random.Random) -> list[list[Item]]:
    """Questions of a source, each with its own passage and then others that do not answer it."""
    groups = [group for group in examples.by_source.get(source, ()) if len(group["reads"]) > RIVALS]
    lists = []
    for group in groups[:: max(1, len(groups) // LISTS)][:LISTS]:
        question = examples.whole_question(group["question"])
        own, *others = group["reads"]
        if source in OWN:
            chance.shuffle(others)
        reads = (own, *others[:RIVALS])
        lists.append([examples.item(question, read, chance, untitled=0) for read in reads])
    return lists


def _first(
    models: Sequence[nn.Module], lists: Sequence[Sequence[Item]], device: torch.device
) -> float:
    """How often the own passage is the most relevant."""
    items = [item for each in lists for item in each]
    relevances = np.array([guess.relevance for guess in guess_all(models, items, device)])
    return float(np.mean(relevances.reshape(-1, 1 + RIVALS).argmax(axis=1) == 0))


def _both(right: NDArray[np.float64], f1: NDArray[np.float64], near: NDArray[np.float64]) -> float:
    """F1 over answerable questions and near-misses evenly, at the best threshold that refuses few."""
    thresholds = np.sort(right)[: int(MOST_REFUSED * len(right)) + 1]
    return max(
        float(np.mean(f1 * (right >= least)) + np.mean(near < least)) / 2 for least in thresholds
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def guess_all(
    models: Sequence[nn.Module], items: Sequence[Item], device: torch.device
) -> list[Guess]:
    """A guess for each item, in their order."""
    order = sorted(range(len(items)), key=lambda n: len(items[n].ids))
    found = [
        guess
        for batch in batched([[items[n]] for n in order], TOKENS)
        for guess in _guesses(models, batch, device)
    ]
    return [guess for _, guess in sorted(zip(order, found, strict=True), key=lambda each: each[0])]


@torch.no_grad()
def _guesses(models: Sequence[nn.Module], packed: PackedBatch, device: torch.device) -> list[Guess]:
    batch = packed.tensors()
    there = batch.to(device)
    said = []
    for model in models:
        learning = model.training
        model.eval()
        with half_precision(device):
            said.append([each.float() for each in model(there.ids, there.mask, there.types)])
        model.train(learning)
    start, end, relevance, likely = (
        torch.stack(each).mean(0).cpu().numpy() for each in zip(*said, strict=True)
    )
    readable = (batch.types.bool() & batch.mask.bool()).numpy()
    found = []
    for row in range(len(batch.ids)):
        first, last, _ = next(iter(best_spans(start[row], end[row], readable[row])))
        exact, f1 = _overlap(first, last, batch.starts[row].numpy(), batch.ends[row].numpy())
        answered = bool(batch.relevant[row])
        found.append(Guess(answered, exact, f1, float(relevance[row]), float(likely[row])))
    return found


def _overlap(
    first: int, last: int, starts: NDArray[np.float32], ends: NDArray[np.float32]
) -> tuple[float, float]:
    """With the nearest of the marked answers; a start and the next end are one."""
    if starts[0]:
        return 0.0, 0.0
    best = 0.0
    behind = np.flatnonzero(ends)
    for a in np.flatnonzero(starts).tolist():
        for b in behind[behind >= a][:3].tolist():
            common = min(last, b) - max(first, a) + 1
            if common > 0:
                best = max(best, 2 * common / (last - first + b - a + 2))
    return float(starts[first] > 0 and ends[last] > 0), best


def main() -> None:
    """Measure each, and all together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("examples", type=Path, help="of reader_examples.py")
    parser.add_argument("weights", type=Path, nargs="+")
    options = parser.parse_args()
    checks = Checks(Examples(options.examples / "validation.jsonl"))
    measure_weights(checks, options.weights)


def measure_weights(checks: Checks, paths: Sequence[Path]) -> None:
    """Print a line of figures for each, and for all weights together."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    models = []
    for path in paths:
        if path.suffix == ".onnx":
            _print_row(str(path), checks.measure(ExportedReader(path), torch.device("cpu")))
            continue
        model = open_weights(path, device)
        models.append(model)
        _print_row(str(path), checks.measure(model, device))
    if len(models) > 1:
        _print_row("together", checks.measure_all(models, device))


class ExportedReader(nn.Module):
    """What ``export_reader.py`` wrote, called as ``ReaderModel`` is."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._session = open_model(file, None)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """Read each row by itself, without its padding."""
        start, end = (torch.full(ids.shape, -1e4) for _ in range(2))
        relevance, answered = (torch.zeros(len(ids)) for _ in range(2))
        for row, size in enumerate(mask.sum(-1).tolist()):
            arrays = (each[row : row + 1, :size].numpy() for each in (ids, mask, types))
            feed = dict(zip(("ids", "mask", "types"), arrays, strict=True))
            said = self._session.run(None, feed)
            start[row, :size], end[row, :size] = map(torch.from_numpy, (said[0][0], said[1][0]))
            relevance[row], answered[row] = float(said[2][0]), float(said[3][0])
        return start, end, relevance, answered


def _print_row(name: str, figures: dict[str, float]) -> None:
    """One line of figures."""
    print(name, *(f"{key} {value:.3f}" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
