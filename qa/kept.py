"""The index of some documents, kept in a folder and brought up to date."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.builder import build_index
from index.embedder import Embedder, Progress
from index.entries import Record
from index.errors import ArgumentError, DamagedIndexError, NoDocumentsError, StoreError
from index.files import ReadOptions, Source
from index.index import Index, save_unfinished
from index.manifest import exists
from index.readers import MAX_FILE_BYTES
from index.store import is_kept, remove, sweep


class IndexNotKeptWarning(UserWarning):
    """The index could not be written; the answers are the same, the next start is slower."""


class IndexRebuiltWarning(UserWarning):
    """The kept index could not be used and was built anew."""


def up_to_date(
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    rebuild: bool,
    strict: bool,
    options: ReadOptions | None = None,
    progress: Progress | None = None,
) -> Index:
    """Open the index of some documents, and bring it up to date; what is embedded is kept as it goes on.

    Args:
        paths: files and folders.
        folder: where the index is kept.
        embedder: what the documents' vectors are from.
        rebuild: take nothing over from the index that is there.
        strict: mend nothing: an index that cannot be used is an error.
        options: how files are read; by default up to the size that ``QA_MAX_FILE_MB`` names.
        progress: called with how many passages are embedded, and of how many.

    Raises:
        NoDocumentsError: nothing readable. An index that was kept of these paths is removed, unless one
            of them is no longer there.
        StoreError: ``strict``, and what is kept cannot be used.
    """
    keep = _Keep(folder, embedder, anew=rebuild)

    def built(previous: Index | None) -> Index:
        return build_index(
            paths,
            embedder=embedder,
            previous=previous,
            options=options or ReadOptions(max_bytes=max_file_bytes()),
            progress=progress,
            keep=keep,
        )

    try:
        try:
            index = built(None if rebuild else _opened(folder, embedder))
        except StoreError as error:
            # Of a large index not everything is looked at until it is needed.
            if strict:
                raise
            warnings.warn(f"{error} (doing so now)", IndexRebuiltWarning, stacklevel=4)
            index = built(Index.rescue(folder, embedder=embedder))
        return keep.finish(index)
    except NoDocumentsError:
        # The files are gone, and what they said goes too; a disk that is missing is no such thing.
        if exists(folder) and all(path.exists() for path in paths):
            remove(folder)
        raise
    finally:
        keep.say()


def _opened(folder: Path, embedder: Embedder) -> Index | None:
    return Index.open(folder, embedder=embedder) if exists(folder) else None


class _Keep:
    """Keeps an index as it is built; where that cannot be done, it is built all the same.

    Args:
        folder: where.
        embedder: what the documents' vectors are from.
        anew: take nothing over from the index that is there.
    """

    def __init__(self, folder: Path, embedder: Embedder, *, anew: bool) -> None:
        self._folder = folder
        self._embedder = embedder
        self._anew = anew
        self._problem: Exception | None = None

    def __call__(self, entries: Sequence[Record], sources: Sequence[Source]) -> None:
        try:
            save_unfinished(self._folder, self._embedder, entries, sources, anew=self._anew)
            # From here on, what is there is of this process.
            self._anew, self._problem = False, None
        except DamagedIndexError:
            raise  # it is to be mended
        except (OSError, StoreError) as error:
            self._problem = error  # said once, by say()

    def finish(self, index: Index) -> Index:
        """See that exactly this index is kept, and nothing else; and get it as it is kept.

        That one lies on disk: it takes less memory, and what searching it takes is made already.
        """
        try:
            if not is_kept(self._folder, index.records):
                # What was damaged may be of files that have gone: then nothing was embedded or kept.
                self(index.records, index.sources)
            sweep(self._folder)
            if self._problem is None and not index.tables.are_stored:
                kept = Index.open(self._folder, embedder=self._embedder)
                return replace(
                    kept, sources=index.sources, reports=index.reports, embedded=index.embedded
                )
        except DamagedIndexError:
            raise
        except (OSError, StoreError) as error:
            self._problem = self._problem or error
        return index

    def say(self) -> None:
        """Say so where the index, as far as it came, could not be kept."""
        if self._problem is not None:
            warnings.warn(
                f"the index could not be kept in {self._folder} ({self._problem}); the next start"
                " embeds anew",
                IndexNotKeptWarning,
                stacklevel=3,
            )


def max_file_bytes() -> int:
    """The largest file to read: ``QA_MAX_FILE_MB`` or the default.

    Raises:
        ArgumentError: it is no number.
    """
    megabytes = os.environ.get("QA_MAX_FILE_MB")
    if megabytes is None:
        return MAX_FILE_BYTES
    try:
        return int(float(megabytes) * 1024 * 1024)
    except ValueError as error:
        raise ArgumentError(f"QA_MAX_FILE_MB is {megabytes!r}; it must be a number") from error
