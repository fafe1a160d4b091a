"""What a saved index is: its manifest, a line with its format and checksum and then JSON."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import DamagedIndexError, FormatError, StoreError
from index.segments import NAMES

FORMAT = 2
"""The version of the layout that ``index.store`` describes. An index of another version is built anew."""

MANIFEST = "manifest.json"
SEGMENT_PREFIX = "segment-"
REBUILD = "build it again with `python -m qa index`, or delete the folder"

_SEGMENT = re.compile(rf"{SEGMENT_PREFIX}[0-9a-f]{{16}}")


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment, as the manifest has it.

    Attributes:
        name: its folder.
        passages: how many it has.
        documents: the digest of each of its documents.
        files: SHA-256 of each of its files, by its name.
    """

    name: str
    passages: int
    documents: list[str]
    files: dict[str, str]


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
    sources: list[dict[str, Any]]

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
        text = path.read_text(encoding="utf-8", errors="surrogatepass")
        head, _, body = text.partition("\n")
        version = json.loads(head if body.startswith("{") else text)["format"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(f"{folder}: no index here; build one with `python -m qa index`") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedIndexError(f"{path}: damaged; {REBUILD}") from error
    if version != FORMAT:
        raise FormatError(
            f"{folder}: this index has format {version}, and this version of the program reads"
            f" format {FORMAT}; {REBUILD}"
        )
    if text != _with_head(body):
        raise DamagedIndexError(f"{path}: damaged; {REBUILD}")
    try:
        manifest = _manifest(json.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedIndexError(f"{path}: damaged; {REBUILD}") from error
    if not all(map(_is_inside, manifest.segments)):
        raise DamagedIndexError(f"{path}: names files that are none of an index's; {REBUILD}")
    return manifest


def as_text(manifest: Manifest) -> str:
    """What :func:`read_manifest` reads."""
    return _with_head(json.dumps(_as_facts(manifest), ensure_ascii=False))


def _as_facts(manifest: Manifest) -> dict[str, Any]:
    # Not dataclasses.asdict, which would copy what is known of each of many thousand files.
    return {
        "facts": _fields(manifest.facts),
        "documents": manifest.documents,
        "segments": [_fields(segment) for segment in manifest.segments],
    }


def _fields(value: Facts | StoredSegment) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _manifest(facts: dict[str, Any]) -> Manifest:
    segments = [StoredSegment(**segment) for segment in facts["segments"]]
    return Manifest(Facts(**facts["facts"]), facts["documents"], segments)


def _is_inside(segment: StoredSegment) -> bool:
    """Whether a segment's names lead nowhere but into the index's folder.

    An index may come from a stranger, and what a segment's folder holds too much is removed.
    """
    return bool(_SEGMENT.fullmatch(segment.name)) and set(segment.files) == set(NAMES)


def _with_head(body: str) -> str:
    """A manifest's text behind a line that says its format and checksum."""
    # File names need not be UTF-8; "surrogatepass" keeps those that are not.
    sha256 = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    return json.dumps({"format": FORMAT, "sha256": sha256}) + "\n" + body
