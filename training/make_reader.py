"""Makes the reader out of its examples, in one command.

    python training/make_reader.py --examples FOLDER --out FOLDER

The encoder is taken back to single words; several readers learn from it, each from another seed and at
another rate; others learn from what those say together; the weights of these are averaged, and all are
measured. Steps whose weights are there already are left out, so it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pretrain_encoder
import torch
import train_reader
from average_weights import averaged
from measure_reader import Checks, measure_weights
from reader_items import Examples


@dataclass(frozen=True, slots=True)
class Step:
    """What writes ``weights``."""

    weights: Path
    run: Callable[[], None]


def run_together(*steps: Step) -> None:
    """Run steps at once, each in a process of its own; those that were done are left out.

    They are forked, so that the examples are read once. Whoever forks them must not have computed anything
    with PyTorch: its threads and devices do not outlive a fork.
    """
    left = [step for step in steps if not step.weights.exists()]
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=step.run) for step in left]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    failed = [
        str(step.weights) for step, process in zip(left, processes, strict=True) if process.exitcode
    ]
    if failed:
        raise SystemExit(f"{', '.join(failed)}: the training failed")


def make(options: argparse.Namespace) -> None:
    """All steps, one after another."""
    options.out.mkdir(parents=True, exist_ok=True)
    examples = Examples(options.examples / "train.jsonl")
    checks = Checks(Examples(options.examples / "validation.jsonl"))
    common = ["--examples", str(options.examples), "--processes", str(options.processes)]
    encoder = options.out / "encoder.pt"
    words = [*common, "--out", str(encoder), *_length(options, "encoder")]
    run = partial(pretrain_encoder.pretrain, pretrain_encoder.options_from(words), examples)
    run_together(Step(encoder, run))

    def reader(kind: str, number: int, seed: int, *others: str) -> Step:
        folder = options.out / f"{kind}-{number}"
        words = [*common, "--out", str(folder), "--start", str(encoder), "--seed", str(seed)]
        given = train_reader.options_from([*words, *_length(options, kind), *others])
        return Step(folder / "reader.pt", partial(train_reader.learn, given, examples, checks))

    teachers = [
        reader("teacher", number, number + 1, "--rate", rate)
        for number, rate in enumerate(options.rates)
    ]
    run_together(*teachers)
    run_together(measuring(options.out / "teachers.measured", checks, teachers))
    taught = ["--teachers", *(str(teacher.weights) for teacher in teachers)]
    students = [
        reader("student", number, number + 11, "--rate", rate, *taught)
        for number, rate in enumerate(options.student_rates)
    ]
    run_together(*students)
    made = averaging(options.out / "reader.pt", students)
    run_together(made)
    run_together(measuring(options.out / "students.measured", checks, [*students, made]))


def averaging(made: Path, readers: Sequence[Step]) -> Step:
    """A step that averages others' weights."""

    def run() -> None:
        torch.save(averaged([reader.weights for reader in readers]), made)

    return Step(made, run)


def measuring(done: Path, checks: Checks, readers: Sequence[Step]) -> Step:
    """A step that prints how well others' weights read."""

    def run() -> None:
        measure_weights(checks, [reader.weights for reader in readers])
        done.touch()

    return Step(done, run)


def _length(options: argparse.Namespace, kind: str) -> list[str]:
    """How long a kind of training takes."""
    laps: Any = getattr(options, f"{kind}_laps")
    minutes: Any = getattr(options, f"{kind}_minutes")
    return ["--laps", str(laps), *(["--minutes", str(minutes)] if minutes else [])]


def main() -> None:
    """Read the options and make it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True, help="of reader_examples.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--rates", nargs="*", default=["3e-4", "4.5e-4", "6e-4"], help="of the teachers"
    )
    parser.add_argument("--student-rates", nargs="*", default=["4e-4", "6e-4"])
    parser.add_argument("--processes", type=int, default=2, help="beside each training")
    for kind, laps in (("encoder", 6), ("teacher", 6), ("student", 14)):
        parser.add_argument(f"--{kind}-laps", type=int, default=laps)
        parser.add_argument(f"--{kind}-minutes", type=float, help="end after these")
    make(parser.parse_args())


if __name__ == "__main__":
    main()
