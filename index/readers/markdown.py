"""Markdown: the blocks that markdown-it finds, as stretches of the source itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.errors import ReadError
from index.readers.captions import caption_blocks
from index.readers.comments import CommentSection, Span, find_comments, lines_of
from index.readers.naming import stem
from index.readers.plain import byline, is_furniture, published
from index.types import Block, Document, Kind

_SHORT_LIST = 300
"""A list up to this many characters is one paragraph: its items say little without each other."""

_DEEPEST = 100
"""Quotes and lists within one another that are read; what lies deeper is left out by the parser. Its
own limit is 20, which ten lists reach; it calls itself for each, and Python's limit is 1,000."""

_TOO_DEEP = "its parts lie too deep inside each other to be read"

_LONGEST_HEADING = 300
"""A longer one is a paragraph with a line of marks below it, as converted papers have them."""

_FRONT_MATTER = re.compile(
    r"\ufeff?(---|\+\+\+)[ \t]*\n(?P<body>(?s:.{0,20000}?)\n)?\1[ \t]*(?:\n|\Z)"
)
_FIELD = re.compile(
    r"(?P<key>title|authors?|date|published|created)[ \t]*[:=][ \t]*(?P<value>\S.*)", re.IGNORECASE
)
_IMAGE = re.compile(
    r"!\[(?P<alt>[^\[\]]{0,2000})\](?:\((?:<[^<>\n]{0,2000}>|[^\s()]{0,2000})"
    r"(?:\s+[\"'(](?P<title>[^\"\n]{0,2000})[\"')])?\s*\)|\[[^\[\]]{0,200}\])"
)
_CONTAINER = re.compile(r"(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))*\s*")
_TAG = re.compile(r"<!--.*?-->|<[^<>]{0,2000}>", re.DOTALL)
_EMPHASIS = "*_ "
_LEAVES = {"paragraph_open", "heading_open", "fence", "code_block", "html_block", "table_open"}


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A block of the source, before it is known what it is to the reader."""

    start: int
    end: int
    token: str
    level: int | None = None
    nested: bool = False


@dataclass(slots=True)
class _Head:
    """What the document says of itself."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    blocks: list[Block] = field(default_factory=list)
    end: int = 0


def read_markdown(text: str, path: str) -> Document:
    """Read a Markdown text.

    Args:
        text: the source; it becomes the document's text as it is, marks included.
        path: the file's name; its stem is the title of a text that has none.

    Raises:
        ReadError: there are marks and no words.
    """
    head = _front_matter(text)
    leaves = _leaves(text, head.end)
    section = _comments(text, leaves, head.end)
    before, after = _around(leaves, section)
    blocks = head.blocks + _blocks(text, before, head, at_top=True)
    if section:
        blocks += section.blocks
        blocks += _blocks(text, after, head, at_top=False)
    if not blocks:
        marks = _CONTAINER.match(text)
        deep = marks is not None and marks.end() > _DEEPEST
        raise ReadError(path, _TOO_DEEP if deep else "there is no text in it")
    title = head.title or _first_heading(text, leaves) or stem(path)
    return Document.create(
        path=path, title=title, text=text, blocks=blocks, author=head.author, date=head.date
    )


def _first_heading(text: str, leaves: Sequence[_Leaf]) -> str | None:
    if leaves and leaves[0].token == "heading_open":
        return text[leaves[0].start : leaves[0].end]
    return None


# --- front matter -------------------------------------------------------------------------------


def _front_matter(text: str) -> _Head:
    """Read "title: …", "author: …", "date: …" between two lines of dashes."""
    head = _Head()
    found = _FRONT_MATTER.match(text)
    if (
        found is None
        or not found["body"]
        or not re.search(r"^\w[\w -]*[ \t]*[:=]", found["body"], re.MULTILINE)
    ):
        return head
    head.end = found.end()
    for line in lines_of(text[: found.end()]):
        entry = _FIELD.fullmatch(text, line.start, line.end)
        if entry is None:
            if line.start < line.end and text[line.start : line.end] not in ("---", "+++"):
                head.blocks.append(Block(Kind.BOILERPLATE, *line))
            continue
        _take_field(text, entry, head)
    return head


def _take_field(text: str, entry: re.Match[str], head: _Head) -> None:
    start, end = entry.span("value")
    while end - start > 1 and text[start] in "\"'[ " and text[end - 1] in "\"'] ":
        start, end = start + 1, end - 1
    value, key = text[start:end].strip(), entry["key"].lower()
    if not value:
        return
    kind = Kind.BOILERPLATE
    if key == "title" and head.title is None:
        kind, head.title = Kind.TITLE, value
    elif key.startswith("author") and head.author is None:
        kind, head.author = Kind.BYLINE, value
    elif key in ("date", "published", "created") and head.date is None:
        kind, head.date = Kind.DATE, value
    start = text.index(value, start, end)
    head.blocks.append(Block(kind, start, start + len(value)))


# --- the source's blocks ------------------------------------------------------------------------


def _leaves(text: str, offset: int) -> list[_Leaf]:
    """The blocks without children, in order, with their offsets into the text."""
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").disable("inline")
    starts = [offset, *(found.end() for found in re.finditer(r"\r\n?|\n", text[offset:]))]
    starts = [starts[0], *(start + offset for start in starts[1:]), len(text)]
    tokens = parser.parse(text[offset:])
    leaves: list[_Leaf] = []
    skip_to = -1
    for index, token in enumerate(tokens):
        if index <= skip_to or token.map is None:
            continue
        first, last = (
            starts[min(token.map[0], len(starts) - 1)],
            starts[min(token.map[1], len(starts) - 1)],
        )
        if token.type in ("bullet_list_open", "ordered_list_open") and not _reaches(leaves, first):
            span = _stripped(text, first, last)
            if token.level == 0 and span.end - span.start <= _SHORT_LIST:
                leaves.append(_Leaf(span.start, span.end, "list"))
                skip_to = _closing(tokens, index)
        elif token.type in _LEAVES:
            leaf = _leaf(text, token, tokens[min(index + 1, len(tokens) - 1)], first, last)
            if leaf.start < leaf.end and not _reaches(leaves, leaf.start):
                leaves.append(leaf)
    return leaves


def _reaches(leaves: Sequence[_Leaf], start: int) -> bool:
    """Whether the last block found reaches over an offset."""
    return bool(leaves) and start < leaves[-1].end


def _closing(tokens: Sequence[Token], index: int) -> int:
    closing = tokens[index].type.replace("_open", "_close")
    level = tokens[index].level
    while index < len(tokens) - 1 and not (
        tokens[index].type == closing and tokens[index].level == level
    ):
        index += 1
    return index


def _leaf(text: str, token: Token, inline: Token, first: int, last: int) -> _Leaf:
    span = _stripped(text, first, last)
    nested = token.level > 0
    if token.type in ("paragraph_open", "heading_open") and inline.type == "inline":
        span = _content_span(text, span, inline.content, nested=nested)
    elif token.type == "fence":
        span = _fence_span(text, span)
    elif nested:
        lead = _CONTAINER.match(text, span.start, span.end)
        span = Span(lead.end() if lead else span.start, span.end)
    if token.type != "heading_open":
        return _Leaf(span.start, span.end, token.type, nested=nested)
    if span.end - span.start > _LONGEST_HEADING:
        return _Leaf(span.start, span.end, "paragraph_open", nested=nested)
    return _Leaf(span.start, span.end, token.type, int(token.tag[1]), nested)


def _content_span(text: str, span: Span, content: str, *, nested: bool) -> Span:
    """Where the words of a paragraph or heading lie, without the marks around them."""
    rows = [row.strip() for row in content.split("\n") if row.strip()]
    if not rows:
        return Span(span.start, span.start)
    start = text.find(rows[0], span.start, span.end)
    if start < 0:  # a character that the parser replaces
        lead = _CONTAINER.match(text, span.start, span.end) if nested else None
        return Span(lead.end(), span.end) if lead else span
    end = text.rfind(rows[-1], start, span.end)
    end = end + len(rows[-1]) if end >= start else span.end
    return _stripped(text, start, end)


def _fence_span(text: str, span: Span) -> Span:
    """The code between the fences."""
    first = text.find("\n", span.start, span.end)
    last = text.rfind("\n", span.start, span.end)
    if first < 0:
        return Span(span.start, span.start)
    closed = text[last + 1 : span.end].strip(" \t>").startswith(("```", "~~~"))
    return (
        _stripped(text, first, last if closed and last > first else span.end)
        if (last > first or not closed)
        else Span(span.start, span.start)
    )


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))


# --- comments -----------------------------------------------------------------------------------


def _comments(text: str, leaves: Sequence[_Leaf], first: int) -> CommentSection | None:
    """Find the comments; their part ends with the next heading as high as the one above them."""
    code = [leaf for leaf in leaves if leaf.token in ("fence", "code_block")]
    lines = [line for line in lines_of(text) if line.start >= first]
    lines = _without(lines, code)
    section = find_comments(text, lines)
    if section is None:
        return None
    end = _limit(leaves, section)
    if end is None:
        return section
    return find_comments(text, [line for line in lines if section.start <= line.start < end])


def _without(lines: list[Span], code: Sequence[_Leaf]) -> list[Span]:
    """Blank the lines of code: what they show is not this page's."""
    starts = [leaf.start for leaf in code]
    kept = []
    for line in lines:
        at = bisect_left(starts, line.end) - 1
        inside = at >= 0 and line.start < code[at].end
        kept.append(Span(line.start, line.start) if inside else line)
    return kept


def _limit(leaves: Sequence[_Leaf], section: CommentSection) -> int | None:
    """Where a heading ends the section: one that is no comment's signature."""
    signatures = {block.start for block in section.blocks if block.kind is Kind.BOILERPLATE}
    level = None
    for leaf in leaves:
        if leaf.level is None or not section.start <= leaf.start < section.end:
            continue
        if level is None and leaf.start - section.start <= 8:
            level = leaf.level
        elif level is not None and leaf.level <= level:
            begin = leaf.start - leaf.level - 1
            if not any(begin <= start <= leaf.start for start in signatures):
                return begin
    return None


def _around(
    leaves: Sequence[_Leaf], section: CommentSection | None
) -> tuple[list[_Leaf], list[_Leaf]]:
    if section is None:
        return list(leaves), []
    before = [leaf for leaf in leaves if leaf.end <= section.start]
    after = [leaf for leaf in leaves if leaf.start >= section.end]
    return before, after


# --- what each block is -------------------------------------------------------------------------


def _blocks(text: str, leaves: Sequence[_Leaf], head: _Head, *, at_top: bool) -> list[Block]:
    plain = [
        (leaf.start, leaf.end) if leaf.token == "paragraph_open" else (leaf.start, leaf.start)
        for leaf in leaves
    ]
    captions = caption_blocks(text, plain)
    blocks: list[Block] = []
    for index, leaf in enumerate(leaves):
        made = _front_block(text, leaf, head) if at_top else None
        if made is None:
            made = _block(text, leaf, head, captions.get(index))
            at_top = at_top and all(block.kind in _FRONT_KINDS for block in made)
        blocks += made
    return blocks


_FRONT_KINDS = (Kind.TITLE, Kind.HEADING, Kind.BOILERPLATE, Kind.CAPTION, Kind.CREDIT)


def _front_block(text: str, leaf: _Leaf, head: _Head) -> list[Block] | None:
    """A byline or a date below the title, as a paragraph or in emphasis."""
    if leaf.token != "paragraph_open" or leaf.end - leaf.start > 200:
        return None
    line = text[leaf.start : leaf.end].strip(_EMPHASIS).replace("**", "")
    author, date = byline(line), published(line)
    if not author and not date:
        return None
    head.author, head.date = head.author or author, head.date or date
    return [Block(Kind.BYLINE if author else Kind.DATE, leaf.start, leaf.end)]


def _block(text: str, leaf: _Leaf, head: _Head, caption: tuple[Block, ...] | None) -> list[Block]:
    words = text[leaf.start : leaf.end]
    if leaf.level is not None:
        return [_heading(leaf, words, head)]
    if leaf.token == "html_block":
        return _html(leaf, words)
    if leaf.token != "paragraph_open":
        return [Block(Kind.PARAGRAPH, leaf.start, leaf.end)]
    images = _images(text, leaf)
    if images is not None:
        return images
    if is_furniture(words):
        return [Block(Kind.BOILERPLATE, leaf.start, leaf.end)]
    return list(caption or [Block(Kind.PARAGRAPH, leaf.start, leaf.end)])


def _heading(leaf: _Leaf, words: str, head: _Head) -> Block:
    if leaf.level == 1 and not leaf.nested:
        if head.title is None:
            head.title = words.strip(_EMPHASIS) or words
            return Block(Kind.TITLE, leaf.start, leaf.end)
        if words == head.title:
            return Block(Kind.BOILERPLATE, leaf.start, leaf.end)
    return Block(Kind.HEADING, leaf.start, leaf.end, level=leaf.level)


def _html(leaf: _Leaf, words: str) -> list[Block]:
    says = _TAG.sub(" ", words).strip()
    return [Block(Kind.PARAGRAPH if says else Kind.BOILERPLATE, leaf.start, leaf.end)]


def _images(text: str, leaf: _Leaf) -> list[Block] | None:
    """The descriptions of a paragraph that has nothing but images, and perhaps their caption."""
    if "![" not in text[leaf.start : leaf.end]:
        return None
    spans: list[Span] = []
    position = leaf.start
    while True:
        image = _IMAGE.match(text, position, leaf.end)
        if image is None:
            break
        spans += [
            _stripped(text, *image.span(part)) for part in ("alt", "title") if image[part]
        ]  # fmt: skip
        position = image.end()
        position += len(text[position : leaf.end]) - len(text[position : leaf.end].lstrip())
    if position == leaf.start:
        return None
    below = text[position : leaf.end]
    if below and not (below[0] in "*_" and below[-1] in "*_"):
        return None
    if below:
        inner = below.strip(_EMPHASIS)
        at = text.index(inner, position, leaf.end) if inner else position
        spans.append(_stripped(text, at, at + len(inner)))
    spans = [span for span in spans if span.start < span.end]
    if not spans:
        return [Block(Kind.BOILERPLATE, leaf.start, leaf.end)]
    found = caption_blocks(text, spans, certain=range(len(spans)))
    return [block for index in sorted(found) for block in found[index]]
