"""An index on disk: one folder, written whole or not at all.

    folder/
      manifest.json         what the index is, and which snapshot is the current one
      snapshot-<random>/    documents.jsonl, passages.jsonl, vectors.faiss, wording.json, bm25/
      lock                  held while writing

A save writes a new snapshot beside the old one and then puts the manifest in place with one
rename, so a process killed at any moment leaves the old index or the new one. Snapshots that no
manifest names are removed by the next save. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import DamagedIndexError, FormatError, StoreError

FORMAT = 2
"""The version of the layout above. An index of another version is built anew."""

MANIFEST = "manifest.json"
SNAPSHOT_PREFIX = "snapshot-"
LOCK_SECONDS = 60.0
"""How long a save waits for another one to finish."""

_REBUILD = "build it again with `python -m qa index`, or delete the folder"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a saved index is.

    Attributes:
        format: the layout's version.
        snapshot: the folder that holds the files.
        model: the embedding model's name.
        fingerprint: the embedding model's fingerprint.
        dimension: numbers in a vector.
        chunking: how documents were cut.
        reading: how files were read.
        passages: how many there are.
        sources: path, SHA-256 and document id of each file.
        files: SHA-256 of each file in the snapshot, by its path there.
    """

    format: int
    snapshot: str
    model: str
    fingerprint: str
    dimension: int
    chunking: str
    reading: str
    passages: int
    sources: list[dict[str, str]]
    files: dict[str, str]


def exists(folder: Path) -> bool:
    """Whether an index was saved in ``folder``."""
    return (folder / MANIFEST).is_file()


def write(folder: Path, write_files: Callable[[Path], None], **facts: Any) -> Manifest:
    """Save an index.

    Args:
        folder: made when missing; what else lies in it is left alone.
        write_files: writes the index's files into the empty folder that it is given.
        facts: the manifest's other fields.

    Raises:
        StoreError: another process has been writing for a minute.
        OSError: the disk is full or may not be written. The old index is still in place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", timeout=LOCK_SECONDS)
    try:
        with lock:
            return _write_locked(folder, write_files, facts)
    except Timeout as error:
        raise StoreError(
            f"{folder}: another process has been writing this index for"
            f" {LOCK_SECONDS:.0f} seconds; try again when it is done"
        ) from error


def read_manifest(folder: Path) -> Manifest:
    """Read what a saved index is.

    Raises:
        StoreError: there is no index in ``folder``.
        DamagedIndexError: the manifest is not what was written.
        FormatError: it was written by another version.
    """
    try:
        facts = json.loads(_text_of(folder / MANIFEST))
        version = facts["format"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(f"{folder}: no index here; build one with `python -m qa index`") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedIndexError(f"{folder / MANIFEST}: damaged; {_REBUILD}") from error
    if version != FORMAT:
        raise FormatError(
            f"{folder}: this index has format {version}, and this version of the program reads"
            f" format {FORMAT}; {_REBUILD}"
        )
    try:
        return Manifest(**facts)
    except TypeError as error:
        raise DamagedIndexError(f"{folder / MANIFEST}: damaged; {_REBUILD}") from error


def check_files(folder: Path, manifest: Manifest) -> Path:
    """Compare every file of a snapshot with its SHA-256.

    Returns:
        The snapshot's folder.

    Raises:
        DamagedIndexError: a file is missing or changed.
    """
    snapshot = folder / manifest.snapshot
    for name, sha256 in manifest.files.items():
        try:
            found = _sha256(snapshot / name)
        except OSError as error:
            raise DamagedIndexError(f"{snapshot / name}: missing; {_REBUILD}") from error
        if found != sha256:
            raise DamagedIndexError(f"{snapshot / name}: changed since it was written; {_REBUILD}")
    return snapshot


def _write_locked(
    folder: Path, write_files: Callable[[Path], None], facts: dict[str, Any]
) -> Manifest:
    snapshot = folder / f"{SNAPSHOT_PREFIX}{secrets.token_hex(8)}"
    snapshot.mkdir()
    try:
        write_files(snapshot)
        files = {}
        for path in sorted(path for path in snapshot.rglob("*") if path.is_file()):
            _flush(path)
            files[path.relative_to(snapshot).as_posix()] = _sha256(path)
        for path in [*snapshot.rglob("*/"), snapshot, folder]:
            _flush(path)
        manifest = Manifest(format=FORMAT, snapshot=snapshot.name, files=files, **facts)
        draft = folder / f"{MANIFEST}.draft"
        # File names need not be UTF-8; "surrogatepass" keeps those that are not.
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        draft.write_text(text, encoding="utf-8", errors="surrogatepass")
        _flush(draft)
    except BaseException:
        shutil.rmtree(snapshot, ignore_errors=True)
        raise
    # With this rename the new index is the index, whatever happens after it.
    draft.replace(folder / MANIFEST)
    _flush(folder)
    _remove_other_snapshots(folder, keep=snapshot)
    return manifest


def _remove_other_snapshots(folder: Path, keep: Path) -> None:
    for path in folder.glob(f"{SNAPSHOT_PREFIX}*"):
        if path != keep and path.is_dir():
            # What cannot be removed now, the next save tries again.
            shutil.rmtree(path, ignore_errors=True)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogatepass")


def _flush(path: Path) -> None:
    """Have the system write a file, or a folder's list of files, to the disk."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
