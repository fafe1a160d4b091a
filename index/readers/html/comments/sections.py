"""Where a page has its comments, and their items where nothing but dates tells them apart."""

from __future__ import annotations

from typing import Any, cast

from lxml.etree import _Element

from index.readers.html.comments.marks import (
    DATE_TOKEN,
    WIDGET_TOKEN,
    holds_text_part,
    is_item,
    is_section,
)
from index.readers.html.comments.parts import Item, author_of, body_lines
from index.readers.html.comments.wording import LONGEST_NAME, PROSE, date_in, says_comments
from index.readers.html.dom import (
    DROPPED_TAGS,
    HEADING_TAGS,
    ITEM_TAGS,
    elements_of,
    has_name,
    length_of,
    lines_of,
    lines_of_form,
    take_away,
    tokens_of,
)


def drop_widgets(root: _Element) -> None:
    """Remove side bars: they list the latest comments on other pages.

    Some systems call the part of the page with the article a widget too, so one that holds most
    of the page's text stays.
    """
    whole = length_of(root)
    for node in list(elements_of(root)):
        if (
            has_name(node, WIDGET_TOKEN)
            and node.tag not in {"body", "html"}
            and length_of(node) < whole / 2
            and next(node.iter("h1"), None) is None
        ):
            take_away(node)


def drop_hidden_forms(root: _Element) -> None:
    """Empty the forms that ask for a comment, so that their labels are nobody's words.

    A form that holds paragraphs or comments is the page's frame and stays.
    """
    for form in list(root.iter("form")):
        asks = next(form.iter("textarea", "input"), None) is not None
        tells = any(len(line) > PROSE for line in lines_of_form(form))
        holds = any(is_item(node) for node in form.iter("*")) or holds_text_part(form)
        if asks and not tells and not holds:
            take_away(form)


def find_sections(root: _Element) -> list[_Element]:
    """The outermost containers of comments."""
    found: list[_Element] = []
    inside: set[_Element] = set()
    for node in elements_of(root):
        if node.getparent() in inside:
            inside.add(node)
        elif is_section(node) and next(node.iter("h1"), None) is None:
            inside.add(node)
            found.append(node)
    return found


def headed_regions(root: _Element) -> list[_Element]:
    """What follows a heading that says comments, gathered under a new element each."""
    regions: list[_Element] = []
    for node in list(elements_of(root)):
        if node.tag in HEADING_TAGS | {"div", "p", "span", "strong", "b"} and says_comments(node):
            region = _after(node)
            if region is not None:
                regions.append(region)
    return regions


def _after(heading: _Element) -> _Element | None:
    """Move the siblings after a heading into a new section, up to the next heading of its rank."""
    while heading.getparent() is not None and heading.getnext() is None:
        heading = cast(_Element, heading.getparent())
        if heading.tag in {"body", "html", "a", "nav", "ul"} or not says_comments(heading):
            return None
    parent = heading.getparent()
    if parent is None or parent.tag in {"ul", "nav", "tr"}:
        return None
    following = []
    for sibling in heading.itersiblings():
        if sibling.tag == heading.tag and (heading.tag in HEADING_TAGS or _same(sibling, heading)):
            break
        following.append(sibling)
    if not following or any(next(node.iter("h1"), None) is not None for node in following):
        return None
    region = parent.makeelement("section", {"class": "comments"})
    heading.addnext(region)
    for sibling in following:
        region.append(sibling)
    return region


def _same(one: _Element, other: _Element) -> bool:
    return bool(tokens_of(one)) and tokens_of(one) == tokens_of(other)


def unmarked_items(section: _Element) -> list[Item]:
    """Split a section by its dates, one to a comment; a date is what every system prints."""
    marks = {node for node in elements_of(section) if _is_date_mark(node)}
    inner = [node for node in elements_of(section) if node in marks]
    inner = [node for node in inner if not any(up in marks for up in node.iterancestors())]
    marked = set(inner)
    items: list[Item] = []
    for mark in inner:
        element = mark
        for node in mark.iterancestors():
            if node is section or any(n in marked and n is not mark for n in node.iter()):
                break
            element = node
        if element.tag in ITEM_TAGS:
            items.append(Item([element]))
    return [item for item in items if author_of(item) is not None and body_lines(item)]


def _is_date_mark(element: _Element) -> bool:
    """Whether an element is a date, or directly holds a short text that has one."""
    if element.tag in DROPPED_TAGS or element.tag in {"html", "body"}:
        return False
    if element.tag == "time" or has_name(element, DATE_TOKEN):
        return date_in(" ".join(lines_of(element))) is not None
    own = " ".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    return len(own) < LONGEST_NAME and date_in(own) is not None


def drop_emptied(sections: list[_Element]) -> None:
    """Remove the sections of which little but trimmings is left."""
    for section in sections:
        left = sum(len(line) for line in lines_of(section) if len(line) > 2 * LONGEST_NAME)
        if left < _MOST_LEFT:
            take_away(section)


def close_region(region: _Element, found: bool) -> None:
    """Remove what is left under a heading of comments; without comments it was no such heading."""
    if found:
        drop_emptied([region])
    else:
        cast(Any, region).drop_tag()


_MOST_LEFT = 1000
"""Characters of prose in a section of comments without its items: rules of conduct, a form.

More is taken to be the article in an element with a misleading class."""
