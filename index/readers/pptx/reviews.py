"""What reviewers wrote on the slides: comments of both kinds that PowerPoint has had."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from index.readers.drawing import child, children, local, paragraphs
from index.readers.office.pieces import Piece
from index.readers.office.properties import moment
from index.readers.opc import relations
from index.readers.zipped import Package
from index.types import Kind


def reviewers(package: Package, presentation: str) -> dict[str, str]:
    """The reviewers' names by the ids that comments have for them."""
    found: dict[str, str] = {}
    for relation in relations(package, presentation).values():
        if relation.kind in ("commentAuthors", "authors") and relation.target in package:
            for node in package.xml(relation.target):
                if local(node) in ("cmAuthor", "author"):
                    found[node.get("id") or ""] = (node.get("name") or "").strip()
    return found


def comments_on(package: Package, slide: str, names: dict[str, str], place: str) -> Iterator[Piece]:
    """The comments on a slide, each before its answers.

    Args:
        package: the presentation.
        slide: the slide's part.
        names: of :func:`reviewers`.
        place: what the slide is called: "slide 3".
    """
    for relation in relations(package, slide).values():
        if relation.kind == "comments" and relation.target in package:
            root = package.xml(relation.target)
            by_number = {_number(node): names.get(node.get("authorId") or "") for node in root}
            for node in children(root, "cm"):
                yield from _comment(node, names, by_number, place)


def _comment(
    node: _Element, names: dict[str, str], by_number: dict[str, str | None], place: str
) -> Iterator[Piece]:
    """A comment and its answers; older files have answers as comments that name another one."""
    author = names.get(node.get("authorId") or "") or None
    parent = next(node.iter("{*}parentCm"), None)
    answered = by_number.get(_number(parent)) if parent is not None else None
    yield _piece(node, author, answered or None, place)
    replies = child(node, "replyLst")
    for answer in children(replies, "reply") if replies is not None else ():
        yield _piece(answer, names.get(answer.get("authorId") or "") or None, author, place)


def _number(node: _Element) -> str:
    return f"{node.get('authorId')}:{node.get('idx')}"


def _piece(node: _Element, author: str | None, answered: str | None, place: str) -> Piece:
    old, new = child(node, "text"), child(node, "txBody")
    text = (old.text or "") if old is not None else ""
    text = text or "\n".join(paragraph.text for paragraph in paragraphs(new))
    date = moment(node.get("dt") or node.get("created"))
    return Piece(Kind.COMMENT, text, author, date, answered, locator=place)
