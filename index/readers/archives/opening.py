"""Which kind of archive it is, and what is in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from index.errors import ReadError
from index.readers.archives import tar_files, zip_files
from index.readers.archives.limits import MAX_MEMBER_BYTES, TOTAL_FACTOR, Budget
from index.readers.archives.member import Member, presentable

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
SUFFIXES = (".zip", *_TAR_SUFFIXES, ".gz", ".bz2", ".xz")
"""The name endings of archives, in lower case."""


def is_archive(path: str) -> bool:
    """Whether a file of this name is taken for an archive."""
    return path.lower().endswith(SUFFIXES)


def members(
    data: bytes | Path,
    path: str,
    *,
    max_bytes: int = MAX_MEMBER_BYTES,
    budget: Budget | None = None,
    password: str = "",
) -> Iterator[Member]:
    """The regular files of an archive, each with its name inside.

    Hidden ones (".git/…", "__MACOSX/…") are left out. Those of a ZIP come in the order of their
    names; those of a TAR as they stand in it, because it can only be read from front to back.

    Args:
        data: the archive, or where it lies.
        path: its name, for errors; its ending decides where the bytes do not.
        max_bytes: the largest file that is unpacked.
        budget: what may be unpacked in all; by default ``TOTAL_FACTOR`` such files.
        password: for a ZIP that asks for one.

    Raises:
        ReadError: it is no archive, or damaged from its beginning.
    """
    budget = budget or Budget(TOTAL_FACTOR * max_bytes)
    with _opened(data, path) as file:
        head = file.read(8)
        file.seek(0)
        if not head:
            raise ReadError(path, "the file is empty")
        packed = tar_files.is_packed(head)
        if head.startswith(b"PK") or (path.lower().endswith(".zip") and not packed):
            found = zip_files.members(file, path, max_bytes, budget, password)
        else:
            is_tar = path.lower().endswith(_TAR_SUFFIXES)
            found = tar_files.members(file, path, max_bytes, budget, is_tar=is_tar)
        yield from presentable(found, path, budget)


def _opened(data: bytes | Path, path: str) -> IO[bytes]:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    try:
        return data.open("rb")
    except OSError as error:
        raise ReadError(path, (error.strerror or str(error)).lower()) from error
