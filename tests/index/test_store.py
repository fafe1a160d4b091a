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
from index.errors import (
    DamagedIndexError,
    FormatError,
    ModelMismatchError,
    StoreError,
)
from index.index import Index
from index.indexing import index_documents
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


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{store.SEGMENT_PREFIX}*"))


# -- what is written ------------------------------------------------------------------------------


def test_the_manifest_says_what_the_index_is(tmp_path: Path) -> None:
    OLD.save(tmp_path / "deep" / "down")
    folder = tmp_path / "deep" / "down"
    assert store.exists(folder)
    assert not store.exists(tmp_path)
    manifest = store.read_manifest(folder)
    facts = manifest.facts
    assert (facts.model, facts.fingerprint) == ("fake", "fingerprint of fake")
    assert (facts.dimension, facts.chunking, facts.reading) == (64, OLD.chunking, OLD.reading)
    [segment] = manifest.segments
    assert segment.passages == 6
    assert segment.documents == manifest.documents
    present = {path.name for path in (folder / segment.name).rglob("*") if path.is_file()}
    assert set(segment.files) == present
    assert len(present) == 4


def test_another_save_replaces_it_and_leaves_nothing_behind(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    before = segments(tmp_path)
    (tmp_path / "notes.txt").write_text("the user's own")
    NEW.save(tmp_path)
    assert opened(tmp_path) == "new"
    assert len(segments(tmp_path)) == 1
    assert segments(tmp_path) != before
    kept = {path.name for path in tmp_path.iterdir() if path not in segments(tmp_path)}
    assert kept - {"lock"} == {"manifest.json", "notes.txt"}


# -- what is damaged ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("names")
    OLD.save(folder)
    [segment] = store.read_manifest(folder).segments
    return sorted(segment.files)


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
        path = segments(folder)[0] / name
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
    (snapshot,) = segments(tmp_path)
    snapshot.rename(tmp_path / "elsewhere")
    with pytest.raises(DamagedIndexError, match="missing"):
        opened(tmp_path)


@pytest.mark.parametrize("damage", [cut_short, emptied])
def test_a_damaged_manifest_is_named(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    OLD.save(tmp_path)
    damage(tmp_path / store.MANIFEST)
    with pytest.raises(DamagedIndexError, match=r"manifest\.json: damaged; build it again"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "content", ["[]", "3", "null", "{}", '"text"', "\x00", '{"format": 3}', '{"format": 3}\n{}']
)
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


def test_any_flipped_byte_of_the_manifest_is_noticed(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    data = (tmp_path / store.MANIFEST).read_bytes()
    outcomes = set()
    for at in range(len(data)):
        for flip in (1, 0x20, 0xFF):
            changed = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
            (tmp_path / store.MANIFEST).write_bytes(changed)
            with pytest.raises((DamagedIndexError, FormatError)) as raised:
                store.read_manifest(tmp_path)
            outcomes.add(raised.type)
    assert outcomes == {DamagedIndexError, FormatError}


def test_what_is_undamaged_is_rescued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SMALL", 0)
    fake = FakeEmbedder()
    first = index_documents(OLD.documents, embedder=fake)
    first.save(tmp_path)
    both = index_documents([*OLD.documents, *NEW.documents], embedder=fake, previous=[first])
    both.save(tmp_path)
    kept, written = store.read_manifest(tmp_path).segments
    one_bit_flipped(tmp_path / written.name / "vectors.npy")
    with pytest.raises(DamagedIndexError, match=written.name):
        Index.open(tmp_path, embedder=fake)
    rescued = Index.rescue(tmp_path, embedder=fake)
    assert rescued is not None
    assert rescued.documents == OLD.documents
    before = len(fake.seen)
    again = index_documents([*OLD.documents, *NEW.documents], embedder=fake, previous=[rescued])
    assert len(fake.seen) - before == len(NEW.passages)
    again.save(tmp_path)
    assert Index.open(tmp_path, embedder=fake).documents == both.documents
    assert kept in store.read_manifest(tmp_path).segments
    (tmp_path / store.MANIFEST).write_text("{}")
    assert Index.rescue(tmp_path, embedder=fake) is None


# -- segments -------------------------------------------------------------------------------------


def many(count: int) -> list[Document]:
    return [made(f"tower{number}", 1).documents[0] for number in range(count)]


def test_a_change_writes_little_and_few_segments_remain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SEGMENT_PASSAGES", 8)
    monkeypatch.setattr(store, "SMALL", 4)
    fake, documents = FakeEmbedder(), many(30)
    index = index_documents(documents, embedder=fake)
    index.save(tmp_path)
    assert [segment.passages for segment in store.read_manifest(tmp_path).segments] == [8, 8, 8, 6]
    before = set(segments(tmp_path))
    # One document goes: only its segment is written again.
    without = index_documents(documents[:9] + documents[10:], embedder=fake, previous=[index])
    without.save(tmp_path)
    assert len(before & set(segments(tmp_path))) == 3
    found = Index.open(tmp_path, embedder=fake)
    assert found.documents == without.documents
    assert found.search("tower4 number 0") == without.search("tower4 number 0")
    assert not any("tower9" in path.read_text() for path in tmp_path.glob("*/documents.jsonl"))
    # Many small additions do not make many segments.
    for number in range(30, 50):
        documents.append(made(f"tower{number}", 1).documents[0])
        found = index_documents(documents, embedder=fake, previous=[found])
        found.save(tmp_path)
    assert Index.open(tmp_path, embedder=fake).documents == found.documents
    assert len(segments(tmp_path)) <= 50 / 4 + 1


def test_a_damaged_segment_is_not_kept_by_a_save(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    [segment] = segments(tmp_path)
    one_bit_flipped(segment / "documents.jsonl")
    OLD.save(tmp_path)
    assert opened(tmp_path) == "old"


def test_what_did_not_change_is_not_written(tmp_path: Path) -> None:
    OLD.save(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("segment-*/*")}
    OLD.save(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("segment-*/*")} == before


def test_who_writes_is_named_where_it_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    OLD.save(tmp_path)
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.2)
    with (
        store._locked(tmp_path),
        pytest.raises(
            StoreError, match=rf"process {os.getpid()} on .* has been writing this index"
        ),
    ):
        NEW.save(tmp_path)
    NEW.save(tmp_path)
    assert opened(tmp_path) == "new"


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


@pytest.mark.parametrize("version", [0, 1, 2, "3", None])
def test_another_format_version(tmp_path: Path, version: object) -> None:
    OLD.save(tmp_path)
    path = tmp_path / store.MANIFEST
    head, _, body = path.read_text().partition("\n")
    facts = json.loads(head) | {"format": version, "a field of the future": 1}
    path.write_text(f"{json.dumps(facts)}\n{body}")
    with pytest.raises(FormatError, match=f"has format {version}, .* reads format 3; build it"):
        opened(tmp_path)
    path.write_text(json.dumps(facts, indent=1))  # as format 1 had it
    with pytest.raises(FormatError, match=f"has format {version}"):
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


def test_a_full_disk_leaves_the_old_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    OLD.save(tmp_path)

    def half(folder: Path, *_: object) -> None:
        (folder / "documents.jsonl").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_segment", half)
        with pytest.raises(OSError, match="No space left"):
            NEW.save(tmp_path)
    assert opened(tmp_path) == "old"
    assert len(segments(tmp_path)) == 1
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
    leftover = tmp_path / f"{store.SEGMENT_PREFIX}0123456789abcdef"
    leftover.mkdir()
    (leftover / "documents.jsonl").write_text("half a docum")
    (tmp_path / f"{store.MANIFEST}.draft").write_text('{"form')
    assert opened(tmp_path) == "old"
    NEW.save(tmp_path)
    assert opened(tmp_path) == "new"
    assert len(segments(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} - {"lock"} == {
        store.MANIFEST,
        segments(tmp_path)[0].name,
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
    assert len(test_store.segments(folder)) == 1
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
assert len(test_store.segments(folder)) == 1
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
        assert found.index("new") > 12
        assert found == ["old"] * found.index("new") + ["new"] * found.count("new")


def test_two_processes_that_save_at_once_both_succeed(tmp_path: Path) -> None:
    code = "[sys.argv[4] == 'old' and OLD.save(folder) or NEW.save(folder) for _ in range(10)]\n"
    processes = [child(code, tmp_path, which) for which in ("old", "new")]
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0]
    assert opened(tmp_path) in ("old", "new")
    assert len(segments(tmp_path)) == 1


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
