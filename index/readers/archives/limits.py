"""How much an archive may unpack to: a few kilobytes can hold what fills any memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from index.errors import ReadError

MAX_MEMBERS = 100_000
"""Files in an archive and the archives in it; what comes after them is reported as one problem."""

MAX_MEMBER_BYTES = 20 * 1024 * 1024
"""A larger file in an archive is refused, as one outside is (``index.readers.MAX_FILE_BYTES``)."""

TOTAL_FACTOR = 20
"""All files of an archive together may be this many times as large as the largest one: 400 MB."""

MAX_RATIO = 500
"""What unpacks to more than this many times its size, and to over a megabyte, is refused.

Text packs 3- to 20-fold, a table of repeated rows perhaps 200-fold, a file of zeros 1,000-fold.
"""

SWELLS = "it unpacks to hundreds of times its size, as files made to do harm do"
"""The reason for refusing what :func:`swells` finds."""

_MIB = 1024 * 1024
_CHUNK = 64 * 1024


class Readable(Protocol):
    """What is read from front to back."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""


@dataclass(slots=True)
class Budget:
    """What may still be unpacked; one is shared by an archive and the archives in it."""

    bytes: int
    members: int = MAX_MEMBERS

    def take(self, size: int, path: str) -> None:
        """Count bytes that were unpacked.

        Raises:
            ReadError: they are more than what was left.
        """
        self.bytes -= size
        if self.bytes < 0:
            raise ReadError(
                path, "the archive holds more than may be read at once; unpack it into a folder"
            )


def too_large(size: int, max_bytes: int) -> str | None:
    """Why a file of this size is not read, if it is not."""
    if size <= max_bytes:
        return None
    return (
        f"{size / _MIB:.0f} MB is over the limit of {max_bytes / _MIB:.0f} MB a file;"
        " set QA_MAX_FILE_MB to a larger number to read it all the same"
    )


def swells(unpacked: int, packed: int) -> bool:
    """Whether the sizes are those of a file made to fill a memory."""
    return unpacked > _MIB and unpacked > MAX_RATIO * max(packed, 1)


def read_limited(file: Readable, path: str, max_bytes: int, budget: Budget | None) -> bytes:
    """Read to the end of a file that is unpacked while it is read.

    Args:
        file: the file.
        path: its name, for the error.
        max_bytes: the most that is read.
        budget: what it counts against; None where something else counts.

    Raises:
        ReadError: it is larger than allowed.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if budget is not None:
            budget.take(len(chunk), path)
        if size > max_bytes:
            raise ReadError(path, f"it unpacks to more than {max_bytes / _MIB:.0f} MB a file")
        chunks.append(chunk)
    return b"".join(chunks)
