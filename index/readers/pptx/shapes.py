"""The shapes of a slide become pieces: paragraphs, lists, tables, charts, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml.etree import _Element

from index.readers.drawing import (
    Paragraph,
    alternative,
    attribute,
    chart_of,
    child,
    children,
    description,
    local,
    paragraphs,
)
from index.readers.office.pieces import Piece, one_line
from index.readers.office.table import MAX_COLUMNS, Row, table_pieces
from index.readers.opc import Relation
from index.readers.pptx.layout import Box, Placeholder, box_of, placeholder, reading_order
from index.readers.zipped import Package
from index.types import Kind

SHORT_LIST = 300
"""A list up to this many characters is one paragraph: its items say little without each other."""

_FURNITURE = ("dt", "ftr", "sldNum", "hdr", "sldImg")
_TITLES = ("title", "ctrTitle")


class SlideShapes:
    """Reads the shapes of one slide.

    Args:
        package: the presentation.
        parts: what the slide refers to.
        inherited: where its layout has the placeholders.
        place: what the slide is called: "slide 3".
    """

    def __init__(
        self,
        package: Package,
        parts: dict[str, Relation],
        inherited: dict[Placeholder, Box],
        place: str,
    ) -> None:
        self.title = ""
        """What stands in the placeholder for the title, once :meth:`read` is through."""
        self._package = package
        self._parts = parts
        self._inherited = inherited
        self._place = place
        self._tables = 0

    def read(self, tree: _Element | None) -> list[Piece]:
        """What the shapes say, in the order in which they are read; without the title."""
        if tree is None:
            return []
        return [piece for shape in self._ordered(tree) for piece in self._shape(shape)]

    def _ordered(self, tree: _Element) -> list[_Element]:
        shapes = []
        for node in tree:
            shape = node
            if local(node) == "AlternateContent":
                shape = next(iter(alternative(node)), node)
            shapes.append((box_of(shape, self._inherited), shape))
        return reading_order(shapes)

    def _shape(self, shape: _Element) -> Iterator[Piece]:
        name = local(shape)
        if _is_hidden(shape):
            return
        if name == "grpSp":
            for inner in self._ordered(shape):
                yield from self._shape(inner)
        elif name == "sp":
            yield from self._text(shape)
        elif name == "pic":
            yield Piece(
                Kind.CAPTION, description(child(shape, "nvPicPr", "cNvPr")), locator=self._place
            )
        elif name == "graphicFrame":
            yield from self._frame(shape)

    def _text(self, shape: _Element) -> Iterator[Piece]:
        kind = (placeholder(shape) or ("", ""))[0]
        if kind in _FURNITURE:
            return
        said = paragraphs(child(shape, "txBody"))
        if kind in _TITLES and not self.title:
            self.title = one_line(" ".join(paragraph.text for paragraph in said))
            return
        for text in listed(said):
            yield Piece(Kind.PARAGRAPH, text, locator=self._place)

    def _frame(self, frame: _Element) -> Iterator[Piece]:
        """A table, a chart, or a diagram (SmartArt)."""
        data = child(frame, "graphic", "graphicData")
        table = child(data, "tbl")
        if table is not None:
            self._tables += 1
            yield from table_pieces(_rows(table), f"{self._place}, table {self._tables}")
        for node in data if data is not None else ():
            if local(node) == "chart":
                yield from self._chart(attribute(node, "id"))
            elif local(node) == "relIds":
                yield from self._diagram(attribute(node, "dm"))
        yield Piece(
            Kind.CAPTION,
            description(child(frame, "nvGraphicFramePr", "cNvPr")),
            locator=self._place,
        )

    def _chart(self, name: str) -> Iterator[Piece]:
        root = self._part(name, "chart")
        if root is not None:
            chart = chart_of(root)
            place = f"{self._place}, chart"
            yield Piece(Kind.CAPTION, chart.title, locator=place)
            for row in chart.rows:
                yield Piece(Kind.PARAGRAPH, row, locator=place)

    def _diagram(self, name: str) -> Iterator[Piece]:
        root = self._part(name, "diagramData")
        if root is None:
            return
        said = [
            paragraph
            for point in root.iter("{*}pt")
            # Points of other types repeat what these say.
            if (point.get("type") or "node") in ("node", "asst")
            for paragraph in paragraphs(child(point, "t"))
        ]
        for text in listed(said):
            yield Piece(Kind.PARAGRAPH, text, locator=self._place)

    def _part(self, name: str, kind: str) -> _Element | None:
        relation = self._parts.get(name)
        if relation is None or relation.kind != kind or relation.target not in self._package:
            return None
        return self._package.xml(relation.target)


def listed(said: Sequence[Paragraph]) -> Iterator[str]:
    """Paragraphs of a shape as passages: short ones stay together, long ones stand alone.

    A long list is parted above its outermost items, so that each keeps what is below it.
    """
    if not said:
        return
    if _length(said) <= SHORT_LIST:
        yield "\n".join(paragraph.text for paragraph in said)
        return
    outermost = min(paragraph.level for paragraph in said)
    groups: list[list[Paragraph]] = []
    for paragraph in said:
        if paragraph.level == outermost or not groups:
            groups.append([])
        groups[-1].append(paragraph)
    for group in groups:
        if _length(group) <= SHORT_LIST:
            yield "\n".join(paragraph.text for paragraph in group)
        else:
            yield from (paragraph.text for paragraph in group)


def _length(said: Sequence[Paragraph]) -> int:
    return sum(len(paragraph.text) + 1 for paragraph in said)


def _is_hidden(shape: _Element) -> bool:
    for properties in shape:
        if local(properties).startswith("nv"):
            about = child(properties, "cNvPr")
            return about is not None and about.get("hidden") in ("1", "true")
    return False


def _rows(table: _Element) -> list[Row]:
    """A table's rows; a cell that goes over several rows is said in each."""
    properties = child(table, "tblPr")
    has_header = properties is not None and properties.get("firstRow") in ("1", "true")
    rows: list[Row] = []
    for number, line in enumerate(children(table, "tr")):
        cells: list[str] = []
        above = rows[-1].cells if rows else []
        for column, node in enumerate(children(line, "tc")):
            if column >= MAX_COLUMNS:
                break
            if node.get("vMerge") in ("1", "true"):
                cells.append(above[column] if column < len(above) else "")
            elif node.get("hMerge") in ("1", "true"):
                cells.append("")
            else:
                cells.append("\n".join(p.text for p in paragraphs(child(node, "txBody"))))
        rows.append(Row(cells, is_header=True if has_header and number == 0 else None))
    return rows
