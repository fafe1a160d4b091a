"""The layouts in which comments are signed, and the lines that are signatures in each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from index.readers.comments.lines import Span, without_emphasis, without_marks
from index.readers.comments.names_dates import (
    RELATIVE_DATE,
    REPLY,
    Attribution,
    attribution_of,
    is_date,
    is_name,
    said_by,
)


class Layout(Enum):
    """The ways to sign a comment."""

    POSTED = "Posted by X"
    COMMENT_BY = "Comment by X"
    KEYS = "Name: X"
    SAYS = "X says:"
    DATED = "X • 2 hours ago"
    NUMBERED = "#1 X"
    DASH = "— X"
    STACKED = "X, and a line with the date"
    COLON = "X: text"


@dataclass(frozen=True, slots=True)
class Signature:
    """A stretch that says who wrote the comment beside it."""

    layout: Layout
    line: int
    """The index of its first line."""
    start: int
    end: int
    by: Attribution
    strong: bool
    """Whether prose does not contain such a line."""
    number: int | None = None


_REPORT = re.compile(
    r"\s*\|?\s*(?:Report(?: as)? abus(?:e|ive)|Flag|Reply|Permalink)\s*$", re.IGNORECASE
)
_POSTED_INLINE = re.compile(
    r"[.!?…\"”’)]\s+(Posted by [^|]{1,80}\|\s*Report(?: as)? abus(?:e|ive))$"
)
_COMMENT_BY = re.compile(
    r"(?:comment|reply|response|letter|kommentar|commentaire|comentario)\s+(?:#?\d+\s+)?"
    r"(?:by|from|von|de|par)\s+(.+)",
    re.IGNORECASE,
)
DASH_LINE = re.compile(r"[*_]{0,3}(?:—|–|―|--|-(?=\s))\s?(.+)")
_DASH_INLINE = re.compile(r"[.!?…\"”’)\]*_]\s+((?:—|–|―|--|-(?=\s))\s?([^—–―]{1,80}))$")
_NUMBER = re.compile(r"[*_]{0,3}(?:#\s?(\d{1,5})[.:)]?|\[(\d{1,5})\]|(\d{1,5})[.):])\s+(?=\S)")
_KEY = re.compile(
    r"[*_]{0,3}(?:(?P<who>name|author|user|username|from|posted by|by|von|autor|nom|nombre)|"
    r"(?P<when>date|time|posted|posted on|datum|fecha)|(?P<to>in reply to|reply to)|"
    r"(?P<text>comment|message|text|kommentar|commentaire|comentario)|"
    r"(?P<other>e-?mail|location|place|rating|subject|title|city|ort))[*_]{0,3}\s*:[*_]{0,3}\s*",
    re.IGNORECASE,
)
_ATTRIBUTE_TO = re.compile(
    r"(?:in reply to|replying to|reply to)\s*:?\s+(.{1,60}?):?", re.IGNORECASE
)
_REPLY_HINT = re.compile(r"[>➜→▶➝↪]|repl|responded to|antwortete")
_DATE_HINT = re.compile(r"\d|\b(?:ago|earlier|now|today|yesterday|heute|gestern|hier|vor|une?)\b")


class Scanner:
    """Collects the signatures of every layout from the lines of a text."""

    def __init__(self, text: str, lines: Sequence[Span], *, weak: bool) -> None:
        self.text = text
        self.lines = lines
        self.weak = weak
        self.found: dict[Layout, list[Signature]] = {layout: [] for layout in Layout}
        self.after_keys = 0
        """The first line that does not belong to the last group of "Name: X" lines."""

    def scan(self, index: int) -> None:
        """Look for signatures in one line."""
        start, end = self.lines[index]
        if end - start > 400:
            self._inline(index, self.text[end - 120 : end], end - 120)
            if self.weak:
                self._begins(index, self.text[start : start + 100], start)
            return
        raw = self.text[start:end]
        if end - start <= 160:
            self._alone(index, raw, without_marks(raw))
        self._inline(index, raw[-120:], end - len(raw[-120:]))
        self._begins(index, raw[:100], start)

    def _add(
        self, layout: Layout, index: int, start: int, end: int, by: Attribution, *,
        strong: bool, number: int | None = None,
    ) -> None:  # fmt: skip
        signature = Signature(layout, index, start, end, by, strong, number)
        self.found[layout].append(signature)

    def _whole(
        self, layout: Layout, index: int, by: Attribution, *,
        strong: bool, number: int | None = None,
    ) -> None:  # fmt: skip
        """A signature that fills its line; lines with a date or a recipient may follow."""
        end, by = self._attributes(index, by)
        strong = strong or (layout is Layout.SAYS and by.date is not None)
        start = self.lines[index].start
        self._add(layout, index, start, end, by, strong=strong, number=number)

    def _attributes(self, index: int, by: Attribution) -> tuple[int, Attribution]:
        end = self.lines[index].end
        for following in range(index + 1, min(index + 4, len(self.lines))):
            start, stop = self.lines[following]
            if start == stop:
                continue
            line = without_marks(self.text[start:stop]) if stop - start <= 100 else ""
            when = re.sub(r"^(?:(?:posted|on|at|am)\s+)+", "", line, flags=re.IGNORECASE)
            to = _ATTRIBUTE_TO.fullmatch(line)
            if by.date is None and is_date(when):
                by = replace(by, date=when)
            elif by.reply_to is None and to and is_name(to[1], loose=True):
                by = replace(by, reply_to=to[1])
            else:
                break
            end = stop
        return end, by

    def _alone(self, index: int, raw: str, bare: str) -> None:
        """The layouts whose signature stands alone in its line."""
        if not bare:
            return
        if bare[:10].lower() == "posted by ":
            by = attribution_of(_REPORT.sub("", bare[10:]))
            if by:
                self._whole(Layout.POSTED, index, by, strong=True)
        comment_by = _COMMENT_BY.fullmatch(bare) if " " in bare else None
        if comment_by:
            by = attribution_of(_REPORT.sub("", comment_by[1]))
            if by:
                self._whole(Layout.COMMENT_BY, index, by, strong=True)
        dated = _DATE_HINT.search(bare, max(0, len(bare) - 50)) is not None
        if bare[-1] == ":" or " repl" in bare or dated:
            by = said_by(bare)
            if by:
                self._whole(Layout.SAYS, index, by, strong=by.date is not None)
        if dated or _REPLY_HINT.search(bare):
            self._dated(index, bare)
        if raw[0] in "—–―-*_":
            dash = DASH_LINE.fullmatch(raw)
            signed = _signed(without_emphasis(dash[1])) if dash else None
            if signed:
                trait = "line"
                self._whole(Layout.DASH, index, replace(signed, trait=trait), strong=False)
        if self.weak and self._is_stacked(index, bare):
            self._whole(Layout.STACKED, index, Attribution(bare), strong=False)

    def _dated(self, index: int, bare: str) -> None:
        """Read a line like "X • 2 hours ago" or "X > Y"."""
        arrow = REPLY.search(bare)
        by = attribution_of(bare)
        if by is None or (by.date is None and not (arrow and arrow[0].strip() in "➜→▶➝↪>")):
            return
        relative = by.date is not None and RELATIVE_DATE.fullmatch(by.date) is not None
        strong = by.date is not None and (relative or by.trait in ("•", "·", "∙"))
        self._whole(Layout.DATED, index, by, strong=strong)

    def _is_stacked(self, index: int, bare: str) -> bool:
        if index + 1 >= len(self.lines) or not is_name(bare):
            return False
        start, end = self.lines[index + 1]
        return end - start <= 60 and start < end and is_date(without_marks(self.text[start:end]))

    def _inline(self, index: int, tail: str, offset: int) -> None:
        """The layouts whose signature may end the comment's last line."""
        if "Posted by" in tail:
            posted = _POSTED_INLINE.search(tail)
            by = attribution_of(_REPORT.sub("", posted[1])[10:]) if posted else None
            if posted and by:
                start = offset + posted.start(1)
                self._add(Layout.POSTED, index, start, offset + len(tail), by, strong=True)
        if self.weak and ("—" in tail or "–" in tail or "―" in tail or "-" in tail):
            dash = _DASH_INLINE.search(tail)
            by = _signed(without_emphasis(dash[2])) if dash else None
            if dash and by:
                start = offset + dash.start(1)
                by = replace(by, trait="inline")
                self._add(Layout.DASH, index, start, offset + len(tail), by, strong=False)

    def _begins(self, index: int, head: str, offset: int) -> None:
        """The layouts whose signature may begin the comment's first line."""
        if index >= self.after_keys and ":" in head:
            self._keys(index)
        number = None
        rest = head
        if head[0] in "#[0123456789*_":
            numbered = _NUMBER.match(head)
            if numbered:
                number = int(numbered[1] or numbered[2] or numbered[3])
                rest = head[numbered.end() :]
        if number is not None:
            self._numbered(index, number, head, rest, offset)
        elif self.weak and ":" in head and self._begins_paragraph(index):
            named = _named(rest)
            if named and rest[named[1] :].strip():
                self._add(
                    Layout.COLON, index, offset, offset + named[1], named[0], strong=False
                )  # fmt: skip

    def _begins_paragraph(self, index: int) -> bool:
        before = self.lines[index - 1] if index else Span(0, 0)
        return before.start == before.end or before.end - before.start <= 40

    def _numbered(self, index: int, number: int, head: str, rest: str, offset: int) -> None:
        line = self.lines[index]
        style = re.sub(r"\w", "", head[: len(head) - len(rest)]).strip()
        if line.end - line.start <= 120 and len(head) == line.end - line.start:
            bare = without_emphasis(rest)
            posted = bare[:10].lower() == "posted by "
            by = said_by(bare) or attribution_of(bare[10:] if posted else bare)
            if by and (by.date or head[0] == "#" or posted or bare.endswith(":")):
                strong = by.date is not None and head[0] == "#"
                by = replace(by, trait=style + " alone")
                self._whole(Layout.NUMBERED, index, by, strong=strong, number=number)
                return
        named = _named(rest)
        if named:
            end = offset + len(head) - len(rest) + named[1]
            by = replace(named[0], trait=style)
            self._add(Layout.NUMBERED, index, offset, end, by, strong=False, number=number)

    def _keys(self, index: int) -> None:
        """A group of lines "Name: X", "Date: …", "Comment: …"."""
        author = date = reply_to = None
        end, with_text, following = self.lines[index].start, False, index
        while following < min(index + 8, len(self.lines)) and not with_text:
            start, stop = self.lines[following]
            key = _KEY.match(self.text, start, min(stop, start + 200))
            if key is None:
                break
            value = without_emphasis(self.text[key.end() : min(stop, key.end() + 100)])
            if key["who"] and author is None:
                author = value
            elif key["when"] and is_date(value):
                date = value
            elif key["to"]:
                reply_to = value or None
            with_text = key["text"] is not None
            end = start + len(self.text[start : key.end()].rstrip()) if with_text else stop
            following += 1
        if author is None or not is_name(author, loose=True):
            return
        self.after_keys = following
        by = Attribution(author, date, reply_to)
        start = self.lines[index].start
        self._add(Layout.KEYS, index, start, end, by, strong=with_text)


def _signed(text: str) -> Attribution | None:
    """Read what follows the dash of a signature: "X", "X, Berlin", "X, Berlin, 3 May 2016"."""
    by = attribution_of(text, loose=False)
    if by or "," not in text:
        return by
    who, _, rest = text.partition(",")
    parts = [part.strip() for part in rest.split(",")]
    if not is_name(who) or len(parts) > 4:
        return None
    date = next(
        (", ".join(parts[i:]) for i in range(len(parts)) if is_date(", ".join(parts[i:]))), None
    )
    place = ", ".join(parts)[: -len(date)] if date else ", ".join(parts)
    if not all(is_name(part) for part in place.strip(" ,").split(", ") if part):
        return None
    return Attribution(who.strip(), date)


def _named(rest: str) -> tuple[Attribution, int] | None:
    """Read "X: " or "X (DATE): " at the beginning of a comment; also say where its words begin."""
    for colon in re.finditer(r":[*_]{0,3}(?=\s|$)|:[*_]{1,3}", rest[:90]):
        by = said_by(without_emphasis(rest[: colon.start()]) + ":")
        by = by or attribution_of(without_emphasis(rest[: colon.start()]), loose=False)
        if by:
            return by, colon.end()
    return None
