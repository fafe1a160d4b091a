"""The process that reads files for :class:`index.workers.ReadingPool`, within its limits.

Requests come in at standard input, answers go out at standard output (:mod:`index.frames`):

- ``{"path", "max_bytes", "password"}``, and for an upload its bytes: a file to read;
- ``{"ready"}`` once, ``{"loaded": …}`` before a file is parsed, ``{"alive"}`` now and then from
  one that takes long, ``{"log": …}`` for what it logs, ``{"report": …}`` for every document,
  ``{"problem"}`` at the end of each file, which is null if there were reports, or ``{"memory"}`` as
  the last word of a process that has run out of it.

It ends when its standard input does, so that none is left behind when the program is killed.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from index import frames
from index.errors import ReadError
from index.loading import Loaded, load, loaded
from index.readers.mishaps import reason_for
from index.serial import report_to_facts
from index.types import FileReport

Read = Callable[[bytes, str, int, str], list[FileReport]]
"""Bytes, their name, the largest size of a file in an archive, and a password become reports."""

LARGEST_WRITTEN = 256 * 1024 * 1024
"""Bytes of the largest file that a reader may write: a page's picture for text recognition is under
30 MB; a parser that complains without end must not fill the disk."""

_SIGN_SECONDS = 0.5
"""Signs of life are sent no more often."""


def alive() -> None:
    """Say that work goes on; the clock for the file begins anew.

    For readers whose work is long by nature, such as text recognition, between two pages. Outside
    a worker process it does nothing.
    """
    if _voice is not None:
        _voice.alive()


class _Voice:
    """Where this process answers; several threads may."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._last_sign = 0.0

    def say(self, message: bytes, *, at_once: bool = True) -> None:
        with self._lock:
            self._out.write(message)
            if at_once:
                self._out.flush()

    def alive(self) -> None:
        now = time.monotonic()
        if now - self._last_sign >= _SIGN_SECONDS:
            self._last_sign = now
            self.say(frames.encode({"alive": True}))


_voice: _Voice | None = None
"""Set in a worker process only."""


def main(read: Read | None = None) -> None:
    """Answer requests until there are no more.

    Args:
        read: what reads; by default every format that there is a reader for.
    """
    global _voice
    source, out = _take_pipes()
    limited = _set_limits(int(sys.argv[-1]))
    faulthandler.enable()
    requests: queue.SimpleQueue[tuple[dict[str, Any], bytes | None]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, requests), daemon=True).start()
    _voice = _Voice(out)
    logging.getLogger("index").addHandler(_Log(logging.WARNING))
    _voice.say(frames.encode({"ready": True, "limited": limited}))
    enough = False
    while not enough:
        request, content = requests.get()
        answer, enough = _answer(request, content, read or _read_all, _voice)
        _voice.say(answer)
    _leave()


def _read_all(data: bytes, path: str, max_bytes: int, password: str) -> list[FileReport]:
    from index.readers import containers

    return containers.read_all(data, path, password=password, max_bytes=max_bytes)


def _load(path: str, content: bytes | None, max_bytes: int) -> Loaded:
    """An upload's bytes, or those of the file on disk if it is of a format that is read."""
    from index import readers
    from index.readers import containers

    if not containers.is_readable(path):
        raise ReadError(path, readers.NOT_SUPPORTED)
    if content is not None:
        return loaded(content, path, max_bytes=max_bytes)
    return load(Path(path), max_bytes=max_bytes)


def _answer(
    request: dict[str, Any], content: bytes | None, read: Read, voice: _Voice
) -> tuple[bytes, bool]:
    """The answer to one request, and whether this process had better end."""
    try:
        return frames.encode(_reading(request, content, read, voice)), False
    except MemoryError:
        # Answered outside, where what filled the memory is gone.
        pass
    return frames.encode({"memory": True}), True


def _reading(
    request: dict[str, Any], content: bytes | None, read: Read, voice: _Voice
) -> dict[str, Any]:
    """Read and report; returns the last message: what is wrong with the file as a whole, or None."""
    path, max_bytes = request["path"], request["max_bytes"]
    try:
        file = _load(path, content, max_bytes)
        facts = {"sha256": file.sha256, "size": file.size, "modified_ns": file.modified_ns}
        voice.say(frames.encode({"loaded": facts}))
        for report in read(file.data, path, max_bytes, request["password"]):
            voice.say(frames.encode({"report": report_to_facts(report)}), at_once=False)
        return {"problem": None}
    except ReadError as error:
        return {"problem": error.reason}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this file's; and it is logged
        return {"problem": reason_for(error, path)}


class _Log(logging.Handler):
    """Hands what this package logs over to the program, which decides where it goes."""

    def emit(self, record: logging.LogRecord) -> None:
        if _voice is not None:
            said = [record.levelno, record.name, self.format(record)]
            _voice.say(frames.encode({"log": said}))


def _listen(
    source: BinaryIO, requests: queue.SimpleQueue[tuple[dict[str, Any], bytes | None]]
) -> None:
    """Take requests in; when there will be none any more, end the process, whatever it is doing."""
    try:
        while (message := frames.receive(source)) is not None:
            requests.put(message)
    finally:
        _leave()


def _leave() -> None:
    """End at once, with what this process has started (it leads a group of its own)."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for requests alone: what a library prints goes to the errors."""
    source, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, out


def _set_limits(megabytes: int) -> bool:
    """Limit this process as the system allows; whether its memory is limited.

    Windows has no such limits, and macOS keeps none of memory: there the time limit stands alone.
    """
    _die_with_the_program()
    try:
        import resource
    except ImportError:
        return False
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_WRITTEN, LARGEST_WRITTEN))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    except (ValueError, OSError):
        return False
    return sys.platform == "linux"


def _die_with_the_program() -> None:
    """Have Linux kill this process when its parent dies, even while a parser holds everything up.

    Elsewhere, and should the parent be dead already, the end of standard input does.
    """
    if sys.platform == "linux":
        import ctypes

        parent_death_signal = 1  # PR_SET_PDEATHSIG, linux/prctl.h
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    # Not this module's own main: readers import index.worker, which would be another module.
    from index.worker import main as run

    run()
