"""What reading files in processes of their own costs: prints milliseconds per file.

    python benchmarks/workers.py [--files 10000] [--bytes 1000] [--workers 2]

Small plain texts are made and read in this process, then by ``index.workers``. What the processes
add is the difference in processor time, theirs and this one's together; by the clock it is less
where they run at once.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index import readers
from index.workers import ReadingPool, ReadRequest

SENTENCE = "The bridge over the river was opened on a Monday in May.\n\n"


def main() -> None:
    """Make the files, read them both ways, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=1000)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = make_files(Path(folder), options.files, options.bytes)
        here = in_this_process(paths)
        there = in_workers(paths, options.workers)
    table = Table("read", "ms per file", "ms of processor per file")
    for name, (wall, processor) in (("in this process", here), ("by workers", there)):
        table.add_row(name, f"{wall:.2f}", f"{processor:.2f}")
    table.add_row("what workers add", f"{there[0] - here[0]:.2f}", f"{there[1] - here[1]:.2f}")
    Console().print(table)


def make_files(folder: Path, count: int, size: int) -> list[Path]:
    """Plain texts of a size, no two the same."""
    paths = [folder / f"{number:06}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"Note {number}\n\n{SENTENCE * (size // len(SENTENCE) + 1)}"[:size])
    return paths


def in_this_process(paths: list[Path]) -> tuple[float, float]:
    """Milliseconds per file, by the clock and of the processor."""
    readers.read(paths[0].read_bytes(), paths[0])  # what is imported is imported
    begun, used = time.perf_counter(), time.process_time()
    for path in paths:
        readers.read(path.read_bytes(), path)
    per_file = 1000 / len(paths)
    return (time.perf_counter() - begun) * per_file, (time.process_time() - used) * per_file


def in_workers(paths: list[Path], workers: int | None) -> tuple[float, float]:
    """The same, the start of the processes included."""
    begun, used = time.perf_counter(), time.process_time()
    with ReadingPool(workers=workers) as pool:
        for reading in pool.read(ReadRequest(path, 1 << 20) for path in paths):
            if reading.reports[0].document is None:
                raise SystemExit(f"{reading.path}: {reading.reports[0].problem}")
    wall, processor = time.perf_counter() - begun, time.process_time() - used
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    per_file = 1000 / len(paths)
    return wall * per_file, (processor + children.ru_utime + children.ru_stime) * per_file


if __name__ == "__main__":
    main()
