"""Run by ``test_kills.py`` in a process of its own: indexing is killed, looked at, and goes on.

A forked child indexes, brings up to date, or writes segments again; it is killed at a random moment.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from functools import lru_cache
from pathlib import Path

import fakes
from collections_of_files import (
    CountingEmbedder,
    assert_same,
    content,
    fill,
    first_state,
    second_state,
    third_state,
    unsound,
    update,
)

from index import store
from index import update as updating
from index.index import Index

FILES = 80
PHASES = ("from nothing", "up to date", "written again")
MET = 3
"""So often the first two phases must be met half-way: where the moments were unlucky, more are tried."""


class Scene:
    """The files and indexes that each phase begins with and comes to."""

    def __init__(self, root: Path) -> None:
        self.docs, self.folder = root / "docs", root / "index"
        first = first_state(FILES)
        second = second_state(first)
        self.states = [first, second, third_state(second)]
        self.wanted: list[Index] = []
        self.seconds: list[float] = []
        self.kept = [root / f"kept{number}" for number in range(len(self.states))]
        for kept, state in zip(self.kept, self.states, strict=True):
            fill(self.docs, state)
            # Made from nothing, and never written.
            self.wanted.append(update(self.docs, root / "none", CountingEmbedder(), keep=False))
            begun = time.monotonic()
            update(self.docs, self.folder, CountingEmbedder())
            self.seconds.append(time.monotonic() - begun)
            shutil.copytree(self.folder, kept)
            assert_same(Index.open(kept, embedder=CountingEmbedder()), self.wanted[-1])

    def set(self, phase: int) -> None:
        shutil.rmtree(self.folder)
        if phase:
            shutil.copytree(self.kept[phase - 1], self.folder)
        else:
            self.folder.mkdir()
        fill(self.docs, self.states[phase])


def killed(scene: Scene, phase: int, share: float) -> bool:
    """Whether a process that updates was killed before it was done.

    Args:
        scene: what it updates.
        phase: from which state.
        share: of the time that it took last time, when it is to be killed.
    """
    pid = os.fork()
    if not pid:
        try:
            update(scene.docs, scene.folder, CountingEmbedder())
        except BaseException as error:  # noqa: BLE001 - it is said, and ends the process
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    begun = time.monotonic()
    ended, status = 0, 0
    while not ended and time.monotonic() - begun < scene.seconds[phase] * share:
        time.sleep(0.001)
        ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:  # the machine is less busy than when it was timed
        scene.seconds[phase] = time.monotonic() - begun
    else:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0


def look(scene: Scene, phase: int) -> tuple[str, set[str]]:
    """What there is after a kill, as a word and as the keys of what is embedded."""
    fake = CountingEmbedder()
    if not store.exists(scene.folder):
        assert phase == 0
        return "none yet", set()
    opened = Index.open(scene.folder, embedder=fake)
    assert fake.seen == []
    assert unsound(scene.folder, left_overs=True) == []
    whole = [
        content(entry)
        for index in scene.wanted[max(0, phase - 1) : phase + 1]
        for entry in index.entries
    ]
    by_path: dict[tuple[str, str], list[object]] = {}
    for each in whole:
        by_path.setdefault((each[0].path, each[0].id), []).append(each)
    for entry in opened.entries:
        assert content(entry) in by_path[entry.document.path, entry.document.id]
    ends = scene.wanted[phase].documents
    if opened.documents == ends:
        return "new", set(opened.keys)
    before = phase and opened.documents == scene.wanted[phase - 1].documents
    return "old" if before else "between", set(opened.keys)


def go_on(scene: Scene, phase: int, known: set[str]) -> None:
    """The next run embeds the rest, and comes to what is made from nothing."""
    fake = CountingEmbedder()
    update(scene.docs, scene.folder, fake)
    wanted = scene.wanted[phase]
    assert sorted(fake.keys) == sorted(set(wanted.keys) - known)
    assert_same(Index.open(scene.folder, embedder=fake), wanted)
    assert store.strays(scene.folder, store.read_manifest(scene.folder)) == []
    assert store.foreign(scene.folder) == []


def main(root: Path, kills: int, seed: int) -> None:
    fakes._direction = lru_cache(None)(fakes._direction)
    updating.KEEP_SECONDS, updating.BATCH_CHARACTERS = 0.0, 4_000
    store.SEGMENT_PASSAGES, store.SMALL = 64, 32
    scene = Scene(root)
    chance = random.Random(seed)
    met = Counter[int]()
    for number in range(4 * kills):
        if number >= kills and min(met[phase] for phase in (0, 1)) >= MET:
            break
        phase = number % len(PHASES)
        scene.set(phase)
        # Most of what is written is written late.
        was_killed = killed(scene, phase, chance.triangular(0.0, 1.1, 0.9))
        found, known = look(scene, phase)
        met[phase] += found == "between"
        go_on(scene, phase, known)
        print(json.dumps([PHASES[phase], was_killed, found]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
