"""DrawingML, the mark-up of slides, drawings on sheets and charts: its paragraphs and its charts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from index.readers.grid import row_text
from index.readers.grid_header import Header
from index.readers.office.pieces import one_line, tidy

_UNREAD_FIELDS = ("slidenum", "datetime")
"""Fields that a program fills in on every slide: its number, today's date."""

_NO_DESCRIPTION = re.compile(
    r"(?:picture|image|grafik|bild|imagen|immagine|photo|logo|img|dsc|screenshot)?[\s_-]*[\d_-]*|"
    r"\S+\.(?:png|jpe?g|gif|bmp|tiff?|svg|webp|emf|wmf)|[A-Za-z]:\\.*|https?://\S+",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"(?:Description automatically generated.*|Automatisch generierte Beschreibung|"
    r"AI-generated content may be incorrect\.?|KI-generierte Inhalte können fehlerhaft sein\.?)",
    re.IGNORECASE,
)

MAX_POINTS = 2_000
"""Categories of a chart that are read."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a shape."""

    text: str
    level: int
    """How deep it is in a list, from 0."""


def local(node: _Element) -> str:
    """An element's name without its namespace; empty for what is no element."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def children(node: _Element, name: str) -> Iterator[_Element]:
    """The children of a name, in any namespace: strict files have other ones."""
    return (child for child in node if local(child) == name)


def child(node: _Element | None, *names: str) -> _Element | None:
    """The first child of a name, its first child of the next name, and so on."""
    for name in names:
        if node is None:
            return None
        node = next(children(node, name), None)
    return node


def attribute(node: _Element, name: str) -> str:
    """An attribute in any namespace; an empty string where it has none."""
    return next(
        (str(v) for key, v in node.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )


def paragraphs(body: _Element | None) -> list[Paragraph]:
    """The paragraphs of a text body, without the empty ones."""
    found = []
    for node in children(body, "p") if body is not None else ():
        text = tidy("".join(_runs(node)))
        if text:
            properties = child(node, "pPr")
            level = "" if properties is None else properties.get("lvl") or ""
            found.append(Paragraph(text, int(level) if level.isdecimal() else 0))
    return found


def _runs(node: _Element) -> Iterator[str]:
    """The words of a paragraph; formulas are words, too."""
    for part in node:
        name = local(part)
        if name == "br":
            yield "\n"
        elif name == "tab":
            yield " "
        elif name == "fld" and (part.get("type") or "").startswith(_UNREAD_FIELDS):
            continue
        elif name == "t":
            yield part.text or ""
        elif name == "AlternateContent":
            yield from _runs(alternative(part))
        elif name not in ("pPr", "rPr", "endParaRPr"):
            yield from _runs(part)


def alternative(node: _Element) -> _Element:
    """Of the forms in which a file has something, the newest; the last one where it is empty."""
    forms = list(node)
    return next((form for form in forms if len(form)), forms[-1] if forms else node)


def description(about: _Element | None) -> str:
    """What a picture shows, as its alternative text says; empty where that is only a file's name."""
    said = "" if about is None else one_line(about.get("descr") or "")
    # Programs tell people that they made a description up themselves; that part is no description.
    said = _GENERATED.sub("", said).strip()
    return "" if _NO_DESCRIPTION.fullmatch(said) else said


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart says."""

    title: str
    rows: tuple[str, ...]
    """One for each category: "2023; Income: 4.3; Costs: 2"."""


def chart_of(root: _Element) -> Chart:
    """A chart's title, and its figures by category.

    Args:
        root: of the chart's part.
    """
    chart = child(root, "chart")
    title = child(chart, "title")
    said = " ".join(_said(p) for p in _all(title, "p")) if title is not None else ""
    names: list[str] = [""]
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    for series in _all(child(chart, "plotArea"), "ser"):
        name = child(series, "tx")
        names.append("" if name is None else one_line(" ".join(_values(name).values())))
        for words in ("cat", "xVal"):
            node = child(series, words)
            if node is not None:
                categories |= _values(node)
        figures: dict[int, str] = {}
        for numbers in ("val", "yVal"):
            node = child(series, numbers)
            if node is not None:
                figures = _values(node)
        columns.append(figures)
    return Chart(one_line(said), tuple(_chart_rows(names, categories, columns)))


def _chart_rows(
    names: Sequence[str], categories: dict[int, str], columns: Sequence[dict[int, str]]
) -> Iterator[str]:
    header = Header(tuple(names), 1)
    points = sorted({*categories, *(point for column in columns for point in column)})
    for point in points[:MAX_POINTS]:
        cells = [categories.get(point, ""), *(column.get(point, "") for column in columns)]
        if any(cells):
            yield row_text(cells, header)


def _values(node: _Element) -> dict[int, str]:
    """The points that a chart keeps of the cells it was made from, by their number."""
    found = {}
    for point in _all(node, "pt"):
        value = child(point, "v")
        index = point.get("idx") or ""
        if value is not None and value.text and index.isdecimal() and len(index) < 9:
            found[int(index)] = _rounded(one_line(value.text))
    if not found:
        said = one_line(" ".join(_said(v) for v in (*_all(node, "v"), *_all(node, "p"))))
        return {0: said} if said else {}
    return found


def _rounded(text: str) -> str:
    """A figure without the digits that only a computer's rounding makes: 4.2999999999999998."""
    digits = text.lstrip("-")
    if len(digits) < 15 or not digits.replace(".", "", 1).isdecimal():
        return text
    return f"{float(text):.12g}"


def _all(node: _Element | None, name: str) -> Iterator[_Element]:
    return node.iter(f"{{*}}{name}") if node is not None else iter(())


def _said(node: _Element) -> str:
    return "".join(str(part) for part in node.itertext())
