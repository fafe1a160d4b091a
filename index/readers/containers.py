"""Files that hold files: what is in an archive, and what is attached to a mail, read one by one.

A file inside is named by the path of what holds it: "minutes.zip/2026/may.docx",
"offer.eml/plan.pdf".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index import readers
from index.errors import ReadError
from index.readers.archives import Budget, is_archive, members
from index.readers.archives.limits import TOTAL_FACTOR, too_large
from index.readers.mishaps import reason_for
from index.types import FileReport
from index.worker import alive

MAIL_SUFFIXES = (".eml", ".msg")
"""The name endings of mails that may have files attached, in lower case."""

_TOO_DEEP = "it lies in too many archives within archives; unpack the outer one into a folder"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What holds for a file and everything in it."""

    password: str
    max_bytes: int
    budget: Budget


def is_readable(path: str) -> bool:
    """Whether a file of this name can be read, or what is in it."""
    return is_archive(path) or readers.is_supported(Path(path))


def read_all(
    data: bytes, path: str, *, password: str = "", max_bytes: int, depth: int = 3
) -> list[FileReport]:
    """Read a file and what is in it.

    Args:
        data: the file.
        path: its name, which decides on the format.
        password: for archives that ask for one.
        max_bytes: the largest file inside that is read; all of them together may be
            ``TOTAL_FACTOR`` times as large.
        depth: how many archives or mails may lie in one another.

    Returns:
        One report for a document; for an archive one for each file in it, in the order of their
        paths, and one with the archive's own path if something is wrong with it; for a mail one
        for it and one for each file attached to it.
    """
    reading = _Reading(password, max_bytes, Budget(TOTAL_FACTOR * max_bytes))
    return _read(data, path, reading, depth)


def _read(data: bytes, path: str, reading: _Reading, depth: int) -> list[FileReport]:
    if is_archive(path):
        return _archive(data, path, reading, depth)
    problem = _unsupported(path)
    if problem:
        return [FileReport(path, problem=problem)]
    try:
        report = FileReport(path, readers.read(data, Path(path), password=reading.password))
    except ReadError as error:
        report = FileReport(path, problem=error.reason)
    except Exception as error:  # noqa: BLE001 - one file's fault; the others in an archive are read
        report = FileReport(path, problem=reason_for(error, path))
    alive()
    if path.lower().endswith(MAIL_SUFFIXES):
        return [report, *_attached(data, path, reading, depth)]
    return [report]


def _archive(data: bytes, path: str, reading: _Reading, depth: int) -> list[FileReport]:
    if depth < 1:
        return [FileReport(path, problem=_TOO_DEEP)]
    reports: list[FileReport] = []
    try:
        found = members(
            data,
            path,
            max_bytes=reading.max_bytes,
            budget=reading.budget,
            password=reading.password,
        )
        for member in found:
            inside = f"{path}/{member.name}" if member.name else path
            problem = member.problem or _unsupported(inside)
            if problem:
                reports.append(FileReport(inside, problem=problem))
                continue
            try:
                content = member.read()
            except ReadError as error:
                reports.append(FileReport(inside, problem=error.reason))
                continue
            reports += _read(content, inside, reading, depth - 1)
    except ReadError as error:
        reports.append(FileReport(path, problem=error.reason))
    if not reports:
        reports.append(FileReport(path, problem="the archive holds no files"))
    return sorted(reports, key=lambda report: report.path)


def _attached(data: bytes, path: str, reading: _Reading, depth: int) -> Iterator[FileReport]:
    """Reports on what is attached to a mail; on nothing if the mail itself cannot be read."""
    from index.readers import mail

    try:
        for name, content in mail.attachments(data, path):
            inside = f"{path}/{name}"
            problem = _unsupported(inside) or too_large(len(content), reading.max_bytes)
            if depth < 1:
                problem = problem or _TOO_DEEP
            if problem:
                yield FileReport(inside, problem=problem)
            else:
                yield from _read(content, inside, reading, depth - 1)
    except ReadError:
        return  # the report on the mail itself says the same


def _unsupported(path: str) -> str | None:
    return None if is_readable(path) else readers.NOT_SUPPORTED
