"""Ask a set of documents: :func:`ask`, and :class:`Assistant` behind it."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Self

from index.embedder import DEFAULT_MODEL, Embedder, Progress
from index.embedders import open_embedder
from index.errors import ArgumentError
from index.files import ReadOptions, find_files
from index.index import Index
from index.types import FileReport, Filter
from qa.answer import Answer
from qa.answering import Watch, answer
from qa.caution import check_caution
from qa.kept import up_to_date
from qa.reading.choose import DEFAULT_READER, open_reader
from qa.reading.reader import Reader
from qa.remembered import Remembered
from qa.terminal import Working

Documents = str | Path | Sequence[str | Path]
"""A file, a folder, or several of them."""

MAX_QUESTION_CHARACTERS = 2000
"""A longer question is refused: the embedding model reads some 1,000 characters of it."""


class Assistant:
    """Answers questions over one index. Safe to ask from several threads.

    Args:
        index: what to search.
        reader: what finds the answer's words: the packaged reader's name, a folder or a name on the
            hub with a question-answering model, or a reader. "none" or None for answers in whole
            sentences, which is also what one that cannot be loaded comes to, with a
            :class:`ReaderNotUsedWarning`.
    """

    def __init__(self, index: Index, *, reader: str | Reader | None = DEFAULT_READER) -> None:
        self.index = index
        self.reader = open_reader(reader) if isinstance(reader, str) else reader
        self._remembered = Remembered()

    @classmethod
    def from_documents(
        cls,
        documents: Documents | None = None,
        *,
        model: str | Embedder = DEFAULT_MODEL,
        reader: str | Reader = DEFAULT_READER,
        index_dir: str | Path | None = None,
        rebuild: bool = False,
        repair: bool = False,
        options: ReadOptions | None = None,
        progress: Progress | None = None,
    ) -> Assistant:
        """Index documents, or open their index and bring it up to date.

        Only what is new or changed since the index was kept is read and embedded. What has been
        embedded is kept as it goes on: after an interruption the next call goes on from there.

        Args:
            documents: files and folders. None stands for the index in ``index_dir`` as it is, and
                without that for :func:`default_documents`.
            model: the embedding model's name, its folder, or an embedder.
            reader: as for the class.
            index_dir: where the index is kept; by default a cache folder of its own for these
                documents and this model.
            rebuild: build it anew, whatever is kept.
            repair: mend an index in ``index_dir`` that is damaged or of another version.
            options: which files of a folder are read, their largest size, and a password for those
                that need one.
            progress: called with how many passages are embedded, and of how many.

        Raises:
            NoDocumentsError: nothing readable; the message says why for each file. An index that was
                kept of these paths is removed, unless one of them is no longer there.
            ModelError: there is no such embedding model.
            StoreError: ``index_dir`` holds an index that cannot be used. One in the cache folder is
                mended or built anew instead, with an :class:`IndexRebuiltWarning`.
        """
        embedder = open_embedder(model) if isinstance(model, str) else model
        if documents is None and index_dir is not None:
            with _Loading(embedder, reader) as loading:
                return cls(Index.open(index_dir, embedder=embedder), reader=loading.reader())
        paths = as_paths(default_documents() if documents is None else documents)
        folder = Path(index_dir) if index_dir else default_index_dir(paths, embedder.name)
        with _Loading(embedder, reader) as loading:
            index = up_to_date(
                paths,
                folder,
                embedder,
                rebuild=rebuild,
                strict=index_dir is not None and not repair,
                options=options,
                progress=progress,
            )
            return cls(index, reader=loading.reader())

    @classmethod
    def open(cls, folder: str | Path, *, reader: str | Reader = DEFAULT_READER) -> Assistant:
        """Open what :meth:`save` wrote.

        Raises:
            StoreError: there is none, or it cannot be used; the message says what to do.
            ModelError: its embedding model is not there.
        """
        return cls(Index.open(folder), reader=reader)

    def save(self, folder: str | Path) -> None:
        """Keep the index in a folder of the user's.

        Raises:
            StoreError: another process is writing there.
            OSError: the folder cannot be written.
        """
        self.index.save(folder)

    @property
    def reports(self) -> Sequence[FileReport]:
        """What became of each file, when the documents were read; empty after :meth:`open`."""
        return self.index.reports

    def ask(
        self,
        question: str,
        *,
        k: int = 5,
        kinds: Collection[str] | None = None,
        author: str | None = None,
        document: str | None = None,
        caution: str = "balanced",
        narrow: bool = True,
        as_asked: str = "",
        without: Collection[str] = (),
        remember: bool = True,
        watch: Watch | None = None,
    ) -> Answer:
        """Answer a question from the documents, or say that they do not say.

        Args:
            question: in words, at most 2,000 characters.
            k: how many passages to show.
            kinds: only these: "paragraph", "caption", "comment".
            author: only the words of this author.
            document: only this document, by path, file name or title.
            caution: how sure it must be to answer: "cautious", "balanced" or "eager".
            narrow: whether a question that names whose words it wants ("what did LTRich say?") is
                answered from these alone.
            as_asked: the question as it was put in a conversation, where ``question`` is the same in
                full; it is searched for in both wordings.
            without: ids of passages to leave out, such as those that were shown before.
            remember: whether the answer will do that was given when the same was asked before.
            watch: called with the name of each stage as it begins: "search", "read", "choose". What
                it raises ends the answering.

        Raises:
            ArgumentError: an empty or overlong question, ``k`` below 1, a kind, author or
                document that is not there, an unknown caution.
            ModelError: the embedding model cannot be loaded.
        """
        only = Filter(_hashable(kinds), author, document, frozenset(without))
        question = check_question(question)
        asked = (question, as_asked, narrow, k, only, caution)
        begun = time.perf_counter()
        given = self._remembered.get(asked) if remember else None
        if given is not None:
            return replace(given, seconds={"remember": time.perf_counter() - begun})
        given = answer(
            question,
            self.index,
            self.reader,
            as_asked=as_asked,
            narrow=narrow,
            k=k,
            only=only,
            caution=check_caution(caution),
            watch=watch,
        )
        self._remembered.put(asked, given)
        return given


def _hashable(kinds: Collection[str] | None) -> Collection[str] | None:
    return kinds if kinds is None or isinstance(kinds, str) else tuple(kinds)


def ask(
    question: str,
    documents: Documents | None = None,
    *,
    k: int = 5,
    kinds: Collection[str] | None = None,
    author: str | None = None,
    document: str | None = None,
    caution: str = "balanced",
    model: str = DEFAULT_MODEL,
    reader: str = DEFAULT_READER,
) -> Answer:
    """Answer one question over documents.

    The first call reads and embeds them; the next ones, in this process or another, take what is
    kept, and notice what was added, changed or removed.

    Args:
        question: in words, at most 2,000 characters.
        documents: files and folders; by default what :func:`set_documents` or the environment
            variable ``QA_DOCUMENTS`` names, and the documents that come with the program otherwise.
        k: how many passages to show.
        kinds: only these: "paragraph", "caption", "comment".
        author: only the words of this author.
        document: only this document, by path, file name or title.
        caution: how sure it must be to answer: "cautious", "balanced" or "eager".
        model: the embedding model's name or folder.
        reader: what finds the answer's words: see :class:`Assistant`.

    Raises:
        index.errors.Error: see :meth:`Assistant.from_documents` and :meth:`Assistant.ask`.
    """
    check_question(question)
    paths = as_paths(default_documents() if documents is None else documents)
    assistant = _assistants.get(paths, model, reader)
    return assistant.ask(
        question, k=k, kinds=kinds, author=author, document=document, caution=caution
    )


def set_documents(documents: Documents) -> None:
    """Have :func:`ask` answer over these documents from now on, in this process."""
    global _documents
    _documents = as_paths(documents)


def default_documents() -> list[Path]:
    """What :func:`ask` answers over when nothing is named."""
    if _documents is not None:
        return _documents
    if named := os.environ.get("QA_DOCUMENTS"):
        return [Path(path) for path in named.split(os.pathsep) if path]
    packaged = Path(__file__).parent / "seeds"
    return [packaged if packaged.is_dir() else Path(__file__).parent.parent / "seeds"]


def default_index_dir(paths: Sequence[Path], model: str) -> Path:
    """Where the index of these documents is kept: a folder in the user's cache.

    ``QA_CACHE_DIR`` names another cache than the platform's.
    """
    import platformdirs

    cache = os.environ.get("QA_CACHE_DIR") or platformdirs.user_cache_dir("document-qa", False)
    named = "\n".join([model, *sorted(os.path.realpath(path) for path in paths)])
    return Path(cache) / "indexes" / hashlib.sha256(named.encode()).hexdigest()[:16]


def as_paths(documents: Documents) -> list[Path]:
    """Files and folders as a list.

    Raises:
        ArgumentError: nothing is named.
    """
    named = [documents] if isinstance(documents, str | Path) else list(documents)
    if not named:
        raise ArgumentError("no documents named; name a file or a folder")
    # Not Path.expanduser, which fails for an unknown user; the reading reports such a path.
    return [Path(os.path.expanduser(path)) for path in named]  # noqa: PTH111


def check_question(question: str) -> str:
    """The question without white space around it.

    Raises:
        ArgumentError: it is empty or too long.
    """
    question = question.strip()
    if not question:
        raise ArgumentError("the question is empty; ask something in words")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise ArgumentError(
            f"the question has {len(question):,} characters;"
            f" the limit is {MAX_QUESTION_CHARACTERS:,}: ask it more shortly"
        )
    return question


class _Assistants:
    """The assistants of this process, one for each set of documents, kept up to date."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[tuple[str, ...], str, str], tuple[object, Assistant]] = {}

    def get(self, paths: list[Path], model: str, reader: str) -> Assistant:
        key = (tuple(os.path.realpath(path) for path in paths), model, reader)
        with self._lock:
            state = _state(paths)
            if key in self._known and self._known[key][0] == state:
                return self._known[key][1]
            with Working("Reading the documents…") as working:
                assistant = Assistant.from_documents(
                    paths, model=model, reader=reader, progress=working.progress
                )
            self._known[key] = (state, assistant)
            return assistant


_assistants = _Assistants()
_documents: list[Path] | None = None


def _state(paths: list[Path]) -> object:
    """What changes when a file is added, changed or removed: names, sizes, times."""
    files, _ = find_files(paths)
    return [(str(file), *_size_and_time(file)) for file in files]


def _size_and_time(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:  # gone or not permitted: the reading that follows reports it
        return -1, -1
    return status.st_size, status.st_mtime_ns


class _Loading:
    """Loads the models beside other work, as they are read and laid out without Python."""

    def __init__(self, embedder: Embedder, reader: str | Reader) -> None:
        self._embedder = embedder
        self._reader = reader
        self._beside = ThreadPoolExecutor(2, thread_name_prefix="loading")

    def __enter__(self) -> Self:
        # What goes wrong with the embedder is told by whoever uses it first.
        self._beside.submit(self._embedder.prepare)
        self._opening = self._beside.submit(self._opened)
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.shutdown(wait=False, cancel_futures=True)

    def reader(self) -> Reader | None:
        """The reader, once it is loaded."""
        return self._opening.result()

    def _opened(self) -> Reader | None:
        return open_reader(self._reader) if isinstance(self._reader, str) else self._reader
