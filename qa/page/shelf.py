"""What one visitor can ask: everybody's documents, and the visitor's own beside them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index import readers
from index.errors import ArgumentError, NoDocumentsError, ReadError
from index.types import Document, FileReport
from qa.page.collections import Collections
from qa.page.library import Library
from qa.page.work import Stopped, told

if TYPE_CHECKING:
    from index.index import Index
    from qa.assistant import Assistant

MOST_FILES = 200
"""Of a visitor's own."""
MEGABYTE = 1024 * 1024
NOTHING_LEFT = "there is no document to ask; add one under Documents"


@dataclass
class Shelf:
    """Documents that a visitor can ask. Those that were added are in memory, until they are kept.

    Args:
        library: what everybody has.
        max_bytes: the largest file, in bytes.
        collections: where named collections are kept.
        owner: whose they are.
    """

    library: Library
    max_bytes: int
    collections: Collections
    owner: str
    own: list[Document] = field(default_factory=list)
    """Without the library's."""
    reports: list[FileReport] = field(default_factory=list)
    """What became of each file that was added last."""
    collection: str = ""
    """The name under which the own documents are kept, as they are now; empty where they are not."""
    examples: list[str] = field(default_factory=list)
    """Questions that fit the visitor's own documents."""
    _assistant: Assistant | None = None
    _without: frozenset[str] = frozenset()
    """What had been removed from the library when the index was made."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def documents(self) -> Sequence[Document]:
        """All that can be asked now."""
        return [*self.library.documents, *self.own]

    def assistant(self) -> Assistant:
        """Who answers from the library and the visitor's own documents.

        Raises:
            Error: the library could not be loaded, or there is no document.
        """
        base = self.library.assistant()
        if self._without != self.library.removed:
            with self._lock:
                self._put(self.own, self._indexed(self.own))
        if self._assistant is None and self.library.removed:
            raise NoDocumentsError(NOTHING_LEFT)
        return self._assistant or base

    @property
    def index(self) -> Index | None:
        """What the visitor asks; None where there is nothing, or nothing yet."""
        if self._assistant is not None:
            return self._assistant.index
        return None if self.library.removed else self.library.index

    @property
    def kept(self) -> list[str]:
        """The names of the visitor's collections."""
        return self.collections.names(self.owner)

    # -- adding and removing ----------------------------------------------------------------------

    def add(self, files: Sequence[tuple[str, Path]]) -> Iterator[str]:
        """Read files, index them, and say how far it is.

        Args:
            files: each one's name as the visitor has it, and where its bytes are. Only the last part of
                the name is taken.

        Yields:
            What is being done, for a person. ``reports`` has the outcome at the end.
        """
        try:
            yield from told(lambda tell: self._add(files, tell))
        except Stopped:
            self.reports = [FileReport(plain_name(name), problem="stopped") for name, _ in files]

    def stop(self) -> None:
        """Add nothing of what is being added."""
        self._stop.set()

    def remove(self, document_id: str) -> None:
        """Take a document away: nothing of it answers any more.

        One of the library goes for everybody, until the program starts anew; its file stays.
        """
        with self._lock:
            own = [document for document in self.own if document.id != document_id]
            if len(own) == len(self.own):
                self.library.remove(document_id)
            else:
                self.collection = ""
            self._put(own, self._indexed(own))

    def _add(self, files: Sequence[tuple[str, Path]], tell: Callable[[str], None]) -> None:
        with self._lock:
            self._stop.clear()
            self.reports = self._read_all(files, tell)
            known = {document.id for document in self.own}
            read = [report.document for report in self.reports if report.document is not None]
            added = {document.id: document for document in read if document.id not in known}
            if added:
                self._index_with(list(added.values()), tell)

    def _read_all(
        self, files: Sequence[tuple[str, Path]], tell: Callable[[str], None]
    ) -> list[FileReport]:
        reports: list[FileReport] = []
        for number, (name, path) in enumerate(files, 1):
            tell(f"Reading {number} of {len(files)}: {plain_name(name)}")
            self._go_on()
            reports.append(self._read(plain_name(name), path, reports))
        return reports

    def _index_with(self, added: Sequence[Document], tell: Callable[[str], None]) -> None:
        begun = time.monotonic()

        def progress(done: int, total: int) -> None:
            self._go_on()
            tell(f"Indexing {done:,} of {total:,} passages{time_left(begun, done, total)}")

        own = [*self.own, *added]
        tell(f"Indexing {len(added):,} {'document' if len(added) == 1 else 'documents'}")
        self._put(own, self._indexed(own, progress=progress))
        self.collection = ""
        tell("Looking for questions to begin with")
        self._find_examples(added)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _read(self, name: str, path: Path, before: Collection[FileReport]) -> FileReport:
        added = sum(report.document is not None for report in before)
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

    def _find_examples(self, added: Sequence[Document]) -> None:
        from qa.overview.examples import example_questions

        assistant = self._assistant or self.library.assistant()
        ids = frozenset(document.id for document in added)
        self.examples = example_questions(assistant, documents=ids)

    # -- collections ------------------------------------------------------------------------------

    def keep(self, name: str) -> None:
        """Keep the visitor's own documents under a name.

        Raises:
            ArgumentError: no good name, too many collections, or nothing to keep.
            StoreError, OSError: they cannot be written.
        """
        from index.builder import index_documents

        if not self.own:
            raise ArgumentError("there is nothing to keep: add documents first")
        with self._lock:
            current = (self._assistant or self.library.assistant()).index
            own = index_documents(self.own, embedder=current.embedder, previous=[current])
            self.collections.keep(self.owner, name, own)
            self.collection = " ".join(name.split())

    def open(self, name: str) -> None:
        """Have a collection's documents in the place of the visitor's own.

        Raises:
            ArgumentError: there is no such collection, or there are documents that were not kept.
            StoreError: it cannot be used.
        """
        if self.own and not self.collection:
            raise ArgumentError("keep your documents or remove them first: opening puts them away")
        with self._lock:
            kept = self.collections.open(self.owner, name, self.library.assistant().index.embedder)
            own = list(kept.documents)
            self._put(own, self._indexed(own, kept=[kept]))
            self.reports, self.collection = [], name
            self._find_examples(own)

    def delete(self, name: str) -> None:
        """Delete a collection. Its documents stay here, if it is open, until they are removed.

        Raises:
            ArgumentError: there is no such collection.
            OSError: it cannot be deleted.
        """
        self.collections.delete(self.owner, name)
        if self.collection == name:
            self.collection = ""

    # -- the index --------------------------------------------------------------------------------

    def _indexed(
        self,
        own: Sequence[Document],
        *,
        kept: Sequence[Index] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> Assistant | None:
        """Who answers from the library and these; None where that is the library alone, or nobody."""
        from index.builder import index_documents
        from qa.assistant import Assistant

        base = self.library.assistant()
        if not own and not self.library.removed:
            return None
        known = [base.index, *kept, *([self._assistant.index] if self._assistant else [])]
        try:
            index = index_documents(
                [*self.library.documents, *own],
                embedder=base.index.embedder,
                previous=known,
                progress=progress,
            )
        except NoDocumentsError:  # of nothing but empty documents nothing can be asked
            return None
        return Assistant(index, reader=base.reader or "none")

    def _put(self, own: Sequence[Document], assistant: Assistant | None) -> None:
        self.own, self._assistant = list(own), assistant
        self._without = self.library.removed


def plain_name(name: str) -> str:
    """A file's name without folders, whatever the system it comes from."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "").strip()
    return last[:200] or "document.txt"


def time_left(begun: float, done: int, total: int) -> str:
    """How long it is likely to go on, in words; empty where it is a few seconds or not yet known.

    Args:
        begun: when, by :func:`time.monotonic`.
        done: how much is.
        total: of how much.
    """
    seconds = (time.monotonic() - begun) * (total - done) / done if done else 0.0
    if seconds < 5:
        return ""
    return (
        f", about {seconds:.0f} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"
    )
