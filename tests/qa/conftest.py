"""What the tests of asking share: processes that read files, started once for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from index import builder
from index.files import FileReader
from index.workers import ReadingPool
from qa.page import library


@pytest.fixture(scope="session")
def reading_pool() -> Iterator[ReadingPool]:
    with ReadingPool() as pool:
        yield pool


@pytest.fixture(autouse=True)
def _one_pool(reading_pool: ReadingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting processes for each of some hundred small indexes would take minutes."""

    class Shared:
        @staticmethod
        def from_environment() -> ReadingPool:
            return reading_pool

    def opened(reader: FileReader | None) -> nullcontext[FileReader]:
        return nullcontext(reader or reading_pool)

    monkeypatch.setattr(builder, "_opened", opened)
    monkeypatch.setattr(library, "ReadingPool", Shared)
