"""Where shapes stand on a slide, and the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from index.readers.drawing import child, local
from index.readers.opc import relations
from index.readers.zipped import Package

_MARGIN = 91_440
"""A tenth of an inch, in the unit of slides (914,400 an inch): text stands so far from the edge of
its box, so boxes that overlap by less do not look as if they did."""

_MOST_SHAPES = 400
"""Of more shapes, the order is by their upper edge alone: cutting takes time by their square."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a slide."""

    left: int
    top: int
    right: int
    bottom: int


Placeholder = tuple[str, str]
"""What a placeholder is known by: its kind and its number."""


def placeholder(shape: _Element) -> Placeholder | None:
    """A shape's kind as a placeholder ("title", "body"), and its number; None if it is none."""
    for properties in shape:
        if local(properties).startswith("nv"):
            node = child(properties, "nvPr", "ph")
            return None if node is None else (node.get("type") or "obj", node.get("idx") or "0")
    return None


def box_of(shape: _Element, inherited: dict[Placeholder, Box]) -> Box:
    """A shape's place; a placeholder without one stands where the slide's layout has it."""
    own = own_box(shape)
    if own:
        return own
    kind, number = placeholder(shape) or ("", "")
    if (kind, number) in inherited:
        return inherited[kind, number]
    same = {"ctrTitle": "title", "subTitle": "body", "obj": "body"}.get(kind, kind)
    near = [box for (name, at), box in inherited.items() if name == same or at == number != "0"]
    return near[0] if near else Box(0, 0, 0, 0)


def own_box(shape: _Element) -> Box | None:
    """Where a shape says itself that it stands."""
    place = child(shape, "xfrm")
    if place is None:
        holder = next((node for node in shape if local(node) in ("spPr", "grpSpPr")), None)
        place = child(holder, "xfrm")
    offset, extent = child(place, "off"), child(place, "ext")
    if offset is None or extent is None:
        return None
    left, top = _length(offset, "x"), _length(offset, "y")
    return Box(left, top, left + _length(extent, "cx"), top + _length(extent, "cy"))


def _length(node: _Element, name: str) -> int:
    text = node.get(name) or "0"
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) < 16 else 0


class Layouts:
    """The places of placeholders in the layouts that a presentation's slides follow."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._known: dict[str, dict[Placeholder, Box]] = {}

    def of(self, part: str) -> dict[Placeholder, Box]:
        """What a slide, or a layout, inherits from the part that it follows."""
        for relation in relations(self._package, part).values():
            if relation.kind in ("slideLayout", "slideMaster") and relation.target in self._package:
                if relation.target not in self._known:
                    self._known[relation.target] = {}  # a layout that follows itself ends here
                    self._known[relation.target] = self._read(relation.target)
                return self._known[relation.target]
        return {}

    def _read(self, part: str) -> dict[Placeholder, Box]:
        found = dict(self.of(part)) if "slideLayouts/" in part else {}
        tree = child(self._package.xml(part), "cSld", "spTree")
        for shape in tree if tree is not None else ():
            key, box = placeholder(shape), own_box(shape)
            if key and box:
                # A layout's own place goes before that of its master.
                found = {key: box, **{k: b for k, b in found.items() if k != key}}
        return found


def reading_order(shapes: Sequence[tuple[Box, _Element]]) -> list[_Element]:
    """Shapes as they are read: columns from left to right where a gap parts them, else from the top.

    The widest gap that goes through from edge to edge parts the shapes, and then those on each
    side of it, until there is none (the method of recursive cuts by Nagy and Seth, 1984).
    """
    if len(shapes) > _MOST_SHAPES:
        return [shape for _, shape in sorted(shapes, key=lambda s: (s[0].top, s[0].left))]
    ordered: list[_Element] = []
    waiting = [list(shapes)]
    while waiting:
        group = waiting.pop()
        parts = _cut(group) if len(group) > 1 else None
        if parts:
            waiting += [parts[1], parts[0]]
        else:
            group.sort(key=lambda s: (s[0].top, s[0].left))
            ordered += [shape for _, shape in group]
    return ordered


_Shapes = list[tuple[Box, _Element]]


def _cut(shapes: _Shapes) -> tuple[_Shapes, _Shapes] | None:
    """The shapes on both sides of the widest gap; None where there is no gap."""
    by_left = sorted(shapes, key=lambda s: s[0].left)
    by_top = sorted(shapes, key=lambda s: s[0].top)
    across, column = _gap([(box.left, box.right) for box, _ in by_left])
    down, row = _gap([(box.top, box.bottom) for box, _ in by_top])
    if max(across, down) <= 0:
        return None
    if across > down:
        return by_left[:column], by_left[column:]
    return by_top[:row], by_top[row:]


def _gap(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The widest gap between spans in order, a margin added, and the span after it; or (0, 0)."""
    widest = (0, 0)
    reached = spans[0][1]
    for index, (start, end) in enumerate(spans):
        if index and start - reached + _MARGIN > widest[0]:
            widest = (start - reached + _MARGIN, index)
        reached = max(reached, end)
    return widest
