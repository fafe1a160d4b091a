"""What a PDF says of itself: title, author, date, outline, where it is plausible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.readers.naming import stem
from index.readers.pdf.kinds import normal

_MAX_OUTLINE = 5000
"""Entries of an outline that are looked at; a damaged one may have no end."""

_MAX_DEPTH = 8
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans titre|sin título|document|dokument|presentation|slide|sheet|"
    r"microsoft (?:word|powerpoint|excel|office)|powerpoint presentation|title|none|null|unknown|"
    r"print|scan|scanned|layout|cover|template|draft|new|test|book|book\d*|page)\b[\s\d_.-]*(?:document|"
    r"spreadsheet|presentation)?[\s\d_.-]*|microsoft \w+ ?[-–].*|\(?anonymous\)?|slide \d+|\W*",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"\S.*\.(?:pdf|docx?|odt|rtf|pptx?|xlsx?|indd|qxd|tex|dvi|ps|eps|txt|html?|pages|ai|cdr|pmd|fm|wpd|tif|jpg)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:anonymous|unknown|user|users?\d*|admin(?:istrator)?|owner|author|root|guest|default|none|null|"
    r"dell|hp|hewlett[- ]packard|lenovo|acer|asus|toshiba|sony|samsung|apple|microsoft(?: office.*)?|"
    r"windows(?: user)?|pc|laptop|home|office|student|scanner|canon|epson|xerox|adobe|unspecified|\W*)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?\s*(?P<year>(?:19|20)\d\d)-?(?P<month>\d\d)-?(?P<day>\d\d)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is plausible of what a file says of itself; None for the rest."""

    title: str | None
    author: str | None
    date: str | None


def read_facts(document: Any, path: str) -> Facts:
    """Title, author and date from the file's information."""
    said = document.get_metadata_dict(skip_empty=True)
    return Facts(
        plausible_title(said.get("Title", ""), path),
        plausible_author(said.get("Author", "")),
        iso_date(said.get("CreationDate", "")) or iso_date(said.get("ModDate", "")),
    )


def plausible_title(text: str, path: str) -> str | None:
    """A title that a person gave: no file's name, no program's word for none."""
    title = _clean(text)
    if len(title) < 3 or len(title) > 300 or not any(c.isalpha() for c in title):
        return None
    if _NO_TITLE.fullmatch(title) or _FILE_NAME.fullmatch(title):
        return None
    if " " not in title and (
        re.search(r"[_\d/\\]|-", title) or title.casefold() == stem(path).casefold()
    ):
        return None
    return title


def plausible_author(text: str) -> str | None:
    """An author's name, no account's or computer's."""
    author = _clean(text)
    if len(author) < 3 or len(author) > 200 or _NO_AUTHOR.fullmatch(author):
        return None
    if not any(c.isalpha() for c in author):
        return None
    if " " not in author and (author.islower() or any(c in "_@\\/0123456789" for c in author)):
        return None
    return author


def iso_date(text: str) -> str | None:
    """A PDF's date, "D:20230421160435Z", as "2023-04-21"; None if there is no such day."""
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    except ValueError:
        return None


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def read_outline(document: Any) -> dict[str, int]:
    """The depth of each entry of the outline, from 1, by the normal form of its words."""
    depths: dict[str, int] = {}
    for bookmark in _entries(document):
        words = normal(_clean(bookmark.get_title() or ""))
        if len(words) > 1:
            depths.setdefault(words, bookmark.level + 1)
    return depths


def _entries(document: Any) -> Iterator[Any]:
    for count, bookmark in enumerate(document.get_toc(max_depth=_MAX_DEPTH)):
        if count >= _MAX_OUTLINE:
            return
        yield bookmark
