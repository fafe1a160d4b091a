"""What the tests of the page share: a library of one document, without a reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.builder import build_index
from index.embedders.packaged import PackagedEmbedder
from qa.assistant import Assistant
from qa.page.collections import Collections
from qa.page.library import Library
from qa.page.session import Sessions
from qa.page.shelf import MEGABYTE, Shelf


@pytest.fixture
def library(tmp_path: Path, embedder: PackagedEmbedder, monkeypatch: pytest.MonkeyPatch) -> Library:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "ferry.txt").write_text("Ferry\n\nThe ferry sails at nine every morning.")
    index = build_index([tmp_path / "base"], embedder=embedder)
    monkeypatch.setattr(Library, "_open", lambda _: Assistant(index, reader="none"))
    library = Library([tmp_path / "base"], embedder.name, "none", None)
    library._load()
    return library


@pytest.fixture
def shelf(library: Library, tmp_path: Path) -> Shelf:
    return Shelf(library, MEGABYTE, Collections(tmp_path / "kept"), "ann")


@pytest.fixture
def make_sessions(library: Library, tmp_path: Path) -> Callable[..., Sessions]:
    """Makes sessions over the library; those of one test keep their collections in one place."""

    def make(*, share_documents: bool = False) -> Sessions:
        return Sessions(
            library,
            tmp_path / "said.jsonl",
            Collections(tmp_path / "kept"),
            max_bytes=MEGABYTE,
            share_documents=share_documents,
        )

    return make


@pytest.fixture
def sessions(make_sessions: Callable[..., Sessions]) -> Sessions:
    return make_sessions()
