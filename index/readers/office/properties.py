"""What a file says of itself: title, author, date, as far as a person has said it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePath

_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans nom|sin título)?\s*(?:new\s+)?(?:microsoft\s+)?(?:word\s+)?"
    r"(?:document|dokument|documento|title|titel|presentation|normal|template)?\s*\d*",
    re.IGNORECASE,
)
"""What programs fill in: "Document1", "Untitled document", "New Microsoft Word Document"."""

_PROGRAM = re.compile(r"Microsoft (?:Office )?(?:Word|PowerPoint|Excel) - ")
"""What printing puts in front of a title."""

_ENDING = re.compile(r"\.(?:docx?|dotx?|odt|rtf|epub|x?html?|pdf|txt|md|indd|pages|wpd)", re.I)

_NOBODY = frozenset(
    {
        "python-docx", "python-pptx", "apache poi", "openpyxl", "un-named", "unnamed", "unknown",
        "unbekannt", "anonymous", "author", "autor", "user", "users", "benutzer", "utilisateur",
        "windows user", "windows-benutzer", "microsoft office user", "microsoft", "admin",
        "administrator", "owner", "default", "none", "null", "test", "guest", "pc", "win", "home",
        "hp", "dell", "lenovo", "acer", "asus", "-", "n/a", "libreoffice", "calibre", "pandoc",
    }
)  # fmt: skip
"""Author names that programs and machines fill in."""

_LONGEST_TITLE = 300
_LONGEST_AUTHOR = 200
_FIRST_YEAR = 1980
"""Before it, no word processor wrote a date; clocks that are not set say 1970 or 1601."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MINUTE = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Properties:
    """A file's title, author and date; None where it has none that is plausible."""

    title: str | None = None
    author: str | None = None
    date: str | None = None


def properties_of(title: str | None, author: str | None, day: str | None, path: str) -> Properties:
    """What is plausible of a file's metadata.

    Args:
        title: as the file has it.
        author: as the file has it; several may be joined by semicolons.
        day: when it was made, as ISO 8601 has it.
        path: the file's name; a title that is only this name is none.
    """
    made_by_program = (author or "").strip().casefold() == "python-docx"
    return Properties(
        plausible_title(title, path),
        plausible_author(author),
        # The library's template has a date of its own, which its documents keep.
        None if made_by_program else plausible_day(day),
    )


def plausible_title(title: str | None, path: str = "") -> str | None:
    """A title, unless a program made it up or it is a file's name."""
    title = _PROGRAM.sub("", " ".join((title or "").split()))
    if _NO_TITLE.fullmatch(title) or not any(character.isalpha() for character in title):
        return None
    if len(title) > _LONGEST_TITLE or _ENDING.fullmatch(PurePath(title).suffix):
        return None
    return None if title == PurePath(path).stem else title


def plausible_author(author: str | None) -> str | None:
    """The authors' names, unless a program or a machine filled them in."""
    names = [" ".join(name.split()) for name in (author or "").split(";")]
    said = [name for name in names if name and name.casefold() not in _NOBODY]
    joined = ", ".join(dict.fromkeys(said))
    return joined if joined and len(joined) <= _LONGEST_AUTHOR else None


def plausible_day(text: str | None) -> str | None:
    """The day of a date in the form 2024-05-31, unless it cannot be one on which a file was made."""
    found = _DAY.match((text or "").strip())
    if not found:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    plausible = day.year >= _FIRST_YEAR and day <= date.today() + timedelta(days=1)
    return day.isoformat() if plausible else None


def moment(text: str | None) -> str | None:
    """When a comment was written: day and minute, "2024-05-31 14:05"."""
    found = _MINUTE.match((text or "").strip())
    return f"{found[1]} {found[2]}" if found else plausible_day(text)
