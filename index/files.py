"""Which files a user's paths name, and what each of them held when it was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from index import readers
from index.readers import containers
from index.types import FileReport
from index.workers.jobs import FileReading, ReadRequest

Ignored = Callable[[Path], bool]

SETTLED_NS = 2_000_000_000
"""A file that changed less than two seconds before it was read may change again within the same tick of
its clock: its time is not trusted the next time, and its content is compared."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files of a folder are taken, by patterns as in a ``.gitignore`` file."""

    include: tuple[str, ...] = ()
    """Only files that match one of these; none for all."""
    exclude: tuple[str, ...] = ()
    """No file that matches one of these."""
    ignored: bool = False
    """Also what the folder's ``.gitignore`` files leave out, and hidden files."""


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are found and read."""

    max_bytes: int = readers.MAX_FILE_BYTES
    """The largest file to read."""
    password: str = ""
    """Opens files that need one."""
    selection: Selection = EVERYTHING


DEFAULT_OPTIONS = ReadOptions()


class FileReader(Protocol):
    """What reads files: worker processes (``index.workers``)."""

    def read(self, requests: Iterable[ReadRequest]) -> Iterator[FileReading]:
        """Read files, in the order of the requests."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read, as it was then."""

    path: str
    sha256: str
    size: int
    modified_ns: int
    """When it was changed last; 0 where that cannot be relied on."""
    documents: tuple[tuple[str, str], ...] = ()
    """The path of each document in it, and its id: of an archive's, "archive.zip/notes.txt"."""
    problems: tuple[tuple[str, str], ...] = ()
    """The path of each part that could not be read, and why."""

    @classmethod
    def of(cls, reading: FileReading, now_ns: int) -> Source:
        """What to remember of a file that was read at some time."""
        settled = now_ns - reading.modified_ns > SETTLED_NS
        return cls(
            reading.path,
            reading.sha256,
            reading.size,
            reading.modified_ns if settled else 0,
            tuple((each.path, each.document.id) for each in reading.reports if each.document),
            tuple((each.path, each.problem) for each in reading.reports if each.problem),
        )

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Source:
        """What ``dataclasses.asdict`` and JSON made of one.

        Raises:
            KeyError, TypeError, ValueError: they did not.
        """
        pairs = {
            name: tuple((path, text) for path, text in facts[name])
            for name in ("documents", "problems")
        }
        return cls(**{**facts, **pairs})

    @property
    def ids(self) -> frozenset[str]:
        """The ids of its documents."""
        return frozenset(each for _, each in self.documents)

    def is_of(self, found: os.stat_result) -> bool:
        """Whether a file is, by its size and time, the one that was read."""
        return bool(self.modified_ns) and (self.size, self.modified_ns) == (
            found.st_size,
            found.st_mtime_ns,
        )

    def at(self, path: str, found: os.stat_result, now_ns: int) -> Source:
        """The same content as another file has it."""
        settled = now_ns - found.st_mtime_ns > SETTLED_NS

        def moved(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
            return tuple((path + name.removeprefix(self.path), text) for name, text in pairs)

        return replace(
            self,
            path=path,
            modified_ns=found.st_mtime_ns if settled else 0,
            documents=moved(self.documents),
            problems=moved(self.problems),
        )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_files(
    paths: Iterable[str | Path], selection: Selection = EVERYTHING
) -> tuple[list[Path], list[FileReport]]:
    """The files to read, and reports on what cannot be.

    A folder stands for every file below it that has a reader; hidden files and folders, and what
    ``.gitignore`` files name, are left out, and symbolic links are not followed out of the folder. A
    file that is named itself is taken whatever its name is, so that its own report says why it cannot
    be read.

    Returns:
        Files in a fixed order, each once; and a report for each path that does not exist and each
        file in a folder that has no reader.
    """
    files: dict[str, Path] = {}
    problems = []
    real = lru_cache(os.path.realpath)
    for named in paths:
        found, problem = _files_in(named, selection)
        problems += problem
        for file in found:
            if file == Path(named).expanduser() or containers.is_readable(str(file)):
                link = file.is_symlink()
                path = real(file) if link else os.path.join(real(file.parent), file.name)  # noqa: PTH118
                files.setdefault(path, file)
            elif not file.name.startswith("."):
                problems.append(FileReport(str(file), problem=readers.NOT_SUPPORTED))
    return list(files.values()), problems


def _files_in(named: str | Path, selection: Selection) -> tuple[list[Path], list[FileReport]]:
    """A file itself, or those below a folder; and what cannot be looked into."""
    try:
        path = Path(named).expanduser()
        if path.is_dir():
            return _files_below(path, selection)
        if path.exists():
            return [path], []
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return [], [FileReport(str(named), problem=(reason or str(error)).lower())]
    return [], [FileReport(str(path), problem="there is no such file or folder")]


def _files_below(folder: Path, selection: Selection) -> tuple[list[Path], list[FileReport]]:
    files: list[Path] = []
    closed: list[OSError] = []
    inside = os.path.realpath(folder)
    left_out = {folder: _selected(folder, selection)}
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        here = Path(parent)
        rules = left_out[here if here in left_out else here.parent]
        if not selection.ignored and ".gitignore" in names:
            rules = [*rules, _git_rules(here)]
        left_out[here] = rules
        folders[:] = [
            name
            for name in sorted(folders)
            if _is_taken(here / name, rules, selection, folder=True)
        ]
        files += [
            here / name
            for name in sorted(names)
            if _is_taken(here / name, rules, selection) and _is_inside(here / name, inside)
        ]
    wanted = _patterns(folder, selection.include)
    return [file for file in files if not selection.include or wanted(file)], [
        FileReport(
            str(error.filename), problem=f"this folder may not be read ({error.strerror})".lower()
        )
        for error in closed
    ]


def _is_taken(
    path: Path, rules: list[Ignored], selection: Selection, *, folder: bool = False
) -> bool:
    if path.name.startswith(".") and not selection.ignored:
        return False
    if folder and path.is_symlink():
        return False
    return not any(rule(path) for rule in rules)


def _is_inside(path: Path, folder: str) -> bool:
    """Whether a file is below a folder where its link, if it is one, leads."""
    return not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(folder)


def _selected(folder: Path, selection: Selection) -> list[Ignored]:
    return [_patterns(folder, selection.exclude)] if selection.exclude else []


def _git_rules(folder: Path) -> Ignored:
    try:
        lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # it is there and may not be read: then it cannot be followed
        lines = []
    return _patterns(folder, lines)


def _patterns(folder: Path, lines: Iterable[str]) -> Ignored:
    from gitignore_parser import parse_gitignore_str

    rule: Ignored = parse_gitignore_str("\n".join(lines), base_dir=folder.absolute())
    return rule
