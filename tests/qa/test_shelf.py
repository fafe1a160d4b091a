"""A visitor's own documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.page.library import Library
from qa.page.session import Sessions
from qa.page.shelf import MEGABYTE, Shelf, plain_name


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "ferry.txt").write_text("Ferry\n\nThe ferry sails at nine every morning.")
    library = Library([tmp_path / "base"], "all-MiniLM-L6-v2", "none", None)
    library._load()
    return library


def add(shelf: Shelf, *files: tuple[str, Path]) -> list[str]:
    return list(shelf.add(list(files)))


def test_what_is_added_answers_and_what_is_removed_does_not(
    library: Library, tmp_path: Path
) -> None:
    shelf = Shelf(library, MEGABYTE)
    (tmp_path / "x").write_text("Kiln\n\nThe kiln reached 900 degrees at noon.")
    said = add(shelf, ("../../etc/kiln.txt", tmp_path / "x"))
    assert said == ["Reading 1 of 1: kiln.txt", "Indexing 1 of 1 files"]
    assert [document.path for document in shelf.own] == ["kiln.txt"]
    assert "900 degrees" in shelf.assistant().ask("How hot was the kiln?").text
    assert "nine" in shelf.assistant().ask("When does the ferry sail?").text
    assert shelf.assistant().index.embedded == 1
    shelf.remove(shelf.own[0].id)
    assert shelf.assistant() is library.assistant()
    assert "900" not in shelf.assistant().ask("How hot was the kiln?").to_json()


def test_what_cannot_be_read_is_reported_and_the_rest_is_added(
    library: Library, tmp_path: Path
) -> None:
    shelf = Shelf(library, 1000)
    (tmp_path / "a").write_text("Kiln\n\nThe kiln reached 900 degrees at noon.")
    (tmp_path / "b").write_bytes(bytes(range(256)))
    (tmp_path / "c").write_text("long " * 1000)
    files = [("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c"), ("d.exe", "a"), ("e.txt", "b")]
    add(shelf, *[(name, tmp_path / file) for name, file in files])
    problems = {report.path: report.problem for report in shelf.reports}
    assert problems["a.txt"] is None
    assert "binary" in (problems["b.txt"] or "")
    assert "larger than" in (problems["c.txt"] or "")
    assert "not a format" in (problems["d.exe"] or "")
    assert len(shelf.own) == 1


def test_visitors_have_their_own_unless_documents_are_shared(
    library: Library, tmp_path: Path
) -> None:
    for shared in (False, True):
        sessions = Sessions(library, tmp_path / "said", max_bytes=MEGABYTE, share_documents=shared)
        (one, first), (two, second) = sessions.get("", "page 1"), sessions.get("", "page 2")
        assert one != two
        first.paste("The lido\n\nThe lido opens at seven.")
        assert len(second.shelf.own) == int(shared)
        assert sessions.get(one, "another page")[1] is first
        assert sessions.get("guessed", "page 3")[1] is not first


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
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.page.shelf.MOST_FILES", 2)
    shelf = Shelf(library, MEGABYTE)
    for number in range(3):
        (tmp_path / str(number)).write_text(f"Kiln {number}\n\nThe kiln reached {number} degrees.")
    add(shelf, *[(f"{number}.txt", tmp_path / str(number)) for number in range(3)])
    assert [report.problem for report in shelf.reports] == [
        None,
        None,
        "there are 2 files of yours already",
    ]
    assert len(shelf.own) == 2
