"""Files that are ZIP archives inside (DOCX, PPTX, XLSX, ODT, EPUB): their parts, within limits.

A part is only ever read into memory, by a name that the reader asks for; nothing is written to
disk, so a name like ``../../x`` can do no harm. What an archive may unpack to is limited, because a
small file can claim, or really hold, far more than memory has room for.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from lxml import etree
from lxml.etree import _Element

from index.errors import ReadError

MAX_TOTAL_BYTES = 200 * 1024 * 1024
"""What all that is read from one archive may unpack to; the largest office files people send one
another have some 50 MB of text and mark-up, the rest is pictures, which are not read."""

MAX_XML_BYTES = 64 * 1024 * 1024
"""A part that is parsed into a tree; the tree takes five to ten times as much memory."""

MAX_MEMBERS = 20_000
"""Parts of an archive; a presentation of a thousand slides has some 5,000."""

MAX_RATIO = 400
"""How many times larger than packed a large part may be. XML of equal table rows comes to about
200; the method's highest, which only bombs come near, is 1,032."""

_RATIO_MATTERS_BYTES = 10 * 1024 * 1024
"""Below this a high ratio does no harm."""

PROTECTED = "protected by a password, and cannot be read; save it without one"
"""The reason for every encrypted file."""

_TOO_LARGE = "it unpacks to more than can be read; split it into smaller files"
_DAMAGED = "the file is damaged or was not copied whole; open it in its program and save it again"
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_DIRECTORY_ENTRY = b"PK\x01\x02"
_SLACK = 1_000
"""Directory entries above the limit that may be those of archives embedded in the archive."""


class Package:
    """An archive's parts.

    Attributes:
        path: the file's name, for errors.
        names: its parts, as the archive spells them, in its order, without folders.
    """

    def __init__(self, archive: zipfile.ZipFile, path: str) -> None:
        self._archive = archive
        self._left = MAX_TOTAL_BYTES
        self.path = path
        members = [info for info in archive.infolist() if not info.is_dir()]
        self.names = tuple(info.filename for info in members)
        self._members = {_key(info.filename): info for info in members}

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def read(self, name: str) -> bytes:
        """A part's bytes. Upper and lower case, and a leading slash, make no difference.

        Raises:
            ReadError: the part is missing, damaged, encrypted, or larger than the limits.
        """
        member = self._members.get(_key(name))
        if member is None:
            raise ReadError(self.path, f"a part of the file is missing ({name}); {_DAMAGED}")
        if member.flag_bits & 1:
            raise ReadError(self.path, PROTECTED)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The other methods unpack without a bound on memory; no office program uses them.
            raise ReadError(self.path, "it is packed in a way that no office program uses")
        self._check_size(member)
        try:
            data = self._archive.read(member)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,  # a negative offset
            struct.error,
            NotImplementedError,  # a feature of archives that Python has not
            RuntimeError,  # encrypted after all
        ) as error:
            raise ReadError(self.path, _DAMAGED) from error
        self._left -= len(data)
        return data

    def xml(self, name: str) -> _Element:
        """A part as a tree, without comments and processing instructions.

        Raises:
            ReadError: as :meth:`read`, or the part is no XML, or defines entities.
        """
        member = self._members.get(_key(name))
        if member is not None and member.file_size > MAX_XML_BYTES:
            raise ReadError(self.path, _TOO_LARGE)
        return parse_xml(self.read(name), self.path)

    def _check_size(self, member: zipfile.ZipInfo) -> None:
        """Refuse before anything is unpacked; Python unpacks no more than the size stated."""
        size = member.file_size
        bomb = size > _RATIO_MATTERS_BYTES and size > MAX_RATIO * max(member.compress_size, 1)
        if size > self._left or bomb:
            raise ReadError(self.path, _TOO_LARGE)


def open_package(data: bytes, path: str) -> Package:
    """Open an archive.

    Args:
        data: the file.
        path: its name, for errors.

    Raises:
        ReadError: it is empty, protected by a password, damaged, no archive, or has too many parts.
    """
    if not data:
        raise ReadError(path, "the file is empty")
    if is_ole(data):
        if _ENCRYPTED_STREAM in data:
            raise ReadError(path, PROTECTED)
        raise ReadError(
            path,
            "it has the ending of a new office file, but is one in the format from before 2007;"
            " save it anew in the format that its name says",
        )
    if data.count(_DIRECTORY_ENTRY) > MAX_MEMBERS + _SLACK:
        # Counted before the directory is read, which takes memory for every entry.
        raise ReadError(path, "it consists of too many parts to be read")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,  # a negative offset, or a name that cannot be decoded
        struct.error,
        NotImplementedError,
        OverflowError,
    ) as error:
        reason = _DAMAGED if data.startswith(b"PK") else "not a file of the format its name says"
        raise ReadError(path, reason) from error
    if len(archive.infolist()) > MAX_MEMBERS:
        raise ReadError(path, "it consists of too many parts to be read")
    return Package(archive, path)


def is_ole(data: bytes) -> bool:
    """Whether it is a Compound File: an office file from before 2007, or an encrypted new one."""
    return data.startswith(_OLE_SIGNATURE)


def parse_xml(data: bytes, path: str) -> _Element:
    """Parse XML without entities, network or files.

    Args:
        data: the XML.
        path: the file that it belongs to, for errors.

    Raises:
        ReadError: it is no well-formed XML, nests too deep, or defines entities.
    """
    if defines_entities(data):
        raise ReadError(path, "it defines abbreviations (XML entities), as harmful files do")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(path, _DAMAGED) from error


def defines_entities(data: bytes) -> bool:
    """Whether XML defines entities, in any encoding of one, two or four bytes a letter."""
    if b"\0" in data[:8]:
        data = data.replace(b"\0", b"")
    return b"<!ENTITY" in data


def _key(name: str) -> str:
    """What a part is found by: some programs write backslashes, or other case than they refer by."""
    return name.replace("\\", "/").lstrip("/").casefold()
