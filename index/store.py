"""An index on disk: one folder, changed whole or not at all.

    folder/
      manifest.json        what the index is, and which segments it has, behind a checksum of that
      segment-<random>/    some of the documents, and what searching them takes (``index.segments``)
      lock, lock-holder    held while writing, and by whom

A save writes the documents that no segment has yet into new segments, and then puts the manifest in
place with one rename, so a process killed at any moment leaves the old index or the new one. A segment
never changes: one that has a document too many is written again without it. Segments that no manifest
names are removed by the next save; who has them open goes on reading them (``index.segments``). Nothing is
ever unpickled.

Opening reads the manifest and of each segment ``columns.bin``, and compares them with their checksums; of
every other file it compares the size, and, where all files together are small (:data:`HASHED_BYTES`), the
checksum. In a larger index every document is compared with its own checksum when it is decoded, so that
no citation can be wrong; damage to the rest, which costs the order of what is found, is found by
``index.verify``, and by a save before it writes a segment again.
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

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.entries import Record
from index.errors import REBUILD, DamagedIndexError, StoreError
from index.lazy import Recent
from index.manifest import (
    MANIFEST,
    SEGMENT_PREFIX,
    Facts,
    Manifest,
    StoredSegment,
    as_bytes,
    exists,
    read_manifest,
)
from index.segments import (
    CHANGED,
    RECENT_BYTES,
    Content,
    MappedDocument,
    MappedSegment,
    Segment,
)
from index.tables import SEGMENT_PASSAGES, Tables, portions

LOCK, HOLDER = "lock", "lock-holder"
LOCK_SECONDS = 60.0
"""How long a save waits for another one to finish."""
HASHED_BYTES = 64 * 1024 * 1024
"""An index of so many bytes or fewer is compared with its checksums whole when it is opened."""
SMALL = SEGMENT_PASSAGES // 2
"""A segment of fewer passages is taken into the next one that is written, so that there are few."""


def write(folder: Path, entries: Sequence[Record], facts: Facts, *, anew: bool = False) -> Manifest:
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


def is_kept(folder: Path, entries: Sequence[Record]) -> bool:
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


def read(folder: Path, manifest: Manifest) -> Tables:
    """What searching the documents of an index takes; none of them is decoded.

    Raises:
        DamagedIndexError: a file is missing or changed; the message names it.
    """
    whole = is_hashed(manifest)
    recent: Recent[Content] = Recent(RECENT_BYTES)
    segments = [_mapped(folder, each, recent, whole=whole) for each in manifest.segments]
    return Tables.stored(segments, _numbers(folder, manifest))


def is_hashed(manifest: Manifest) -> bool:
    """Whether an index is small enough to be compared with its checksums whole."""
    return sum(sum(each.sizes.values()) for each in manifest.segments) <= HASHED_BYTES


def read_undamaged(folder: Path, manifest: Manifest) -> list[Record]:
    """The documents of an index whose files are as they were written."""
    found: dict[str, Record] = {}
    for segment in manifest.segments:
        try:
            found |= read_stored(folder, segment)
        except DamagedIndexError:
            continue  # what is not found here is built anew
    return [found[each] for each in manifest.documents if each in found]


def read_stored(folder: Path, segment: StoredSegment) -> dict[str, Record]:
    """The documents of one segment, by their digests, after all of it was compared.

    Raises:
        DamagedIndexError: a file of it is missing or changed; the message names it.
    """
    mapped = _mapped(folder, segment, Recent(RECENT_BYTES), whole=True)
    if [mapped.label(number).digest for number in range(len(mapped))] != segment.documents:
        raise _other_documents(folder / segment.name)
    return dict(zip(segment.documents, mapped.records, strict=True))


def _mapped(
    folder: Path, segment: StoredSegment, recent: Recent[Content], *, whole: bool
) -> MappedSegment:
    check_files(folder, segment, whole=whole)
    try:
        mapped = MappedSegment(folder / segment.name, segment.documents, segment.files, recent)
        if whole:
            mapped.check()
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DamagedIndexError(f"{folder / segment.name}: {error}; {REBUILD}") from error
    if mapped.size != segment.passages:
        raise _other_documents(folder / segment.name)
    return mapped


def _other_documents(place: Path) -> DamagedIndexError:
    return DamagedIndexError(f"{place}: not the documents that the manifest names; {REBUILD}")


def _numbers(folder: Path, manifest: Manifest) -> NDArray[np.int64] | None:
    """Of each document its number, counted segment after segment; None where it is its place."""
    stored = [name for segment in manifest.segments for name in segment.documents]
    if stored == manifest.documents:
        return None
    numbers = {name: number for number, name in enumerate(stored)}
    try:
        found = np.array([numbers[name] for name in manifest.documents], np.int64)
    except KeyError as error:
        raise DamagedIndexError(f"{folder}: document {error} is missing; {REBUILD}") from error
    if not len(numbers) == len(stored) == len(set(manifest.documents)):
        raise _other_documents(folder)
    return found


def check_files(folder: Path, segment: StoredSegment, *, whole: bool = True) -> None:
    """Compare the files of a segment with what the manifest says of them.

    Args:
        folder: the index's.
        segment: what the manifest says.
        whole: with their SHA-256, and not only with their sizes.

    Raises:
        DamagedIndexError: a file is missing or changed; the message names it.
    """
    for name, sha256 in segment.files.items():
        path = folder / segment.name / name
        try:
            same = path.stat().st_size == segment.sizes[name]
            if same and whole:
                same = _sha256(path) == sha256
        except OSError as error:
            raise DamagedIndexError(f"{path}: missing; {REBUILD}") from error
        if not same:
            raise DamagedIndexError(f"{path}: {CHANGED}")


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


def digest(entry: Record) -> str:
    """What tells documents apart in the store: their content, and under which names they go."""
    return entry.digest


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
    entries: Sequence[Record],
    facts: Facts,
    kept: Sequence[StoredSegment],
) -> Manifest:
    wanted = {digest(entry): entry for entry in entries}
    known = {name for segment in kept for name in segment.documents}
    missing = [entry for name, entry in wanted.items() if name not in known]
    if missing:
        small = [segment for segment in kept if segment.passages < SMALL]
        kept = [segment for segment in kept if segment not in small]
        missing += [wanted[name] for segment in small for name in segment.documents]
    _compare_sources(missing)
    written: list[StoredSegment] = []
    try:
        for some in portions(missing, SEGMENT_PASSAGES):
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


def _reusable(folder: Path, entries: Sequence[Record], facts: Facts) -> list[StoredSegment]:
    """The segments that are there already, undamaged, and have no document too many."""
    wanted = set(map(digest, entries))
    try:
        manifest = read_manifest(folder)
    except StoreError:  # there is none, or none that is of use: everything is written anew
        return []
    if manifest.facts.kind != facts.kind:
        return []
    kept = []
    whole = is_hashed(manifest)
    for segment in manifest.segments:
        if wanted.issuperset(segment.documents):
            try:
                check_files(folder, segment, whole=whole)
            except DamagedIndexError:
                continue  # written anew
            kept.append(segment)
    return kept


def _compare_sources(records: Sequence[Record]) -> None:
    """See that nothing damaged is written again, behind a checksum that would be right.

    Raises:
        DamagedIndexError: a file that records lie in is changed.
    """
    for segment in {each.segment for each in records if isinstance(each, MappedDocument)}:
        segment.compare()


def _write_segment(folder: Path, records: Sequence[Record], dimension: int) -> StoredSegment:
    segment = folder / f"{SEGMENT_PREFIX}{secrets.token_hex(8)}"
    segment.mkdir()
    try:
        write_segment(segment, records, dimension)
        files, sizes = {}, {}
        for path in sorted(segment.iterdir()):
            _flush(path)
            files[path.name] = _sha256(path)
            sizes[path.name] = path.stat().st_size
        _flush(segment)
    except BaseException:
        shutil.rmtree(segment, ignore_errors=True)
        raise
    passages = sum(record.size for record in records)
    return StoredSegment(segment.name, passages, list(map(digest, records)), files, sizes)


def write_segment(folder: Path, records: Sequence[Record], dimension: int) -> None:
    """Write documents into an empty folder, as a segment.

    Raises:
        OSError: it cannot be written.
    """
    Segment.of(records, dimension).write(folder)


def _draft(folder: Path, manifest: Manifest) -> Path:
    _flush(folder)
    draft = folder / f"{MANIFEST}.draft"
    try:
        draft.write_bytes(as_bytes(manifest))
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
