"""Plain text: title, date, byline, headings, paragraphs, captions and comments by their layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from index.readers.captions import caption_blocks
from index.readers.comments import (
    Span,
    find_comments,
    groups_of,
    is_counter,
    is_date,
    is_notice,
    lines_of,
)
from index.readers.naming import stem
from index.types import Block, Document, Kind

_LONG_LINE = 120
"""A line above this was not wrapped by hand: editors wrap at 72 to 100 characters."""

_TITLE_LENGTH = 160
_LETTERHEAD_LINES = 5
_BYLINE = re.compile(
    r"(?:By|BY|by|Von|Par|Por|Written by|Words by|Text by|Text:|Story by|Author:)\s+(?P<name>\S.{0,120})"
)
_ROLE = re.compile(
    r"(?P<name>[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,4}),\s+(?:(?:[A-Z][\w'’]*|of|for|and|the|in)\s+){0,4}?"
    r"(?:[Ss]taff|[Ss]enior|[Cc]hief|[Cc]ontributing|[Ff]oreign|[Pp]olitical|[Ss]pecial|[Gg]uest)?\s?"
    r"(?:[\w-]+\s)?(?:[Ww]riter|[Rr]eporter|[Cc]orrespondent|[Ee]ditor|[Cc]olumnist|[Jj]ournalist|[Aa]nalyst|[Cc]ritic)"
    r"(?:\s+(?:in|at|for)\s.{1,40})?"
)
_NAMES = re.compile(r"[^\W\d_][\w.'’-]*(?:(?:,| and| und| et| &)?\s+[^\W\d_][\w.'’-]*){0,11}")
_PUBLISHED = re.compile(
    r"^\W{0,3}(?:(?:first |last )?(?:published|updated|modified|posted|date)(?: on| at)?\s*:?\s+)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:share(?: this)?(?: (?:article|story|post|page))?|share on \w+|tweet|print(?: this)?|e-?mail(?: this)?|"
    r"advertisement|read more|related (?:articles|stories|posts|content)|follow us(?: on .{1,40})?|"
    r"sign up .{0,60}newsletters?.{0,40}|subscribe(?: now)?|\d+ min(?:ute)?s? read|skip to (?:main )?content|"
    r"(?:©|copyright\b).{0,100}|all rights reserved\.?|click here .{0,60}|back to top|[-=_*~#]{3,}|"
    r"our standards:.{0,80}|save|bookmark|listen to (?:this )?(?:article|story))",
    re.IGNORECASE,
)
_UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}")
_LIST_ITEM = re.compile(r"[-*+•‣–—]\s|\(?[a-z]\)|\(?\d{1,3}\)|>")
_NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+(?=[^\W\d_])")
_SALUTATION = re.compile(
    r"(?:Dear|Hello|Hi|Ladies and|To whom|To all|Sehr geehrte|Liebe|Chers?|Chère|Estimad[oa]s?)\b.{0,80}[,:!]?"
)
_FINAL = tuple('.!?:;,…"”’)»|')


@dataclass(frozen=True, slots=True)
class _Front:
    """What stands above the first paragraph."""

    blocks: tuple[Block, ...]
    title: str | None
    author: str | None
    date: str | None
    end: int
    """The index of the first line that is not part of it."""


def read_plain(text: str, path: str) -> Document:
    r"""Read a plain text.

    Args:
        text: the whole text, newlines as ``\n``; it becomes the document's text as it is.
        path: the file's name; its stem is the title of a text that has none.
    """
    lines = lines_of(text)
    section = find_comments(text, lines)
    limit = _line_at(lines, section.start) if section else len(lines)
    front = _front(text, lines, limit)
    blocks = list(front.blocks)
    blocks += _body(text, lines, front.end, limit, titled=front.title is not None)
    if section:
        blocks += section.blocks
        after = _line_at(lines, section.end)
        blocks += _body(text, lines, after, len(lines), titled=True)
    return Document.create(
        path=path,
        title=front.title or stem(path),
        text=text,
        blocks=blocks,
        author=front.author,
        date=front.date,
    )


def _line_at(lines: Sequence[Span], offset: int) -> int:
    """The first line that begins at the offset or after it."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if lines[middle].start < offset:
            low = middle + 1
        else:
            high = middle
    return low


# --- above the first paragraph ------------------------------------------------------------------


def byline(line: str) -> str | None:
    """The author that a line names: "By Jane Doe", "Jane Doe, Staff writer"."""
    if len(line) > 140:
        return None
    named = _BYLINE.fullmatch(line)
    if named:
        who = re.split(
            r"\s+[|•·–—]\s+|,\s+(?=\d|[A-Z][a-z]+ \d)|\s+on\s+|,\s+(?=[a-z])", named["name"]
        )[0]
        role = _ROLE.fullmatch(named["name"])
        who = role["name"] if role else who
        plausible = _NAMES.fullmatch(who) and all(
            word[0].isupper() or len(word) <= 3 or word.islower() is False for word in who.split()
        )
        return who.strip(" ,") if plausible and len(who.split()) <= 10 and who[-1] != "." else None
    role = _ROLE.fullmatch(line)
    return role["name"] if role else None


def published(line: str) -> str | None:
    """The date that a line consists of, or that follows its byline: "Published: 3 May 2016"."""
    if not line or len(line) > 140:
        return None
    bare = _PUBLISHED.sub("", line).strip(" ()")
    if is_date(bare):
        return bare
    for part in re.split(r"\s+[|•·–—]\s+|,\s+(?=\d|[A-Z])", line, maxsplit=1)[1:]:
        bare = _PUBLISHED.sub("", part).strip(" ()")
        if is_date(bare) and byline(line):
            return bare
    return None


def _front(text: str, lines: Sequence[Span], limit: int) -> _Front:
    """Read title, byline and date, in whatever order they stand."""
    blocks: list[Block] = []
    title = author = date = None
    index = head = 0
    while index < limit and len(blocks) < 8:
        start, end = lines[index]
        line = text[start:end]
        kind = _front_kind(line) if line else None
        if line and kind is None and title is None:
            head = _letterhead(text, lines, index, limit)
            if head or _is_title(text, lines, index, limit):
                kind, title = Kind.TITLE, line
        elif line and kind is None and index < head:
            kind = Kind.HEADING
        if line and kind is None:
            break
        if kind is not None:
            blocks.append(Block(kind, start, end, level=1 if kind is Kind.HEADING else None))
            author = author or byline(line)
            date = date or published(line)
        index += 1
    return _Front(tuple(blocks), title, author, date, index if blocks else 0)


def _front_kind(line: str) -> Kind | None:
    if byline(line):
        return Kind.BYLINE
    if published(line):
        return Kind.DATE
    return Kind.BOILERPLATE if is_furniture(line) else None


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page around an article: "Share this", "11 comments"."""
    return len(line) <= 140 and (
        _FURNITURE.fullmatch(line) is not None or is_counter(line) or is_notice(line)
    )


def _is_title(text: str, lines: Sequence[Span], index: int, limit: int) -> bool:
    """A short line apart from the text below it."""
    start, end = lines[index]
    line = text[start:end]
    if end - start > _TITLE_LENGTH or line[-1] in ".;:," or _LIST_ITEM.match(line):
        return False
    if not any(character.isalpha() for character in line) or caption_blocks(text, [(start, end)]):
        return False
    following = index + 1
    if following >= limit:
        return False
    below = text[slice(*lines[following])]
    if below and not (_front_kind(below) or _UNDERLINE.fullmatch(below)):
        return False
    return any(a < b for a, b in lines[following:limit])


def _letterhead(text: str, lines: Sequence[Span], first: int, limit: int) -> int:
    """Where a head of several short lines ends: title, what it is about, date; 0 if it is none.

    A line with a date or an author, or a first one in capitals, tells it from wrapped prose.
    """
    last = first
    while (
        last < limit and last - first <= _LETTERHEAD_LINES and lines[last].start < lines[last].end
    ):
        last += 1
    head = [text[slice(*line)] for line in lines[first:last]]
    if not 2 <= len(head) <= _LETTERHEAD_LINES or not any(a < b for a, b in lines[last:limit]):
        return 0
    for line in head:
        known = _front_kind(line) is not None
        if not known and (len(line) > 90 or line[0].islower() or line.endswith(_FINAL)):
            return 0
        if _LIST_ITEM.match(line) or _UNDERLINE.fullmatch(line):
            return 0
    told = any(_front_kind(line) in (Kind.DATE, Kind.BYLINE) for line in head[1:])
    return last if told or (head[0].isupper() and len(head) <= 3) else 0


# --- the body -----------------------------------------------------------------------------------


def _body(text: str, lines: Sequence[Span], first: int, last: int, *, titled: bool) -> list[Block]:
    paragraphs = [
        paragraph
        for begin, end in groups_of(lines, first, last)
        for paragraph in _paragraphs(text, lines[begin:end])
    ]
    captions = caption_blocks(text, paragraphs)
    blocks: list[Block] = []
    for index in range(len(paragraphs)):
        if index in captions and not is_furniture(text[slice(*paragraphs[index])]):
            blocks += captions[index]
        else:
            prose = index > 0 or titled
            blocks += _paragraph(text, paragraphs, index, apart=prose, captions=captions)
    return blocks


def _paragraphs(text: str, group: Sequence[Span]) -> list[Span]:
    """One paragraph, or one for each line where the lines are too long to be wrapped ones."""
    whole = Span(group[0].start, group[-1].end)
    if len(group) == 1:
        return [whole]
    if _UNDERLINE.fullmatch(text, *group[1]) and len(group) > 2:
        return [Span(group[0].start, group[1].end), *_paragraphs(text, group[2:])]
    if median(line.end - line.start for line in group) > _LONG_LINE:
        return list(group)
    return [whole]


def _paragraph(
    text: str, paragraphs: Sequence[Span], index: int, *, apart: bool, captions: dict[int, tuple[Block, ...]]
) -> list[Block]:  # fmt: skip
    start, end = paragraphs[index]
    if end - start <= _TITLE_LENGTH:
        words = text[start:end]
        if is_furniture(words):
            return [Block(Kind.BOILERPLATE, start, end)]
        head, _, under = words.partition("\n")
        if under and _UNDERLINE.fullmatch(under.strip()) and head.strip():
            level = 1 if under.strip()[0] == "=" else 2
            return [Block(Kind.HEADING, start, start + len(head.rstrip()), level=level)]
        follows = index + 1 < len(paragraphs) and index + 1 not in captions
        depth = _heading_level(words) if apart and follows else None
        if depth and _opens_prose(text, paragraphs, index + 1):
            return [Block(Kind.HEADING, start, end, level=depth)]
    return [Block(Kind.PARAGRAPH, start, end)]


def _heading_level(line: str) -> int | None:
    """The level of a line that looks like a heading, else None: a false one would hide words."""
    if "\n" in line or len(line) > 80 or line.endswith(_FINAL) or _LIST_ITEM.match(line):
        return None
    numbered = _NUMBERED_HEADING.match(line)
    words = line[numbered.end() :].split() if numbered else line.split()
    letters = [character for character in line if character.isalpha()]
    if not letters or not words[0][0].isalnum() or any(c in line for c in '"“”|@=<>{}\t'):
        return None
    level = 2 + numbered[1].count(".") if numbered else 2
    if all(character.isupper() for character in letters) and len(letters) > 2:
        return level if len(words) <= 12 else None
    if any(character.isdigit() for word in words for character in word) or ": " in line:
        return None
    return level if len(words) <= 8 and not words[0][0].islower() else None


def _opens_prose(text: str, paragraphs: Sequence[Span], index: int) -> bool:
    """Whether prose follows, perhaps after "Dear neighbours,"."""
    if _SALUTATION.fullmatch(text, *paragraphs[index]) and index + 1 < len(paragraphs):
        index += 1
    return _is_prose(text, paragraphs[index])


def _is_prose(text: str, span: Span) -> bool:
    """Whether a paragraph is long enough to have a heading, and ends as a sentence does."""
    return span.end - span.start >= 80 and text[span.end - 1] in '.!?…"”’):»'
