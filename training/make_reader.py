"""Makes the reader out of its examples, in one command.

    python training/make_reader.py --examples FOLDER --out FOLDER

The encoder is taken back to single words; several readers learn from it, each from another seed and at
another rate; others learn from what those say together; the weights of these are averaged, and all are
measured. Steps whose weights are there already are left out, so it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from average_weights import averaged

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Step:
    """A training that writes ``weights``."""

    script: str
    weights: Path
    arguments: tuple[str, ...]


def run_together(steps: Sequence[Step]) -> None:
    """Run trainings at once, each in a process of its own; those that were done are left out."""
    left = [step for step in steps if not step.weights.exists()]
    running = []
    for step in left:
        print(f"{step.script}: {step.weights}", flush=True)
        running.append(subprocess.Popen([sys.executable, HERE / step.script, *step.arguments]))
    failed = [step for step, process in zip(left, running, strict=True) if process.wait()]
    if failed:
        raise SystemExit(f"{', '.join(str(step.weights) for step in failed)}: the training failed")


def make(options: argparse.Namespace) -> None:
    """All steps, one after another."""
    options.out.mkdir(parents=True, exist_ok=True)
    common = ["--examples", str(options.examples), "--processes", str(options.processes)]
    encoder = options.out / "encoder.pt"
    arguments = [*common, "--out", str(encoder), "--laps", str(options.encoder_laps)]
    arguments += _minutes(options.encoder_minutes)
    run_together([Step("pretrain_encoder.py", encoder, tuple(arguments))])

    def reader(name: str, laps: int, minutes: float | None, *others: str) -> Step:
        folder = options.out / name
        arguments = (*common, "--out", str(folder), "--start", str(encoder), "--laps", str(laps))
        weights = folder / "reader.pt"
        return Step("train_reader.py", weights, (*arguments, *_minutes(minutes), *others))

    teachers = [
        reader(
            f"teacher-{n}", options.teacher_laps, options.teacher_minutes,
            "--seed", str(n + 1), "--rate", rate,
        )
        for n, rate in enumerate(options.rates)
    ]  # fmt: skip
    run_together(teachers)
    taught = ("--teachers", *(str(teacher.weights) for teacher in teachers))
    students = [
        reader(
            f"student-{n}", options.student_laps, options.student_minutes, *taught,
            "--seed", str(n + 11), "--rate", options.student_rate,
        )
        for n in range(options.students)
    ]  # fmt: skip
    run_together(students)
    weights = [student.weights for student in students]
    torch.save(averaged(weights), options.out / "reader.pt")
    measure = [sys.executable, HERE / "measure_reader.py", options.examples]
    subprocess.run([*measure, *(teacher.weights for teacher in teachers)], check=True)
    subprocess.run([*measure, *weights, options.out / "reader.pt"], check=True)


def _minutes(minutes: float | None) -> list[str]:
    return ["--minutes", str(minutes)] if minutes else []


def main() -> None:
    """Read the options and make it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True, help="of reader_examples.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--rates", nargs="*", default=["3e-4", "4e-4", "5e-4", "6e-4"], help="of the teachers"
    )
    parser.add_argument("--students", type=int, default=2)
    parser.add_argument("--student-rate", default="5e-4")
    parser.add_argument("--processes", type=int, default=2, help="beside each training")
    for name, laps in (("encoder", 6), ("teacher", 6), ("student", 14)):
        parser.add_argument(f"--{name}-laps", type=int, default=laps)
        parser.add_argument(f"--{name}-minutes", type=float, help="end after these")
    make(parser.parse_args())


if __name__ == "__main__":
    main()
