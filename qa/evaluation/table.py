"""Results as a table, and as a line for each question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from qa.evaluation.result import Outcome, Result
from qa.evaluation.run import Settings
from qa.terminal import printable

COUNTED = 100
"""A share of fewer questions is shown as a count: 15/16."""

LEGEND = (
    "R@k: a right text is among the first k. MRR@10: 1/rank of the first right one, 0 below"
    " rank 10. answer …: in the order in which the answer has the texts. EM, F1: the answer's"
    " words beside the right ones, as SQuAD counts them; abstaining is 1 where there is no answer,"
    " else 0. best words: of answerable questions, given or withheld. no-answer accuracy: abstained"
    " exactly when unanswerable. answered: of the answerable questions. abstained: of the others."
    " right: the answer has what was expected, or an F1 of at least 0.5. ECE: how far confidence is from the share of best"
    " words that are right, in 10 bins. AURC: the share of wrong ones among"
    " the surest, over all shares answered. off-topic refused: of questions about other articles."
)


def verdict(outcome: Outcome) -> str:
    """What became of a question, in a word or two."""
    if outcome.answer.abstained:
        return "wrongly refused" if outcome.answerable else "rightly refused"
    if not outcome.answerable:
        return "wrongly answered"
    return {True: "right", False: "wrong", None: "answered"}[outcome.right]


def figures_table(results: Sequence[Result], settings: Settings) -> Table:
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
    for stage in (None, *dict.fromkeys(stage for result in results for stage in result.stages)):
        for percent in (50, 95):
            doing = stage or "a question"
            add(f"ms {doing}, p{percent}", (_time(result, percent, stage) for result in results))
    return table


def _questions(result: Result, settings: Settings) -> str:
    asked = len(result.outcomes)
    if asked == result.available:
        return f"{asked:,}"
    if settings.sample is not None:
        which = "sample of"
    else:
        which = "first" if settings.first is not None else "last"
    return f"{which} {asked:,} of {result.available:,}"


def _figure(result: Result, name: str) -> str:
    for metric in result.metrics:
        if metric.name == name:
            if metric.right is not None and metric.of < COUNTED:
                return f"{metric.right}/{metric.of}"
            return f"{metric.value:.3f}"
    return "–"


def _time(result: Result, percent: float, stage: str | None) -> str:
    """Milliseconds; a dash for a stage that no question went through."""
    if stage is not None and stage not in result.stages:
        return "–"
    return f"{result.seconds(percent, stage) * 1000:,.0f}"


def outcome_lines(result: Result) -> Text:
    """What became of each question, a line each."""
    lines = [result.name]
    for outcome in result.outcomes:
        rank = "–" if outcome.rank is None else str(outcome.rank)
        line = f"{rank:>4} {verdict(outcome):<16} {outcome.question}"
        line += f" → ({outcome.answer.confidence:.2f}) {' '.join(outcome.answer.text.split())}"
        lines.append(line)
    return Text(printable("\n".join(lines)))
