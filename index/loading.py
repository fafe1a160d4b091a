"""A file's bytes, read within limits: nothing that a name can stand for makes this hang or swell."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ReadError

_CHUNK = 1 << 24
"""Bytes asked for at once: a file that shrinks meanwhile costs no more memory than it has."""

_OPENING = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that took the file's place must not be waited for
    | getattr(os, "O_NOCTTY", 0)  # nor a terminal become this process's own
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was when it was read."""

    data: bytes = field(repr=False)
    sha256: str
    """Of ``data``."""
    size: int
    modified_ns: int
    """When it was last changed; 0 for bytes that come from no file."""


def load(path: Path, *, max_bytes: int) -> Loaded:
    """Read a file that is no larger than ``max_bytes``.

    One that grows meanwhile is read up to where it ended before. Size and time are those from
    before the reading: they differ from the file's if it has changed since.

    Raises:
        ReadError: it is no regular file, too large, missing or not permitted.
    """
    try:
        # Looked at by name first: merely opening a device can have an effect.
        _check(path, path.stat(), max_bytes)
        descriptor = os.open(path, _OPENING)
        try:
            status = os.fstat(descriptor)
            _check(path, status, max_bytes)
            data = _read(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise ReadError(str(path), "there is no such file") from error
    except PermissionError as error:
        raise ReadError(str(path), "this file may not be read (permission denied)") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) else None
        raise ReadError(str(path), (reason or str(error)).lower()) from error
    return Loaded(data, hashlib.sha256(data).hexdigest(), status.st_size, status.st_mtime_ns)


def loaded(data: bytes, name: str, *, max_bytes: int) -> Loaded:
    """Bytes that somebody sent, as if they had been read from a file.

    Raises:
        ReadError: they are too many.
    """
    if len(data) > max_bytes:
        raise ReadError(name, too_large(len(data), max_bytes))
    return Loaded(data, hashlib.sha256(data).hexdigest(), len(data), 0)


def too_large(size: int, max_bytes: int) -> str:
    """Why a file of ``size`` bytes is refused."""
    return (
        f"{size / 1024 / 1024:.0f} MB is over the limit of {max_bytes / 1024 / 1024:.0f} MB a file;"
        " set QA_MAX_FILE_MB to a larger number to read it all the same"
    )


def _check(path: Path, status: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(str(path), "a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(str(path), "not a regular file")
    if status.st_size > max_bytes:
        raise ReadError(str(path), too_large(status.st_size, max_bytes))


def _read(descriptor: int, size: int) -> bytes:
    """At most ``size`` bytes."""
    pieces = []
    while size > 0 and (piece := os.read(descriptor, min(size, _CHUNK))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
