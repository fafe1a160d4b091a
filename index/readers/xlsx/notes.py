"""What people wrote at the cells of a sheet: notes, and conversations in threads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from index.readers.drawing import attribute, child, children
from index.readers.office.pieces import tidy
from index.readers.office.properties import moment
from index.readers.opc import relations
from index.readers.xlsx.cells import place_of
from index.readers.zipped import Package

_THREAD = "tc={"
"""How the author of a note begins that only stands for a thread, for programs without threads."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note or a message of a thread."""

    cell: str
    text: str
    author: str | None
    date: str | None = None
    reply_to: str | None = None


def people(package: Package, workbook: str) -> dict[str, str]:
    """The names of those who write in threads, by the ids that the threads have for them."""
    found: dict[str, str] = {}
    for relation in relations(package, workbook).values():
        if relation.kind == "person" and relation.target in package:
            for person in package.xml(relation.target).iter("{*}person"):
                found[attribute(person, "id")] = attribute(person, "displayName")
    return found


def notes_of(package: Package, sheet: str, names: dict[str, str]) -> list[Note]:
    """The notes of a sheet, by their cells, row by row; a thread's messages follow each other.

    Args:
        package: the workbook.
        sheet: its part.
        names: of :func:`people`.
    """
    found: list[Note] = []
    for relation in relations(package, sheet).values():
        if relation.external or relation.target not in package:
            continue
        if relation.kind == "comments":
            found += _notes(package.xml(relation.target))
        elif relation.kind == "threadedComment":
            found += _thread(package.xml(relation.target), names)
    return sorted(found, key=lambda note: place_of(note.cell))


def _notes(root: _Element) -> Iterator[Note]:
    authors = [(node.text or "").strip() for node in root.iter("{*}author")]
    for node in root.iter("{*}comment"):
        number = node.get("authorId") or ""
        known = number.isdecimal() and int(number[:9]) < len(authors)
        author = authors[int(number)] if known else ""
        if author.startswith(_THREAD):
            continue
        body = child(node, "text")
        text = "" if body is None else _text(body)
        # The program begins a note with the name of who writes it.
        text = text.removeprefix(f"{author}:").strip() if author else text
        if text:
            yield Note(node.get("ref") or "", text, author or None)


def _text(body: _Element) -> str:
    parts = [node.text or "" for node in children(body, "t")]
    for run in children(body, "r"):
        parts += [node.text or "" for node in children(run, "t")]
    return tidy("".join(parts))


def _thread(root: _Element, names: dict[str, str]) -> Iterator[Note]:
    authors: dict[str, str] = {}
    for node in root.iter("{*}threadedComment"):
        author = names.get(node.get("personId") or "", "")
        authors[node.get("id") or ""] = author
        body = child(node, "text")
        text = tidy((body.text or "") if body is not None else "")
        if text:
            yield Note(
                node.get("ref") or "",
                text,
                author or None,
                moment(node.get("dT")),
                authors.get(node.get("parentId") or "") or None,
            )
