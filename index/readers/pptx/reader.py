"""The steps from a presentation to a document: slide by slide, in the order of the show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.errors import ReadError
from index.readers.drawing import child, children, paragraphs
from index.readers.naming import stem
from index.readers.office.pieces import Piece, bounded, document_of, heading
from index.readers.office.properties import Properties
from index.readers.opc import core_properties, relations
from index.readers.pptx.layout import Layouts, placeholder
from index.readers.pptx.reviews import comments_on, reviewers
from index.readers.pptx.shapes import SlideShapes, listed
from index.readers.zipped import Package, open_package
from index.types import PASSAGE_KINDS, Document, Kind

_NO_TITLE = re.compile(
    r"(?:microsoft )?power ?point(?:[ -](?:presentation|präsentation|bemutató))?|"
    r"présentation powerpoint|presentación de powerpoint|presentazione(?: standard)?(?: di)?"
    r"(?: powerpoint)?|(?:slide|folie|diapositiva) ?\d*|office theme|default",
    re.IGNORECASE,
)
"""What programs fill in as a presentation's title."""

_STATEMENT = 5
"""A title of as many words that has a slide for itself is a statement, and is searched."""


@dataclass(slots=True)
class _Slides:
    """What has been read of the slides."""

    pieces: list[Piece] = field(default_factory=list)
    title: str = ""
    """The first slide's title."""
    problems: list[ReadError] = field(default_factory=list)


def read_pptx(data: bytes, path: str) -> Document:
    """Read a presentation.

    Args:
        data: the file.
        path: its name; its stem is the title of a presentation that has no other.

    Returns:
        The document: each slide's title a heading, then its text from top to bottom, its tables row
        by row, its charts' figures, its pictures' descriptions, its speaker's notes, and its
        reviewers' comments. Slides that are hidden are read as well.

    Raises:
        ReadError: it is no presentation, damaged, protected by a password, or has no text.
    """
    with bounded(path):
        package = open_package(data, path)
        slides = _read_slides(package)
        if slides.problems and not any(piece.kind in PASSAGE_KINDS for piece in slides.pieces):
            raise slides.problems[0]
        said = core_properties(package)
        own = said.title if said.title and not _NO_TITLE.fullmatch(said.title) else None
        named = Properties(own or slides.title or stem(path), said.author, said.date)
        return document_of(slides.pieces, named, path)


def _read_slides(package: Package) -> _Slides:
    presentation = _presentation_part(package)
    names = reviewers(package, presentation)
    layouts = Layouts(package)
    slides = _Slides()
    for number, part in enumerate(_slide_parts(package, presentation), 1):
        try:
            title, pieces = _read_slide(package, layouts, part, number, names)
        except ReadError as error:
            # One damaged slide does not keep a person from the others, but is not passed over.
            slides.problems.append(error)
            note = f"[slide {number} was not read: {error.reason}]"
            slides.pieces.append(Piece(Kind.BOILERPLATE, note, locator=f"slide {number}"))
            continue
        slides.title = slides.title or (title if number == 1 else "")
        slides.pieces += pieces
    return slides


def _presentation_part(package: Package) -> str:
    """The part that has the order of the slides."""
    for relation in relations(package, "").values():
        if relation.kind == "officeDocument" and relation.target in package:
            return relation.target
    if "ppt/presentation.xml" in package:
        return "ppt/presentation.xml"
    raise ReadError(package.path, "it is no presentation that can be read; save it as .pptx")


def _slide_parts(package: Package, presentation: str) -> Iterator[str]:
    parts = relations(package, presentation)
    order = child(package.xml(presentation), "sldIdLst")
    for node in children(order, "sldId") if order is not None else ():
        for key in node.attrib:
            relation = parts.get(str(node.get(key)))
            if relation and relation.kind == "slide":
                yield relation.target


def _read_slide(
    package: Package, layouts: Layouts, part: str, number: int, names: dict[str, str]
) -> tuple[str, list[Piece]]:
    """A slide's title, and all its pieces."""
    place = f"slide {number}"
    parts = relations(package, part)
    shapes = SlideShapes(package, parts, layouts.of(part), place)
    body = shapes.read(child(package.xml(part), "cSld", "spTree"))
    notes = [
        Piece(Kind.PARAGRAPH, text, locator=f"{place}, notes")
        for relation in parts.values()
        if relation.kind == "notesSlide" and relation.target in package
        for text in _notes(package, relation.target)
    ]
    comments = list(comments_on(package, part, names, place))
    title = shapes.title
    alone = not any(piece.kind in PASSAGE_KINDS and piece.text for piece in body)
    if alone and len(title.split()) >= _STATEMENT:
        body = [Piece(Kind.PARAGRAPH, title, locator=place), *body]
        title = ""
    if not any(piece.text for piece in (*body, *notes, *comments)) and not title:
        return "", []
    # Without a heading of its own, it would be taken to belong to the slide before.
    head = heading(title or place.capitalize(), 1, place)
    return shapes.title, [head, *body, *notes, *comments]


def _notes(package: Package, part: str) -> Iterator[str]:
    """What the speaker wrote below a slide."""
    tree = child(package.xml(part), "cSld", "spTree")
    for shape in children(tree, "sp") if tree is not None else ():
        key = placeholder(shape)
        if key is None or key[0] in ("body", "obj"):
            yield from listed(paragraphs(child(shape, "txBody")))
