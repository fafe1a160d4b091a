"""A process that is killed while it indexes loses what it was at, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

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
    assert len(outcomes) == KILLS
    assert sum(killed for _, killed, _ in outcomes) > KILLS / 2
    found = Counter((phase, found) for phase, _, found in outcomes)
    # Kept half-way, more often than not: the kills met what they were to meet.
    assert found["from nothing", "between"] >= 5
    assert found["up to date", "between"] >= 3
    assert {phase for phase, _, _ in outcomes} == {"from nothing", "up to date", "written again"}
