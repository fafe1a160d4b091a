"""What a saved index is: its manifest, three lines of JSON.

The first line has the format, and the SHA-256 of the others; the second what the index is and which
segments it has; the third what each of the user's files was, which is not parsed until it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import REBUILD, DamagedIndexError, FormatError, StoreError
from index.lazy import Deferred
from index.segments import NAMES
from index.serial import line, parsed

FORMAT = 3
"""The version of the layout that ``index.store`` describes. An index of another version is built anew."""

MANIFEST = "manifest.json"
SEGMENT_PREFIX = "segment-"

_SEGMENT = re.compile(rf"{SEGMENT_PREFIX}[0-9a-f]{{16}}")


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment, as the manifest has it.

    Attributes:
        name: its folder.
        passages: how many it has.
        documents: the digest of each of its documents.
        files: SHA-256 of each of its files, by its name.
        sizes: bytes of each of its files, by its name.
    """

    name: str
    passages: int
    documents: list[str]
    files: dict[str, str]
    sizes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an index is, beside its documents.

    Attributes:
        model: the embedding model's name.
        fingerprint: the embedding model's fingerprint.
        dimension: numbers in a vector.
        chunking: how documents were cut.
        reading: how files were read.
        sources: what each file was when it was read (``index.files.Source``).
    """

    model: str
    fingerprint: str
    dimension: int
    chunking: str
    reading: str
    sources: Sequence[dict[str, Any]]

    @property
    def kind(self) -> tuple[object, ...]:
        """What a segment of one index must share with another's to be taken over."""
        return self.model, self.fingerprint, self.dimension, self.chunking


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a saved index is.

    Attributes:
        facts: what it is, beside its documents.
        documents: the digest of each document, in their order.
        segments: where they are.
    """

    facts: Facts
    documents: list[str]
    segments: list[StoredSegment]


def exists(folder: Path) -> bool:
    """Whether an index was saved in ``folder``."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read what a saved index is.

    Raises:
        StoreError: there is no index in ``folder``.
        DamagedIndexError: the manifest is not what was written.
        FormatError: it was written by another version.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        head, _, body = data.partition(b"\n")
        version = json.loads(head if body.startswith(b"{") else data)["format"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(f"{folder}: no index here; build one with `python -m qa index`") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedIndexError(f"{path}: damaged; {REBUILD}") from error
    if version != FORMAT:
        raise FormatError(
            f"{folder}: this index has format {version}, and this version of the program reads"
            f" format {FORMAT}; {REBUILD}"
        )
    if data != _with_head(body):
        raise DamagedIndexError(f"{path}: damaged; {REBUILD}")
    index, _, sources = body.partition(b"\n")
    try:
        manifest = _manifest(parsed(index), sources)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedIndexError(f"{path}: damaged; {REBUILD}") from error
    if not all(map(_is_inside, manifest.segments)):
        raise DamagedIndexError(f"{path}: names files that are none of an index's; {REBUILD}")
    return manifest


def as_bytes(manifest: Manifest) -> bytes:
    """What :func:`read_manifest` reads."""
    # Not dataclasses.asdict, which would copy what is known of each of many thousand files.
    facts = {name: value for name, value in _fields(manifest.facts).items() if name != "sources"}
    index = {
        "facts": facts,
        "documents": manifest.documents,
        "segments": [_fields(segment) for segment in manifest.segments],
    }
    return _with_head(line(index) + line(list(manifest.facts.sources)))


def _fields(value: Facts | StoredSegment) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _manifest(index: dict[str, Any], sources: bytes) -> Manifest:
    segments = [StoredSegment(**segment) for segment in index["segments"]]
    facts = Facts(**index["facts"], sources=Deferred(lambda: parsed(sources)))
    return Manifest(facts, index["documents"], segments)


def _is_inside(segment: StoredSegment) -> bool:
    """Whether a segment's names lead nowhere but into the index's folder.

    An index may come from a stranger, and what a segment's folder holds too much is removed.
    """
    return (
        bool(_SEGMENT.fullmatch(segment.name))
        and set(segment.files) == set(NAMES)
        and set(segment.sizes) == set(NAMES)
    )


def _with_head(body: bytes) -> bytes:
    """A manifest's bytes behind a line that says its format and checksum."""
    head = {"format": FORMAT, "sha256": hashlib.sha256(body).hexdigest()}
    return json.dumps(head).encode() + b"\n" + body
