"""Folders of small files in several states, and what an index of each has to be."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from fakes import FakeEmbedder, ReadHere

from index import builder, store, verify
from index.entries import IndexedDocument
from index.index import Index, save_unfinished
from index.terms import TermTable
from index.workers import FileReading, ReadRequest

_WORDS = (
    "harbour lantern council meadow engine copper winter market bridge garden village doctor"
    " window river paper ticket signal letter morning station"
).split()
LONG_AGO = 1_600_000_000
"""A time that is trusted to tell whether a file has changed."""


class CountingEmbedder(FakeEmbedder):
    """Knows by their hashes what it has embedded, as an index does."""

    @property
    def keys(self) -> list[str]:
        return [hashlib.sha256(text.encode()).hexdigest() for text in self.seen]


class ReadOnce(ReadHere):
    """Reads a file that it has read before, and that has the same bytes, from memory."""

    _known: ClassVar[dict[tuple[str, bytes, int], FileReading]] = {}

    def read(self, requests: Iterable[ReadRequest]) -> Iterator[FileReading]:
        for request in requests:
            try:
                key = str(request.path), request.path.read_bytes(), request.path.stat().st_mtime_ns
            except OSError:
                yield from super().read([request])
                continue
            if key not in self._known:
                [self._known[key]] = super().read([request])
            yield self._known[key]


def article(number: int, *, heading: str = "", edition: int = 0, paragraphs: int = 2) -> str:
    """A text with a title, a byline, and paragraphs that no other has."""
    chance = random.Random(f"{number} {edition}")
    some = [
        f"{' '.join(chance.choices(_WORDS, k=9)).capitalize()}, says Old {chance.choice(_WORDS).title()}"
        f" Company (OXC), report {number} edition {edition} part {part}."
        for part in range(paragraphs)
    ]
    title = heading or f"Report {number} of the {_WORDS[number % len(_WORDS)]} committee"
    return f"# {title}\n\nBy Ada Quist{number}\n\n" + "\n\n".join(some) + "\n"


def fill(folder: Path, texts: dict[str, str]) -> None:
    """Make a folder of exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text)
        os.utime(folder / name, (LONG_AGO, LONG_AGO + int(_digest(text)[:5], 16)))


def first_state(count: int) -> dict[str, str]:
    """Many files."""
    return {f"report{number:03}.md": article(number) for number in range(count)}


def second_state(first: dict[str, str]) -> dict[str, str]:
    """The same, of which some were removed, renamed, changed, called otherwise, and some added."""
    texts = dict(first)
    for place, name in enumerate(sorted(first)):
        number = int(name[6:9])
        if place % 10 == 0:
            del texts[name]
        elif place % 10 == 3:
            texts[f"moved{number:03}.md"] = texts.pop(name)
        elif place % 10 == 5:
            texts[name] = article(number, edition=1, paragraphs=3)
        elif place % 10 == 7:
            texts[name] = article(number, heading=f"Minutes {number}")
    for number in range(500, 500 + len(first) // 10):
        texts[f"added{number}.md"] = article(number)
    return texts


def third_state(second: dict[str, str]) -> dict[str, str]:
    """The same without most of it: what is left of each segment is written again."""
    return {
        name: text for place, (name, text) in enumerate(sorted(second.items())) if not place % 3
    }


def update(docs: Path, folder: Path, fake: FakeEmbedder, *, keep: bool = True) -> Index:
    """Bring the index in a folder up to date, as the program does."""
    previous = Index.open(folder, embedder=fake) if store.exists(folder) else None

    def save(entries: Sequence[IndexedDocument], sources: Sequence[Any]) -> None:
        save_unfinished(folder, fake, entries, sources)

    index = builder.build_index(
        [docs],
        embedder=fake,
        previous=previous,
        reader=ReadOnce(),
        keep=save if keep else None,
    )
    if keep:
        store.sweep(folder)
    return index


def content(entry: IndexedDocument) -> tuple[Any, ...]:
    """All that an index has of a document, comparable."""
    return (
        dataclasses.replace(entry.document, also=()),
        [dataclasses.replace(each, document=entry.document) == each for each in entry.passages],
        [(each.kind, each.start, each.end, each.section, each.author) for each in entry.passages],
        entry.keys,
        entry.vectors.tobytes(),
        rows(entry.terms),
        entry.words,
        entry.names,
    )


def rows(table: TermTable) -> list[list[tuple[str, int, bool]]]:
    """Each row's words, with their counts."""
    found = []
    for row in range(len(table)):
        part = slice(int(table.starts[row]), int(table.starts[row + 1]))
        cells = zip(table.ids[part], table.counts[part], table.in_body[part], strict=True)
        found.append(sorted((table.terms[i], int(n), bool(body)) for i, n, body in cells))
    return found


def assert_same(found: Index, wanted: Index) -> None:
    """Two indexes are the same in all that they hold."""
    assert [content(each) for each in found.entries] == [content(each) for each in wanted.entries]
    assert found.documents == wanted.documents
    assert found.sources == wanted.sources
    assert (found.words, found.acronyms, found.keys) == (wanted.words, wanted.acronyms, wanted.keys)


def unsound(folder: Path, *, left_overs: bool = False) -> list[verify.Finding]:
    """What is wrong with an index, but for files that have changed since."""
    found = verify.verify(folder, embedder=FakeEmbedder(), reader=ReadOnce()).findings
    return [
        each
        for each in found
        if not each.outdated and not (left_overs and each.what.startswith("left over"))
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
