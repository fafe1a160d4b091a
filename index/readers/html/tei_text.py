"""The text in one element of trafilatura's result, a paragraph a string."""

from __future__ import annotations

import re

from lxml.etree import _Element

_TEI_BLOCKS = frozenset({"p", "quote", "list", "item", "table", "row", "div", "ab", "head", "body"})


def texts_of(element: _Element, without: frozenset[str] = frozenset()) -> list[str]:
    """The paragraphs in one element of trafilatura's result; ``lb`` is a line break."""
    pieces: list[str] = []
    stack: list[_Element | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        after: list[_Element | str] = []
        edge = "\n\n" if node.tag in _TEI_BLOCKS and node is not element else ""
        after += [edge, node.text or "", "\n" if node.tag == "lb" else ""]
        for child in node:
            if child.tag not in without:
                after.append(child)
            after.append(child.tail or "")
        after.append(edge)
        stack.extend(reversed(after))
    lines = (part.strip() for part in re.split(r"\n\s*\n", "".join(pieces)))
    keeps_space = element.tag == "code"
    return [
        line if keeps_space else "\n".join(" ".join(row.split()) for row in line.split("\n"))
        for line in lines
        if line
    ]
