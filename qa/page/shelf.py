"""What one visitor can ask: everybody's documents, and the visitor's own beside them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArgumentError
from index.types import Document, FileReport
from qa.page.collections import Collections
from qa.page.library import Library
from qa.page.work import Stopped, time_left, told

if TYPE_CHECKING:
    from index.entries import Label
    from index.index import Index
    from qa.assistant import Assistant

MOST_FILES = 200
"""Documents of a visitor's own."""
MEGABYTE = 1024 * 1024


@dataclass
class Batch:
    """Files that are added together."""

    files: Sequence[tuple[str, Path]]
    """Each one's name as the visitor has it, and where its bytes are. Only the last part of the name is
    taken."""
    reports: list[FileReport] = field(default_factory=list)
    """What became of each, at the end."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set it, and nothing of them is added."""

    def go_on(self) -> None:
        """Go on, or not.

        Raises:
            Stopped: the visitor wants no more of it.
        """
        if self.stopped.is_set():
            raise Stopped


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
    collection: str = ""
    """The name under which the own documents were kept, as they are now; empty where they were not."""
    examples: list[str] = field(default_factory=list)
    """Questions that fit the documents that were added last."""
    _assistant: Assistant | None = None
    """Who answers from the library and the own documents; None where there are none of one's own."""
    _beside: Index | None = None
    """The library's index when that was made: where it has another now, it is made anew."""
    _adding: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever adds, keeps or opens: that may take minutes."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while the documents or the index change: that takes no embedding."""

    @property
    def documents(self) -> Sequence[Document]:
        """All that can be asked now; a copy of one of the library's once."""
        return self._with_library(self.own)

    @property
    def labels(self) -> Sequence[Label]:
        """What these documents go by; none of them is decoded for it."""
        from index.entries import Label

        if self.own:
            return [Label.of(document) for document in self.documents]
        return self.library.labels

    def assistant(self) -> Assistant:
        """Who answers from the library and the visitor's own documents.

        Raises:
            Error: the library could not be loaded, or there is no document.
        """
        self.library.loaded()
        with self._lock:
            self._refresh()
            return self._assistant or self.library.assistant()

    @property
    def index(self) -> Index | None:
        """What the visitor asks; None where there is nothing, or nothing yet."""
        if not self.library.done:
            return None
        with self._lock:
            self._refresh()
            return self._assistant.index if self._assistant else self.library.index

    @property
    def kept(self) -> list[str]:
        """The names of the visitor's collections."""
        return self.collections.names(self.owner)

    # -- adding and removing ----------------------------------------------------------------------

    def add(self, batch: Batch) -> Iterator[str]:
        """Read files, index them, and say how far it is.

        Yields:
            What is being done, for a person. ``batch.reports`` has the outcome at the end.

        Raises:
            Error: the models could not be loaded.
        """
        try:
            yield from told(lambda tell: self._add(batch, tell))
        except Stopped:
            batch.reports = [
                FileReport(plain_name(name), problem="stopped") for name, _ in batch.files
            ]

    def remove(self, document_id: str) -> None:
        """Take a document away: nothing of it answers any more.

        One of the library goes for everybody, until the program starts anew; its file stays.

        Raises:
            ArgumentError: it is not there, or may not be removed.
        """
        with self._lock:
            own = [document for document in self.own if document.id != document_id]
            if len(own) < len(self.own):
                self.own, self.collection, self.examples = own, "", []
                self._make()
                return
        self.library.remove(document_id)

    def _add(self, batch: Batch, tell: Callable[[str], None]) -> None:
        with self._adding:
            batch.reports = self._read_all(batch, tell)
            known = {document.id for document in self.own}
            read = [report.document for report in batch.reports if report.document is not None]
            added = {document.id: document for document in read if document.id not in known}
            if added:
                self._index_with(list(added.values()), batch, tell)

    def _read_all(self, batch: Batch, tell: Callable[[str], None]) -> list[FileReport]:
        reports: list[FileReport] = []
        for number, (name, path) in enumerate(batch.files, 1):
            tell(f"Reading {number} of {len(batch.files)}: {plain_name(name)}")
            batch.go_on()
            room = MOST_FILES - len(self.own) - sum(each.document is not None for each in reports)
            found = self._read(plain_name(name), path)
            reports += found[: max(room, 0)]
            if len(found) > room:
                full = f"there are {MOST_FILES} documents of yours already"
                reports += [FileReport(each.path, problem=full) for each in found[max(room, 0) :]]
        return reports

    def _read(self, name: str, path: Path) -> Sequence[FileReport]:
        """What is in a file, read in a process of its own; of an archive or a mail, several."""
        try:
            if path.stat().st_size > self.max_bytes:
                limit = self.max_bytes // MEGABYTE
                problem = f"larger than {limit} MB, which is the limit here"
                return [FileReport(name, problem=problem)]
            content = path.read_bytes()
        except OSError as error:
            return [FileReport(name, problem=f"it could not be read ({error.strerror})")]
        return self.library.read(content, name, max_bytes=self.max_bytes)

    def _index_with(
        self, added: Sequence[Document], batch: Batch, tell: Callable[[str], None]
    ) -> None:
        begun = time.monotonic()

        def progress(done: int, total: int) -> None:
            batch.go_on()
            tell(f"Indexing {done:,} of {total:,} passages{time_left(begun, done, total)}")

        tell(f"Indexing {len(added):,} {'document' if len(added) == 1 else 'documents'}")
        # Embedded by themselves, without the lock: what else the visitor has may change meanwhile.
        alone = self.library.indexed(added, known=self._known(), progress=progress)
        with self._lock:
            self.own, self.collection = [*self.own, *added], ""
            self._make([alone.index] if alone else [])
        tell("Looking for questions to begin with")
        self._find_examples(added)

    def _find_examples(self, added: Sequence[Document]) -> None:
        from qa.overview.examples import example_questions

        ids = frozenset(document.id for document in added)
        if self.index is not None:
            self.examples = example_questions(self.assistant(), documents=ids)

    # -- collections ------------------------------------------------------------------------------

    def keep(self, name: str) -> None:
        """Keep the visitor's own documents under a name, in the place of what had that name.

        Raises:
            ArgumentError: no good name, too many collections, or nothing to keep.
            StoreError, OSError: they cannot be written.
        """
        with self._adding:
            with self._lock:
                own = self.library.indexed(self.own, known=self._known())
            if own is None:
                raise ArgumentError("there is nothing to keep: add documents first")
            self.collection = self.collections.keep(self.owner, name, own.index)

    def open(self, name: str) -> None:
        """Have a collection's documents in the place of the visitor's own.

        Raises:
            ArgumentError: there is no such collection, or there are documents that were not kept.
            StoreError: it cannot be used.
        """
        with self._adding:
            if self.own and self.collection not in self.kept:
                raise ArgumentError(
                    "keep your documents or remove them first: opening puts them away"
                )
            embedder = self.library.loaded().index.embedder
            kept = self.collections.open(self.owner, name, embedder)
            with self._lock:
                self.own, self.collection = list(kept.documents), " ".join(name.split())
                self._make([kept])
            self._find_examples(self.own)

    def delete(self, name: str) -> None:
        """Delete a collection. Its documents stay here, if it is open, until they are removed.

        Raises:
            ArgumentError: there is no such collection.
            OSError: it cannot be deleted.
        """
        self.collections.delete(self.owner, name)

    # -- the index --------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Make the index anew where the library's has changed since."""
        if self.own and self._beside is not self.library.index:
            self._make()

    def _make(self, new: Sequence[Index] = ()) -> None:
        """Make the index of the library's documents and one's own; all are embedded already.

        Args:
            new: indexes of those of one's own that the last index has not.
        """
        library = self.library.index
        documents = self._with_library(self.own) if self.own else []
        self._assistant = self.library.indexed(documents, known=[*self._known(), *new])
        self._beside = library

    def _known(self) -> list[Index]:
        mine = [self._assistant.index] if self._assistant else []
        return [self.library.loaded().index, *mine]

    def _with_library(self, own: Sequence[Document]) -> Sequence[Document]:
        if not own:
            return self.library.documents
        mine = {document.id for document in own}
        return [*(each for each in self.library.documents if each.id not in mine), *own]


def plain_name(name: str) -> str:
    """A file's name without folders, whatever the system it comes from."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "").strip()
    return last[:200] or "document.txt"
