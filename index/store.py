"""An index on disk: one folder, changed whole or not at all.

    folder/
      manifest.json        what the index is, and which segments it has, behind a checksum of that
      segment-<random>/    some of the documents, and what searching them takes (``index.segments``)
      lock, lock-holder    held while writing, and by whom

A save writes the documents that no segment has yet into new segments, and then puts the manifest in
place with one rename, so a process killed at any moment leaves the old index or the new one. A segment
never changes: one that has a document too many is written again without it. Segments that no manifest
names are removed by the next save. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.entries import IndexedDocument
from index.errors import DamagedIndexError, StoreError
from index.manifest import (
    MANIFEST,
    REBUILD,
    SEGMENT_PREFIX,
    Facts,
    Manifest,
    StoredSegment,
    as_text,
    exists,
    read_manifest,
)
from index.segments import read_segment, write_segment

LOCK, HOLDER = "lock", "lock-holder"
LOCK_SECONDS = 60.0
"""How long a save waits for another one to finish."""
SEGMENT_PASSAGES = 4096
"""A segment is closed at so many passages: a change of one document writes so many again, at most."""
SMALL = SEGMENT_PASSAGES // 2
"""A segment of fewer passages is taken into the next one that is written, so that there are few."""


def write(
    folder: Path, entries: Sequence[IndexedDocument], facts: Facts, *, anew: bool = False
) -> Manifest:
    """Save an index.

    Args:
        folder: made when missing; what else lies in it is left alone.
        entries: its documents, in their order.
        facts: what else it is.
        anew: keep nothing of what is there already.

    Raises:
        StoreError: another process has been writing for a minute; the message says which.
        OSError: the disk is full or may not be written. The old index is still in place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        return _write_locked(
            folder, entries, facts, [] if anew else _reusable(folder, entries, facts)
        )


def is_kept(folder: Path, entries: Sequence[IndexedDocument]) -> bool:
    """Whether the index in a folder is, by its manifest, of exactly these documents."""
    try:
        manifest = read_manifest(folder)
    except StoreError:  # what cannot be read keeps nothing
        return False
    return manifest.documents == list(dict.fromkeys(map(digest, entries)))


def sweep(folder: Path) -> None:
    """Remove what a process left that was killed while it wrote.

    Raises:
        StoreError: another process has been writing for a minute.
    """
    if exists(folder) and strays(folder, read_manifest(folder)):
        with _locked(folder):
            _sweep_locked(folder, read_manifest(folder))


def remove(folder: Path) -> None:
    """Remove an index; what else lies in its folder is left alone.

    Raises:
        StoreError: another process has been writing for a minute.
        OSError: it may not be removed.
    """
    with _locked(folder):
        (folder / MANIFEST).unlink(missing_ok=True)
        for path in folder.glob(f"{SEGMENT_PREFIX}*"):
            path.unlink() if path.is_symlink() else shutil.rmtree(path)


def read(folder: Path, manifest: Manifest) -> list[IndexedDocument]:
    """The documents of an index, in their order.

    Raises:
        DamagedIndexError: a file is missing or changed; the message names it.
    """
    found: dict[str, IndexedDocument] = {}
    for segment in manifest.segments:
        found |= read_stored(folder, segment)
    try:
        return [found[each] for each in manifest.documents]
    except KeyError as error:
        raise DamagedIndexError(f"{folder}: document {error} is missing; {REBUILD}") from error


def read_undamaged(folder: Path, manifest: Manifest) -> list[IndexedDocument]:
    """The documents of an index whose files are as they were written."""
    found: dict[str, IndexedDocument] = {}
    for segment in manifest.segments:
        try:
            found |= read_stored(folder, segment)
        except DamagedIndexError:
            continue  # what is not found here is built anew
    return [found[each] for each in manifest.documents if each in found]


def read_stored(folder: Path, segment: StoredSegment) -> dict[str, IndexedDocument]:
    """The documents of one segment, by their digests.

    Raises:
        DamagedIndexError: a file of it is missing or changed; the message names it.
    """
    check_files(folder, segment)
    try:
        entries = list(read_segment(folder / segment.name))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DamagedIndexError(f"{folder / segment.name}: {error}; {REBUILD}") from error
    digests = [digest(entry) for entry in entries]
    if digests != segment.documents or segment.passages != sum(len(e.passages) for e in entries):
        raise DamagedIndexError(
            f"{folder / segment.name}: not the documents that the manifest names; {REBUILD}"
        )
    return dict(zip(digests, entries, strict=True))


def check_files(folder: Path, segment: StoredSegment) -> None:
    """Compare every file of a segment with its SHA-256.

    Raises:
        DamagedIndexError: a file is missing or changed; the message names it.
    """
    for name, sha256 in segment.files.items():
        path = folder / segment.name / name
        try:
            found = _sha256(path)
        except OSError as error:
            raise DamagedIndexError(f"{path}: missing; {REBUILD}") from error
        if found != sha256:
            raise DamagedIndexError(f"{path}: changed since it was written; {REBUILD}")


def strays(folder: Path, manifest: Manifest) -> list[Path]:
    """What lies in an index's folder, looks like a part of it, and is none."""
    known = {segment.name: segment.files for segment in manifest.segments}
    found = [path for path in folder.glob(f"{SEGMENT_PREFIX}*") if path.name not in known]
    found += folder.glob(f"{MANIFEST}.draft")
    for name, files in known.items():
        # What a link leads to is not the index's to remove.
        if not (folder / name).is_symlink():
            found += [path for path in (folder / name).glob("*") if path.name not in files]
    return sorted(found)


def left_over(folder: Path) -> list[Path]:
    """The strays of an index that nobody is writing at this moment.

    Raises:
        StoreError: another process has been writing for a minute, or the manifest cannot be used.
        OSError: strays were seen, but not with the lock that tells whether they are being written.
    """
    if not strays(folder, read_manifest(folder)):
        return []
    with _locked(folder):
        return strays(folder, read_manifest(folder))


def foreign(folder: Path) -> list[Path]:
    """What lies in an index's folder and does not even look like a part of one."""
    ours = (MANIFEST, f"{MANIFEST}.draft", LOCK, HOLDER)
    return sorted(
        path
        for path in folder.iterdir()
        if path.name not in ours and not path.name.startswith(SEGMENT_PREFIX)
    )


def digest(entry: IndexedDocument) -> str:
    """What tells documents apart in the store: their content, and under which names they go."""
    document = entry.document
    named = (document.id, document.path, document.title, document.also)
    return hashlib.sha256(repr(named).encode("utf-8", "surrogatepass")).hexdigest()[:32]


# -- writing ----------------------------------------------------------------------------------------


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        with FileLock(folder / LOCK, timeout=LOCK_SECONDS):
            holder = folder / HOLDER
            try:
                holder.write_text(f"process {os.getpid()} on {platform.node()}", encoding="utf-8")
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout as error:
        raise StoreError(
            f"{folder}: {_holder(folder)} has been writing this index for"
            f" {LOCK_SECONDS:.0f} seconds; try again when it is done"
        ) from error


def _holder(folder: Path) -> str:
    try:
        return (folder / HOLDER).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "another process"


def _write_locked(
    folder: Path,
    entries: Sequence[IndexedDocument],
    facts: Facts,
    kept: Sequence[StoredSegment],
) -> Manifest:
    wanted = {digest(entry): entry for entry in entries}
    known = {name for segment in kept for name in segment.documents}
    missing = [(name, entry) for name, entry in wanted.items() if name not in known]
    if missing:
        small = [segment for segment in kept if segment.passages < SMALL]
        kept = [segment for segment in kept if segment not in small]
        missing += [(name, wanted[name]) for segment in small for name in segment.documents]
    written: list[StoredSegment] = []
    try:
        for some in _packed(missing):
            written.append(_write_segment(folder, some, facts.dimension))
        manifest = Manifest(facts, list(wanted), [*kept, *written])
        draft = _draft(folder, manifest)
    except BaseException:
        _remove(folder, written)
        raise
    try:
        # With this rename the new index is the index, whatever happens after it.
        draft.replace(folder / MANIFEST)
    except OSError:  # and nothing else: an interruption may come when it is done
        _remove(folder, written)
        draft.unlink(missing_ok=True)
        raise
    _flush(folder)
    _sweep_locked(folder, manifest)
    return manifest


def _reusable(
    folder: Path, entries: Sequence[IndexedDocument], facts: Facts
) -> list[StoredSegment]:
    """The segments that are there already, undamaged, and have no document too many."""
    wanted = set(map(digest, entries))
    try:
        manifest = read_manifest(folder)
    except StoreError:  # there is none, or none that is of use: everything is written anew
        return []
    if manifest.facts.kind != facts.kind:
        return []
    kept = []
    for segment in manifest.segments:
        if wanted.issuperset(segment.documents):
            try:
                check_files(folder, segment)
            except DamagedIndexError:
                continue  # written anew
            kept.append(segment)
    return kept


def _packed(
    entries: Sequence[tuple[str, IndexedDocument]],
) -> Iterator[list[tuple[str, IndexedDocument]]]:
    """Documents in portions of a segment each."""
    some: list[tuple[str, IndexedDocument]] = []
    size = 0
    for name, entry in entries:
        if some and size + len(entry.passages) > SEGMENT_PASSAGES:
            yield some
            some, size = [], 0
        some.append((name, entry))
        size += len(entry.passages)
    if some:
        yield some


def _write_segment(
    folder: Path, entries: Sequence[tuple[str, IndexedDocument]], dimension: int
) -> StoredSegment:
    segment = folder / f"{SEGMENT_PREFIX}{secrets.token_hex(8)}"
    segment.mkdir()
    try:
        write_segment(segment, [entry for _, entry in entries], dimension)
        files = {}
        for path in sorted(segment.iterdir()):
            _flush(path)
            files[path.name] = _sha256(path)
        _flush(segment)
    except BaseException:
        shutil.rmtree(segment, ignore_errors=True)
        raise
    passages = sum(len(entry.passages) for _, entry in entries)
    return StoredSegment(segment.name, passages, [name for name, _ in entries], files)


def _draft(folder: Path, manifest: Manifest) -> Path:
    _flush(folder)
    draft = folder / f"{MANIFEST}.draft"
    try:
        draft.write_text(as_text(manifest), encoding="utf-8", errors="surrogatepass")
        _flush(draft)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _remove(folder: Path, written: Sequence[StoredSegment]) -> None:
    for segment in written:
        shutil.rmtree(folder / segment.name, ignore_errors=True)


def _sweep_locked(folder: Path, manifest: Manifest) -> None:
    for path in strays(folder, manifest):
        # What cannot be removed now, the next save tries again.
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


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
