"""An index on disk: whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from index import store
from index.builder import build_index, index_documents
from index.errors import (
    DamagedIndexError,
    Error,
    FormatError,
    ModelMismatchError,
    StoreError,
)
from index.index import Index
from index.types import Block, Document, Kind

ROOT = Path(__file__).parents[2]


def made(word: str, paragraphs: int = 6) -> Index:
    """An index of which every file on disk differs from another word's."""
    text, blocks = "", []
    for number in range(paragraphs):
        words = f"The {word} number {number} stands in {word}ton, says Old {word.title()}."
        blocks.append(Block(Kind.PARAGRAPH, len(text), len(text) + len(words)))
        text += words + "\n\n"
    document = Document.create(path=f"{word}.txt", title=word, text=text, blocks=blocks)
    return index_documents([document], embedder=FakeEmbedder())


OLD, NEW = made("lighthouse"), made("windmill", paragraphs=9)


def opened(folder: Path) -> str:
    """Which of the two indexes is in a folder, after comparing all of it."""
    index = Index.open(folder, embedder=FakeEmbedder())
    for candidate in (OLD, NEW):
        if index.documents == candidate.documents:
            assert index.passages == candidate.passages
            assert index.keys == candidate.keys
            assert index.words == candidate.words
            assert index.acronyms == candidate.acronyms
            assert (index.dense.vectors == candidate.dense.vectors).all()
            question = "Which windmill or lighthouse is number 3?"
            assert index.search(question) == candidate.search(question)
            return "old" if candidate is OLD else "new"
    raise AssertionError(f"neither the old nor the new index: {index}")


def snapshots(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{store.SNAPSHOT_PREFIX}*"))


# -- what is written ------------------------------------------------------------------------------


def test_the_manifest_says_what_the_index_is(tmp_path: Path) -> None:
    OLD.save(tmp_path / "deep" / "down")
    folder = tmp_path / "deep" / "down"
    assert store.exists(folder)
    assert not store.exists(tmp_path)
    manifest = store.read_manifest(folder)
    assert manifest.format == store.FORMAT
    assert (manifest.model, manifest.fingerprint) == ("fake", "fingerprint of fake")
    assert (manifest.dimension, manifest.passages) == (64, 6)
    assert (manifest.chunking, manifest.reading) == (OLD.chunking, OLD.reading)
    snapshot = folder / manifest.snapshot
    present = {
        path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()
    }
    assert set(manifest.files) == present
    assert len(present) >= 5


def test_another_save_replaces_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    before = snapshots(tmp_path)
    (tmp_path / "notes.txt").write_text("the user's own")
    NEW.save(tmp_path)
    assert opened(tmp_path) == "new"
    assert len(snapshots(tmp_path)) == 1
    assert snapshots(tmp_path) != before
    kept = {path.name for path in tmp_path.iterdir() if path not in snapshots(tmp_path)}
    assert kept - {"lock"} == {"manifest.json", "notes.txt"}


# -- what is damaged ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("names")
    OLD.save(folder)
    return sorted(store.read_manifest(folder).files)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def extended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def one_bit_flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [cut_short, emptied, extended, one_bit_flipped, removed])
def test_every_damaged_file_is_named(
    tmp_path: Path, file_names: list[str], damage: Callable[[Path], None]
) -> None:
    for name in file_names:
        folder = tmp_path / name.replace("/", "-")
        OLD.save(folder)
        path = folder / store.read_manifest(folder).snapshot / name
        damage(path)
        with pytest.raises(DamagedIndexError) as raised:
            Index.open(folder, embedder=FakeEmbedder())
        message = str(raised.value)
        assert message.startswith(f"{path}: ")
        assert ("missing" if damage is removed else "changed") in message
        assert "python -m qa index" in message
        # What it advises helps.
        NEW.save(folder)
        assert opened(folder) == "new"


def test_a_removed_snapshot_is_noticed(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    (snapshot,) = snapshots(tmp_path)
    snapshot.rename(tmp_path / "elsewhere")
    with pytest.raises(DamagedIndexError, match="missing"):
        opened(tmp_path)


@pytest.mark.parametrize("damage", [cut_short, emptied])
def test_a_damaged_manifest_is_named(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    OLD.save(tmp_path)
    damage(tmp_path / store.MANIFEST)
    with pytest.raises(DamagedIndexError, match=r"manifest\.json: damaged; build it again"):
        opened(tmp_path)


@pytest.mark.parametrize("content", ["[]", "3", "null", "{}", '"text"', "\x00", '{"format": 1}'])
def test_a_manifest_of_other_content_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / store.MANIFEST).write_text(content)
    with pytest.raises(DamagedIndexError, match=r"manifest\.json: damaged"):
        store.read_manifest(tmp_path)


def test_a_manifest_of_other_bytes_is_damaged(tmp_path: Path) -> None:
    (tmp_path / store.MANIFEST).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DamagedIndexError, match=r"manifest\.json: damaged"):
        store.read_manifest(tmp_path)


def flipped_manifests(folder: Path) -> list[tuple[int, bytes]]:
    data = (folder / store.MANIFEST).read_bytes()
    positions = range(0, len(data), 5)
    return [
        (at, data[:at] + bytes([data[at] ^ (1 << at % 7)]) + data[at + 1 :]) for at in positions
    ]


def test_a_manifest_with_one_bit_flipped_never_gives_a_wrong_index(tmp_path: Path) -> None:
    """Flipped in a place that matters it is an error of ours; elsewhere the index is the old one."""
    OLD.save(tmp_path)
    outcomes = set()
    for _, data in flipped_manifests(tmp_path):
        (tmp_path / store.MANIFEST).write_bytes(data)
        try:
            outcomes.add(opened(tmp_path))
        except StoreError as error:
            outcomes.add(type(error).__name__)
    assert "DamagedIndexError" in outcomes
    assert outcomes <= {"old", "DamagedIndexError", "FormatError", "ModelMismatchError"}


def test_an_index_with_a_flipped_manifest_can_be_brought_up_to_date(tmp_path: Path) -> None:
    """It opens or it is refused; what opens can be built upon."""
    (tmp_path / "docs").mkdir()
    text = "The lighthouse was restored.\n\nIt stands on a cliff above the sea.\n"
    (tmp_path / "docs" / "a.txt").write_text(text)
    index = build_index([tmp_path / "docs"], embedder=FakeEmbedder())
    folder = tmp_path / "index"
    index.save(folder)
    problems = []
    for at, data in flipped_manifests(folder):
        (folder / store.MANIFEST).write_bytes(data)
        try:
            previous = Index.open(folder, embedder=FakeEmbedder())
            again = build_index([tmp_path / "docs"], embedder=FakeEmbedder(), previous=previous)
            assert again.passages == index.passages
        except Error:
            pass
        except Exception as error:  # noqa: BLE001  # every other one is a finding
            problems.append((at, repr(error), data[max(at - 30, 0) : at + 10]))
    assert problems == []


def test_a_manifest_that_miscounts_is_noticed(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    path = tmp_path / store.MANIFEST
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"passages": 7}))
    with pytest.raises(DamagedIndexError, match="6 passages where the manifest says 7"):
        opened(tmp_path)


# -- what is not ours -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["no folder", "an empty folder", "a file"])
def test_no_index(tmp_path: Path, case: str) -> None:
    folder = tmp_path / "index"
    if case == "an empty folder":
        folder.mkdir()
    if case == "a file":
        folder.write_text("a file")
    assert not store.exists(folder)
    with pytest.raises(StoreError, match="no index here; build one with") as raised:
        Index.open(folder, embedder=FakeEmbedder())
    assert type(raised.value) is StoreError
    assert str(folder) in str(raised.value)


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_format_version(tmp_path: Path, version: object) -> None:
    OLD.save(tmp_path)
    path = tmp_path / store.MANIFEST
    facts = json.loads(path.read_text()) | {"format": version, "a field of the future": 1}
    path.write_text(json.dumps(facts))
    with pytest.raises(FormatError, match=f"has format {version}, .* reads format 1; build it"):
        opened(tmp_path)


def test_another_model(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    other = FakeEmbedder("another", fingerprint="x" * 20)
    with pytest.raises(ModelMismatchError) as raised:
        Index.open(tmp_path, embedder=other)
    for part in (str(tmp_path), "fake (fingerprint ", "another (xxxxxxxxxxxx)", "build the index"):
        assert part in str(raised.value)


def test_a_model_of_the_same_name_with_other_weights(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    with pytest.raises(ModelMismatchError):
        Index.open(tmp_path, embedder=FakeEmbedder(fingerprint="other weights"))
    assert Index.open(
        tmp_path, embedder=FakeEmbedder("renamed", fingerprint=OLD.embedder.fingerprint)
    )


# -- what fails half-way --------------------------------------------------------------------------


@pytest.mark.parametrize("files_written", [0, 1, 3])
def test_a_full_disk_leaves_the_old_index(tmp_path: Path, files_written: int) -> None:
    OLD.save(tmp_path)
    facts = json.loads((tmp_path / store.MANIFEST).read_text())
    kept = {name: facts[name] for name in ("model", "fingerprint", "dimension", "chunking")}

    def write_files(folder: Path) -> None:
        for number in range(files_written):
            (folder / str(number)).write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        store.write(tmp_path, write_files, **kept, reading="1", passages=0, sources=[])
    assert opened(tmp_path) == "old"
    assert len(snapshots(tmp_path)) == 1
    NEW.save(tmp_path)  # the lock was given back
    assert opened(tmp_path) == "new"


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O error"), KeyboardInterrupt()])
def test_an_interruption_at_any_flush_leaves_one_index_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    flush = store._flush
    outcomes = set()
    for stop_at in range(100):
        folder = tmp_path / str(stop_at)
        OLD.save(folder)
        calls = 0

        def flush_until(path: Path, stop_at: int = stop_at) -> None:
            nonlocal calls
            if calls == stop_at:
                raise error
            calls += 1
            flush(path)

        with monkeypatch.context() as patch:
            patch.setattr(store, "_flush", flush_until)
            try:
                NEW.save(folder)
            except type(error):
                outcomes.add(opened(folder))
            else:
                break
    assert stop_at > 5
    assert outcomes <= {"old", "new"}


def test_leftovers_of_a_killed_save_are_removed_by_the_next(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    leftover = tmp_path / f"{store.SNAPSHOT_PREFIX}0123456789abcdef"
    (leftover / "bm25").mkdir(parents=True)
    (leftover / "documents.jsonl").write_text("half a docum")
    (tmp_path / f"{store.MANIFEST}.draft").write_text('{"form')
    assert opened(tmp_path) == "old"
    NEW.save(tmp_path)
    assert opened(tmp_path) == "new"
    assert len(snapshots(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} - {"lock"} == {
        store.MANIFEST,
        snapshots(tmp_path)[0].name,
    }


# -- other processes ------------------------------------------------------------------------------

CHILD = """
import os, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
import test_store
from test_store import NEW, OLD
folder = Path(sys.argv[3])
"""


def child(code: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parent)
    command = [sys.executable, "-c", CHILD + code, str(ROOT), tests, str(folder), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


KILLED_AT_EVERY_STEP = """
# A forked child saves, and is killed just before its n-th change to the folder.
import signal

def watch(stop_at):
    count = 0
    def hook(event, arguments):
        nonlocal count
        if event == "open":
            changes = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        else:
            changes = event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir")
        if changes and str(arguments[0]).startswith(str(folder)):
            if count == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
    sys.addaudithook(hook)

for stop_at in range(1000):
    OLD.save(folder)
    assert len(test_store.snapshots(folder)) == 1
    pid = os.fork()
    if not pid:
        watch(stop_at)
        NEW.save(folder)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    print(test_store.opened(folder), flush=True)
    if status == 0:
        break
"""

KILLED_AT_RANDOM = """
# A forked child saves one index over the other, on and on, until it is killed.
import random, signal, time
chance = random.Random(5)
OLD.save(folder)
for _ in range(15):
    pid = os.fork()
    if not pid:
        while True:
            NEW.save(folder)
            OLD.save(folder)
    time.sleep(chance.uniform(0.01, 0.15))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    print(test_store.opened(folder), flush=True)
OLD.save(folder)
assert len(test_store.snapshots(folder)) == 1
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("code", [KILLED_AT_RANDOM, KILLED_AT_EVERY_STEP])
def test_a_kill_at_any_moment_leaves_one_index_or_the_other(tmp_path: Path, code: str) -> None:
    with child(code, tmp_path) as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    found = output.split()
    assert len(found) >= 15
    assert set(found) <= {"old", "new"}
    if code is KILLED_AT_EVERY_STEP:
        # The old one up to one step, the new one from there on.
        assert found.index("new") > 20
        assert found == ["old"] * found.index("new") + ["new"] * found.count("new")


def test_two_processes_that_save_at_once_both_succeed(tmp_path: Path) -> None:
    code = "[sys.argv[4] == 'old' and OLD.save(folder) or NEW.save(folder) for _ in range(10)]\n"
    processes = [child(code, tmp_path, which) for which in ("old", "new")]
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0]
    assert opened(tmp_path) in ("old", "new")
    assert len(snapshots(tmp_path)) == 1


def test_a_save_while_an_index_is_being_opened_does_not_disturb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    OLD.save(tmp_path)
    sha256 = store._sha256
    here = threading.current_thread()
    writers: list[threading.Thread] = []

    def interrupted(path: Path) -> str:
        if threading.current_thread() is here and not writers:
            writers.append(threading.Thread(target=NEW.save, args=(tmp_path,)))
            writers[0].start()
            writers[0].join(2)  # in vain, where it waits for the reader
        return sha256(path)

    monkeypatch.setattr(store, "_sha256", interrupted)
    try:
        assert opened(tmp_path) in ("old", "new")
    finally:
        writers[0].join()


def test_a_save_waits_for_another_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    OLD.save(tmp_path)
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.2)
    with (
        FileLock(tmp_path / "lock"),
        pytest.raises(StoreError, match="another process has been writing this index"),
    ):
        NEW.save(tmp_path)
    assert opened(tmp_path) == "old"
