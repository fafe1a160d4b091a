"""Ctrl-C while passages are embedded: a quick end, a line, and nothing embedded twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import store

ROOT = Path(__file__).parents[2]
FILES = 16
ENOUGH = 3
"""Portions that are embedded before it is interrupted."""


def texts(folder: Path) -> Path:
    """Files of eight passages each that take some seconds to embed."""
    folder.mkdir()
    for number in range(FILES):
        parts = [
            f"Part {part} of report {number}: " + "the council met beside the harbour wall, " * 18
            for part in range(8)
        ]
        (folder / f"report{number:02}.md").write_text(
            f"# Report {number}\n\n" + "\n\n".join(f"{part}and rose." for part in parts)
        )
    return folder


def command(docs: Path, folder: Path) -> list[str]:
    # What was embedded is announced: the signal then comes amid embedding, however slow a machine is.
    code = (
        # A shell has what it starts in the background ignore Ctrl-C.
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from index import update\n"
        "update.BATCH_CHARACTERS = 5_000\n"
        "update.KEEP_SECONDS = 1e9\n"  # the interruption itself keeps what there is
        "embed = update.Update.embed\n"
        "def said(self):\n"
        "    embed(self); print('embedded', self.embedded, flush=True)\n"
        "update.Update.embed = said\n"
        "from qa.cli import main\n"
        f"main(['index', {str(docs)!r}, '--index-dir', {str(folder)!r}])\n"
    )
    return [sys.executable, "-c", code]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to another process there")
def test_what_was_embedded_before_ctrl_c_is_kept(tmp_path: Path) -> None:
    docs, folder = texts(tmp_path / "docs"), tmp_path / "index"
    process = subprocess.Popen(
        command(docs, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    embedded = 0
    for _ in range(ENOUGH):
        embedded = int(process.stdout.readline().split()[1])
    assert not store.exists(folder)
    time.sleep(0.3)  # into the next portion
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    seconds = time.monotonic() - begun
    assert process.returncode == 130
    assert errors.splitlines() == [
        "qa: stopped; the next run goes on from what was embedded so far"
    ]
    # A second on an idle machine of two cores; tests share theirs with others.
    assert seconds < 10
    embedded = max([embedded, *map(int, re.findall(r"embedded (\d+)", output))])
    assert 0 < embedded < FILES * 8
    manifest = store.read_manifest(folder)
    assert sum(segment.passages for segment in manifest.segments) == embedded
    again = subprocess.run(
        command(docs, folder), capture_output=True, text=True, cwd=ROOT, timeout=200
    )
    assert again.returncode == 0, again.stderr
    rest = FILES * 8 - embedded
    assert f"{rest} embedded, {embedded} taken over." in again.stdout
