"""A disk that is full, or fails, costs what was being saved, and says so."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from collections_of_files import CountingEmbedder, article, assert_same, fill, unsound, update
from fakes import FakeEmbedder

from index import store
from index.index import Index
from qa.assistant import Assistant
from qa.kept import IndexNotKeptWarning

FILES = {f"report{number}.md": article(number) for number in range(12)}
MORE = FILES | {f"more{number}.md": article(number, paragraphs=12) for number in range(20, 32)}


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    fill(tmp_path / "docs", FILES)
    return tmp_path / "docs"


@contextmanager
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None], Callable[[], None]]]:
    """A folder, and what fills its disk and empties it again.

    A file system of its own where one may be mounted; elsewhere no file may grow beyond a few bytes.
    """
    folder = tmp_path / "disk"
    folder.mkdir()
    filler = folder / "filler"
    mounted = sys.platform == "linux" and not _mount(folder)

    def fill_up() -> None:
        with pytest.raises(OSError, match="No space left"):
            write_on(filler)

    if mounted:
        try:
            yield folder, fill_up, filler.unlink
        finally:
            # "--lazy", as indexes that are still open have files of it mapped.
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    resource = pytest.importorskip("resource", reason="this system limits no file's size")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(soft: int) -> Callable[[], None]:
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, before[1]))

    try:
        yield folder, limit(2_000), limit(before[0])
    finally:
        limit(before[0])()


def write_on(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def _mount(folder: Path) -> int:
    """A file system of a megabyte; 0 when that has worked, as for the command."""
    if shutil.which("mount") is None:
        return 1
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True).returncode


def use(docs: Path, folder: Path, fake: FakeEmbedder) -> tuple[Assistant, list[str]]:
    """The program's own way to an answer, and what it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", IndexNotKeptWarning)
        made = Assistant.from_documents(docs, model=fake, reader="none", index_dir=folder)
    return made, [str(each.message) for each in caught]


def test_a_full_disk_costs_the_save_alone(docs: Path, tmp_path: Path) -> None:
    fake = CountingEmbedder()
    with small_disk(tmp_path) as (disk, fill_up, make_room):
        folder = disk / "index"
        _, said = use(docs, folder, fake)
        assert said == []
        before = Index.open(folder, embedder=fake)
        fill(docs, MORE)
        fill_up()
        # The answers are those of the files as they are; that they were not kept is said.
        made, [said_now] = use(docs, folder, fake)
        assert len(made.index.documents) == len(MORE)
        assert made.index.search("report 25 edition 0 part 3", k=1)
        assert "the index could not be kept in" in said_now
        assert "No space left on device" in said_now or "File too large" in said_now
        assert "the next start embeds anew" in said_now
        # What was kept before is as it was, and nothing half-written is beside it.
        assert_same(Index.open(folder, embedder=fake), before)
        assert unsound(folder) == []
        with pytest.raises(OSError, match=r"No space left on device|File too large"):
            made.save(folder)
        assert unsound(folder) == []
        # With room on the disk it is kept again.
        make_room()
        again, said = use(docs, folder, fake)
        assert said == []
        assert_same(Index.open(folder, embedder=fake), again.index)
        assert unsound(folder) == []


def test_a_first_index_that_finds_the_disk_full(docs: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path) as (disk, fill_up, make_room):
        fill_up()
        made, [said] = use(docs, disk / "index", FakeEmbedder())
        assert len(made.index.documents) == len(FILES)
        assert "could not be kept" in said
        make_room()
        assert use(docs, disk / "index", FakeEmbedder())[1] == []
        assert unsound(disk / "index") == []


# -- every single write ---------------------------------------------------------------------------


@contextmanager
def failing_from(monkeypatch: pytest.MonkeyPatch, step: int, code: int) -> Iterator[list[str]]:
    """A disk on which every change fails from the n-th on; a file is half-written then."""
    done: list[str] = []

    def failing(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(path: Path, *arguments: Any, **more: Any) -> Any:
            done.append(name)
            if len(done) <= step:
                return change(path, *arguments, **more)
            if name.startswith("write"):
                change(path, arguments[0][: len(arguments[0]) // 2], *arguments[1:], **more)
            raise OSError(code, os.strerror(code), str(path))

        return changed

    with monkeypatch.context() as patch:
        for name in ("write_bytes", "write_text", "mkdir", "replace"):
            patch.setattr(Path, name, failing(name, getattr(Path, name)))
        patch.setattr(store, "_flush", failing("flush", store._flush))
        yield done


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_failure_at_any_write_leaves_one_index_or_the_other(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    fake = CountingEmbedder()
    folder, kept = tmp_path / "index", tmp_path / "kept"
    old = update(docs, kept, fake)
    fill(docs, {"report1.md": FILES["report1.md"], "new.md": article(77)})
    new = update(docs, tmp_path / "none", fake, keep=False)
    outcomes = []
    for step in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(kept, folder)
        with failing_from(monkeypatch, step, code) as done, suppress(OSError):
            new.save(folder)
        found = Index.open(folder, embedder=fake)
        outcomes.append("old" if found.documents == old.documents else "new")
        assert_same(found, old if outcomes[-1] == "old" else new)
        # The rename is what decides; nothing that was half-written stays beside the old index.
        assert unsound_since(folder, outcomes[-1]) == []
        if len(done) <= step:
            break
        new.save(folder)
        assert unsound(folder) == []
    assert {"write_bytes", "write_text", "mkdir", "replace", "flush"} == set(done)
    assert outcomes.index("new") > 10
    assert outcomes == sorted(outcomes, reverse=True)


def unsound_since(folder: Path, which: str) -> list[str]:
    """What is wrong, but for segments that a failure after the rename left to the next save."""
    return [each.what for each in unsound(folder, left_overs=which == "new")]


def test_a_folder_that_may_not_be_written_costs_the_keeping_alone(
    docs: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    made, [said] = use(docs, tmp_path / "file" / "index", FakeEmbedder())
    assert len(made.index.documents) == len(FILES)
    assert "Not a directory" in said or "cannot find the path" in said
