"""Ask a set of documents: :func:`ask`, and :class:`Assistant` behind it."""

from __future__ import annotations

import hashlib
import os
import threading
import warnings
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from index.builder import build_index
from index.embedder import DEFAULT_MODEL, Embedder, Progress, SentenceTransformerEmbedder
from index.entries import Record
from index.errors import ArgumentError, DamagedIndexError, NoDocumentsError, StoreError
from index.files import ReadOptions, Source, find_files
from index.index import Index, save_unfinished
from index.manifest import exists
from index.readers import MAX_FILE_BYTES
from index.store import is_kept, remove, sweep
from index.types import FileReport, Filter
from qa.answer import Answer
from qa.answering import Watch, answer
from qa.caution import check_caution
from qa.reading.choose import DEFAULT_READER, open_reader
from qa.reading.reader import Reader
from qa.terminal import Working

Documents = str | Path | Sequence[str | Path]
"""A file, a folder, or several of them."""

MAX_QUESTION_CHARACTERS = 2000
"""A longer question is refused: the embedding model reads some 1,000 characters of it."""


class IndexNotKeptWarning(UserWarning):
    """The index could not be written; the answers are the same, the next start is slower."""


class IndexRebuiltWarning(UserWarning):
    """The kept index could not be used and was built anew."""


class Assistant:
    """Answers questions over one index. Safe to ask from several threads.

    Args:
        index: what to search.
        reader: what finds the answer's words: the packaged reader's name, a folder or a name on the
            hub with a question-answering model, or a reader. "none" for answers in whole
            sentences, which is also what one that cannot be loaded comes to, with a
            :class:`ReaderNotUsedWarning`.
    """

    def __init__(self, index: Index, *, reader: str | Reader = DEFAULT_READER) -> None:
        self.index = index
        self.reader = open_reader(reader) if isinstance(reader, str) else reader

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
        embedder = SentenceTransformerEmbedder(model) if isinstance(model, str) else model
        if documents is None and index_dir is not None:
            return cls(Index.open(index_dir, embedder=embedder), reader=reader)
        paths = as_paths(default_documents() if documents is None else documents)
        folder = Path(index_dir) if index_dir else default_index_dir(paths, embedder.name)
        strict = index_dir is not None and not repair
        previous = None if rebuild else _open_kept(folder, embedder, strict=strict)
        keep = _Keep(folder, embedder, anew=rebuild)

        def built(known: Index | None) -> Index:
            return build_index(
                paths,
                embedder=embedder,
                previous=known,
                options=options or ReadOptions(max_bytes=max_file_bytes()),
                progress=progress,
                keep=keep,
            )

        try:
            try:
                index = built(previous)
            except DamagedIndexError as error:
                # Of a large index not everything is looked at until it is needed.
                if strict:
                    raise
                index = built(_rescued(folder, embedder, error))
            index = keep.finish(index)
        except NoDocumentsError:
            # The files are gone, and what they said goes too; a disk that is missing is no such thing.
            if exists(folder) and all(path.exists() for path in paths):
                remove(folder)
            raise
        finally:
            keep.say()
        return cls(index, reader=reader)

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
            watch: called with the name of each stage as it begins: "search", "read", "choose". What
                it raises ends the answering.

        Raises:
            ArgumentError: an empty or overlong question, ``k`` below 1, a kind, author or
                document that is not there, an unknown caution.
            ModelError: the embedding model cannot be loaded.
        """
        return answer(
            check_question(question),
            self.index,
            self.reader,
            as_asked=as_asked,
            narrow=narrow,
            k=k,
            only=Filter(kinds, author, document, frozenset(without)),
            caution=check_caution(caution),
            watch=watch,
        )


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


def _open_kept(folder: Path, embedder: Embedder, *, strict: bool) -> Index | None:
    if not exists(folder):
        return None
    try:
        return Index.open(folder, embedder=embedder)
    except StoreError as error:
        if strict:
            raise
        return _rescued(folder, embedder, error)


def _rescued(folder: Path, embedder: Embedder, error: StoreError) -> Index | None:
    warnings.warn(f"{error} (doing so now)", IndexRebuiltWarning, stacklevel=4)
    return Index.rescue(folder, embedder=embedder)


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
