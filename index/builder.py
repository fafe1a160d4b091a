"""Files become an index; an index is brought up to date."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from index import chunker, readers
from index.embedder import Embedder, Progress
from index.embedders import open_embedder
from index.entries import Record
from index.errors import NoDocumentsError
from index.files import DEFAULT_OPTIONS, FileReader, ReadOptions, Source, find_files
from index.index import Index, no_collector
from index.indexing import check_passages
from index.reports import Reports
from index.types import FileReport
from index.update import Update
from index.workers import ReadingPool, ReadRequest

Keep = Callable[[Sequence[Record], Sequence[Source]], None]
"""Told the documents and files of an index that is not finished yet, to keep them."""


def build_index(
    paths: Iterable[str | Path],
    *,
    embedder: Embedder | None = None,
    previous: Index | None = None,
    options: ReadOptions = DEFAULT_OPTIONS,
    reader: FileReader | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Index:
    """Read, cut and embed the documents that ``paths`` hold now.

    Args:
        paths: files and folders.
        embedder: the embedding model; the packaged one by default.
        previous: an earlier index of the same model. What it knows is neither read nor embedded
            again; what is no longer there is left out.
        options: which files are read, and how.
        reader: what reads them; worker processes by default.
        progress: called while passages are embedded, with how many are and how many there are likely
            to be.
        keep: called every now and then with what there is so far, and at the end, also of an
            interruption.

    Returns:
        The index, with a report on every file; ``previous`` with new reports when nothing changed.

    Raises:
        NoDocumentsError: nothing readable; the message lists each file's reason.
        ModelError: the embedding model cannot be loaded.
    """
    paths = list(paths)
    with no_collector():
        files, problems = find_files(paths, options.selection)
    embedder = embedder or open_embedder()
    with no_collector():
        update = Update(files, previous, embedder, progress, options.password)
    requests = [ReadRequest(path, options.max_bytes, options.password) for path in update.to_read]
    try:
        with _opened(reader) as opened:
            for reading in opened.read(requests):
                update.take(Source.of(reading, time.time_ns()), reading.reports)
                if keep is not None and update.is_due():
                    keep(*update.so_far())
            update.embed()
    except BaseException:
        if keep is not None and update.embedded:
            keep(*update.so_far())
        raise
    with no_collector():
        entries, sources = update.so_far()
    reports = Reports(problems, sources, {entry.label.id: entry for entry in entries})
    if not entries:
        raise NoDocumentsError(_nothing_readable(paths, reports))
    if previous is not None and update.is_current(entries, sources):
        if keep is not None and sources != list(previous.sources):
            keep(entries, sources)  # their times are known now
        return dataclasses.replace(previous, sources=tuple(sources), reports=reports, embedded=0)
    check_passages(entries)
    if keep is not None:
        keep(entries, sources)
    return Index.of(
        entries,
        update.embedder,
        sources=tuple(sources),
        reports=reports,
        chunking=chunker.CHUNKING,
        reading=readers.READING,
        embedded=update.embedded,
    )


def _nothing_readable(paths: Sequence[str | Path], reports: Sequence[FileReport]) -> str:
    if not reports:
        named = ", ".join(map(str, paths)) or "nothing"
        return f"no document to read: no file of a kind that is read in {named}"
    lines = [f"{report.path}: {report.problem}" for report in reports]
    if len(lines) == 1:
        return lines[0]
    return "\n  ".join(["none of these can be read:", *lines])


def _opened(reader: FileReader | None) -> AbstractContextManager[FileReader]:
    return ReadingPool.from_environment() if reader is None else nullcontext(reader)
