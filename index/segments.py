"""The files of one segment: some of an index's documents, with all that searching them takes.

documents.jsonl   one document a line: its text and blocks, its passages, its words and names
vectors.npy       (n, d), unit length; row i is passage i, document after document
terms.json        the words that the passages have
terms.npz         how often each passage has each of them
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.acronyms import Names
from index.entries import IndexedDocument, stacked
from index.serial import (
    document_from_facts,
    document_to_facts,
    lines,
    passage_from_facts,
    passage_to_facts,
    read_lines,
)
from index.terms import TermTable

DOCUMENTS, VECTORS = "documents.jsonl", "vectors.npy"
TERMS, COUNTS = "terms.json", "terms.npz"


NAMES = (DOCUMENTS, VECTORS, TERMS, COUNTS)
"""Every file of a segment."""


def write_segment(folder: Path, entries: Sequence[IndexedDocument], dimension: int) -> None:
    """Write documents into an empty folder.

    Raises:
        OSError: it cannot be written.
    """
    for name, data in segment_files(entries, dimension):
        (folder / name).write_bytes(data)


def segment_files(
    entries: Sequence[IndexedDocument], dimension: int
) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each file of a segment; the same whenever the documents are."""
    # Made in memory: NumPy, writing to a full disk itself, says how many items it wrote and not why.
    yield DOCUMENTS, lines(map(_facts, entries))
    data = io.BytesIO()
    np.save(data, stacked(entries, dimension), allow_pickle=False)
    yield VECTORS, data.getvalue()
    table = TermTable.joined([entry.terms for entry in entries])
    yield TERMS, json.dumps(table.terms, ensure_ascii=False).encode()
    data = io.BytesIO()
    np.savez(
        data,
        allow_pickle=False,
        starts=table.starts,
        ids=table.ids,
        counts=table.counts,
        in_body=table.in_body,
    )
    yield COUNTS, data.getvalue()


def read_segment(folder: Path) -> Iterator[IndexedDocument]:
    """What :func:`write_segment` wrote.

    Raises:
        OSError, ValueError, KeyError, TypeError, IndexError: it is not.
    """
    vectors = np.load(folder / VECTORS, allow_pickle=False)
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"{VECTORS} does not hold vectors")
    table = _table(folder)
    table.check()
    row = 0
    for facts in read_lines(folder / DOCUMENTS):
        document = document_from_facts(facts["document"])
        passages = tuple(passage_from_facts(document, place) for place in facts["passages"])
        end = row + len(passages)
        if end > len(vectors) or end > len(table):
            raise ValueError(f"{len(vectors)} vectors and {len(table)} rows of words are too few")
        yield IndexedDocument(
            document,
            passages,
            tuple(facts["keys"]),
            vectors[row:end],
            table.rows(row, end),
            tuple(facts["words"]),
            Names(facts["names"], frozenset(facts["initials"]), frozenset(facts["explained"])),
        )
        row = end
    if row != len(vectors) or row != len(table):
        raise ValueError(
            f"{len(vectors)} vectors and {len(table)} rows of words for {row} passages"
        )


def _facts(entry: IndexedDocument) -> dict[str, Any]:
    return {
        "document": document_to_facts(entry.document),
        "passages": [passage_to_facts(passage) for passage in entry.passages],
        "keys": entry.keys,
        "words": entry.words,
        "names": entry.names.counts,
        "initials": sorted(entry.names.used),
        "explained": sorted(entry.names.explained),
    }


def _table(folder: Path) -> TermTable:
    terms = json.loads((folder / TERMS).read_text(encoding="utf-8"))
    with np.load(folder / COUNTS, allow_pickle=False) as counts:
        return TermTable(
            tuple(terms), counts["starts"], counts["ids"], counts["counts"], counts["in_body"]
        )
