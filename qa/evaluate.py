"""``python -m qa evaluate``: measure search and answers on public data sets and question files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from index.embedder import DEFAULT_MODEL
from qa.caution import CAUTIONS
from qa.reading.choose import DEFAULT_READER, ReaderNotUsedWarning
from qa.terminal import spoken_warnings


def evaluate_command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Data sets: a BEIR folder, a SQuAD file, an NQ file with gold passages,"
            " or a file of questions on your own documents. The format is recognised.",
            show_default=False,
        ),
    ],
    documents: Annotated[
        list[Path] | None,
        typer.Option(
            help="What the question files ask about; may be given several times.",
            show_default="the documents that `ask` answers from",
        ),
    ] = None,
    split: Annotated[
        str, typer.Option(help="Which part of a BEIR folder (qrels/SPLIT.tsv) or of --split-file.")
    ] = "test",
    split_file: Annotated[
        Path | None,
        typer.Option(
            help='JSON with the titles of a SQuAD file\'s articles by split: {"test": ["Geology"]}.'
            " Only questions on these are asked; all paragraphs are searched.",
            show_default="all articles",
        ),
    ] = None,
    first: Annotated[
        int | None,
        typer.Option("--first", "--limit", min=1, help="Only the first N questions of each set."),
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only the last N questions of each set.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, help="Only N questions of each set, drawn at random; the same in every run."
        ),
    ] = None,
    given: Annotated[
        bool,
        typer.Option(
            "--given",
            help="Ask every question of its own right text alone: reading without searching.",
        ),
    ] = False,
    off_topic: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Also ask N questions of an article that they are not about."
        ),
    ] = None,
    index_dir: Annotated[
        Path | None,
        typer.Option(help="Keep the indexes here, so that the next evaluation embeds nothing."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="The embedding model: its name or folder.")
    ] = DEFAULT_MODEL,
    reader: Annotated[
        str,
        typer.Option(help="What finds the answer's words: a name, a folder, or none."),
    ] = DEFAULT_READER,
    caution: Annotated[
        str,
        typer.Option(
            metavar="|".join(CAUTIONS), help="How sure it must be to answer, rather than abstain."
        ),
    ] = "balanced",
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the figures and every question's fate."),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write plots of risk and coverage and of calibration, as SVG."
        ),
    ] = None,
    errors_file: Annotated[
        Path | None,
        typer.Option("--errors", metavar="FILE", help="Write the worst errors, in Markdown."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show what became of each question.")
    ] = False,
) -> None:
    """Measure search and answers with the settings that everybody gets."""
    from qa.evaluation.report import Report
    from qa.evaluation.run import Settings, evaluate
    from qa.kept import IndexNotKeptWarning, IndexRebuiltWarning

    settings = Settings(
        paths=tuple(paths),
        documents=tuple(documents or ()),
        split=split,
        split_file=split_file,
        first=first,
        last=last,
        sample=sample,
        given=given,
        off_topic=off_topic,
        index_dir=index_dir,
        model=model,
        reader=reader,
        caution=caution,
    )
    report = Report(
        settings, json_file=json_file, verbose=verbose, plots=plots, errors_file=errors_file
    )
    report.prepare()
    with (
        spoken_warnings(IndexNotKeptWarning, IndexRebuiltWarning, ReaderNotUsedWarning),
        report.progress() as watch,
    ):
        results = evaluate(settings, watch)
    report.show(results)
