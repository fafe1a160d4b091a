"""What the packaged reader costs: its file, its memory, its time.

    python benchmarks/reader.py [--documents PATH...] [--rounds N]

Each of ten questions is asked of the documents, ten passages a question. Passages are read one by
one on one core, two at a time on two, and side by side in one padded batch; the ways take turns, so
that a busy machine slows all of them. Times are medians over questions and rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.types import Passage
from qa.assistant import Assistant, default_documents
from qa.evidence import READ
from qa.reading.packaged import FILE, PackagedReader

QUESTIONS = (
    "who restored it?", "how much did it cost?", "what territory had IS lost?", "why did it go dark?",
    "when was it built?", "how many people were hurt?", "what do readers complain about?",
    "where can I borrow a saw?", "who joked about it?", "how long is the loan?",
)  # fmt: skip


def resident_megabytes() -> float:
    """The memory that this process has in RAM (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Batched(PackagedReader):
    """The same model with all passages in one padded batch on both cores."""

    def forward(self, question: str, passages: Sequence[Passage]) -> None:
        """Run the model, without looking for spans."""
        windows = [window for each in passages for window in self._windows(question, each)]
        size = len(windows), max(len(window.ids) for window in windows)
        ids, mask, types = (np.zeros(size, np.int64) for _ in range(3))
        for row, window in enumerate(windows):
            n = len(window.ids)
            ids[row, :n], mask[row, :n], types[row, :n] = window.ids, 1, window.types
        self._session.run(None, {"ids": ids, "mask": mask, "types": types})


def median_milliseconds(times: Sequence[float]) -> str:
    """For the table."""
    return f"{statistics.median(times) * 1000:.0f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=Path, nargs="+", help="default: those of the program")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    paths = options.documents or default_documents()
    assistant = Assistant.from_documents(paths, reader="none")
    found = {
        question: [hit.passage for hit in assistant.index.search(question, k=READ)]
        for question in QUESTIONS
    }
    before = resident_megabytes()
    reader = PackagedReader()
    for question, passages in found.items():
        reader.read(question, passages)
    added = resident_megabytes() - before
    whole = Assistant(assistant.index, reader=reader)
    one, batched = PackagedReader(), Batched()
    one._pool = ThreadPoolExecutor(1)
    ways: dict[str, Callable[[str], object]] = {
        "one by one, one core": lambda question: one.read(question, found[question]),
        "one by one, two cores": lambda question: reader.read(question, found[question]),
        "a padded batch, one core": lambda question: batched.forward(question, found[question]),
        "a whole answer": partial(whole.ask, remember=False),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for question in QUESTIONS:
            for name, way in ways.items():
                started = time.perf_counter()
                way(question)
                times[name].append(time.perf_counter() - started)
    table = Table("", "ms, median")
    for name, taken in times.items():
        table.add_row(name, median_milliseconds(taken))
    Console().print(table)
    words = statistics.mean(len(p.text.split()) for some in found.values() for p in some)
    print(f"{READ} passages of {words:.0f} words on average, {len(QUESTIONS)} questions")
    print(f"file {FILE.stat().st_size / 1e6:.1f} MB, memory added {added:.0f} MB")


if __name__ == "__main__":
    main()
