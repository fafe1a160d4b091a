"""Documents and passages as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.types import Block, Document, Kind, Passage


def write_documents(path: Path, documents: Iterable[Document]) -> None:
    """One document a line."""
    _write_lines(path, (asdict(document) for document in documents))


def read_documents(path: Path) -> tuple[Document, ...]:
    """What :func:`write_documents` wrote.

    Raises:
        ValueError, KeyError, TypeError: the file is not what was written.
    """
    return tuple(
        Document(**facts | {"blocks": tuple(_block(block) for block in facts["blocks"])})
        for facts in _read_lines(path)
    )


def write_passages(
    path: Path, documents: Sequence[Document], passages: Iterable[Passage], keys: Iterable[str]
) -> None:
    """One passage a line, its document as the number of its line."""
    numbers = {document.id: number for number, document in enumerate(documents)}
    _write_lines(
        path,
        (
            [
                numbers[passage.document.id],
                passage.kind,
                passage.start,
                passage.end,
                passage.author,
                passage.date,
                passage.section,
                passage.locator,
                key,
            ]
            for passage, key in zip(passages, keys, strict=True)
        ),
    )


def read_passages(
    path: Path, documents: Sequence[Document]
) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """What :func:`write_passages` wrote: passages and their keys.

    Raises:
        ValueError, IndexError, TypeError: the file is not what was written.
    """
    passages, keys = [], []
    for number, kind, *place, key in _read_lines(path):
        passages.append(Passage(documents[number], Kind(kind), *place))
        keys.append(key)
    return tuple(passages), tuple(keys)


def _block(facts: dict[str, Any]) -> Block:
    return Block(**facts | {"kind": Kind(facts["kind"])})


def _write_lines(path: Path, values: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
        for value in values:
            file.write(json.dumps(value, ensure_ascii=False) + "\n")


def _read_lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as file:
        for line in file:
            yield json.loads(line)
