"""A mail as Outlook saves it (MSG): its properties by number, within limits."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

from index.errors import ReadError
from index.readers.mail.characters import decode_bytes

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES = "__properties_version1.0"
_UNICODE, _STRING8, _BINARY, _STORAGE = "001F", "001E", "0102", "000D"
_LONG, _TIME = 0x0003, 0x0040
_CODE_PAGE = 0x3FFD
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def is_msg(data: bytes) -> bool:
    """Whether a file is of the kind that MSG files are (so are old Office files)."""
    return data.startswith(_SIGNATURE)


class Storage:
    """A folder of a MSG file: the mail, a recipient, an attachment, or a mail attached.

    Properties are asked for by the numbers of [MS-OXPROPS].
    """

    def __init__(
        self, file: Any, budget: list[int], path: str, place: tuple[str, ...] = ()
    ) -> None:
        self._file, self._budget, self._path, self._place = file, budget, path, place
        self._fixed: dict[int, bytes] = {}
        self._streams = {
            entry[len(place)].upper(): tuple(entry)
            for entry in file.listdir(streams=True, storages=True)
            if len(entry) == len(place) + 1 and tuple(entry[: len(place)]) == place
        }
        self._read_fixed()

    def children(self, prefix: str) -> list[Storage]:
        """The folders in this one whose names begin so, in order."""
        names = sorted(name for name in self._streams if name.startswith(prefix.upper()))
        return [
            Storage(self._file, self._budget, self._path, self._streams[name]) for name in names
        ]

    def embedded(self) -> Storage | None:
        """The mail that an attachment is, if it is one."""
        name = f"__SUBSTG1.0_3701{_STORAGE}"
        if name not in self._streams or f"__SUBSTG1.0_3701{_BINARY}" in self._streams:
            return None
        made = Storage(self._file, self._budget, self._path, self._streams[name])
        return made if _PROPERTIES.upper() in made._streams else None

    def text(self, number: int) -> str:
        """A property's text; empty where there is none."""
        raw = self._stream(number, _UNICODE)
        if raw:
            return raw.decode("utf-16-le", "replace").replace("\0", "").replace("\r\n", "\n")
        raw = self._stream(number, _STRING8)
        return decode_bytes(raw.rstrip(b"\0"), self._encoding()) if raw else ""

    def binary(self, number: int) -> bytes:
        """A property's bytes; none where there are none."""
        return self._stream(number, _BINARY)

    def number(self, number: int) -> int | None:
        """A property that is a whole number."""
        raw = self._fixed.get(number << 16 | _LONG)
        return None if raw is None else int.from_bytes(raw[:4], "little", signed=True)

    def time(self, number: int) -> datetime | None:
        """A property that is a time (UTC)."""
        raw = self._fixed.get(number << 16 | _TIME)
        if raw is None:
            return None
        try:
            return _EPOCH + timedelta(microseconds=int.from_bytes(raw, "little") // 10)
        except OverflowError:
            return None

    def _encoding(self) -> str | None:
        page = self.number(_CODE_PAGE)
        return None if not page else "utf-8" if page == 65001 else f"cp{page}"

    def _stream(self, number: int, kind: str) -> bytes:
        return self._bytes(f"__SUBSTG1.0_{number:04X}{kind}")

    def _bytes(self, name: str) -> bytes:
        place = self._streams.get(name)
        if place is None or self._file.get_type(list(place)) != 2:  # 2: a stream
            return b""
        data: bytes = self._file.openstream(list(place)).read()
        # Many names can lead to the same bytes of a file made for that.
        self._budget[0] -= len(data)
        if self._budget[0] < 0:
            raise ReadError(self._path, "the mail is damaged: it holds more than its size")
        return data

    def _read_fixed(self) -> None:
        """Read the properties of fixed size; what stands before them differs by folder."""
        data = self._bytes(_PROPERTIES.upper())
        name = self._place[-1] if self._place else ""
        start = 32 if not name else 24 if name.upper().endswith(_STORAGE) else 8
        for at in range(start, len(data) - 15, 16):
            tag, _, value = struct.unpack_from("<II8s", data, at)
            self._fixed[tag] = value


def open_msg(data: bytes, path: str) -> Storage:
    """Open a MSG file.

    Raises:
        ReadError: it is damaged, or another kind of file.
    """
    import olefile  # type: ignore[import-untyped, unused-ignore]

    if not data:
        raise ReadError(path, "the file is empty")
    if not is_msg(data):
        raise ReadError(path, "not a mail as Outlook saves it")
    try:
        # A file object, as olefile takes a few bytes for a file's name.
        file = olefile.OleFileIO(io.BytesIO(data))
        if not file.exists(_PROPERTIES):
            raise ReadError(path, "not a mail, whatever its name says")
        return Storage(file, [2 * len(data)], path)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(path, "the mail is damaged and cannot be opened") from error
