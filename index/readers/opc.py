"""What the formats of Microsoft Office since 2007 share: relations between parts, and properties."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from lxml.etree import _Element

from index.readers.office.properties import Properties, properties_of
from index.readers.zipped import Package

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
_CORE = "docProps/core.xml"
_TEMPLATES = ("2013-01-27T09:1", "2013-12-23T23:15")
"""When the templates of python-pptx and python-docx were made, which their documents keep."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to."""

    kind: str
    """The last word of its type's address: "comments", "header"."""
    target: str
    """The other part's name in the package, or an address outside it."""
    external: bool


def relations(package: Package, part: str) -> dict[str, Relation]:
    """The parts that a part refers to, by the id it uses for each; empty where it has none.

    Args:
        package: the file.
        part: a part's name, or an empty string for the file itself.

    Raises:
        ReadError: the list is damaged.
    """
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in package:
        return {}
    found: dict[str, Relation] = {}
    for node in package.xml(listing).iter(_RELATIONSHIP):
        target = node.get("Target") or ""
        external = node.get("TargetMode") == "External"
        if not external:
            # A leading slash starts at the package's root; nothing leads out of it.
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = (node.get("Type") or "").rsplit("/", 1)[-1]
        found[node.get("Id") or ""] = Relation(kind, target, external)
    return found


def core_properties(package: Package) -> Properties:
    """The title, author and day that a file's properties name, where they are plausible.

    Raises:
        ReadError: the properties are damaged.
    """
    named = [r.target for r in relations(package, "").values() if r.kind == "core-properties"]
    part = next((name for name in [*named, _CORE] if name in package), None)
    if part is None:
        return Properties()
    root = package.xml(part)
    title, author = _text(root, f"{_DC}title"), _text(root, f"{_DC}creator")
    created, modified = (_text(root, f"{_DCTERMS}{what}") for what in ("created", "modified"))
    day = created or modified or ""
    if modified and day[:4] < modified[:4]:
        day = modified  # a new document is often made from one of years ago
    if day.startswith(_TEMPLATES):
        day = ""
    return properties_of(title, author, day, package.path)


def _text(root: _Element, tag: str) -> str | None:
    node = root.find(tag)
    return None if node is None else "".join(str(part) for part in node.itertext())
