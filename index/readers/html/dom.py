"""Small tools for a page's tree: text of an element, its classes, taking it away."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
ITEM_TAGS = frozenset(
    {
        "article",
        "blockquote",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "li",
        "p",
        "section",
        "table",
        "td",
        "tr",
    }
)
GROUP_TAGS = frozenset(
    {"article", "aside", "details", "div", "dl", "main", "ol", "section", "table", "tbody", "ul"}
)
DROPPED_TAGS = frozenset(
    {
        "button",
        "form",
        "iframe",
        "img",
        "input",
        "label",
        "link",
        "meta",
        "nav",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "video",
        "audio",
        "canvas",
    }
)
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def lines_of(element: _Element, skip: Iterable[_Element] = ()) -> list[str]:
    """The paragraphs of an element as plain text.

    Args:
        element: what to read.
        skip: descendants to leave out, with all that is in them.

    Returns:
        One string a paragraph, white space collapsed; a single line break within a paragraph
        stays one, two of them end it.
    """
    pieces: list[str] = []
    _collect(element, set(skip), pieces)
    paragraphs = re.split(r"\n\s*\n", "".join(pieces))
    tidy = (
        "\n".join(filter(None, (" ".join(line.split()) for line in paragraph.split("\n"))))
        for paragraph in paragraphs
    )
    return [paragraph for paragraph in tidy if paragraph]


def _collect(element: _Element, skip: set[_Element], pieces: list[str]) -> None:
    """Write an element's text with its block boundaries; the parser bounds the depth to 256."""
    tag = element.tag
    if element in skip or not isinstance(tag, str) or tag in DROPPED_TAGS:
        return
    if tag == "br":
        pieces.append("\n")
        return
    boundary = "\n\n" if tag in _BLOCKS else ""
    flatten = str if tag in {"pre", "code"} else _one_line
    pieces.append(boundary)
    pieces.append(flatten(element.text or ""))
    for child in element:
        _collect(child, skip, pieces)
        pieces.append(flatten(child.tail or ""))
    pieces.append(boundary)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def tokens_of(element: _Element) -> tuple[str, ...]:
    """An element's classes and id, in lower case with hyphens: "commentBody" is "comment-body"."""
    return _split_names(f"{element.get('class') or ''} {element.get('id') or ''}")


@functools.lru_cache(maxsize=4096)
def _split_names(names: str) -> tuple[str, ...]:
    names = re.sub(r"(?<=[a-zäöü])(?=[A-Z])", "-", names).replace("_", "-").lower()
    return tuple(re.sub(r"-{2,}", "-", name).strip("-") for name in names.split())


def has_name(element: _Element, pattern: re.Pattern[str]) -> bool:
    """Whether one of an element's classes, or its id, is of a pattern."""
    return any(map(pattern.match, tokens_of(element)))


def elements_of(element: _Element) -> Iterator[_Element]:
    """An element and its descendants, without processing instructions."""
    return (node for node in element.iter() if isinstance(node.tag, str))


def itemprops_of(element: _Element) -> list[str]:
    """The microdata properties that an element states."""
    return (element.get("itemprop") or "").split()


def length_of(element: _Element) -> int:
    """How many characters of text an element has."""
    return sum(len(line) for line in lines_of(element))


def lines_of_form(form: _Element) -> list[str]:
    """The paragraphs inside a form, which :func:`lines_of` leaves out elsewhere."""
    return [line for child in form for line in lines_of(child)]


def take_away(element: _Element) -> None:
    """Remove an element and keep the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    previous = element.getprevious()
    parent.remove(element)
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail


def outside_of(element: _Element, barred: set[_Element]) -> Iterator[_Element]:
    """An element and its descendants, without those barred and all that is in them."""
    yield element
    for child in element:
        if isinstance(child.tag, str) and child not in barred:
            yield from outside_of(child, barred)


def outermost(elements: list[_Element]) -> list[_Element]:
    """The elements that lie in no other of them."""
    known = set(elements)
    return [node for node in elements if not any(up in known for up in node.iterancestors())]


def squeezed(text: str) -> str:
    """A text without white space and case, to compare by."""
    return "".join(text.split()).casefold()
