"""Results for a person's eyes and for a program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from index.errors import ArgumentError
from qa.evaluation.errors import as_markdown
from qa.evaluation.plots import calibration_svg, risk_coverage_svg
from qa.evaluation.record import result_to_dict
from qa.evaluation.result import Result, Watch, judged
from qa.evaluation.run import Settings
from qa.evaluation.table import LEGEND, figures_table, outcome_lines
from qa.terminal import list_problems, printable

UNLIMITED = 10_000
"""The width of a table that goes to a file or a pipe: a line stays a line."""

MOST_PROBLEMS = 10
"""How many unreadable documents are listed."""


@dataclass(frozen=True, slots=True)
class Report:
    """Where results go."""

    settings: Settings
    json_file: Path | None
    verbose: bool
    plots: Path | None = None
    """A folder for two plots of each data set."""
    errors_file: Path | None = None
    """A file for the worst errors, in Markdown."""

    def prepare(self) -> None:
        """See that everything can be written, before the long work and not after it.

        Raises:
            ArgumentError: it cannot.
        """
        path = self.plots
        try:
            if path is not None:
                path.mkdir(parents=True, exist_ok=True)
            for path in (self.json_file, self.errors_file):
                if path is not None:
                    path.open("a").close()
        except OSError as error:
            raise ArgumentError(f"{path}: cannot be written ({error.strerror})") from error

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
        """Print a table, and write the files that are named.

        Raises:
            OSError: a file cannot be written any more.
        """
        console = Console()
        if not console.is_terminal:
            console = Console(width=UNLIMITED)
        for result in results:
            list_problems(result.reports, most=MOST_PROBLEMS)
            if self.verbose:
                console.print(outcome_lines(result), soft_wrap=True)
        console.print(figures_table(results, self.settings))
        console.print(LEGEND, style="dim", highlight=False)
        console.print(Text(printable(f"Again: {self.settings.command()}")), soft_wrap=True)
        if self.json_file is not None:
            _write(self.json_file, self._json(results))
        if self.errors_file is not None:
            _write(self.errors_file, as_markdown(results))
        if self.plots is not None:
            _write_plots(results, self.plots)

    def _json(self, results: Sequence[Result]) -> str:
        values = {
            "command": self.settings.command(),
            "model": self.settings.model,
            "reader": self.settings.reader,
            "caution": self.settings.caution,
            "results": [result_to_dict(result) for result in results],
        }
        return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _write_plots(results: Sequence[Result], folder: Path) -> None:
    """Two plots of each data set whose answers can be judged, named for it."""
    written: set[str] = set()
    for result in results:
        known = judged(result.outcomes)
        if not known:
            continue
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(result.name).stem)
        if name in written:
            name = f"{name}-{len(written) + 1}"
        written.add(name)
        title = printable(Path(result.name).name)
        _write(folder / f"{name}-risk-coverage.svg", risk_coverage_svg(title, known))
        _write(folder / f"{name}-calibration.svg", calibration_svg(title, known))


def _write(path: Path, text: str) -> None:
    # What is no valid Unicode becomes an escape, which JSON knows.
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
