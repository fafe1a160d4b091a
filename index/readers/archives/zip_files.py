"""The files of a ZIP, by its directory; by what stands before each of them where that is lost."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import IO

from index.errors import ReadError
from index.readers.archives.limits import SWELLS, Budget, read_limited, swells, too_large
from index.readers.archives.member import Member, refused

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    MemoryError,
)
"""What the standard library raises on damaged archives, besides NotImplementedError."""

_DAMAGED = "it is damaged in the archive and cannot be unpacked"
_PROTECTED = "protected by a password; name it with --password"
_METHOD = "packed in a way that cannot be read here; unpack it and add the file itself"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_AES = 99
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_UNIX = 3


def members(
    file: IO[bytes], path: str, max_bytes: int, budget: Budget, password: str
) -> Iterator[Member]:
    """The files of a ZIP in the order of their names; see ``index.readers.archives.members``."""
    try:
        archive = zipfile.ZipFile(file)
    except (*BROKEN, NotImplementedError) as error:
        yield from _without_directory(file, path, max_bytes, budget, error)
        return
    with archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        shared = _overlapping(files)
        for entry in sorted(files, key=_name):
            name = _name(entry)
            problem = _problem(entry, max_bytes, password)
            if entry.header_offset in shared:
                problem = "it shares its bytes with another file, as in archives made to do harm"
            if problem:
                yield refused(name, path, problem)
                continue
            yield Member(
                name,
                None,
                partial(_read, archive, entry, f"{path}/{name}", max_bytes, budget, password),
            )


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: UTF-8 is often written without saying so."""
    name = entry.orig_filename
    if entry.flag_bits & _UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _overlapping(files: list[zipfile.ZipInfo]) -> set[int]:
    """Where files begin whose bytes reach into the next one."""
    shared: set[int] = set()
    ordered = sorted(files, key=lambda entry: entry.header_offset)
    for entry, following in pairwise(ordered):
        if entry.header_offset + entry.compress_size >= following.header_offset:
            shared.update((entry.header_offset, following.header_offset))
    return shared


def _problem(entry: zipfile.ZipInfo, max_bytes: int, password: str) -> str | None:
    mode = entry.external_attr >> 16
    if entry.create_system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a link or a device, which is not followed in an archive"
    if entry.compress_type == _AES:
        return "protected by a password (AES); unpack it and add the file itself"
    if entry.flag_bits & _ENCRYPTED and not password:
        return _PROTECTED
    if entry.compress_type not in _METHODS:
        return _METHOD
    if swells(entry.file_size, entry.compress_size):
        return SWELLS
    return too_large(entry.file_size, max_bytes)


def _read(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    path: str,
    max_bytes: int,
    budget: Budget,
    password: str,
) -> bytes:
    try:
        with archive.open(entry, pwd=password.encode() or None) as file:
            return read_limited(file, path, max_bytes, budget)
    except NotImplementedError as error:
        raise ReadError(path, _METHOD) from error
    except RuntimeError as error:
        raise ReadError(path, "the password does not open it") from error
    except BROKEN as error:
        raise ReadError(path, _DAMAGED) from error


# --- an archive that was cut short --------------------------------------------------------------

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_LOCAL_MARK = b"PK\x03\x04"
_DESCRIPTOR = struct.Struct("<4sIII")
_DESCRIPTOR_MARK = b"PK\x07\x08"
_SIZES_FOLLOW = 0x8
"""The sizes stand after the file, in a descriptor, as the archive was written to a stream."""


def _without_directory(
    file: IO[bytes], path: str, max_bytes: int, budget: Budget, error: Exception
) -> Iterator[Member]:
    """The files that are whole in a ZIP whose directory, which stands at its end, is lost."""
    file.seek(0)
    mark = file.read(4)
    if mark != _LOCAL_MARK:
        reason = "the archive is damaged" if mark[:2] == b"PK" else "not a ZIP archive"
        raise ReadError(path, reason) from error
    file.seek(0)
    while True:
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or not head.startswith(_LOCAL_MARK):
            break
        _, _, flags, method, _, _, crc, packed, size, of_name, of_extra = _LOCAL.unpack(head)
        raw = file.read(of_name)
        file.seek(of_extra, 1)
        name = raw.decode("utf-8" if flags & _UTF8_NAME else "cp437", "replace")
        if flags & _ENCRYPTED:
            break
        if flags & _SIZES_FOLLOW:
            data = _streamed(file, min(max_bytes, budget.bytes)) if method else None
        else:
            data = _sized(file, packed, min(size, max_bytes, budget.bytes), method, crc)
        if data is None:
            break
        budget.take(len(data), path)
        if not name.endswith("/"):
            yield Member(name, None, partial(bytes, data))
    yield refused("", path, "the archive is cut short or damaged; some of its files are lost")


def _sized(file: IO[bytes], packed: int, limit: int, method: int, crc: int) -> bytes | None:
    """The bytes of a file whose sizes are known, if they are all there and what they were."""
    data = file.read(packed)
    if len(data) != packed:
        return None
    if method == zipfile.ZIP_DEFLATED:
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, limit + 1)
        except zlib.error:
            return None
    elif method != zipfile.ZIP_STORED:
        return None
    return data if len(data) <= limit and zlib.crc32(data) == crc else None


def _streamed(file: IO[bytes], limit: int) -> bytes | None:
    """The bytes of a file that ends where its packing says, if they are what they were."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    size = 0
    try:
        while not inflater.eof:
            packed = inflater.unconsumed_tail or file.read(1 << 16)
            part = inflater.decompress(packed, 1 << 16)
            parts.append(part)
            size += len(part)
            if size > limit or not (packed or part):
                return None
    except zlib.error:
        return None
    file.seek(-len(inflater.unused_data), 1)
    described = file.read(_DESCRIPTOR.size)
    if len(described) < _DESCRIPTOR.size:
        return None
    mark, crc, _, _ = _DESCRIPTOR.unpack(described)
    if mark != _DESCRIPTOR_MARK:  # it may be left out
        crc = int.from_bytes(mark, "little")
        file.seek(-4, 1)
    data = b"".join(parts)
    return data if zlib.crc32(data) == crc else None
