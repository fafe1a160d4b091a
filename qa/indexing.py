"""``python -m qa index`` and ``python -m qa verify``: keep an index up to date, and prove what is in it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.embedder import DEFAULT_MODEL
from index.errors import Error
from qa import terminal

if TYPE_CHECKING:
    from index.files import ReadOptions
    from index.verify import Verified
    from qa.assistant import Assistant

LOADING = "Loading the model…"
CHECKING = "Checking the index…"
SETTLING_MS = 500
"""How long files must be left alone before they are looked at: programs write them in several steps."""

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH...",
        help="Files and folders; by default, the documents that ask answers from.",
        show_default=False,
    ),
]
Model = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The embedding model: the packaged one, a folder, or a name on the Hugging Face hub.",
    ),
]
Password = Annotated[
    str,
    typer.Option(envvar="QA_PASSWORD", help="Opens files that need one.", show_default=False),
]
Patterns = list[str] | None


def index_command(
    paths: Paths = None,
    index_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to keep the index, instead of the user's cache folder."
            " An index that is there is brought up to date with exactly these documents.",
            show_default=False,
        ),
    ] = None,
    model: Model = DEFAULT_MODEL,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read and embed everything anew.")
    ] = False,
    include: Annotated[
        Patterns,
        typer.Option(
            metavar="PATTERN",
            help="Only the files of a folder that match, as in a .gitignore file: '*.pdf'.",
            show_default=False,
        ),
    ] = None,
    exclude: Annotated[
        Patterns,
        typer.Option(
            metavar="PATTERN",
            help="Not the files of a folder that match: 'drafts/'.",
            show_default=False,
        ),
    ] = None,
    ignored: Annotated[
        bool,
        typer.Option("--ignored", help="Hidden files, too, and those that .gitignore files name."),
    ] = False,
    password: Password = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and follow what changes in the folders.")
    ] = False,
) -> None:
    """Index documents, or bring their index up to date, and report on every file.

    Nothing has to be indexed before it is asked: "ask" does so by itself. What has been embedded is
    kept as it goes on; stopped with Ctrl-C, the next run goes on from there.
    """
    from index.files import ReadOptions, Selection
    from qa.assistant import default_documents
    from qa.kept import IndexNotKeptWarning, IndexRebuiltWarning, max_file_bytes

    documents = paths or default_documents()
    selection = Selection(tuple(include or ()), tuple(exclude or ()), ignored)
    options = ReadOptions(max_file_bytes(), password, selection)
    with terminal.spoken_warnings(IndexNotKeptWarning, IndexRebuiltWarning) as said:
        assistant = _build(documents, model, index_dir, options, rebuild=rebuild)
    kept = not any(isinstance(warning, IndexNotKeptWarning) for warning in said)
    _report(assistant, _index_folder(documents, model, index_dir) if kept else None)
    if watch:
        _follow(documents, model, index_dir, options)


def verify_command(
    paths: Paths = None,
    index_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the index is kept, instead of the user's cache folder.",
            show_default=False,
        ),
    ] = None,
    model: Model = DEFAULT_MODEL,
    quick: Annotated[
        bool, typer.Option("--quick", help="Without embedding and reading everything anew.")
    ] = False,
    password: Password = "",
) -> None:
    """Prove that an index is what its files say, and that nothing else is left in it.

    Every byte in its folder belongs to a document of the index; every passage, vector and word is made
    anew and compared; every file is read anew.
    """
    from index.embedders import open_embedder
    from index.verify import verify
    from qa.assistant import default_documents
    from qa.kept import max_file_bytes

    folder = _index_folder(paths or default_documents(), model, index_dir)
    with terminal.Working(CHECKING) as working:
        found = verify(
            folder,
            embedder=open_embedder(model),
            quick=quick,
            password=password,
            max_bytes=max_file_bytes(),
            progress=working.progress,
        )
    _say_verified(folder, found)
    if any(not each.outdated for each in found.findings):
        raise typer.Exit(1)


def _say_verified(folder: Path, found: Verified) -> None:
    for each in found.findings:
        print(terminal.printable(f"{each.where}: {each.what}"))
    wrong = sum(not each.outdated for each in found.findings)
    outdated = len(found.findings) - wrong
    state = (
        "as its files say" if not wrong else f"{wrong} findings; `qa index --rebuild` mends them"
    )
    more = f"; {outdated} files changed since" if outdated else ""
    print(
        f"{found.passages:,} passages of {found.documents:,} documents in {found.files:,} files:"
        f" {state}{more}."
    )
    print(terminal.printable(f"The index is in {folder}"), flush=True)


def _build(
    paths: Sequence[Path],
    model: str,
    index_dir: Path | None,
    options: ReadOptions,
    *,
    rebuild: bool = False,
) -> Assistant:
    """Build the index; one that cannot be read is mended, which is what was asked for."""
    from qa.assistant import Assistant

    with terminal.Working(LOADING, stopped=terminal.STOPPED) as working:
        return Assistant.from_documents(
            paths,
            model=model,
            reader="none",
            index_dir=index_dir,
            rebuild=rebuild,
            repair=True,
            options=options,
            progress=working.progress,
        )


def _follow(
    paths: Sequence[Path], model: str, index_dir: Path | None, options: ReadOptions
) -> None:
    """Bring the index up to date whenever files change, until Ctrl-C."""
    folder = _index_folder(paths, model, index_dir).resolve()
    terminal.complain("following changes (Ctrl-C ends it)")
    for changed in _changes(paths, folder):
        try:
            assistant = _build(paths, model, index_dir, options)
        except Error as error:  # such as no document left: the next change may bring one
            terminal.complain(str(error))
            continue
        index = assistant.index
        print(
            f"{time.strftime('%H:%M:%S')} {changed:,} changed:"
            f" {index.embedded:,} passages embedded, {len(index.passages):,} passages of"
            f" {len(index.documents):,} documents",
            flush=True,
        )
        terminal.list_problems(assistant.reports)


def _changes(paths: Sequence[Path], index_folder: Path) -> Iterator[int]:
    """How many files changed, each time that some did and have been left alone for a while."""
    from watchfiles import watch

    there = [path for path in paths if path.exists()]
    for changes in watch(*there, step=SETTLING_MS, raise_interrupt=True, watch_filter=None):
        files = {Path(path) for _, path in changes}
        if changed := [file for file in files if not file.is_relative_to(index_folder)]:
            yield len(changed)


def _index_folder(paths: Sequence[Path], model: str, index_dir: Path | None) -> Path:
    from qa.assistant import as_paths, default_index_dir

    return index_dir or default_index_dir(as_paths(list(paths)), model)


def _report(assistant: Assistant, folder: Path | None) -> None:
    index = assistant.index
    terminal.print_index(index)
    taken_over = len(index.passages) - index.embedded
    print(
        f"{len(index.passages)} passages of {len(index.documents)} documents:"
        f" {index.embedded} embedded, {taken_over} taken over."
    )
    if folder is not None:
        print(f"The index is in {terminal.printable(str(folder))}", flush=True)
    terminal.list_problems(assistant.reports)
