"""A worker whose reader does to its process what the worst of files would; run by test_workers.py.

What it does is in the file itself: "hang 5", "abort", "eat".
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from index import worker
from index.errors import ReadError
from index.types import Block, Document, FileReport, Kind

_kept: list[bytearray] = []


def read(data: bytes, path: str, max_bytes: int, password: str) -> list[FileReport]:
    verb, *rest = data.decode("utf-8", "surrogatepass").split(" ", 1)
    does = _DEEDS.get(verb)
    text = f"{verb} {' '.join(rest)}".strip()
    if does is not None:
        text = does(*rest) or text
    facts = json.dumps({"max_bytes": max_bytes, "password": password, "process": os.getpid()})
    document = Document.create(
        path=path,
        title=facts,
        text=text,
        blocks=[Block(Kind.COMMENT, 0, len(text), author="Ann", level=1, locator="page 1")],
    )
    return [FileReport(path, document)]


def _hang(seconds: str) -> None:
    time.sleep(float(seconds))


def _hang_holding_everything() -> None:
    """As a parser in C does: no other thread of Python runs, and no signal is handled."""
    ctypes.PyDLL(None).sleep(30)


def _work(seconds: str) -> None:
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        worker.alive()
        time.sleep(0.05)


def _eat() -> None:
    _kept.clear()
    while True:
        _kept.append(bytearray(10_000_000))


def _keep(megabytes: str) -> None:
    _kept.append(bytearray(int(megabytes) * 1_000_000))


def _print() -> str:
    print("printed by Python", flush=True)
    os.write(1, b"\0\0\0\0\0\0\0\5printed by C")
    return subprocess.run(
        ["sh", "-c", "echo by a program; cat"], check=True, capture_output=True, text=True
    ).stdout.strip()


def _recurse() -> None:
    _recurse()


def _refuse() -> None:
    raise ReadError("x", "it is written in invisible ink")


def _start_a_program(note: str) -> None:
    """Start something that would outlive this process, and say which."""
    with subprocess.Popen(["sleep", "30"]) as started:
        Path(note).write_text(f"{os.getpid()} {started.pid}")
        time.sleep(30)


_broken = False


def _break(note: str) -> None:
    """Leave this process, and no later one, so that the next file kills it."""
    global _broken
    _broken = Path(note).exists()
    Path(note).unlink(missing_ok=True)


def _fragile() -> None:
    if _broken:
        os.abort()


_DEEDS = {
    "hang": _hang,
    "freeze": _hang_holding_everything,
    "work": _work,
    "abort": os.abort,
    "exit": lambda code: os._exit(int(code)),
    "segfault": lambda: ctypes.string_at(0),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "eat": _eat,
    "keep": _keep,
    "print": _print,
    "nonsense": lambda: worker._voice.say(b"\xff" * 100),
    "misfit": lambda: worker._voice.say(worker.frames.encode({"report": {"path": 1}})),
    "nothing": lambda: worker._voice.say(worker.frames.encode({"problem": None})),
    "raise": lambda: {}["the table of contents"],
    "recurse": _recurse,
    "refuse": _refuse,
    "start": _start_a_program,
    "break": _break,
    "fragile": _fragile,
}

if __name__ == "__main__":
    if os.environ.get("MISBEHAVE") == "start":
        sys.exit("no such library: libexample.so")
    worker.main(read)
