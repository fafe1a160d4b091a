"""Long work for a page: what it tells on the way, and how it is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

EVERY = 0.15
"""Seconds between two looks at how far the work is: what lasts less is not worth showing."""


class Stopped(Exception):
    """The visitor wants no more of it."""


def told(work: Callable[[Callable[[str], None]], None]) -> Iterator[str]:
    """Do some work in a thread and give what it tells meanwhile, the newest each time.

    Where nobody takes what it tells any more, as when the page was closed, telling raises
    :class:`Stopped`.

    Args:
        work: called with a function that it tells how far it is.

    Raises:
        Whatever the work raises.
    """
    said: list[str] = []
    failures: list[Exception] = []
    left_alone = threading.Event()

    def tell(text: str) -> None:
        if left_alone.is_set():
            raise Stopped
        said.append(text)

    def run() -> None:
        try:
            work(tell)
        except Exception as error:  # noqa: BLE001 - raised below, in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=run, name="work", daemon=True)
    thread.start()
    shown = 0
    try:
        while thread.is_alive():
            thread.join(EVERY)
            if len(said) > shown:
                shown = len(said)
                yield said[-1]
    finally:
        left_alone.set()
    if failures:
        raise failures[0]


def time_left(begun: float, done: int, total: int) -> str:
    """How long it is likely to go on, in words; empty where it is a few seconds or not yet known.

    Args:
        begun: when, by :func:`time.monotonic`.
        done: how much is.
        total: of how much.
    """
    seconds = (time.monotonic() - begun) * (total - done) / done if done else 0.0
    if seconds < 5:
        return ""
    return (
        f", about {seconds:.0f} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"
    )
