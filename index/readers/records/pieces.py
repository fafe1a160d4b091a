"""Records of JSON become pieces: comments, articles, and lists of names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.readers.office.pieces import Piece, one_line
from index.readers.records.fields import (
    AUTHORS,
    BODIES,
    DATES,
    IDS,
    REPLIES,
    TITLES,
    Record,
    author_of,
    body_of,
    date_of,
    has_body,
    id_of,
    is_article,
    is_comment,
    parent_of,
    replies_of,
    title_of,
    unwrapped,
)
from index.readers.records.markup import plain_text
from index.types import Kind

_LONG = 400
"""A longer value is a paragraph of its own."""

_GONE = ("[deleted]", "[removed]")


class Writers:
    """Who wrote which comment, by the ids that answers refer to."""

    def __init__(self) -> None:
        self._by_id: dict[str, str | None] = {}
        self._names: set[str] = set()

    def learn(self, value: object) -> None:
        """Take in every comment in a value."""
        waiting = [value]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                waiting += value.values()
                author = author_of(value) if has_body(value) else None
                name = id_of(value)
                if author:
                    self._names.add(author)
                    if name:
                        self._by_id[name] = author

    def answered(self, comment: Record) -> str | None:
        """The author of the comment that another one answers."""
        parent = parent_of(comment)
        if parent is None:
            return None
        return self._by_id.get(parent) or (parent if parent in self._names else None)


def record_pieces(value: object, place: str, writers: Writers) -> Iterator[Piece]:
    """The pieces of one record, whatever it is."""
    value = unwrapped(value)
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for part in value:
            yield from record_pieces(part, place, writers)
    elif isinstance(value, dict) and is_comment(value):
        yield from comment_pieces(value, place, writers)
    elif isinstance(value, dict) and is_article(value):
        yield from article_pieces(value, place, writers, title_kind=Kind.HEADING)
    else:
        yield from plain_pieces(value, place)


def comment_pieces(
    comment: Record, place: str, writers: Writers, above: str | None = None
) -> Iterator[Piece]:
    """A comment, and the answers in it."""
    author, text = author_of(comment), body_of(comment)
    title = title_of(comment)
    kind = Kind.BOILERPLATE if text in _GONE else Kind.COMMENT
    said = f"{title}\n{text}" if title else text
    answered = above or writers.answered(comment)
    if kind is Kind.COMMENT:
        yield Piece(kind, said, author, date_of(comment), answered, locator=place)
    else:
        yield Piece(kind, said, locator=place)
    for reply in replies_of(comment):
        yield from comment_pieces(reply, place, writers, author)


def article_pieces(
    article: Record, place: str, writers: Writers, *, title_kind: Kind
) -> Iterator[Piece]:
    """An article: title, who and when, its paragraphs, what else is said of it, its comments."""
    level = 1 if title_kind is Kind.HEADING else None
    yield Piece(title_kind, title_of(article), level=level, locator=place)
    yield Piece(Kind.BYLINE, author_of(article) or "", locator=place)
    yield Piece(Kind.DATE, date_of(article) or "", locator=place)
    for text in split_paragraphs(body_of(article)):
        yield Piece(Kind.PARAGRAPH, text, locator=place)
    replies = replies_of(article)
    known = {*IDS, *TITLES, *AUTHORS, *DATES, *BODIES, *(REPLIES if replies else ())}
    rest = {name: value for name, value in article.items() if name not in known}
    yield from plain_pieces(rest, place)
    for reply in replies:
        yield from comment_pieces(reply, place, writers)


def plain_pieces(value: object, place: str) -> Iterator[Piece]:
    """A record of another kind: names and values on one line, long texts as paragraphs."""
    short: list[str] = []
    long: list[tuple[str, str]] = []
    for name, text in _leaves(value):
        if len(text) > _LONG or "\n\n" in text:
            long.append((name, text))
        else:
            line = one_line(text)
            short.append(f"{name}: {line}" if name else line)
    yield Piece(Kind.PARAGRAPH, "; ".join(short), locator=place)
    for name, text in long:
        for index, paragraph in enumerate(split_paragraphs(text)):
            said = f"{name}: {paragraph}" if name and index == 0 else paragraph
            yield Piece(Kind.PARAGRAPH, said, locator=place)


def is_small(value: object) -> bool:
    """Whether a value fits one paragraph."""
    length = 0
    for name, text in _leaves(value):
        length += len(name) + len(text) + 4
        if length > _LONG or "\n\n" in text:
            return False
    return True


def split_paragraphs(text: str) -> list[str]:
    """A text's paragraphs: apart by empty lines, or else one a line."""
    parts = re.split(r"\n[ \t]*\n", text)
    if len(parts) == 1:
        parts = text.split("\n")
    return [part.strip() for part in parts if part.strip()]


def _leaves(value: object) -> Iterator[tuple[str, str]]:
    """Every value that can be read, with its name: "address.city". Lists of words are one value."""
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            inner = [(f"{name}.{key}" if name else key, part) for key, part in value.items()]
            waiting += reversed(inner)
        elif isinstance(value, list):
            if all(_is_short_word(part) for part in value):
                text = ", ".join(_said(part) for part in value if part is not None)
                if text:
                    yield one_line(name), text
            else:
                waiting += [(name, part) for part in reversed(value)]
        else:
            text = _said(value)
            if text:
                yield one_line(name), text


def _is_short_word(value: object) -> bool:
    return not isinstance(value, (dict, list)) and not (isinstance(value, str) and len(value) > 80)


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_text(str(value))


def all_records(values: Sequence[object]) -> bool:
    """Whether there is a record among the values, so that each is read for itself."""
    return any(isinstance(value, (dict, list)) for value in values)
