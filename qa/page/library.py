"""What the page answers from: documents and models, loaded in the background."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArgumentError, Error
from qa.page.head import EXAMPLES, header, loading_text, note, problems, ready_text
from qa.page.markup import sentence
from qa.reading.choose import ReaderNotUsedWarning

if TYPE_CHECKING:
    from index.index import Index
    from index.types import Document
    from qa.assistant import Assistant

UNEXPECTED = "Something went wrong here; the terminal that runs this program says what"
logger = logging.getLogger(__name__)


class Library:
    """The documents and models: loaded in the background, so that the page is up at once.

    Args:
        documents: files and folders; None for the index in ``index_dir`` or the default ones.
        model: the embedding model's name or folder.
        reader: what finds the answer's words, by name or folder.
        index_dir: where the index is kept; None for the cache folder.
        removable: whether visitors may remove documents, for everybody.
    """

    def __init__(
        self,
        documents: Sequence[Path] | None,
        model: str,
        reader: str,
        index_dir: Path | None,
        *,
        removable: bool = True,
    ) -> None:
        self._arguments = documents, model, reader, index_dir
        self.removable = removable
        self.removed: frozenset[str] = frozenset()
        """The ids of documents that nobody can ask any more."""
        self.examples: Sequence[str] = ()
        """Questions that fit the documents."""
        self._progress = (0, 0)
        self._notes: list[str] = []
        self._assistant: Assistant | None = None
        self._failure: str | None = None
        self._done = threading.Event()
        self._settled = threading.Event()

    def start(self) -> None:
        """Begin to load, in a thread that does not keep the program from ending."""
        threading.Thread(target=self._load, name="library", daemon=True).start()

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
        """What the documents were indexed as; None until they are."""
        return self._assistant.index if self._assistant else None

    @property
    def documents(self) -> Sequence[Document]:
        """What can be asked now."""
        documents = self._assistant.index.documents if self._assistant else ()
        return [document for document in documents if document.id not in self.removed]

    def remove(self, document_id: str) -> None:
        """Have nobody asked about a document any more, until the program starts anew.

        Raises:
            ArgumentError: visitors may not remove documents.
        """
        if not self.removable:
            raise ArgumentError("this document is everybody's, and stays")
        self.removed |= {document_id}

    def assistant(self) -> Assistant:
        """Wait until the documents are loaded.

        Raises:
            Error: they could not be.
        """
        self._done.wait()
        if self._assistant is None:
            raise Error(self._failure)
        return self._assistant

    def header(self, index: Index | None = None) -> str:
        """The page's head as it is now, for somebody who asks this index; None for nothing."""
        if self._failure is not None:
            return header(sentence(self._failure), "failed")
        if self._assistant is None:
            return header(loading_text(*self._progress), "loading")
        notes = [note(text) for text in self._notes] + [problems(self._assistant.index.reports)]
        text = ready_text(len(index.documents), len(index.passages)) if index else ready_text(0, 0)
        return header(text, "ready", notes)

    def _load(self) -> None:
        try:
            with warnings.catch_warnings(record=True) as caught:
                self._assistant = self._open()
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

        if self._assistant is None:
            return
        titles = {document.title for document in self._assistant.index.documents}
        chosen = [each for title, some in EXAMPLES.items() if title in titles for each in some]
        self.examples = chosen or example_questions(self._assistant)

    def _open(self) -> Assistant:
        from qa.assistant import Assistant

        documents, model, reader, index_dir = self._arguments
        assistant = Assistant.from_documents(
            documents or None,
            model=model,
            reader=reader,
            index_dir=index_dir,
            progress=self._advance,
        )
        assistant.ask("Is it ready?")  # loads what a kept index leaves unloaded: the models
        return assistant

    def _advance(self, done: int, total: int) -> None:
        self._progress = (done, total)

    def _pass_on(self, caught: list[warnings.WarningMessage]) -> None:
        from qa.assistant import IndexNotKeptWarning, IndexRebuiltWarning

        told = (IndexNotKeptWarning, IndexRebuiltWarning, ReaderNotUsedWarning)
        for warning in caught:
            warnings.showwarning(
                warning.message, warning.category, warning.filename, warning.lineno
            )
            if issubclass(warning.category, told):
                self._notes.append(str(warning.message))
