"""Arrays by their names in one file, read without copying it; and tables of strings made of arrays.

A file is eight bytes with the length of its head, the head, and the arrays, each at a multiple of eight
bytes. The head is JSON: of each array its type, its shape, and where it begins behind the head. It is the
layout of safetensors, with gaps.
"""

from __future__ import annotations

import json
import math
import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from index.errors import REBUILD, DamagedIndexError

Arrays = Mapping[str, NDArray[Any]]
Types = Mapping[str, tuple[Sequence[str], int]]
"""Of each array the names of the types that it may have, and how many dimensions it has."""

_ALIGNED = 8
_LENGTH = struct.Struct("<Q")
DAMAGED_WORDS = f"the index's words are damaged; `qa verify` names the file; {REBUILD}"
"""Said where a search meets what is no longer as it was written."""
UNSIGNED = ("uint8", "uint16", "uint32")
"""What :func:`narrowed` comes to."""


def distinct(*numbers: NDArray[Any]) -> NDArray[Any]:
    """The different numbers of some arrays, ascending: (n,).

    NumPy's own functions for sets would import another part of it at every start.
    """
    ascending = np.sort(np.concatenate(numbers))
    is_new = np.ones(len(ascending), np.bool_)
    is_new[1:] = ascending[1:] != ascending[:-1]
    return ascending[is_new]


def pack(arrays: Arrays) -> bytes:
    """The bytes of a file of arrays; the same whenever the arrays are."""
    head: dict[str, Any] = {}
    parts, at = [], 0
    for name, array in arrays.items():
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        head[name] = [array.dtype.name, list(array.shape), at]
        data += bytes(-len(data) % _ALIGNED)
        parts.append(data)
        at += len(data)
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % _ALIGNED)
    return b"".join([_LENGTH.pack(len(text)), text, *parts])


def unpack(data: Any, types: Types) -> dict[str, NDArray[Any]]:
    """The arrays of a file, as views of its bytes.

    Args:
        data: bytes, or a file that is mapped into memory.
        types: which arrays it has to have.

    Raises:
        ValueError: it does not have exactly these arrays, or they do not fit into it.
    """
    try:
        (length,) = _LENGTH.unpack_from(data)
        begin = _LENGTH.size + length
        head = json.loads(bytes(data[_LENGTH.size : begin]))
        if set(head) != set(types):
            raise ValueError("it has other arrays")
        return {name: _view(data, begin, head[name], *types[name]) for name in types}
    except (struct.error, TypeError, AttributeError) as error:
        raise ValueError(f"it is no file of arrays: {error}") from error


def _view(
    data: Any, begin: int, facts: Sequence[Any], types: Sequence[str], dimensions: int
) -> NDArray[Any]:
    name, shape, at = facts
    if name not in types or len(shape) != dimensions or min(shape) < 0 or at < 0 or at % _ALIGNED:
        raise ValueError("an array is not of its type")
    kind = np.dtype(name).newbyteorder("<")
    return np.frombuffer(data, kind, math.prod(shape), begin + at).reshape(shape)


def narrowed(numbers: NDArray[Any]) -> NDArray[Any]:
    """Numbers that are not negative, in the narrowest type that holds them."""
    most = int(numbers.max()) if len(numbers) else 0
    return numbers.astype(np.min_scalar_type(most))


class StringTable(Sequence[str]):
    """Strings behind one another in an array of bytes. Those in order are found by halving.

    Args:
        data: their UTF-8, one after another: (m,).
        starts: where each begins, and the last one ends: (n + 1,).
    """

    def __init__(self, data: NDArray[np.uint8], starts: NDArray[Any]) -> None:
        self.data, self.starts = data, starts
        # Views, as one number of an array takes ten times as long to get.
        self._bytes: memoryview = data.data
        self._places: memoryview = np.ascontiguousarray(starts, np.int64).data

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringTable:
        """Make a table of some strings, in their order."""
        encoded = [each.encode("utf-8", "surrogatepass") for each in strings]
        starts = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(each) for each in encoded], out=starts[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return _decoded(self.encoded(place))

    def __iter__(self) -> Iterator[str]:
        starts = self.starts.tolist()
        for start, end in pairwise(starts):
            yield _decoded(bytes(self._bytes[start:end]))

    def encoded(self, place: int) -> bytes:
        """The UTF-8 of one."""
        if not 0 <= place < len(self):
            raise IndexError(f"{place} of {len(self)}")
        return bytes(self._bytes[self._places[place] : self._places[place + 1]])

    def find(self, string: str) -> int | None:
        """The place of a string in a table in order; None where it is not there."""
        place = self.at(string)
        wanted = string.encode("utf-8", "surrogatepass")
        return place if place < len(self) and self.encoded(place) == wanted else None

    def at(self, string: str) -> int:
        """Where a string stands, or would, in a table in order."""
        wanted = string.encode("utf-8", "surrogatepass")
        data, places = self._bytes, self._places

        def encoded(place: int) -> bytes:
            return bytes(data[places[place] : places[place + 1]])

        return bisect_left(range(len(self)), wanted, key=encoded)

    def beginning_with(self, string: str) -> range:
        """The places of those that begin with some letters, in a table in order."""
        begin = self.at(string)
        wanted = string.encode("utf-8", "surrogatepass")

        def is_behind(place: int) -> bool:
            return not self.encoded(place).startswith(wanted)

        return range(begin, bisect_left(range(len(self)), True, lo=begin, key=is_behind))

    def check(self) -> None:
        """See that it is a table.

        Raises:
            ValueError: it is not.
        """
        if not are_starts(self.starts, len(self.data)):
            raise ValueError("its strings are not behind one another")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise DamagedIndexError(DAMAGED_WORDS) from error


def are_starts(starts: NDArray[Any], end: int) -> bool:
    """Whether numbers say where each of several things begins, and the last one ends."""
    return bool(
        len(starts) and starts[0] == 0 and starts[-1] == end and (np.diff(starts) >= 0).all()
    )
