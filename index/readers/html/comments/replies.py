"""What a comment says of the one that it answers, apart from where it stands.

Pages that keep their comments in one flat list name the parent's id, link to it, write "in reply to
Ann" next to the author, or say how deep the comment lies: by a number, or by its distance from the
left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element

from index.readers.html.comments.parts import Item, own_elements
from index.readers.html.comments.wording import IN_REPLY_HEAD, LONGEST_NAME
from index.readers.html.dom import lines_of

_PARENT = re.compile(
    r"data-(?:comment-?)?(?:parent(?:-?(?:comment|post))?(?:-?id)?|(?:in-?)?reply-?to(?:-?id)?)"
)
_OWN_ID = re.compile(
    r"id|name|data-(?:(?:comment|post|item|node|reply)-?)?id|data-comment|data-fullname"
)
_DEPTH = re.compile(
    r"data-(?:comment-?)?(?:depth|level|nesting(?:-?level)?|indent)|indent|aria-level"
)
_DIGITS = re.compile(r"\d+(?!.*\d)")
_SHIFT = re.compile(r"(?:margin|padding)-left\s*:\s*(\d{1,4})(?:\.\d+)?\s*(?:px|em|rem|%)", re.I)
_NO_PARENT = {"", "0", "null", "none", "-1", "undefined"}
_UP = 3
"""Elements around a comment that hold no other one may say what it answers: so many at most."""


def resolve_replies(items: list[Item]) -> None:
    """Give items the ones they answer, where they say so and where they stand does not.

    Args:
        items: the comments of a page in their order; their texts and authors are read.
    """
    by_id = _ids(items)
    for item in items:
        if item.parent is None and item.reply_to is None:
            item.reply_to = _named(item)
        if item.parent is None and item.reply_to is None:
            item.parent = _parent_by_id(item, by_id)
    if not any(item.parent or item.depth is not None for item in items):
        _by_depth(items, [_depth(item.around) for item in items])


def note_surroundings(items: list[Item]) -> None:
    """Keep what stands around each item, before the items are taken out of the page."""
    owners = {element: item for item in items for element in item.elements}
    for item in items:
        item.around = list(_elements(item, owners))


def _elements(item: Item, owners: dict[_Element, Item]) -> Iterator[_Element]:
    """The elements of an item, and those around it that hold no other."""
    node = item.elements[0].getparent()
    for _ in range(_UP):
        if node is None or node.tag in ("body", "html"):
            break
        if any(owners.get(inner, item) is not item for inner in node.iter()):
            break
        yield node
        # What stands beside it in its row says how deep it lies.
        for cell in node:
            if cell.tag == "td" and cell not in owners:
                yield cell
                yield from (image for image in cell if image.tag == "img")
        node = node.getparent()
    yield from own_elements(item)


# --- by id --------------------------------------------------------------------------------------


def _ids(items: list[Item]) -> dict[str, Item]:
    """The items by the ids that they bear; and by the numbers in these, where only one has each."""
    whole: dict[str, Item] = {}
    numbers: dict[str, Item | None] = {}
    for item in items:
        for element in item.around:
            for key, value in element.attrib.items():
                if not _OWN_ID.fullmatch(str(key)) or not str(value).strip():
                    continue
                whole.setdefault(str(value).strip(), item)
                number = _DIGITS.search(str(value))
                if number and numbers.setdefault(number[0], item) is not item:
                    numbers[number[0]] = None
    return {number: item for number, item in numbers.items() if item is not None} | whole


def _parent_by_id(item: Item, by_id: dict[str, Item]) -> Item | None:
    for element in item.around:
        for key, value in element.attrib.items():
            named = str(value).strip()
            if _PARENT.fullmatch(str(key)) and named.lower() not in _NO_PARENT:
                found = _found(named, by_id)
                if found is not None and found is not item:
                    return found
    for element in item.around:
        target = str(element.get("href") or "").rpartition("#")[2] if element.tag == "a" else ""
        if target and IN_REPLY_HEAD.match(" ".join(lines_of(element)) + " "):
            found = _found(target, by_id)
            if found is not None and found is not item:
                return found
    return None


def _found(name: str, by_id: dict[str, Item]) -> Item | None:
    number = _DIGITS.search(name)
    return by_id.get(name) or (by_id.get(number[0]) if number else None)


# --- by name ------------------------------------------------------------------------------------


def _named(item: Item) -> str | None:
    """The name in "in reply to Ann", as the comment's head has it."""
    for element in own_elements(item):
        if element.tag in ("p", "blockquote") or sum(1 for _ in element) > 3:
            continue
        words = " ".join(" ".join(lines_of(element)).split())
        found = IN_REPLY_HEAD.match(words) if len(words) <= 2 * LONGEST_NAME else None
        if found:
            name = words[found.end() :].strip(" :@·|,")
            if name and not re.search(r"\d{3}|[#.!?]", name) and len(name.split()) <= 5:
                return name
    return None


# --- by depth -----------------------------------------------------------------------------------


def _depth(elements: list[_Element]) -> int | None:
    """How deep a comment lies, in whatever unit its page has."""
    for element in elements:
        for key, value in element.attrib.items():
            if _DEPTH.fullmatch(str(key)) and str(value).strip().isdecimal():
                return int(str(value).strip()[:4])
    for element in elements:
        shift = _SHIFT.search(str(element.get("style") or ""))
        if shift:
            return int(shift[1])
        # An image of one line's height that only takes up room.
        width = str(element.get("width") or "")
        if element.tag == "img" and element.get("height") == "1" and width.isdecimal():
            return int(width[:4])
    return None


def _by_depth(items: list[Item], depths: list[int | None]) -> None:
    """Each answers the nearest one before it that lies less deep, if most say how deep they lie."""
    told = [depth for depth in depths if depth is not None]
    if len(told) < max(2, 0.9 * len(items)) or len(set(told)) < 2:
        return
    open_: list[tuple[int, Item]] = []
    for item, depth in zip(items, depths, strict=True):
        if depth is None:
            continue
        while open_ and open_[-1][0] >= depth:
            open_.pop()
        if open_ and item.reply_to is None:
            item.parent = open_[-1][1]
        open_.append((depth, item))
