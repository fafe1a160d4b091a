"""A text part's lines, each with how many times it is quoted."""

from __future__ import annotations

import re

from index.readers.mail.message import Line

_MARKS = re.compile(r"((?:[ ]{0,1}>)+)[ ]?")
_FIELD_CODE = re.compile(r'HYPERLINK\s+"[^"]{0,2000}"(?:\s\\[lmnot])?[ ]?')
"""What Word leaves of a link in a text that it wrote."""

_MAX_DEPTH = 50
_LONG = 200
"""A line above this was not wrapped: mail programs wrap at 72 to 78 characters."""


def plain_lines(text: str) -> list[Line]:
    """The lines of a plain text, without the marks of quoting."""
    lines = []
    for raw in _FIELD_CODE.sub("", text).split("\n"):
        line = raw.expandtabs(4).rstrip().replace("\xa0", " ")
        # "From" at a line's beginning is escaped as ">From" where mails are kept in one file.
        if line.startswith(">From ") and ":" not in line[:12]:
            line = line[1:]
        marks = _MARKS.match(line)
        depth = min(marks[1].count(">"), _MAX_DEPTH) if marks else 0
        words = line[marks.end() :] if marks else line
        lines.append(Line(words.rstrip(), depth, len(words) > _LONG))
    return lines
