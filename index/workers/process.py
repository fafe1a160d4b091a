"""A worker process as the program sees it: started, asked, listened to, killed, buried."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from typing import IO, Any

from index import frames
from index.workers.jobs import Job, Limits

logger = logging.getLogger(__name__)

_LAST_WORDS = 2000
"""Bytes of what a process said last that are kept for the log when it dies."""


class Worker:
    """A process that reads files (:mod:`index.worker`)."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        self._last_words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by bury()
        self._dying = threading.Lock()
        """Held while it is killed or waited for: after that its number may be another process's."""
        self.process = subprocess.Popen(
            [*command, str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._last_words,
            start_new_session=True,  # Ctrl-C is the program's to handle; and a group dies together
        )
        self.ready = False
        self.answered = 0
        self.condemned: tuple[Job | None, str] | None = None
        """The job because of which it was killed, and why."""

    def send(self, job: Job) -> None:
        """Ask for a file. A process that has died is found out when its answer is awaited."""
        request = job.request
        facts = {
            "path": str(request.path),
            "max_bytes": request.max_bytes,
            "password": request.password,
        }
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(frames.encode(facts, job.content))
            if job.content is not None:
                self.process.stdin.write(job.content)
            self.process.stdin.flush()
        except OSError as error:
            logger.debug("a worker is gone: %s", error)

    def receive(self) -> dict[str, Any] | None:
        """Its next message; None when it has died.

        Raises:
            ValueError: it talks nonsense.
        """
        assert self.process.stdout is not None
        message = frames.receive(self.process.stdout)
        return None if message is None else message[0]

    def kill(self, job: Job | None, reason: str) -> None:
        """End it because of a job; the first reason stands."""
        with self._dying:
            if self.condemned is None:
                self.condemned = job, reason
            self._end()

    def bury(self) -> tuple[int, str]:
        """End it if it lives; its exit code and the last it said."""
        if self.condemned is None:
            # It has closed its output: it is dying by itself, and its exit code tells of what.
            try:
                self.process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                logger.debug("worker %d closed its output and lives on", self.process.pid)
        with self._dying:
            self._end()
            code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError as error:  # a request that it did not live to be asked
                logger.debug("the pipe of worker %d: %s", self.process.pid, error)
        with self._last_words as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_WORDS))
            return code, file.read().decode("utf-8", "replace").strip()

    def _end(self) -> None:
        """Kill it at once, with what it has started. Its number is not another's: see ``_dying``."""
        if self.process.returncode is not None:
            return
        if hasattr(os, "killpg"):
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError) as error:  # macOS: of a dead process
                logger.debug("worker %d: %s", self.process.pid, error)
        else:
            self.process.kill()
