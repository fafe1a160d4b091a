"""What the page answers from, and how it follows an index that changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedders.packaged import PackagedEmbedder
from qa.assistant import Assistant
from qa.page import library as library_module
from qa.page.library import Library


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_index_that_another_process_brings_up_to_date_is_followed(
    tmp_path: Path, embedder: PackagedEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "FOLLOW_SECONDS", 0.05)
    docs, folder = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "ferry.txt").write_text("Ferry\n\nThe ferry sails at nine every morning.")
    (docs / "lido.txt").write_text("Lido\n\nThe lido opens at seven.")

    def update() -> None:
        Assistant.from_documents(docs, model=embedder, reader="none", index_dir=folder)

    update()
    library = Library(None, embedder.name, "none", folder)
    library.start()
    library.assistant()
    wait_for(lambda: library.settled)
    lido = next(each for each in library.documents if each.title == "Lido")
    library.remove(lido.id)
    before = library.index

    (docs / "kiln.txt").write_text("Kiln\n\nThe kiln reached 900 degrees.")
    (docs / "ferry.txt").unlink()
    update()
    wait_for(lambda: library.index is not before)
    assert [each.title for each in library.documents] == ["Kiln"]  # what was removed stays so
    assert "900" in library.assistant().ask("How hot was the kiln?").text
    assert "sails" not in library.assistant().ask("When does the ferry sail?").text

    # A damaged index does not take the last complete one away.
    manifest = folder / "manifest.json"
    manifest.write_text("{")
    time.sleep(0.5)
    assert "900" in library.assistant().ask("How hot was the kiln?").text


def test_what_is_sent_is_read_in_another_process(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    [report] = library.read(b"Kiln\n\nThe kiln reached 900 degrees.", "kiln.txt", max_bytes=1000)
    assert report.document is not None
    assert report.document.title == "Kiln"
    [report] = library.read(b"x" * 1001, "kiln.txt", max_bytes=1000)
    assert report.problem is not None
    assert "limit" in report.problem
