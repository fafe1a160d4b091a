"""Results for a person's eyes and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from index.errors import ArgumentError
from qa.evaluation.result import Outcome, Result, Watch
from qa.evaluation.run import Settings
from qa.terminal import list_problems, printable

COUNTED = 100
"""A share of fewer questions is shown as a count: 15/16."""

UNLIMITED = 10_000
"""The width of a table that goes to a file or a pipe: a line stays a line."""

MOST_PROBLEMS = 10
"""How many unreadable documents are listed."""

LEGEND = (
    "R@k: a right text is among the first k. MRR@10: 1/rank of the first right one, 0 below"
    " rank 10. answered: of the answerable questions. abstained: of the others. right: the"
    " answer has what was expected."
)


@dataclass(frozen=True, slots=True)
class Report:
    """Where results go."""

    settings: Settings
    json_file: Path | None
    verbose: bool

    def prepare(self) -> None:
        """See that the JSON file can be written, before the long work and not after it.

        Raises:
            ArgumentError: it cannot.
        """
        if self.json_file is not None:
            try:
                self.json_file.open("a").close()
            except OSError as error:
                raise ArgumentError(
                    f"{self.json_file}: cannot be written ({error.strerror})"
                ) from error

    @contextmanager
    def progress(self) -> Iterator[Watch]:
        """Show progress on standard error while the block runs, when that is a terminal."""
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        if not console.is_terminal:
            yield lambda doing, done, of: None
            return
        with Progress(*columns, console=console, transient=True) as bars:
            tasks: dict[str, Any] = {}

            def watch(doing: str, done: int, of: int) -> None:
                if doing not in tasks:
                    tasks[doing] = bars.add_task(doing)
                bars.update(tasks[doing], completed=done, total=of)

            yield watch

    def show(self, results: Sequence[Result]) -> None:
        """Print a table, and write the JSON file when one is named.

        Raises:
            OSError: the JSON file cannot be written any more.
        """
        console = Console()
        if not console.is_terminal:
            console = Console(width=UNLIMITED)
        for result in results:
            list_problems(result.reports, most=MOST_PROBLEMS)
            if self.verbose:
                _print_outcomes(console, result)
        console.print(_table(results, self.settings))
        console.print(LEGEND, style="dim", highlight=False)
        console.print(Text(printable(f"Again: {self.settings.command()}")), soft_wrap=True)
        if self.json_file is not None:
            self._write(results, self.json_file)

    def _write(self, results: Sequence[Result], path: Path) -> None:
        values = {
            "command": self.settings.command(),
            "model": self.settings.model,
            "results": [_result_to_dict(result) for result in results],
        }
        text = json.dumps(values, ensure_ascii=False, indent=1)
        # What is no valid Unicode becomes an escape, which JSON knows.
        path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def verdict(outcome: Outcome) -> str:
    """What became of a question, in a word or two; empty when only the search was measured."""
    if outcome.answer is None:
        return ""
    if outcome.answer.abstained:
        return "wrongly refused" if outcome.answerable else "rightly refused"
    if not outcome.answerable:
        return "wrongly answered"
    return {True: "right", False: "wrong", None: "answered"}[outcome.right]


def _table(results: Sequence[Result], settings: Settings) -> Table:
    """A column for each data set: figures have short names, data sets have long ones."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for result in results:
        name = "/".join(Path(result.name).parts[-2:])
        table.add_column(Text(printable(name)), justify="right", overflow="fold")

    def add(name: str, values: Iterable[str]) -> None:
        table.add_row(name, *(Text(value) for value in values))

    add("questions", (_questions(result, settings) for result in results))
    add("passages", (f"{result.passages:,}" for result in results))
    add("embedded now", (f"{result.embedded:,}" for result in results))
    for name in dict.fromkeys(metric.name for result in results for metric in result.metrics):
        add(name, (_figure(result, name) for result in results))
    for percent in (50, 95):
        milliseconds = (result.seconds(percent) * 1000 for result in results)
        add(f"ms a question, p{percent}", (f"{value:,.0f}" for value in milliseconds))
    return table


def _questions(result: Result, settings: Settings) -> str:
    asked = len(result.outcomes)
    if asked == result.available:
        return f"{asked:,}"
    which = "first" if settings.first is not None else "last"
    return f"{which} {asked:,} of {result.available:,}"


def _figure(result: Result, name: str) -> str:
    for metric in result.metrics:
        if metric.name == name:
            if metric.right is not None and metric.of < COUNTED:
                return f"{metric.right}/{metric.of}"
            return f"{metric.value:.3f}"
    return "–"


def _print_outcomes(console: Console, result: Result) -> None:
    lines = [result.name]
    for outcome in result.outcomes:
        rank = "–" if outcome.rank is None else str(outcome.rank)
        line = f"{rank:>4} {verdict(outcome):<16} {outcome.question}"
        if outcome.answer is not None:
            line += f" → ({outcome.answer.confidence:.2f}) {' '.join(outcome.answer.text.split())}"
        lines.append(line)
    console.print(Text(printable("\n".join(lines))), soft_wrap=True)


def _result_to_dict(result: Result) -> dict[str, Any]:
    return {
        "name": result.name,
        "questions": len(result.outcomes),
        "available": result.available,
        "passages": result.passages,
        "embedded": result.embedded,
        "metrics": {
            metric.name: {"value": metric.value, "of": metric.of} for metric in result.metrics
        },
        "seconds": {"p50": result.seconds(50), "p95": result.seconds(95)},
        "outcomes": [_outcome_to_dict(outcome) for outcome in result.outcomes],
    }


def _outcome_to_dict(outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": outcome.id,
        "question": outcome.question,
        "answerable": outcome.answerable,
        "rank": outcome.rank,
        "seconds": round(outcome.seconds, 6),
    }
    if outcome.answer is not None:
        values |= {
            "answer": outcome.answer.text,
            "abstained": outcome.answer.abstained,
            "confidence": outcome.answer.confidence,
            "right": outcome.right,
        }
    return values
