"""Which files a user's paths name, and what each of them held when it was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from index import readers
from index.manifest import MANIFEST, SEGMENT_PREFIX
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
    for named in paths:
        found, problem = _files_in(named, selection)
        problems += problem
        for real, file in found.items():
            files.setdefault(real, file)
    return list(files.values()), problems


Found = tuple[dict[str, Path], list[FileReport]]
"""Files by where they really are, and what cannot be read or looked into."""


def _files_in(named: str | Path, selection: Selection) -> Found:
    """A file itself, or those below a folder; and what cannot be looked into."""
    try:
        path = Path(named).expanduser()
        if path.is_dir():
            return _files_below(path, selection)
        if path.exists():
            return {os.path.realpath(path): path}, []
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return {}, [FileReport(str(named), problem=(reason or str(error)).lower())]
    return {}, [FileReport(str(path), problem="there is no such file or folder")]


def _files_below(folder: Path, selection: Selection) -> Found:
    files: dict[str, Path] = {}
    problems: list[FileReport] = []
    closed: list[OSError] = []
    inside = os.path.realpath(folder)
    wanted = _patterns(folder, selection.include) if selection.include else None
    left_out = {folder: _selected(folder, selection)}
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        here = Path(parent)
        if MANIFEST in names and any(name.startswith(SEGMENT_PREFIX) for name in folders):
            folders.clear()  # an index, and no document
            continue
        rules = left_out[here if here in left_out else here.parent]
        if not selection.ignored and ".gitignore" in names:
            rules = [*rules, _git_rules(here)]
        left_out[here] = rules
        shown = sorted(folders) if selection.ignored else _not_hidden(folders)
        folders[:] = [name for name in shown if _is_taken(here / name, rules, folder=True)]
        really = os.path.realpath(here)
        for name in sorted(names) if selection.ignored else _not_hidden(names):
            path = here / name
            if not _is_taken(path, rules) or (wanted is not None and not wanted(path)):
                continue
            if not containers.is_readable(name):
                if not name.startswith("."):
                    problems.append(FileReport(str(path), problem=readers.NOT_SUPPORTED))
                continue
            link = path.is_symlink()
            real = os.path.realpath(path) if link else f"{really}{os.sep}{name}"
            if not link or Path(real).is_relative_to(inside):
                files.setdefault(real, path)
    problems += [
        FileReport(
            str(error.filename), problem=f"this folder may not be read ({error.strerror})".lower()
        )
        for error in closed
    ]
    return files, problems


def _not_hidden(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith("."))


def _is_taken(path: Path, rules: list[Ignored], *, folder: bool = False) -> bool:
    if folder and path.is_symlink():
        return False
    return not any(rule(path) for rule in rules)


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
