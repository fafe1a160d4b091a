"""Text out of the HTML in which many programs store what people write."""

from __future__ import annotations

import html
import re

from lxml.etree import _Element

_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|blockquote|ul|ol|li|pre|code|h[1-6]|img|table|tr|td)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
_PARAGRAPHS = frozenset("p div blockquote ul ol pre h1 h2 h3 h4 h5 h6 table".split())
_LINES = frozenset(("br", "li", "tr"))
_UNREAD = frozenset(("script", "style", "head", "template"))


def plain_text(text: str) -> str:
    """A text without mark-up; what has none stays as it is."""
    if _TAG.search(text):
        text = _without_tags(text)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return _tidy(text)


def _tidy(text: str) -> str:
    """White space collapsed within lines; empty lines part paragraphs."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_tags(text: str) -> str:
    from lxml.html import fragment_fromstring

    # Characters that no XML text may have would make the parser refuse the whole.
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", " ", text)
    # In mark-up a line break is a space.
    root = fragment_fromstring(text.replace("\n", " "), create_parent="div")
    parts: list[str] = []
    waiting: list[tuple[_Element, bool]] = [(root, False)]
    while waiting:
        node, seen = waiting.pop()
        name = node.tag if isinstance(node.tag, str) else ""
        gap = "\n\n" if name in _PARAGRAPHS else "\n" if name in _LINES else ""
        if seen:
            parts += ["" if name == "br" else gap, node.tail or ""]
            continue
        readable = bool(name) and name not in _UNREAD
        parts += [gap, (node.text or "") if readable else ""]
        waiting.append((node, True))
        if readable:
            waiting += [(inner, False) for inner in reversed(node)]
    return "".join(parts)
