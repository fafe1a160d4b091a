"""Several processes at one index: readers see whole states, writers wait for each other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from collections_of_files import CountingEmbedder, article, fill, unsound, update

from index import store
from index.errors import StoreError
from index.index import Index

HERE = Path(__file__).parent
SECONDS = float(os.environ.get("QA_FAULT_SECONDS", "15"))
READERS = 4
STATES = 5

BEGINNING = """
import json, os, sys, time
from pathlib import Path
from collections_of_files import CountingEmbedder, article, content, fill, update
from index import store
from index.index import Index
docs, folder, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
fake = CountingEmbedder()
store.SEGMENT_PASSAGES, store.SMALL = 16, 8
"""

WRITER = """
from test_readers_and_writers import STATES, state
indexes = []
for number in range(STATES):
    fill(docs, state(number))
    indexes.append(update(docs, folder, fake, keep=False))
indexes[0].save(folder)
print(json.dumps([[each.path, each.id] for index in indexes for each in index.documents]), flush=True)
sys.stdin.readline()
end, saves = time.monotonic() + seconds, 0
while time.monotonic() < end:
    saves += 1
    indexes[saves % STATES].save(folder)
print(saves, flush=True)
"""

READER = """
end, seen, opened = time.monotonic() + seconds, set(), 0
while time.monotonic() < end:
    index = Index.open(folder, embedder=fake)
    opened += 1
    names = [Path(each.path).name for each in index.documents]
    [number] = {name[:6] for name in names}
    for entry in index.entries:
        assert len(entry.keys) == len(entry.vectors) == len(entry.passages) > 0
    seen.add((number, len(names), len(index.passages)))
    [hit] = index.search("report " + number, k=1)
    assert Path(hit.passage.document.path).name.startswith(number)
    assert hit.passage.text in hit.passage.document.text
print(json.dumps([opened, sorted(seen)]), flush=True)
"""


def state(number: int) -> dict[str, str]:
    """The files of one of the states: no other has one of them, nor as many."""
    return {
        f"state{number}-{place:02}.md": article(100 * number + place)
        for place in range(10 + number)
    }


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(HERE.parents[1]), str(HERE)])
    return subprocess.Popen(
        [sys.executable, "-c", BEGINNING + code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=SECONDS * 3 + 120)
    assert process.returncode == 0, errors[-3000:]
    return output


def test_readers_see_whole_states_while_another_process_writes(tmp_path: Path) -> None:
    docs, folder = tmp_path / "docs", tmp_path / "index"
    writer = start(WRITER, docs, folder, SECONDS)
    assert writer.stdout is not None
    assert json.loads(writer.stdout.readline())
    readers = [start(READER, docs, folder, SECONDS) for _ in range(READERS)]
    assert writer.stdin is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    found = [json.loads(ended(reader)) for reader in readers]
    saves = int(ended(writer))
    assert saves > SECONDS
    whole = {(f"state{number}", 10 + number, 2 * (10 + number)) for number in range(STATES)}
    seen = {tuple(each) for _, some in found for each in some}
    assert seen <= whole
    assert len(seen) > 1  # they did look while it was written
    assert all(opened > 1 for opened, _ in found)
    # Nothing but the last state is left.
    assert unsound_but_for_files(folder) == []
    assert len(Index.open(folder, embedder=CountingEmbedder()).documents) == 10 + saves % STATES


def unsound_but_for_files(folder: Path) -> list[str]:
    """The files were of several states, one after another."""
    return [each.what for each in unsound(folder)]


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    fill(tmp_path / "docs", state(0))
    fake = CountingEmbedder()
    index = update(tmp_path / "docs", tmp_path / "index", fake)
    inside, times = threading.Event(), []

    def hold() -> None:
        with store._locked(tmp_path / "index"):
            inside.set()
            time.sleep(0.5)
            times.append(time.monotonic())

    first = threading.Thread(target=hold)
    first.start()
    inside.wait(5)
    index.save(tmp_path / "index")
    times.append(time.monotonic())
    first.join()
    assert times == sorted(times)


HOLDER = """
with store._locked(folder):
    print(os.getpid(), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be killed the same way there")
def test_the_lock_of_a_killed_process_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "docs", state(0))
    folder = tmp_path / "index"
    index = update(tmp_path / "docs", folder, CountingEmbedder())
    holder = start(HOLDER, tmp_path / "docs", folder, 0)
    assert holder.stdout is not None
    pid = int(holder.stdout.readline())
    # While it lives, who wants to write is told who it is.
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.2)
    with pytest.raises(StoreError, match=rf"process {pid} on .* has been writing this index"):
        index.save(folder)
    os.kill(pid, signal.SIGKILL)
    holder.communicate(timeout=30)
    assert (folder / store.HOLDER).exists()
    monkeypatch.setattr(store, "LOCK_SECONDS", 10.0)
    begun = time.monotonic()
    index.save(folder)
    assert time.monotonic() - begun < 5
    assert not (folder / store.HOLDER).exists()
    assert unsound(folder) == []
