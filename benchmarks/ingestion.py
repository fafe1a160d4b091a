"""How quickly folders are read, how much memory a large one takes, and how long a small change.

    python benchmarks/ingestion.py FOLDER [--megabytes 100] [--files 10000]

FOLDER has real files of many formats, such as your own documents. Reading is measured on these, in worker
processes as the product does. Memory and updates are measured on texts that are made up, with words as
frequent as in a language (Zipf's law), and with vectors that are drawn and not embedded: embedding 100 MB
takes over an hour on two cores and changes neither figure. The model is loaded and counts tokens.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.builder import build_index
from index.embedder import Progress, WordVectors
from index.embedders import open_embedder
from index.files import find_files
from index.index import Index
from index.workers import ReadingPool, ReadRequest

MOST_BYTES = 20 * 1024 * 1024
SYLLABLES = [a + b for a in "bdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]


class DrawnVectors:
    """The packaged model's tokens, and vectors drawn at random: quick, and of the same size."""

    def __init__(self) -> None:
        self._model = open_embedder()
        self._model.embed(["It is loaded."])
        self.name, self.fingerprint = self._model.name, self._model.fingerprint
        self.dimension, self.max_tokens = self._model.dimension, self._model.max_tokens
        self._random = np.random.default_rng(0)

    def count_tokens(self, text: str) -> int:
        """As the model counts."""
        return self._model.count_tokens(text)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors: (len(texts), dimension)."""
        drawn = self._random.standard_normal((len(texts), self.dimension), np.float32)
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    def prepare(self) -> None:
        """It is loaded."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """As the model does."""
        return self._model.embed_words(texts)


def reading(folder: Path, reports: bool) -> None:
    """Print files and megabytes a second for each format, and why files could not be read."""
    problems = []
    files, _ = find_files([folder])
    by_suffix: defaultdict[str, list[Path]] = defaultdict(list)
    for file in files:
        by_suffix[file.suffix.lower()].append(file)
    print("| format | files | MB | read | files/s | MB/s |\n|---|---|---|---|---|---|")
    with ReadingPool.from_environment() as pool:
        list(pool.read([ReadRequest(file, MOST_BYTES) for file in files[:4]]))  # processes start
        for suffix, some in sorted(by_suffix.items()):
            size = sum(file.stat().st_size for file in some) / 1e6
            begun = time.perf_counter()
            readings = list(pool.read([ReadRequest(file, MOST_BYTES) for file in some]))
            seconds = time.perf_counter() - begun
            good = sum(any(report.document for report in each.reports) for each in readings)
            problems += [report for each in readings for report in each.reports if report.problem]
            print(
                f"| {suffix} | {len(some)} | {size:.1f} | {good} | {len(some) / seconds:.1f}"
                f" | {size / seconds:.1f} |"
            )

    for report in problems if reports else ():
        print(f"{report.path}: {report.problem}")


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Made-up words, and how frequent each is."""
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(30_000)]
    return words, [1 / (rank + 3) for rank in range(len(words))]


def write_files(folder: Path, count: int, size: int) -> None:
    """Write texts of about the same size, each different."""
    chance = random.Random(0)
    words, weights = vocabulary(chance)
    drawn = iter(chance.choices(words, weights, k=count * (size // 5 + 50)))
    for number in range(count):
        paragraphs = [f"{next(drawn).title()} {number}"]
        while sum(map(len, paragraphs)) < size:
            sentences = [
                " ".join(next(drawn) for _ in range(chance.randint(8, 24))).capitalize() + "."
                for _ in range(4)
            ]
            paragraphs.append(" ".join(sentences))
        (folder / f"{number:05}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")


def memory(megabytes: int) -> None:
    """Print the most memory that indexing a folder of a size took, in a process of its own."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "docs"
        folder.mkdir()
        write_files(folder, megabytes * 20, 50_000)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        command = [sys.executable, __file__, "--index", str(folder)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"\n{size:.0f} MB of text, {done.stdout.strip()}")


def index_once(folder: Path) -> None:
    """Index a folder, and print what it took."""
    embedder = DrawnVectors()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    index = build_index([folder], embedder=embedder)
    index.save(folder.parent / "index")
    seconds = time.perf_counter() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(index.passages):,} passages: at most {most:,.0f} MB of memory, of which the model"
        f" {before:,.0f}; {seconds:.0f} s without embedding"
    )


def updating(count: int) -> None:
    """Print how long it takes to bring an index of many files up to date when one has changed."""
    embedder = DrawnVectors()
    with tempfile.TemporaryDirectory() as parent:
        folder, kept = Path(parent) / "docs", Path(parent) / "index"
        folder.mkdir()
        write_files(folder, count, 1_500)
        time.sleep(2.1)  # until the files' times can be relied on
        begun = time.perf_counter()
        build_index([folder], embedder=embedder).save(kept)
        print(
            f"\n{count:,} files: indexed in {time.perf_counter() - begun:.1f} s without embedding"
        )
        for _ in range(3):
            changed = folder / f"{random.randrange(count):05}.txt"
            changed.write_text(changed.read_text() + "\n\nIt was changed just now.")
            stages = [time.perf_counter()]
            previous = Index.open(kept, embedder=embedder)
            stages.append(time.perf_counter())
            index = build_index([folder], embedder=embedder, previous=previous)
            stages.append(time.perf_counter())
            index.save(kept)
            stages.append(time.perf_counter())
            opened, built, saved = (b - a for a, b in pairwise(stages))
            print(
                f"one changed: {stages[-1] - stages[0]:.2f} s (opened {opened:.2f}, built"
                f" {built:.2f}, saved {saved:.2f}); {index.embedded} of {len(index.passages):,}"
                " passages embedded"
            )


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--reports", action="store_true", help="why files could not be read")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.index:
        index_once(options.index)
        return
    if options.folder:
        reading(options.folder, options.reports)
    if options.megabytes:
        memory(options.megabytes)
    if options.files:
        updating(options.files)


if __name__ == "__main__":
    main()
