"""Sequences that are made when they are asked for, and a memory of what was made last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class LazySequence(Sequence[T]):
    """A sequence whose items are made one by one; equal to any sequence of the same items.

    Args:
        length: how many there are.
        item: makes one, by its place.
        items: makes all, one after another, where that is quicker than one by one.
    """

    def __init__(
        self,
        length: int,
        item: Callable[[int], T],
        items: Callable[[], Iterator[T]] | None = None,
    ) -> None:
        self._length = length
        self._item = item
        self._items = items

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if isinstance(place, slice):
            return tuple(self._item(each) for each in range(*place.indices(self._length)))
        if not -self._length <= place < self._length:
            raise IndexError(f"{place} of {self._length}")
        return self._item(int(place) % self._length)

    def __iter__(self) -> Iterator[T]:
        return self._items() if self._items else map(self._item, range(self._length))

    def __eq__(self, other: object) -> bool:
        return _are_equal(self, other)

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which have none

    def __repr__(self) -> str:
        return f"<{self._length} made when they are asked for>"


class Deferred(Sequence[T]):
    """A sequence that is made whole when something of it is first asked for.

    Args:
        make: makes it.
    """

    def __init__(self, make: Callable[[], Sequence[T]]) -> None:
        self._make = make

    @cached_property
    def _all(self) -> Sequence[T]:
        return self._make()

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._all[place]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        return _are_equal(self, other)

    __hash__ = None  # type: ignore[assignment]


def _are_equal(one: Sequence[object], other: object) -> bool:
    if one is other:
        return True
    if not isinstance(other, Sequence) or isinstance(other, str | bytes):
        return False
    return len(one) == len(other) and all(a == b for a, b in zip(one, other, strict=True))


class Recent(Generic[T]):
    """What was made last, up to a total weight. Safe to use from several threads.

    Args:
        limit: how much all of it may weigh; the last one is kept whatever it weighs.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], tuple[T, int]]) -> T:
        """What ``make`` makes for a key, with its weight; made again only when it was forgotten."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made, weight = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made, weight
                self._weight += weight
            while self._weight > self._limit and len(self._kept) > 1:
                _, (_, forgotten) = self._kept.popitem(last=False)
                self._weight -= forgotten
        return made
