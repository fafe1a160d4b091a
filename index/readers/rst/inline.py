"""Marks within a line: what a reader of the finished page would see is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

_INLINE = re.compile(
    r"\\(?P<escaped>.)"
    r"|``(?P<literal>[^\n]+?)``(?!`)"
    r"|(?P<role>:[\w.:+-]{1,60}:)?`(?P<role_text>[^`]{1,2000})`(?P<suffix>:[\w.:+-]{1,60}:)?(?P<link>__?)?"
    r"|\|(?P<substitution>[^|\s](?:[^|\n]{0,80}[^|\s])?)\|_{0,2}"
    r"|(?<![\w*])(?P<stars>\*\*?)(?=[^\s*])(?P<strong>[^*]{1,2000}?)(?<=[^\s*])(?P=stars)(?![\w*])"
    r"|\[(?P<note>#?[\w.-]{0,60}|\*)\]_(?!\w)"
    r"|(?<![\w`])(?P<reference>[A-Za-z][\w.+-]{0,80}?)__?(?![\w`])",
    re.DOTALL,
)
_TARGET = re.compile(r"\s*<([^<>]*)>$")
_INVISIBLE = ("index", "raw")


def plain(text: str, meanings: Mapping[str, str]) -> str:
    """Text without its marks.

    Args:
        text: a stretch of the source.
        meanings: what substitutions stand for.
    """

    def seen(found: re.Match[str]) -> str:
        if found["escaped"] is not None:
            return "" if found["escaped"].isspace() else found["escaped"]
        if found["literal"] is not None:
            return found["literal"]
        if found["role_text"] is not None:
            return _role(found["role"] or found["suffix"] or "", found["role_text"])
        if found["substitution"] is not None:
            return meanings.get(found["substitution"].lower(), found["substitution"])
        if found["strong"] is not None:
            return found["strong"]
        if found["note"] is not None:
            return f"[{found['note'].lstrip('#') or '*'}]"
        return found["reference"] or ""

    return _INLINE.sub(seen, text)


def _role(role: str, words: str) -> str:
    """What ":meth:`!name <target>`" shows."""
    name = role.strip(":")
    if name in _INVISIBLE:
        return ""
    target = _TARGET.search(words)
    if target:
        # "`<https://example.org>`_" shows its target.
        words = words[: target.start()].strip() or target[1]
    elif words.startswith("~"):
        words = words[1:].rsplit(".", 1)[-1]
    words = words.removeprefix("!").replace("\\", "")
    return f"PEP {words}" if name == "pep" and words.isdigit() else words
