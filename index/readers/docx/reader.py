"""The parts of a Word document become one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml.etree import _Element

from index.errors import ReadError
from index.readers.docx.body import Body, Parts
from index.readers.docx.comments import comments_of
from index.readers.docx.inline import Inline
from index.readers.docx.markup import attribute, child, descendants, name_of
from index.readers.docx.styles import Styles
from index.readers.office.headings import with_headings
from index.readers.office.pieces import bounded, document_of, join_lists
from index.readers.opc import Relation, core_properties, relations
from index.readers.zipped import Package, open_package
from index.types import Document

_BODY = "word/document.xml"
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


def read_docx(data: bytes, path: str) -> Document:
    """Read a Word document.

    Args:
        data: the file.
        path: its name, for the document and for errors; nothing is read from it.

    Returns:
        The document. Footnotes and comments follow the paragraph they belong to; headers and
        footers are kept once, at the end.

    Raises:
        ReadError: it is protected, damaged, of another format, or has no text.
    """
    with bounded(path):
        package = open_package(data, path)
        name = _body_name(package)
        root = package.xml(name)
        if name_of(root) != "document":
            raise ReadError(path, "not a Word document, though its name says so")
        related = relations(package, name)
        parts = _parts(package, related)
        paged = any(True for _ in descendants(root, "lastRenderedPageBreak"))
        body = Body(parts, paged=paged)
        pieces = join_lists(with_headings(body.read(child(root, "body"))))
        pieces += body.rest()
        furniture = _furniture(package, related.values())
        return document_of(pieces, core_properties(package), path, furniture=furniture)


def _body_name(package: Package) -> str:
    """The part with the text, which the package names; some programs name it wrongly."""
    named = [r.target for r in relations(package, "").values() if r.kind == "officeDocument"]
    return next((name for name in [*named, _BODY] if name in package), _BODY)


def _parts(package: Package, related: Mapping[str, Relation]) -> Parts:
    def of_kind(kind: str) -> _Element | None:
        names = [r.target for r in related.values() if r.kind == kind and not r.external]
        return next((package.xml(name) for name in names if name in package), None)

    notes = {
        (kind, attribute(note, "id") or ""): note
        for kind in ("footnote", "endnote")
        if (root := of_kind(f"{kind}s")) is not None
        for note in descendants(root, kind)
        if attribute(note, "type") not in _SEPARATORS
    }
    diagrams = {
        identity: _diagram_words(package.xml(relation.target))
        for identity, relation in related.items()
        if relation.kind == "diagramData" and relation.target in package
    }
    comments = comments_of(of_kind("comments"), of_kind("commentsExtended"))
    return Parts(Styles(of_kind("styles")), notes, comments, diagrams)


def _diagram_words(root: _Element) -> list[str]:
    """What a diagram's boxes say."""
    boxes = (
        "".join(t.text or "" for t in descendants(point, "t")) for point in descendants(root, "pt")
    )
    return [box for box in boxes if box.strip()]


def _furniture(package: Package, related: Iterable[Relation]) -> list[str]:
    """What headers and footers of the pages say, a text for each."""
    inline = Inline()
    texts = []
    for relation in related:
        if relation.kind in ("header", "footer") and relation.target in package:
            paragraphs = descendants(package.xml(relation.target), "p")
            texts.append("\n".join(inline.read(paragraph).text for paragraph in paragraphs))
    return texts
