"""A file in an archive, and the names that one may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.errors import ReadError
from index.readers.archives.limits import Budget


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, still packed."""

    name: str
    """Its path inside, parts joined by "/"; empty where ``problem`` is about the archive itself."""
    problem: str | None
    """Why it cannot be read, where that is known before it is unpacked."""
    read: Callable[[], bytes]
    """Unpacks it; raises ReadError. For all but ZIP: only until the next member is asked for."""


def refused(name: str, path: str, problem: str) -> Member:
    """A member that is not read; or, without a name, a problem of the archive itself."""

    def read() -> bytes:
        raise ReadError(f"{path}/{name}" if name else path, problem)

    return Member(name, problem, read)


def presentable(found: Iterator[Member], path: str, budget: Budget) -> Iterator[Member]:
    """Members with names that can be shown: hidden ones are left out, misleading ones refused."""
    seen: set[str] = set()
    for member in found:
        if not member.name:
            yield member
            continue
        name, problem = _clean(member.name)
        if not name or _is_hidden(name):
            continue
        budget.members -= 1
        if budget.members < 0:
            yield refused("", path, "it holds too many files; the last ones were left out")
            return
        if name in seen:
            problem = "the archive holds several files of this name; only the first was read"
        seen.add(name)
        problem = problem or member.problem
        yield refused(name, path, problem) if problem else Member(name, None, member.read)


_DRIVE = re.compile(r"[A-Za-z]:")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: "annexe\u202efdp.exe" would look like a PDF."""


def _clean(name: str) -> tuple[str, str | None]:
    """A name without what leads to the root of a disk; and why its file is refused, if it is."""
    parts = _DRIVE.sub("", name.replace("\\", "/"), count=1).split("/")
    kept = "/".join(part for part in parts if part not in ("", "."))
    shown = "".join(f"<U+{ord(c):04X}>" if _misleads(c) else c for c in kept)
    if shown != kept:
        return shown, "its name holds invisible characters that make it look like another"
    if ".." in parts:
        return kept, "its name leads out of the archive"
    return kept, None


def _misleads(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in ("Cc", "Cs")


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)
