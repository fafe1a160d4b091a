"""A process that is killed while it indexes loses what it was at, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from collections_of_files import (
    CountingEmbedder,
    ReadOnce,
    assert_same,
    content,
    fill,
    first_state,
    second_state,
)
from killing import MET

from index import builder
from index import update as updating
from index.entries import IndexedDocument
from index.files import Source

HERE = Path(__file__).parent
KILLS = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_kill_at_any_moment_costs_only_what_was_being_done(tmp_path: Path) -> None:
    paths = os.pathsep.join([str(HERE.parents[1]), str(HERE)])
    command = [sys.executable, str(HERE / "killing.py"), str(tmp_path), str(KILLS), "7"]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(outcomes) >= KILLS
    assert sum(killed for _, killed, _ in outcomes) > len(outcomes) / 3
    found = Counter((phase, found) for phase, _, found in outcomes)
    # Kept half-way: the kills met what they were to meet.
    assert found["from nothing", "between"] >= MET
    assert found["up to date", "between"] >= MET
    assert {phase for phase, _, _ in outcomes} == {"from nothing", "up to date", "written again"}


def test_every_state_that_is_kept_has_whole_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed file that waits to be embedded counts as it was, its title included."""
    monkeypatch.setattr(updating.Update, "is_due", lambda _: True)
    monkeypatch.setattr(updating, "BATCH_CHARACTERS", 2_000)
    docs = tmp_path / "docs"
    first = first_state(40)
    fill(docs, first)
    before = builder.build_index([docs], embedder=CountingEmbedder(), reader=ReadOnce())
    fill(docs, second_state(first))
    after = builder.build_index([docs], embedder=CountingEmbedder(), reader=ReadOnce())
    whole = [content(entry) for index in (before, after) for entry in index.entries]
    kept: list[int] = []

    def keep(entries: Sequence[IndexedDocument], sources: Sequence[Source]) -> None:
        assert all(content(entry) in whole for entry in entries)
        assert {each.document.id for each in entries} == {
            name for source in sources for name in source.ids
        }
        kept.append(len(entries))

    again = builder.build_index(
        [docs], embedder=CountingEmbedder(), previous=before, reader=ReadOnce(), keep=keep
    )
    assert_same(again, after)
    assert len(kept) > 3
