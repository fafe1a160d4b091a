"""A visitor's own documents, beside those that everybody has."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index import readers
from index.errors import NoDocumentsError, ReadError
from index.types import Document, FileReport
from qa.page.library import Library

if TYPE_CHECKING:
    from qa.assistant import Assistant

MOST_FILES = 200
"""Of a visitor's own."""
MEGABYTE = 1024 * 1024


@dataclass
class Shelf:
    """Documents that visitors added, in memory: they are gone when the program ends.

    Args:
        library: what everybody has.
        max_bytes: the largest file, in bytes.
    """

    library: Library
    max_bytes: int
    own: list[Document] = field(default_factory=list)
    """Without the library's."""
    reports: list[FileReport] = field(default_factory=list)
    """What became of each file that was added last."""
    _assistant: Assistant | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def documents(self) -> Sequence[Document]:
        """All that can be asked now."""
        return [*self.library.documents, *self.own]

    def assistant(self) -> Assistant:
        """Who answers from the library and the visitor's own documents.

        Raises:
            Error: the library could not be loaded.
        """
        return self._assistant or self.library.assistant()

    def add(self, files: Sequence[tuple[str, Path]]) -> Iterator[str]:
        """Read files, index them, and say how far it is.

        Args:
            files: each one's name as the visitor has it, and where its bytes are. Only the last part of
                the name is taken.

        Yields:
            What is being done, for a person. ``reports`` has the outcome at the end.
        """
        with self._lock:
            self.reports = []
            for number, (name, path) in enumerate(files, 1):
                yield f"Reading {number} of {len(files)}: {plain_name(name)}"
                self.reports.append(self._read(plain_name(name), path))
            added = [report.document for report in self.reports if report.document is not None]
            if added:
                known = {document.id for document in self.own}
                self.own += [document for document in added if document.id not in known]
                yield f"Indexing {len(added)} of {len(files)} files"
                self._index()

    def remove(self, document_id: str) -> None:
        """Take one of the visitor's own documents away: nothing of it answers any more."""
        with self._lock:
            self.own = [document for document in self.own if document.id != document_id]
            self._index()

    def _read(self, name: str, path: Path) -> FileReport:
        added = sum(report.document is not None for report in self.reports)
        if len(self.own) + added >= MOST_FILES:
            return FileReport(name, problem=f"there are {MOST_FILES} files of yours already")
        try:
            if not readers.is_supported(Path(name)):
                raise ReadError(name, f"not a format that is read ({', '.join(readers.SUFFIXES)})")
            if path.stat().st_size > self.max_bytes:
                limit = self.max_bytes // MEGABYTE
                raise ReadError(name, f"larger than {limit} MB, which is the limit here")
            document = readers.read(path.read_bytes(), Path(name))
        except ReadError as error:
            return FileReport(name, problem=error.reason)
        return FileReport(name, document)

    def _index(self) -> None:
        from index.builder import index_documents
        from qa.assistant import Assistant

        base = self.library.assistant()
        if not self.own:
            self._assistant = None
            return
        previous = (self._assistant or base).index
        try:
            index = index_documents(
                [*base.index.documents, *self.own],
                embedder=base.index.embedder,
                previous=previous,
            )
        except NoDocumentsError:  # of nothing but empty documents nothing can be asked
            self._assistant = None
            return
        self._assistant = Assistant(index, reader=base.reader or "none")


def plain_name(name: str) -> str:
    """A file's name without folders, whatever the system it comes from."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "").strip()
    return last[:200] or "document.txt"
