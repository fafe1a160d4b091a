"""Long work: what it tells, and what it raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from qa.page.work import EVERY, told


def test_the_newest_is_told_and_what_is_quick_is_not() -> None:
    go_on = threading.Event()

    def work(tell: Callable[[str], None]) -> None:
        tell("one")
        tell("two")
        go_on.wait(60)

    telling = told(work)
    assert next(telling) == "two"
    go_on.set()
    assert list(telling) == []


def test_work_that_is_done_at_once_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert list(told(lambda tell: tell("one"))) in ([], ["one"])
    assert time.monotonic() - begun < EVERY


def test_what_the_work_raises_comes_out() -> None:
    def work(tell: Callable[[str], None]) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(told(work))
