"""Which files a user's paths name, and what each of them holds now."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index import readers
from index.errors import ReadError
from index.types import Document, FileReport


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was indexed, as it was then."""

    path: str
    sha256: str
    document: str
    """The id of the document that was read from it."""


def find_files(paths: Iterable[str | Path]) -> tuple[list[Path], list[FileReport]]:
    """The files to read, and reports on what cannot be.

    A folder stands for every file below it that has a reader; its hidden files and folders are
    left out, and symbolic links to folders are not followed. A file that is named itself is taken
    whatever its name is, so that its own report says why it cannot be read.

    Returns:
        Files in a fixed order, each once; and a report for each path that does not exist and each
        file in a folder that has no reader.
    """
    files: dict[str, Path] = {}
    problems = []
    for named in paths:
        found, problem = _files_in(named)
        problems += problem
        for file in found:
            if file == Path(named).expanduser() or readers.is_supported(file):
                files.setdefault(os.path.realpath(file), file)
            else:
                reason = f"not a format that is read ({', '.join(readers.SUFFIXES)})"
                problems.append(FileReport(str(file), problem=reason))
    return list(files.values()), problems


def read_file(
    path: Path, known: dict[tuple[str, str], Document], *, max_bytes: int
) -> tuple[Source | None, FileReport]:
    """Read one file, or take the document known from its content.

    Args:
        path: the file.
        known: documents of an earlier reading by path and SHA-256 of the file.
        max_bytes: the largest file to read.

    Returns:
        The source and a report; no source when there is a problem.
    """
    try:
        data = readers.load(path, max_bytes=max_bytes)
        sha256 = hashlib.sha256(data).hexdigest()
        document = known.get((str(path), sha256)) or readers.read(data, path)
    except ReadError as error:
        return None, FileReport(str(path), problem=error.reason)
    return Source(str(path), sha256, document.id), FileReport(str(path), document)


def _files_in(named: str | Path) -> tuple[list[Path], list[FileReport]]:
    """A file itself, or those below a folder; and what cannot be looked into."""
    try:
        path = Path(named).expanduser()
        if path.is_dir():
            return _files_below(path)
        if path.exists():
            return [path], []
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return [], [FileReport(str(named), problem=(reason or str(error)).lower())]
    return [], [FileReport(str(path), problem="there is no such file or folder")]


def _files_below(folder: Path) -> tuple[list[Path], list[FileReport]]:
    files = []
    closed: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [Path(parent) / name for name in sorted(names) if not name.startswith(".")]
    return files, [
        FileReport(
            str(error.filename), problem=f"this folder may not be read ({error.strerror})".lower()
        )
        for error in closed
    ]
