"""What the page answers from: documents and models, loaded in the background."""

from __future__ import annotations

import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArgumentError, Error, NoDocumentsError, StoreError
from index.manifest import MANIFEST
from index.types import FileReport
from index.workers import ReadingPool
from qa.page.head import EXAMPLES, header, loading_text, note, problems, ready_text
from qa.page.markup import sentence
from qa.page.work import time_left
from qa.reading.choose import ReaderNotUsedWarning

if TYPE_CHECKING:
    from index.entries import Label
    from index.index import Index
    from index.types import Document
    from qa.assistant import Assistant

NOTHING_LEFT = "there is no document to ask; add one under Documents"
UNEXPECTED = "Something went wrong here; the terminal that runs this program says what"
FOLLOW_SECONDS = 1.0
"""How often an index that another process may bring up to date is looked at."""
logger = logging.getLogger(__name__)


class Library:
    """The documents and models: loaded in the background, so that the page is up at once.

    Args:
        documents: files and folders; None for the index in ``index_dir`` or the default ones.
        model: the embedding model's name or folder.
        reader: what finds the answer's words, by name or folder.
        index_dir: where the index is kept; None for the cache folder.
        removable: whether visitors may remove documents, for everybody.
        password: opens files that need one.
    """

    def __init__(
        self,
        documents: Sequence[Path] | None,
        model: str,
        reader: str,
        index_dir: Path | None,
        *,
        removable: bool = True,
        password: str = "",
    ) -> None:
        self._arguments = documents, model, reader, index_dir
        self._password = password
        self._files = ReadingPool.from_environment()
        self.removable = removable
        self.examples: Sequence[str] = ()
        """Questions that fit the documents."""
        self._progress = (0, 0)
        self._begun = 0.0
        """When the first passage was embedded."""
        self._notes: list[str] = []
        self._loaded: Assistant | None = None
        self._assistant: Assistant | None = None
        self._removed: set[str] = set()
        self._changing = threading.Lock()
        self._failure: str | None = None
        self._done = threading.Event()
        self._settled = threading.Event()

    def start(self) -> None:
        """Begin to load, in a thread that does not keep the program from ending."""
        threading.Thread(target=self._run, name="library", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether loading has ended, well or not."""
        return self._done.is_set()

    @property
    def settled(self) -> bool:
        """Whether nothing of it changes by itself any more."""
        return self._settled.is_set()

    @property
    def index(self) -> Index | None:
        """What can be asked now; None until it is loaded, and where nothing is left."""
        return self._assistant.index if self._assistant else None

    @property
    def documents(self) -> Sequence[Document]:
        """What can be asked now."""
        return self._assistant.index.documents if self._assistant else ()

    @property
    def labels(self) -> Sequence[Label]:
        """What these documents go by; none of them is decoded for it."""
        return self._assistant.index.tables.labels if self._assistant else ()

    def remove(self, document_id: str) -> None:
        """Have nobody asked about a document any more, until the program starts anew.

        Raises:
            ArgumentError: there is no such document, or visitors may not remove it.
        """
        with self._changing:
            left = [document for document in self.documents if document.id != document_id]
            if len(left) == len(self.documents):
                raise ArgumentError("this document is not there any more")
            if not self.removable:
                raise ArgumentError("this document is everybody's, and stays")
            self._removed.add(document_id)
            self._assistant = self.indexed(left, known=[self.loaded().index])
            self.examples = ()

    def read(self, content: bytes, name: str, *, max_bytes: int) -> Sequence[FileReport]:
        """Read what a visitor sent, in a process of its own, within limits of time and memory."""
        reading = self._files.read_bytes(
            content, name, max_bytes=max_bytes, password=self._password
        )
        return reading.reports

    def indexed(
        self,
        documents: Sequence[Document],
        *,
        known: Sequence[Index],
        progress: Callable[[int, int], None] | None = None,
    ) -> Assistant | None:
        """Who answers from some documents, with these models; None where there is nothing to ask.

        Args:
            documents: what is asked.
            known: earlier indexes, whose vectors are taken over.
            progress: called while passages are embedded.

        Raises:
            Error: the models could not be loaded.
        """
        from index.indexing import index_documents
        from qa.assistant import Assistant

        loaded = self.loaded()
        try:
            index = index_documents(
                documents, embedder=loaded.index.embedder, previous=known, progress=progress
            )
        except NoDocumentsError:  # of nothing but empty documents nothing can be asked
            return None
        return Assistant(index, reader=loaded.reader or "none")

    def loaded(self) -> Assistant:
        """Wait until the documents are loaded, and get them as they were then.

        Raises:
            Error: they could not be.
        """
        self._done.wait()
        if self._loaded is None:
            raise Error(self._failure)
        return self._loaded

    def assistant(self) -> Assistant:
        """Wait until the documents are loaded, and get who answers from them.

        Raises:
            Error: they could not be, or none is left.
        """
        self.loaded()
        if self._assistant is None:
            raise NoDocumentsError(NOTHING_LEFT)
        return self._assistant

    def header(self, index: Index | None = None) -> str:
        """The page's head as it is now, for somebody who asks this index; None for nothing."""
        if self._failure is not None:
            return header(sentence(self._failure), "failed")
        if self._loaded is None:
            left = time_left(self._begun, *self._progress)
            return header(loading_text(*self._progress, left), "loading")
        notes = [note(text) for text in self._notes] + [problems(self._loaded.index.reports)]
        text = ready_text(len(index.documents), len(index.passages)) if index else ready_text(0, 0)
        return header(text, "ready", notes)

    def _run(self) -> None:
        self._load()
        documents, _, _, index_dir = self._arguments
        if self._loaded is not None and not documents and index_dir is not None:
            self._follow(index_dir)

    def _follow(self, folder: Path) -> None:
        """Have the index as it is now, whenever another process has brought it up to date."""
        last = _version(folder)
        while True:
            time.sleep(FOLLOW_SECONDS)
            now = _version(folder)
            if now != last:
                last = now
                self._reopen(folder)

    def _reopen(self, folder: Path) -> None:
        """Answer from what is in a folder now; where that cannot be used, from what was."""
        from index.index import Index
        from qa.assistant import Assistant

        loaded = self.loaded()
        try:
            index = Index.open(folder, embedder=loaded.index.embedder)
        except StoreError as error:
            logger.warning("the index changed, and what is there now cannot be used: %s", error)
            return
        with self._changing:
            self._loaded = self._assistant = Assistant(index, reader=loaded.reader or "none")
            if any(label.id in self._removed for label in index.tables.labels):
                left = [each for each in index.documents if each.id not in self._removed]
                self._assistant = self.indexed(left, known=[index])
            self.examples = ()

    def _load(self) -> None:
        try:
            with warnings.catch_warnings(record=True) as caught:
                self._loaded = self._assistant = self._open()
            self._pass_on(caught)
        except Error as error:
            self._failure = str(error)
            print(f"error: {error}", file=sys.stderr)
        except Exception:
            self._failure = UNEXPECTED
            logger.exception("the documents could not be loaded")
        finally:
            self._done.set()
        try:
            self._find_examples()
        finally:
            self._settled.set()

    def _find_examples(self) -> None:
        from qa.overview.examples import example_questions

        if self._loaded is None:
            return
        titles = {label.title for label in self._loaded.index.tables.labels}
        chosen = [each for title, some in EXAMPLES.items() if title in titles for each in some]
        found = chosen or example_questions(self._loaded)
        if self._assistant is self._loaded:  # nothing was removed meanwhile
            self.examples = found

    def _open(self) -> Assistant:
        from index.files import ReadOptions
        from qa.assistant import Assistant
        from qa.kept import max_file_bytes

        documents, model, reader, index_dir = self._arguments
        assistant = Assistant.from_documents(
            documents or None,
            model=model,
            reader=reader,
            index_dir=index_dir,
            options=ReadOptions(max_file_bytes(), self._password),
            progress=self._advance,
        )
        assistant.ask("Is it ready?")  # loads what a kept index leaves unloaded: the models
        return assistant

    def _advance(self, done: int, total: int) -> None:
        self._begun = self._begun or time.monotonic()
        self._progress = (done, total)

    def _pass_on(self, caught: list[warnings.WarningMessage]) -> None:
        from qa.kept import IndexNotKeptWarning, IndexRebuiltWarning

        told = (IndexNotKeptWarning, IndexRebuiltWarning, ReaderNotUsedWarning)
        for warning in caught:
            warnings.showwarning(
                warning.message, warning.category, warning.filename, warning.lineno
            )
            if issubclass(warning.category, told):
                self._notes.append(str(warning.message))


def _version(folder: Path) -> tuple[int, int] | None:
    """What changes whenever an index is saved; None where there is none just now."""
    try:
        status = (folder / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
