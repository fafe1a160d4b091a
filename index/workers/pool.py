"""Files in, readings out, in order: the pool of workers."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from pathlib import Path
from types import TracebackType

from index.errors import ArgumentError, WorkerError
from index.workers.jobs import FileReading, Job, Limits, ReadRequest
from index.workers.keeper import Keeper

SECONDS = 60.0
"""A file that takes longer is given up. The slowest of 287 real office files, PDFs and web pages takes
a few seconds; ``QA_FILE_SECONDS`` sets another limit."""

MEGABYTES = 2048
"""The memory that reading a file may take; ``QA_FILE_MEMORY_MB`` sets another limit."""

MOST_WORKERS = 8
"""More processes at once would compete for the disk and 2 GB of memory each."""

_AHEAD = 16
"""Files per worker that are read ahead of the one that is waited for: enough that one slow file
does not leave the other workers idle, and few enough to hold in memory."""

_CLOCK_SECONDS = 0.2
"""How often the time that files take is looked at."""

_BOOTSTRAP = (
    "import sys; root = sys.argv[1]; root in sys.path or sys.path.insert(0, root);"
    " from index.worker import main; main()"
)
"""Where this program lies need not be on Python's path; nor may the folder in which it was started
be (``-P``): a ``lxml.py`` among somebody's documents would be run."""


class ReadingPool:
    """Reads files in other processes; a context manager, and safe to use from several threads.

    Processes start when there is work for them and stay until the pool is closed, or the program
    ends in whatever way.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        seconds: float = SECONDS,
        megabytes: int = MEGABYTES,
        command: Sequence[str] | None = None,
    ) -> None:
        """Nothing is started yet.

        Args:
            workers: the most processes; by default one for each processor, up to 8.
            seconds: how long reading a file may take, or be silent where it says that it is alive
                (:func:`index.worker.alive`).
            megabytes: the memory that a process may take, where the system can limit it.
            command: what to run as a worker, for tests; the memory limit is added to it.

        Raises:
            ArgumentError: a limit below what makes sense.
        """
        workers = min(_processors(), MOST_WORKERS) if workers is None else workers
        if workers < 1 or not seconds > 0 or megabytes < 1:
            raise ArgumentError("workers, seconds and megabytes must be more than 0")
        root = str(Path(__file__).resolve().parent.parent.parent)
        self._command = command or [sys.executable, "-P", "-c", _BOOTSTRAP, root]
        self._limits = Limits(seconds, megabytes)
        self._most = workers
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._keepers: list[Keeper] = []
        self._unfinished = 0
        """Files that are waited for, on their way or in the queue."""
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @classmethod
    def from_environment(cls) -> ReadingPool:
        """A pool with the limits that ``QA_FILE_SECONDS`` and ``QA_FILE_MEMORY_MB`` set.

        Raises:
            ArgumentError: one of them is not a number above 0.
        """
        return cls(
            seconds=_number("QA_FILE_SECONDS", SECONDS),
            megabytes=max(1, round(_number("QA_FILE_MEMORY_MB", MEGABYTES))),
        )

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, requests: Iterable[ReadRequest]) -> Iterator[FileReading]:
        """Read files, several at a time.

        Returns:
            The readings, in the order of the requests. A file that cannot be read has a reading
            like any other, whose report says why. Closing the iterator stops what runs.

        Raises:
            WorkerError: no process can be started, or the pool is closed meanwhile.
        """
        waiting: deque[Job] = deque()
        try:
            for request in requests:
                waiting.append(self._submit(Job(request)))
                while waiting and (len(waiting) >= self._most * _AHEAD or waiting[0].done.done()):
                    yield _result(waiting[0])
                    waiting.popleft()
            while waiting:
                yield _result(waiting[0])
                waiting.popleft()
        finally:
            self._drop(waiting)

    def read_bytes(
        self, content: bytes, name: str, *, max_bytes: int, password: str = ""
    ) -> FileReading:
        """Read what somebody sent, as if it were a file of that name, within the same limits.

        Raises:
            WorkerError: no process can be started, or the pool is closed meanwhile.
        """
        job = self._submit(Job(ReadRequest(Path(name), max_bytes, password), content))
        try:
            return _result(job)
        finally:
            self._drop([job])

    def close(self) -> None:
        """Kill the processes; what they have not read yet fails. May be called twice."""
        with self._lock:
            self._closed.set()
            keepers, self._keepers = self._keepers, []
        for keeper in keepers:
            keeper.close()
        for _ in keepers:
            self._jobs.put(None)
        for keeper in keepers:
            keeper.join()
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                job.done.cancel()

    def _submit(self, job: Job) -> Job:
        with self._lock:
            if self._closed.is_set():
                raise WorkerError("files are no longer read: the pool is closed")
            self._unfinished += 1
            job.done.add_done_callback(self._finished)
            self._jobs.put(job)
            if self._unfinished > len(self._keepers) < self._most:
                if not self._keepers:
                    threading.Thread(target=self._watch, name="file clock", daemon=True).start()
                keeper = Keeper(self._jobs, self._command, self._limits)
                self._keepers.append(keeper)
                keeper.start()
        return job

    def _finished(self, _: Future[FileReading]) -> None:
        with self._lock:
            self._unfinished -= 1

    def _watch(self) -> None:
        """Stop what takes too long, until the pool is closed."""
        while not self._closed.wait(_CLOCK_SECONDS):
            for keeper in list(self._keepers):
                keeper.check_clock()

    def _drop(self, jobs: Iterable[Job]) -> None:
        """Nobody waits for these any more."""
        for job in jobs:
            if not job.done.cancel() and not job.done.done():
                for keeper in list(self._keepers):
                    keeper.drop(job)


def _result(job: Job) -> FileReading:
    try:
        return job.done.result()
    except CancelledError as error:
        raise WorkerError("files are no longer read: the pool was closed") from error


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _number(name: str, default: float) -> float:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number = float(value)
    except ValueError as error:
        raise ArgumentError(f"{name} is {value!r}; it must be a number") from error
    if not 0 < number < float("inf"):
        raise ArgumentError(f"{name} is {value!r}; it must be more than 0")
    return number
