"""The thread that keeps one worker process at work, whatever the files do to it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from index.errors import WorkerError
from index.serial import report_from_facts
from index.workers.jobs import Job, Limits
from index.workers.process import Worker

logger = logging.getLogger(__name__)

START_SECONDS = 60.0
"""How long a process may take to start before that counts as failed: it takes 0.1 s."""

HARD_LIMIT = 20
"""A file that sends signs of life is stopped after so many times the limit for a silent one."""

_QUEUED = 2
"""Requests that a process has at once, so that it need not wait for the next one."""

_PLENTY = 8
"""Files that must be waiting before a process takes a second one: among the last few, one must not
wait behind a large file while another process is idle."""

_NEVER = float("inf")
_KILLED = 9
"""The signal that ends a process at once."""
_CANNOT_START = "the program that reads files cannot be started"
_NONSENSE = "the program that reads it gave an answer that makes no sense"
_WITHOUT_MEMORY = ("MemoryError", "bad_alloc", "Cannot allocate memory", "out of memory")
"""What libraries say last when they end a process for want of memory."""


class Keeper(threading.Thread):
    """Feeds one worker process from the common queue and replaces it when it dies.

    The thread starts the process itself: Linux kills it when this thread ends. Only this thread
    changes what it is at; others look under the lock.
    """

    def __init__(
        self, jobs: queue.SimpleQueue[Job | None], command: Sequence[str], limits: Limits
    ) -> None:
        super().__init__(name="file reading", daemon=True)
        self._jobs = jobs
        self._command = command
        self._limits = limits
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._pending: deque[Job] = deque()
        """What the process has been, or will be, asked; the first is what it is at."""
        self._sent = 0
        self._silent_after = self._stopped_after = _NEVER

    def run(self) -> None:
        """Work until the queue says that there is no more, or :meth:`close` is called."""
        while self._refill():
            try:
                self._step()
            except Exception as error:  # whoever waits for an answer is told
                logger.exception("reading files failed")
                self._end_worker()
                said = f"{type(error).__name__}: {error}"
                self._give_up(WorkerError(f"reading files failed ({said})"))
        self._end_worker()
        self._give_up(WorkerError("files are no longer read: the pool is closed"))

    # --- what other threads call ----------------------------------------------------------------

    def drop(self, job: Job) -> None:
        """Stop at a job that nobody wants any more, if this keeper has it."""
        with self._lock:
            job.unwanted = True
            worker = self._worker if job in self._pending else None
        if worker is not None:
            worker.kill(job, "nobody waits for it any more")

    def check_clock(self) -> None:
        """Kill the process if its file has taken too long."""
        now = time.monotonic()
        with self._lock:
            worker = self._worker
            job = self._pending[0] if self._pending else None
            stopped, silent = now > self._stopped_after, now > self._silent_after
        if worker is None or not (stopped or silent):
            return
        seconds = self._limits.seconds * (HARD_LIMIT if stopped else 1)
        limit = f"{seconds:g} s in all" if stopped else f"{seconds:g} s"
        worker.kill(job, f"reading it took longer than {limit}; QA_FILE_SECONDS sets another limit")

    def close(self) -> None:
        """Kill the process; what it has not answered fails."""
        self._closing.set()
        with self._lock:
            worker = self._worker
        if worker is not None:
            worker.kill(None, "")

    # --- the thread's own work ------------------------------------------------------------------

    def _refill(self) -> bool:
        """Take jobs: one, waiting for it if need be, and another if there are plenty for all."""
        while not self._closing.is_set():
            if len(self._pending) >= _QUEUED or (self._pending and self._jobs.qsize() < _PLENTY):
                return True
            try:
                job = self._jobs.get(block=not self._pending)
            except queue.Empty:
                return True
            if job is None:
                return False
            if job.done.set_running_or_notify_cancel():
                with self._lock:
                    self._pending.append(job)
        return False

    def _step(self) -> None:
        """Ask for what is pending, and take one message in."""
        worker = self._worker or self._start()
        if worker is None:
            return
        for job in list(self._pending)[self._sent :]:
            worker.send(job)
        if not self._sent and worker.ready:
            self._start_clock()
        self._sent = len(self._pending)
        try:
            message = worker.receive()
            if message is None:
                self._bury(worker)
            else:
                self._take(worker, message)
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("a worker's message makes no sense: %s", error)
            worker.kill(self._pending[0], _NONSENSE)
            self._bury(worker)

    def _start(self) -> Worker | None:
        try:
            worker = Worker(self._command, self._limits)
        except OSError as error:
            self._give_up(WorkerError(f"{_CANNOT_START} ({error})"))
            return None
        with self._lock:
            self._worker = worker
            self._silent_after = time.monotonic() + START_SECONDS
            if self._closing.is_set() or any(job.unwanted for job in self._pending):
                worker.kill(None, "")
        return worker

    def _take(self, worker: Worker, message: dict[str, Any]) -> None:
        """Act on what the process says."""
        job = self._pending[0]
        if "ready" in message:
            worker.ready = True
            self._start_clock()
            if not message["limited"]:
                logger.info("this system does not limit the memory that reading a file takes")
        elif "alive" in message:
            self._silent_after = time.monotonic() + self._limits.seconds
        elif "loaded" in message:
            file = message["loaded"]
            job.sha256, job.size = str(file["sha256"]), int(file["size"])
            job.modified_ns = int(file["modified_ns"])
            job.reports = []
        elif "report" in message:
            job.reports.append(report_from_facts(message["report"]))
        elif "log" in message:
            level, name, said = message["log"]
            logging.getLogger(str(name)).log(int(level), "%s", said)
        elif "memory" in message:
            # After other files it may be these that fill it: asked again of a fresh process.
            worker.kill(None if worker.answered else job, self._too_much_memory())
            self._bury(worker)
        else:
            problem = message["problem"]
            if problem is None and not job.reports:
                raise ValueError("neither a report nor a problem")
            self._answered(worker)
            if problem is None:
                job.finish(job.reports)
            else:
                job.fail(str(problem))

    def _answered(self, worker: Worker) -> None:
        worker.answered += 1
        with self._lock:
            self._pending.popleft()
        self._sent -= 1
        self._start_clock()

    def _start_clock(self) -> None:
        """The time for what is first now begins."""
        begun = time.monotonic() if self._pending else _NEVER
        with self._lock:
            self._silent_after = begun + self._limits.seconds
            self._stopped_after = begun + self._limits.seconds * HARD_LIMIT

    def _bury(self, worker: Worker) -> None:
        """Find out what the process died of; the file that it was at is blamed if it is to blame."""
        code, words = worker.bury()
        with self._lock:
            self._worker = None
            self._sent = 0
            self._silent_after = self._stopped_after = _NEVER
            first = self._pending[0]
            for job in [job for job in self._pending if job.unwanted]:
                self._pending.remove(job)
                job.done.set_exception(WorkerError("nobody waited for it any more"))
        if not self._pending or self._pending[0] is not first or self._closing.is_set():
            return
        if worker.condemned is not None:
            condemned, reason = worker.condemned
            if condemned is not first:
                return  # it was killed because of another one: this one is asked for again
        elif worker.answered:
            return  # what another file left behind may be at fault: asked of a fresh process
        else:
            reason = self._cause(code, words)
            logger.warning("%s: %s\n%s", first.request.path, reason, words)
        if not worker.ready:
            last = words.rpartition("\n")[2] or f"exit code {code}"
            self._give_up(WorkerError(f"{_CANNOT_START} ({last})"))
            return
        with self._lock:
            self._pending.popleft()
        first.fail(reason)

    def _end_worker(self) -> None:
        with self._lock:
            worker, self._worker, self._sent = self._worker, None, 0
            self._silent_after = self._stopped_after = _NEVER
        if worker is not None:
            worker.kill(None, "")
            worker.bury()

    def _give_up(self, error: WorkerError) -> None:
        """Fail what is pending."""
        with self._lock:
            failed = list(self._pending)
            self._pending.clear()
        for job in failed:
            job.done.set_exception(error)

    def _cause(self, code: int, words: str) -> str:
        """Why a process died that nobody killed, for a person."""
        if any(sign in words for sign in _WITHOUT_MEMORY):
            return self._too_much_memory()
        if code == -_KILLED:
            return "the system stopped the program that reads it, perhaps for want of memory"
        if code < 0:
            return f"the program that reads it crashed (signal {-code})"
        return f"the program that reads it ended before it was done (exit code {code})"

    def _too_much_memory(self) -> str:
        return (
            f"reading it took more than {self._limits.memory} of memory;"
            " QA_FILE_MEMORY_MB sets another limit"
        )
