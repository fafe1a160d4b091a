"""A visitor's own documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedder import Progress
from index.embedders.packaged import PackagedEmbedder
from index.errors import ArgumentError, NoDocumentsError
from index.types import FileReport
from qa.page.collections import Collections
from qa.page.library import Library
from qa.page.shelf import MEGABYTE, Batch, Shelf, plain_name
from qa.page.work import time_left

KILN = "Kiln\n\nThe kiln reached 900 degrees at noon."


def add(shelf: Shelf, *files: tuple[str, Path]) -> list[FileReport]:
    batch = Batch(files)
    list(shelf.add(batch))
    return batch.reports


def add_text(shelf: Shelf, folder: Path, name: str, text: str) -> None:
    (folder / "x").write_text(text)
    add(shelf, (name, folder / "x"))


def test_what_is_added_answers_and_what_is_removed_does_not(shelf: Shelf, tmp_path: Path) -> None:
    add_text(shelf, tmp_path, "../../etc/kiln.txt", KILN)
    assert [document.path for document in shelf.own] == ["kiln.txt"]
    assert "900 degrees" in shelf.assistant().ask("How hot was the kiln?").text
    assert "nine" in shelf.assistant().ask("When does the ferry sail?").text
    assert shelf.assistant().index.embedded == 0  # those of the library are not embedded again
    shelf.remove(shelf.own[0].id)
    assert shelf.assistant() is shelf.library.assistant()
    assert "900" not in shelf.assistant().ask("How hot was the kiln?").to_json()


def test_what_cannot_be_read_is_reported_and_the_rest_is_added(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.max_bytes = 1000
    (tmp_path / "a").write_text(KILN)
    (tmp_path / "b").write_bytes(bytes(range(256)))
    (tmp_path / "c").write_text("long " * 1000)
    files = [("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c"), ("d.exe", "a"), ("e.txt", "b")]
    reports = add(
        shelf, *[(name, tmp_path / file) for name, file in files], ("f.txt", tmp_path / "-")
    )
    problems = {report.path: report.problem for report in reports}
    assert problems["f.txt"] == "it could not be read (No such file or directory)"
    assert problems["a.txt"] is None
    assert "binary" in (problems["b.txt"] or "")
    assert "larger than" in (problems["c.txt"] or "")
    assert "not a format" in (problems["d.exe"] or "")
    assert len(shelf.own) == 1


def test_one_of_the_library_is_removed_for_everybody_and_nothing_of_it_answers(
    library: Library, shelf: Shelf, tmp_path: Path
) -> None:
    other = Shelf(library, MEGABYTE, shelf.collections, "bob")
    add_text(other, tmp_path, "kiln.txt", KILN)
    shelf.remove(library.documents[0].id)
    assert list(shelf.documents) == []
    assert shelf.index is None
    with pytest.raises(NoDocumentsError, match="there is no document to ask"):
        shelf.assistant()
    answer = other.assistant().ask("When does the ferry sail?")
    assert "nine" not in answer.to_json()
    assert [each.title for each in other.documents] == ["Kiln"]
    assert (tmp_path / "base" / "ferry.txt").exists()
    for gone in ("None", other.own[0].id, "x"):
        with pytest.raises(ArgumentError, match="not there any more"):
            shelf.remove(gone)
    third = Shelf(library, MEGABYTE, shelf.collections, "carl")
    assert third.index is None


def test_what_is_removed_while_another_adds_does_not_answer_them(
    library: Library, shelf: Shelf, tmp_path: Path
) -> None:
    """The library is as large as before for who began to add before the removal."""
    slow = SlowEmbedder()
    base = library.loaded()
    base.index = replace(base.index, embedder=slow)
    (tmp_path / "x").write_text(KILN)
    adding = threading.Thread(target=lambda: add(shelf, ("kiln.txt", tmp_path / "x")))
    adding.start()
    assert slow.began.wait(60)
    Shelf(library, MEGABYTE, shelf.collections, "bob").remove(library.documents[0].id)
    slow.may.set()
    adding.join(60)
    assert [each.title for each in shelf.documents] == ["Kiln"]
    assert "nine" not in shelf.assistant().ask("When does the ferry sail?").to_json()
    assert "900" in shelf.assistant().ask("How hot was the kiln?").text


def test_a_copy_of_one_of_the_library_s_is_there_once(
    library: Library, shelf: Shelf, tmp_path: Path
) -> None:
    copy = (tmp_path / "base" / "ferry.txt").read_text()
    add_text(shelf, tmp_path, "ferry.txt", copy)
    assert len(shelf.documents) == 1
    assert shelf.index is not None
    assert len({passage.id for passage in shelf.index.passages}) == len(shelf.index.passages)
    shelf.remove(shelf.own[0].id)
    assert list(shelf.documents) == list(library.documents)
    assert len(shelf.documents) == 1


def test_where_others_are_served_too_the_library_stays(library: Library, shelf: Shelf) -> None:
    library.removable = False
    with pytest.raises(ArgumentError, match="everybody's"):
        shelf.remove(library.documents[0].id)
    assert "nine" in shelf.assistant().ask("When does the ferry sail?").text


class SlowEmbedder(PackagedEmbedder):
    """The packaged model, which waits before each batch until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self.began = threading.Event()

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        if progress is not None:
            self.began.set()
            self.may.wait(60)
        return super().embed(texts, progress)


def test_what_is_being_added_can_be_stopped(library: Library, shelf: Shelf, tmp_path: Path) -> None:
    slow = SlowEmbedder()
    base = library.loaded()
    base.index = replace(base.index, embedder=slow)
    many = "\n\n".join(f"Kiln {n} reached {n} degrees at noon." for n in range(100))
    (tmp_path / "many").write_text(f"Kilns\n\n{many}")
    batch = Batch([("many.txt", tmp_path / "many")])
    adding = threading.Thread(target=lambda: list(shelf.add(batch)))
    adding.start()
    assert slow.began.wait(60)
    assert "nine" in shelf.assistant().ask("When does the ferry sail?").text  # meanwhile
    batch.stopped.set()
    slow.may.set()
    adding.join(60)
    assert [report.problem for report in batch.reports] == ["stopped"]
    assert shelf.own == []
    assert shelf.assistant() is base
    add_text(shelf, tmp_path, "kiln.txt", KILN)  # what comes next is not stopped
    assert len(shelf.own) == 1


def test_it_says_how_far_it_is(shelf: Shelf, tmp_path: Path) -> None:
    many = "\n\n".join(
        f"Kiln {n} reached {n} degrees at noon, as {n} people saw." for n in range(400)
    )
    (tmp_path / "many").write_text(f"Kilns\n\n{many}")
    told = list(shelf.add(Batch([("many.txt", tmp_path / "many")])))
    assert any(each.startswith("Indexing ") and "of 400 passages" in each for each in told), told


def test_the_time_left_is_said_where_it_is_long() -> None:
    now = time.monotonic()
    assert time_left(now, 0, 100) == ""
    assert time_left(now - 1, 50, 100) == ""
    assert time_left(now - 10, 25, 100) == ", about 30 s left"
    assert time_left(now - 60, 10, 100) == ", about 9 min left"


# -- collections ----------------------------------------------------------------------------------


def test_a_collection_is_kept_and_opened_anew_without_embedding(
    shelf: Shelf, library: Library, tmp_path: Path
) -> None:
    add_text(shelf, tmp_path, "kiln.txt", KILN)
    shelf.keep("  My  kilns ../x")
    assert shelf.kept == ["My kilns ../x"]
    later = Shelf(library, MEGABYTE, Collections(tmp_path / "kept"), "ann")
    later.open("My   kilns ../x")
    assert later.assistant().index.embedded == 0
    assert "900 degrees" in later.assistant().ask("How hot was the kiln?").text
    assert "nine" in later.assistant().ask("When does the ferry sail?").text
    later.delete("My kilns ../x")
    assert shelf.kept == []
    inside = [path for path in tmp_path.rglob("*") if "kilns" in path.name]
    assert inside == []


def test_nobody_else_opens_a_collection(shelf: Shelf, library: Library, tmp_path: Path) -> None:
    add_text(shelf, tmp_path, "kiln.txt", KILN)
    shelf.keep("kilns")
    other = Shelf(library, MEGABYTE, shelf.collections, "bob")
    assert other.kept == []
    for act in (other.open, other.delete):
        with pytest.raises(ArgumentError, match="there is no collection 'kilns'"):
            act("kilns")
    assert shelf.kept == ["kilns"]


def test_what_was_not_kept_is_not_put_away(shelf: Shelf, tmp_path: Path) -> None:
    add_text(shelf, tmp_path, "kiln.txt", KILN)
    shelf.keep("kilns")
    add_text(shelf, tmp_path, "lido.txt", "Lido\n\nThe lido opens at seven.")
    with pytest.raises(ArgumentError, match="keep your documents or remove them first"):
        shelf.open("kilns")
    shelf.keep("kilns")
    shelf.delete("kilns")
    with pytest.raises(ArgumentError, match="keep your documents or remove them first"):
        shelf.open("kilns")
    shelf.keep("kilns")
    shelf.open("kilns")
    assert [document.title for document in shelf.own] == ["Kiln", "Lido"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_collection_needs_a_name(shelf: Shelf, tmp_path: Path, name: str) -> None:
    with pytest.raises(ArgumentError, match="there is nothing to keep"):
        shelf.keep(name)
    add_text(shelf, tmp_path, "kiln.txt", KILN)
    with pytest.raises(ArgumentError, match="a collection's name has 1 to 60 characters"):
        shelf.keep(name)


def test_there_is_a_limit_to_collections(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.page.collections.MOST", 1)
    add_text(shelf, tmp_path, "kiln.txt", KILN)
    shelf.keep("one")
    shelf.keep("one")
    with pytest.raises(ArgumentError, match="there are 1 collections already"):
        shelf.keep("two")


# -- names and limits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../a.txt", "a.txt"),
        ("C:\\x\\b.md", "b.md"),
        ("", "document.txt"),
        ("a\0b.txt", "ab.txt"),
    ],
)
def test_a_name_is_only_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_there_is_a_limit_to_the_files_of_one_visitor(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.page.shelf.MOST_FILES", 2)
    for number in range(3):
        (tmp_path / str(number)).write_text(f"Kiln {number}\n\nThe kiln reached {number} degrees.")
    reports = add(shelf, *[(f"{number}.txt", tmp_path / str(number)) for number in range(3)])
    assert [report.problem for report in reports] == [
        None,
        None,
        "there are 2 documents of yours already",
    ]
    assert len(shelf.own) == 2
