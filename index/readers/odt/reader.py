"""The parts of an OpenDocument text become one document."""

from __future__ import annotations

from lxml.etree import _Element

from index.errors import ReadError
from index.readers.odt.body import Body
from index.readers.odt.inline import read_line
from index.readers.odt.markup import attribute, full, text_of
from index.readers.odt.styles import Styles
from index.readers.office.headings import with_headings
from index.readers.office.pieces import bounded, document_of, join_lists
from index.readers.office.properties import Properties, properties_of
from index.readers.zipped import PROTECTED, Package, open_package, parse_xml
from index.types import Document

_FURNITURE = ("header", "header-left", "header-first", "footer", "footer-left", "footer-first")


def read_odt(data: bytes, path: str) -> Document:
    """Read an OpenDocument text.

    Args:
        data: the file, packed (.odt) or as flat XML (.fodt).
        path: its name, for the document and for errors; nothing is read from it.

    Returns:
        The document. Footnotes and comments follow the paragraph they belong to; headers and
        footers are kept once, at the end.

    Raises:
        ReadError: it is protected, damaged, of another format, or has no text.
    """
    with bounded(path):
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            content = parse_xml(data, path)
            styles: _Element | None = content
            meta: _Element | None = content
        else:
            content, styles, meta = _parts(open_package(data, path))
        text = content.find(f"{full('office:body')}/{full('office:text')}")
        if text is None:
            raise ReadError(path, "not an OpenDocument text, though its name says so")
        paged = attribute(text, "text:use-soft-page-breaks") == "true"
        roots = [content] if styles is content or styles is None else [styles, content]
        body = Body(Styles(roots), paged=paged)
        pieces = join_lists(with_headings(body.read(text)))
        properties = _properties(meta, path)
        return document_of(pieces, properties, path, furniture=_furniture(styles))


def _parts(package: Package) -> tuple[_Element, _Element | None, _Element | None]:
    """The text, the styles and the properties."""
    manifest = "META-INF/manifest.xml"
    if "encrypted-package" in package or (
        manifest in package
        and package.xml(manifest).find(f".//{full('manifest:encryption-data')}") is not None
    ):
        raise ReadError(package.path, PROTECTED)
    content = package.xml("content.xml")
    styles = package.xml("styles.xml") if "styles.xml" in package else None
    return content, styles, package.xml("meta.xml") if "meta.xml" in package else None


def _properties(root: _Element | None, path: str) -> Properties:
    meta = root.find(full("office:meta")) if root is not None else None
    if meta is None:
        return Properties()

    def said(name: str) -> str | None:
        return text_of(meta.find(full(name)))

    return properties_of(
        said("dc:title"),
        said("meta:initial-creator") or said("dc:creator"),
        said("meta:creation-date") or said("dc:date"),
        path,
    )


def _furniture(styles: _Element | None) -> list[str]:
    """What headers and footers of the pages say, a text for each."""
    tags = [full(f"style:{name}") for name in _FURNITURE]
    return [
        "\n".join(
            read_line(paragraph).text for paragraph in node.iter(full("text:p"), full("text:h"))
        )
        for node in (styles.iter(*tags) if styles is not None else ())
    ]
