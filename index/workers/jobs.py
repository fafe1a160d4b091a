"""What is asked of the workers, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from index.types import FileReport


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A file to read."""

    path: Path
    max_bytes: int
    """The largest file that is read, and the largest one inside an archive."""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FileReading:
    """What was read from a file, and what the file was when it was read."""

    path: str
    sha256: str
    """Of the bytes that were read; empty where none could be."""
    size: int
    modified_ns: int
    """When the file was last changed; 0 for an upload, and where it could not be read."""
    reports: tuple[FileReport, ...]
    """One for the file; for an archive or a mail, one for each file in it."""


@dataclass(slots=True, eq=False)
class Job:
    """A file on its way through a worker."""

    request: ReadRequest
    content: bytes | None = None
    """An upload's bytes; None for a file on disk."""
    done: Future[FileReading] = field(default_factory=Future)
    unwanted: bool = False
    """Whether nobody waits for it any more."""
    sha256: str = ""
    size: int = 0
    modified_ns: int = 0
    """These three as soon as the worker has the file's bytes."""
    reports: list[FileReport] = field(default_factory=list)
    """As they come, one by one: those of a large archive together would fill the worker's memory."""

    def finish(self, reports: Sequence[FileReport]) -> None:
        """Hand the reports to whoever waits."""
        path = str(self.request.path)
        self.done.set_result(
            FileReading(path, self.sha256, self.size, self.modified_ns, tuple(reports))
        )

    def fail(self, problem: str) -> None:
        """Report that the file cannot be read."""
        self.finish([FileReport(str(self.request.path), problem=problem)])


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost."""

    seconds: float
    megabytes: int

    @property
    def memory(self) -> str:
        """The memory limit for a person."""
        if self.megabytes % 1024:
            return f"{self.megabytes} MB"
        return f"{self.megabytes // 1024} GB"
