"""What the page answers from: documents and models, loaded in the background."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import Error
from qa.page.head import header, loading_text, note, problems, ready_text
from qa.page.markup import sentence
from qa.reading.choose import ReaderNotUsedWarning

if TYPE_CHECKING:
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
    """

    def __init__(
        self, documents: Sequence[Path] | None, model: str, reader: str, index_dir: Path | None
    ) -> None:
        self._arguments = documents, model, reader, index_dir
        self._progress = (0, 0)
        self._notes: list[str] = []
        self._assistant: Assistant | None = None
        self._failure: str | None = None
        self._done = threading.Event()

    def start(self) -> None:
        """Begin to load, in a thread that does not keep the program from ending."""
        threading.Thread(target=self._load, name="library", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether loading has ended, well or not."""
        return self._done.is_set()

    @property
    def documents(self) -> Sequence[Document]:
        """What can be asked now."""
        return self._assistant.index.documents if self._assistant else ()

    def assistant(self) -> Assistant:
        """Wait until the documents are loaded.

        Raises:
            Error: they could not be.
        """
        self._done.wait()
        if self._assistant is None:
            raise Error(self._failure)
        return self._assistant

    def header(self) -> str:
        """The page's head as it is now."""
        if self._failure is not None:
            return header(sentence(self._failure), "failed")
        if self._assistant is None:
            return header(loading_text(*self._progress), "loading")
        index = self._assistant.index
        notes = [note(text) for text in self._notes] + [problems(index.reports)]
        text = ready_text(len(index.documents), len(index.passages))
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
