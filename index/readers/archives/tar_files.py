"""The files of a TAR, packed or not, read once from front to back; and a single packed file."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import PurePath
from typing import IO

from index.errors import ReadError
from index.readers.archives.limits import (
    SWELLS,
    Budget,
    read_limited,
    swells,
    too_large,
)
from index.readers.archives.member import Member, refused
from index.readers.archives.zip_files import BROKEN

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_HEADER_LIMIT = 1024 * 1024
"""A longer description of one file is not read: tarfile would hold it in memory."""

_CUT = "the archive is cut short or damaged; some of its files are lost"
_HEADERS = {
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
}


def is_packed(head: bytes) -> bool:
    """Whether a file begins as GZ, BZ2 and XZ do."""
    return head.startswith((_GZIP, _BZIP2, _XZ))


def members(
    file: IO[bytes], path: str, max_bytes: int, budget: Budget, *, is_tar: bool
) -> Iterator[Member]:
    """The files of a TAR as they stand in it, or the one file that was packed.

    See ``index.readers.archives.members``.
    """
    stream = _Counted(file, path, budget)
    try:
        head = stream.peek()
    except (*BROKEN, RecursionError) as error:
        raise ReadError(path, "the archive is damaged") from error
    if is_tar or head[257:262] == b"ustar":
        yield from _tar(stream, path, max_bytes)
    elif stream.is_packed:
        yield Member(_single_name(path), None, partial(_single, stream, path, max_bytes))
    else:
        raise ReadError(path, "not an archive, whatever its name says")


class _Counted:
    """A file that is unpacked while it is read, and counts what comes out.

    tarfile reads over files that nobody wants, so what it skips must count, too.
    """

    def __init__(self, file: IO[bytes], path: str, budget: Budget) -> None:
        head = file.read(8)
        file.seek(0, 2)
        self._packed = file.tell()
        file.seek(0)
        self._file = file
        self._packed_file = _unpacking(file, head)
        self.is_packed = self._packed_file is not None
        self._path, self._budget = path, budget
        self._size = 0
        self._ahead = b""

    def peek(self) -> bytes:
        """The first block or what there is of it, which is still to be read."""
        ahead = b""
        while len(ahead) < tarfile.BLOCKSIZE:
            data = self.read(tarfile.BLOCKSIZE - len(ahead))
            if not data:
                break
            ahead += data
        self._ahead = ahead
        return ahead

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; fewer than asked for where an archive that was cut short ends."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        # read() would lose what comes before a break; a plain file has no read1().
        data = self._packed_file.read1(size) if self._packed_file else self._file.read(size)
        self._size += len(data)
        if self.is_packed:
            self._budget.take(len(data), self._path)
            if swells(self._size, self._packed):
                raise ReadError(self._path, SWELLS)
        return data


def _unpacking(file: IO[bytes], head: bytes) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile | None:
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(_BZIP2):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if head.startswith(_XZ) else None


# --- a single file ------------------------------------------------------------------------------


def _single_name(path: str) -> str:
    """The name without ".gz": "report.txt.gz" holds "report.txt"."""
    return PurePath(path).stem


def _single(stream: _Counted, path: str, max_bytes: int) -> bytes:
    inside = f"{path}/{_single_name(path)}"
    try:
        return read_limited(stream, inside, max_bytes, None)
    except BROKEN as error:
        raise ReadError(inside, "it is cut short or damaged and cannot be unpacked") from error


# --- many files ---------------------------------------------------------------------------------


class _Broken(Exception):
    """A header that tarfile would take for the archive's end."""


class _Entry(tarfile.TarInfo):
    """A header, with what tarfile lets pass."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> _Entry:
        """Read the next header; a damaged one is an error, wherever it stands."""
        try:
            return super().fromtarfile(tarfile_)
        except (
            tarfile.InvalidHeaderError,  # type: ignore[attr-defined]
            tarfile.TruncatedHeaderError,  # type: ignore[attr-defined]
            tarfile.SubsequentHeaderError,  # type: ignore[attr-defined]
        ) as error:
            raise _Broken(str(error)) from error

    def _proc_member(self, tarfile_: tarfile.TarFile) -> _Entry:
        # The hook that tarfile names for subclasses; it reads long names and the like.
        if self.type in _HEADERS and self.size > _HEADER_LIMIT:
            raise _Broken("a header of more than a megabyte")
        made: _Entry = super()._proc_member(tarfile_)  # type: ignore[misc]
        return made


def _tar(stream: _Counted, path: str, max_bytes: int) -> Iterator[Member]:
    found = 0
    try:
        # typeshed asks for a whole file object; reading "r|" only calls read().
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Entry) as archive:  # type: ignore[call-overload]
            while (entry := archive.next()) is not None:
                found += 1
                if not entry.isdir():
                    yield _member(archive, entry, path, max_bytes)
                # tarfile keeps every header that it has read.
                archive.members.clear()
    except ReadError as error:
        yield refused("", path, error.reason)
    except (*BROKEN, tarfile.TarError, _Broken, RecursionError) as error:
        if not found:
            raise ReadError(path, "not a TAR archive, or damaged from its beginning") from error
        yield refused("", path, _CUT)


def _member(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: str, max_bytes: int) -> Member:
    name = _readable_name(entry.name)
    if entry.issym() or entry.islnk():
        return refused(name, path, f"a link (to {_readable_name(entry.linkname)}); not followed")
    if not entry.isreg():
        return refused(name, path, "not a regular file")
    problem = too_large(entry.size, max_bytes)
    if problem:
        return refused(name, path, problem)
    return Member(name, None, partial(_read, archive, entry, f"{path}/{name}", max_bytes))


def _readable_name(name: str) -> str:
    """A name that was not UTF-8 in the encoding of the West: as good a guess as any."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return name


def _read(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: str, max_bytes: int) -> bytes:
    try:
        file = archive.extractfile(entry)
        if file is None:
            raise ReadError(path, "not a regular file")
        with file:
            data = read_limited(file, path, max_bytes, None)
    except (*BROKEN, tarfile.TarError) as error:
        raise ReadError(path, "it is cut short or damaged in the archive") from error
    return data
