"""What the program writes besides its answers: complaints, a status line, a bar, a table.

Nothing from a document reaches a terminal but through :func:`printable` (for people) or
:func:`json_text` (for programs).
"""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self, TextIO

from index.types import PASSAGE_KINDS, FileReport

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.status import Status
    from rich.table import Table

    from index.index import Index
    from qa.answer import Answer

STOPPED = "stopped; the next run goes on from what was embedded so far"
"""Said when Ctrl-C ends the embedding of passages, as these are kept."""

BAR_FROM = 36
"""A bar is shown when more passages than this are embedded; fewer take a second or two."""

_CONTROLS = (
    {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
    | {0x7F: "\N{SYMBOL FOR DELETE}"}
    | dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}")
)


def printable(text: str) -> str:
    """The text with its control characters made visible and harmless.

    A document or a file's name may hold escape sequences that move the cursor, change a terminal's
    title or paste into it. New lines and tabs stay.
    """
    return text.translate(_CONTROLS)


def json_text(answer: Answer) -> str:
    """An answer as JSON. The control characters that JSON allows unescaped are escaped as well."""
    text = answer.to_json(indent=2)
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text)


def prepare_streams() -> None:
    """Let any text be read and written, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def write_utf8() -> None:
    """Write stdout as UTF-8 from now on, as JSON is to be; a lone surrogate is a JSON escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def finish_output() -> None:
    """Write out what is left; a reader that went away (``qa … | head``) is no error."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees what is written there."""
    return stream is not None and stream.isatty()


def complain(message: str) -> None:
    """Say on stderr what is wrong."""
    print(f"qa: {printable(message)}", file=sys.stderr, flush=True)


def list_problems(reports: Sequence[FileReport], *, most: int | None = None) -> None:
    """Say on stderr which files were not indexed, and why; at most ``most`` of them."""
    from index.reports import problems_of

    bad = problems_of(reports)
    if not bad:
        return
    were = "was" if len(bad) == 1 else "were"
    lines = [f"{len(bad)} of {len(reports)} files {were} not indexed:"]
    lines += [f"  {report.path}: {report.problem}" for report in bad[:most]]
    if most is not None and len(bad) > most:
        lines.append(f"  … and {len(bad) - most} more; `qa index` lists them all")
    complain("\n".join(lines))


def question_reader(greeting: str) -> Callable[[], str | None]:
    """A function that reads the next line that a person or a pipe gives; None at the end.

    On a terminal it prompts, and the arrow keys bring back what was asked before.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        return lambda: _next_question("")
    with suppress(ImportError):  # not on Windows, whose console keeps its own history
        import readline  # noqa: F401
    print(greeting, file=sys.stderr)
    return lambda: _next_question("> ")


def _next_question(prompt: str) -> str | None:
    try:
        question = input(prompt).strip()
    except EOFError:
        question = "exit"
        if prompt:
            print(file=sys.stderr)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise
    return None if question.casefold() in ("exit", "quit") else question


@contextmanager
def spoken_warnings(*categories: type[Warning]) -> Iterator[list[Warning]]:
    """Have warnings of these categories said as one line on stderr; yields those that came up."""
    came_up: list[Warning] = []
    with warnings.catch_warnings():
        show_others = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if isinstance(message, categories):
                came_up.append(message)
                complain(f"warning: {message}")
            else:
                show_others(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        for category in categories:
            warnings.simplefilter("always", category)
        yield came_up


class Working:
    """Says on a terminal what is being done, and how far it is; elsewhere nothing.

    Args:
        doing: what is being done, until passages are embedded.
        stopped: what to say when Ctrl-C ends it while they are.
    """

    def __init__(self, doing: str, *, stopped: str = "") -> None:
        self._doing = doing
        self._stopped = stopped
        self._embedding = False
        self._console: Console | None = None
        self._shown: Status | Progress | None = None

    def __enter__(self) -> Self:
        if is_terminal(sys.stderr):
            from rich.console import Console

            self._console = Console(stderr=True)
            self._show(self._console.status(self._doing))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._show(None)
        if self._stopped and self._embedding and kind is KeyboardInterrupt:
            complain(self._stopped)

    def progress(self, done: int, total: int) -> None:
        """Take note that ``done`` of ``total`` passages are embedded."""
        from rich.progress import Progress

        self._embedding = True
        if self._console is None or total <= BAR_FROM:
            return
        if not isinstance(self._shown, Progress):
            bar = _progress_bar(self._console)
            bar.add_task("Embedding passages", total=total)
            self._show(bar)
        if isinstance(self._shown, Progress):
            self._shown.update(self._shown.task_ids[0], completed=done, total=total)

    def _show(self, shown: Status | Progress | None) -> None:
        if self._shown is not None:
            self._shown.stop()
        self._shown = shown
        if shown is not None:
            shown.start()


def print_index(index: Index) -> None:
    """Write a table of the files that were indexed, with how many passages of each kind."""
    from rich.console import Console

    # Piped, a line stays a line: nothing is fitted into a screen that is not there.
    width = None if is_terminal(sys.stdout) else 10_000
    Console(width=width).print(_table(index))


def _table(index: Index) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("File", overflow="fold")
    table.add_column("Title")
    for kind in PASSAGE_KINDS:
        table.add_column(f"{kind}s".capitalize(), justify="right")
    counts = Counter((passage.document.id, passage.kind) for passage in index.passages)
    for report in index.reports:
        if report.document is None:
            continue
        title = f"same as {report.same_as}" if report.same_as else report.document.title
        numbers = [str(counts[report.document.id, kind]) for kind in PASSAGE_KINDS]
        row = [report.path, title, *(["–"] * len(numbers) if report.same_as else numbers)]
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _progress_bar(console: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.progress import Task as RichTask
    from rich.progress import TimeRemainingColumn as Remaining
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: RichTask) -> Text:
            return Text(f"{task.speed:.0f}/s" if task.speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        Remaining(),
    )
    return Progress(*columns, console=console, transient=True)
