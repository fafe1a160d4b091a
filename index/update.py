"""What has changed since an index was built, and the index on its way to what the files are now."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from index import chunker, readers
from index.embedder import Embedder, Progress
from index.entries import Label, Record
from index.files import Source, sha256_of
from index.index import Index
from index.indexing import Indexing
from index.readers.naming import stem
from index.types import Document, FileReport

BATCH_CHARACTERS = 100_000
"""So much text is embedded at once: some 200 passages, a few seconds on an ordinary processor. It is what
an interruption loses."""
KEEP_SECONDS = 15.0
"""How often what has been embedded so far is kept."""


class Update:
    """An index on its way from what the files were to what they are.

    Files that have not been read yet count as they were before.
    """

    def __init__(
        self,
        files: Sequence[Path],
        previous: Index | None,
        embedder: Embedder,
        progress: Progress | None,
        password: str,
    ) -> None:
        self.embedder = embedder
        self._password = password
        self._previous = previous
        self._progress = progress
        self._indexing = Indexing(embedder, [previous] if previous is not None else [])
        self._files = files
        self._documents: dict[str, Document] = {}
        """Of the files that were read, by id."""
        self._labels: dict[str, Label] = {}
        """Of the documents that were read, and those known from before, by id."""
        self._entries: dict[str, Record] = {}
        """Of the documents that are embedded, by id."""
        self._titles: dict[tuple[str, str], str] = {}
        """By path and id, of what was read: the title may be the file's name. While a changed file
        waits to be embedded, the document that it held before has its own."""
        self._waiting: list[Document] = []
        """Read, and to be embedded."""
        self._before: dict[str, Source] = {}
        """By path, what a file was, where it is to be read again."""
        self._sources: dict[str, Source] = {}
        """By path, what a file is."""
        self._bytes, self._bytes_read = 0, 0
        self._passages = 0
        self._kept_at = time.monotonic()
        self._kept = 0
        """How many passages were embedded when there was last time to keep them."""
        self.to_read = self._look()

    @property
    def embedded(self) -> int:
        """How many passages were embedded so far."""
        return self._indexing.embedded

    def _look(self) -> list[Path]:
        """Which files have to be read; the others are as they were, or as another was."""
        previous = self._previous
        if previous is None or previous.reading != readers.READING:
            return self._to_read(self._files)
        self._labels = {label.id: label for label in previous.tables.labels}
        if previous.chunking == chunker.CHUNKING:
            self._entries = dict(zip(self._labels, previous.records, strict=True))
        else:
            self._waiting = list(previous.documents)
        before = {source.path: source for source in previous.sources}
        sizes = {source.size for source in previous.sources}
        contents = {source.sha256: source for source in previous.sources if source.sha256}
        changed = []
        there = {of for path in self._files for of in _paths(before.get(str(path)))}
        for path in self._files:
            source = _known(path, before.get(str(path)), sizes, contents, self._labels)
            if source is None or self._is_to_be_read_again(source, there):
                changed.append(path)
                if str(path) in before:
                    self._before[str(path)] = before[str(path)]
            else:
                self._sources[str(path)] = source
        return self._to_read(changed)

    def _is_to_be_read_again(self, source: Source, there: set[str]) -> bool:
        """Whether a password may open it now, or its title was the name of a file that has gone."""
        found = [self._labels[name] for name in source.ids]
        return bool(self._password and source.problems) or any(
            each.path not in there and each.title == stem(each.path) for each in found
        )

    def _to_read(self, files: Sequence[Path]) -> list[Path]:
        self._bytes = sum(map(_size, files))
        return list(files)

    def take(self, source: Source, reports: Sequence[FileReport]) -> None:
        """Take what was read from a file, and embed it, with others, when it is enough."""
        self._sources[source.path] = source
        self._bytes_read += source.size
        for report in reports:
            document = report.document
            if document is not None:
                self._titles[report.path, document.id] = document.title
                if document.id not in self._labels:
                    self._documents[document.id] = document
                    self._labels[document.id] = Label.of(document)
                    self._waiting.append(document)
        if sum(len(document.text) for document in self._waiting) >= BATCH_CHARACTERS:
            self.embed()

    def embed(self) -> None:
        """Embed what waits."""
        waiting, self._waiting = self._waiting, []
        entries = self._indexing.entries(waiting, self._told)
        self._entries |= zip((document.id for document in waiting), entries, strict=True)
        self._passages = self.embedded

    def _told(self, done: int, of: int) -> None:
        if self._progress is not None:
            share = self._bytes_read / self._bytes if self._bytes else 1.0
            expected = int((self._passages + of) / share) if share else 0
            self._progress(self._passages + done, max(expected, self._passages + of))

    def is_due(self) -> bool:
        """Whether it is time to keep what was embedded; once true, false for a while."""
        now = time.monotonic()
        due = now - self._kept_at >= KEEP_SECONDS and self.embedded > self._kept
        if due:
            self._kept_at, self._kept = now, self.embedded
        return due

    def so_far(self) -> tuple[list[Record], list[Source]]:
        """The documents that are embedded and the files that hold nothing but these, in their order."""
        sources = []
        for path in map(str, self._files):
            source = self._sources.get(path)
            if source is None or not source.ids <= self._entries.keys():
                source = self._before.get(path)
            if source is not None and source.ids <= self._entries.keys():
                sources.append(source)
        paths: dict[str, list[str]] = {}
        for source in sources:
            for path, name in source.documents:
                paths.setdefault(name, []).append(path)
        return [self._entry(name, *some) for name, some in paths.items()], sources

    def _entry(self, name: str, path: str, *also: str) -> Record:
        found, label = self._entries[name], self._labels[name]
        wanted = Label(name, path, self._titles.get((path, name), label.title), also)
        if found.label == wanted:
            return found
        known = self._documents.get(name) or found.document
        document = dataclasses.replace(known, path=path, also=also, title=wanted.title)
        if found.label.title != document.title:
            [found] = self._indexing.entries([document], self._told)
            self._entries[name] = found
        return found.named(document)

    def is_current(self, entries: Sequence[Record], sources: Sequence[Source]) -> bool:
        """Whether the earlier index has the same documents, and of the same files."""
        previous = self._previous
        return (
            previous is not None
            and previous.chunking == chunker.CHUNKING
            and previous.reading == readers.READING
            and [entry.label for entry in entries] == previous.tables.labels
            and [(each.path, each.sha256) for each in sources]
            == [(each.path, each.sha256) for each in previous.sources]
        )


def _known(
    path: Path,
    before: Source | None,
    sizes: set[int],
    contents: dict[str, Source],
    labels: dict[str, Label],
) -> Source | None:
    """What a file holds, where that is known without reading it; None where it is not."""
    try:
        status = path.stat()
        if before is not None and before.is_of(status):
            return before
        if status.st_size not in sizes:
            return None
        same = contents.get(sha256_of(path))
    except OSError:  # the reading reports it
        return None
    if same is None or path.suffix.lower() != Path(same.path).suffix.lower():
        return None
    if same.path != str(path) and any(
        labels[name].title == stem(of) for of, name in same.documents
    ):
        return None  # its title may be its name
    return same.at(str(path), status, time.time_ns())


def _paths(source: Source | None) -> list[str]:
    return [] if source is None else [path for path, _ in source.documents]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the reading reports it
        return 0
