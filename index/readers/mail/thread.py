"""A mail's body taken apart into the messages of its thread: its own, and those that it quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.readers.mail.attributions import MAX_LINES, Attribution, opens, read_attribution
from index.readers.mail.header_blocks import is_separator, read_header_block
from index.readers.mail.message import Line

_SIGNATURE_LINES = 16
"""A longer text below "--" is no signature."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whose words these are."""

    name: str | None
    """None where nobody is named above a quote."""
    date: str | None
    number: int
    """Which message of the thread: 1 for the mail's own words."""


@dataclass(slots=True)
class Stretch:
    """Consecutive lines of one message."""

    author: Author
    lines: list[Line] = field(default_factory=list)
    head: tuple[str, ...] = ()
    """The line or fields above it that name its author."""
    is_fields: bool = False
    """Whether these are fields ("From: …") rather than a sentence ("Ann wrote:")."""
    is_signature: bool = False


def messages_of(lines: Sequence[Line], author: Author) -> list[Stretch]:
    """Take a body apart.

    Args:
        lines: the body.
        author: who sent the mail.

    Returns:
        The stretches in their order. A message with answers between its lines has several.
    """
    splitter = _Splitter(lines, author)
    index = 0
    while index < len(lines):
        index = splitter.take(index)
    return [stretch for made in splitter.stretches for stretch in _without_signature(made)]


class _Splitter:
    """Knows who speaks at each depth of quoting."""

    def __init__(self, lines: Sequence[Line], author: Author) -> None:
        self._lines = lines
        self._speakers = {0: author}
        self._count = author.number
        self._depth = 0
        self.stretches = [Stretch(author)]

    def take(self, index: int) -> int:
        """Take the line at an index, or the lines that name an author there; return the next."""
        line = self._lines[index]
        if not line.text:
            self.stretches[-1].lines.append(line)
            return index + 1
        block = read_header_block(self._lines, index)
        if block:
            self._begin(line.depth, block.author, block.date, block.fields, is_fields=True)
            return block.end
        if is_separator(line.text) and self._parts_mails(index):
            return index + 1
        named = self._attribution(index)
        if named:
            attribution, depth, end = named
            words = " ".join(self._lines[at].text for at in range(index, end))
            self._begin(depth, attribution.author, attribution.date, (words,), is_fields=False)
            return end
        self._say(line)
        return index + 1

    def _begin(
        self, depth: int, name: str, date: str | None, head: tuple[str, ...], *, is_fields: bool
    ) -> None:
        """A message begins, at a depth."""
        self._count += 1
        author = Author(name, date, self._count)
        self._speakers = {k: who for k, who in self._speakers.items() if k < depth}
        self._speakers[depth] = author
        self._depth = depth
        self.stretches.append(Stretch(author, head=head, is_fields=is_fields))

    def _say(self, line: Line) -> None:
        """A line is said by whoever speaks at its depth."""
        author = self._speakers.get(line.depth)
        if author is None:
            self._count += 1
            author = self._speakers[line.depth] = Author(None, None, self._count)
        if author != self.stretches[-1].author:
            self.stretches.append(Stretch(author))
        self.stretches[-1].lines.append(line)

    def _parts_mails(self, index: int) -> bool:
        """Whether a separator's next words are the fields of a mail, or words that name it."""
        following = self._next(index + 1)
        if following is None:
            return True
        text = self._lines[index].text
        if any(character.isalpha() for character in text):
            return read_header_block(self._lines, following) is not None or "-" in text
        return read_header_block(self._lines, following) is not None

    def _attribution(self, index: int) -> tuple[Attribution, int, int] | None:
        """Who is named at a line, the depth of the quote, and the index after the name."""
        depth = self._lines[index].depth
        words = ""
        for end in range(index + 1, min(index + MAX_LINES, len(self._lines)) + 1):
            line = self._lines[end - 1]
            if line.depth != depth or not line.text or (words and line.whole and len(words) > 80):
                return None
            words = f"{words} {line.text}"
            found = read_attribution(words)
            if found is None or self._begins_later(index, end):
                continue
            following = self._next(end)
            if following is not None and self._lines[following].depth > depth:
                return found, self._lines[following].depth, end
            if found.certain and following is not None:
                return found, depth, end
            return None
        return None

    def _begins_later(self, index: int, end: int) -> bool:
        """Whether only the last of some lines name an author, and the first are somebody's words."""
        texts = [self._lines[at].text for at in range(index, end)]
        return not opens(texts[0]) and any(
            opens(texts[at]) and read_attribution(" ".join(texts[at:])) is not None
            for at in range(1, len(texts))
        )

    def _next(self, index: int) -> int | None:
        while index < len(self._lines):
            if self._lines[index].text:
                return index
            index += 1
        return None


def _without_signature(stretch: Stretch) -> list[Stretch]:
    """A stretch, and the signature at its end where there is one."""
    for index, line in enumerate(stretch.lines):
        if line.text.rstrip() != "--":
            continue
        below = stretch.lines[index + 1 :]
        while below and not below[-1].text:
            below.pop()
        if below and len(below) <= _SIGNATURE_LINES:
            own = Stretch(stretch.author, stretch.lines[:index], stretch.head, stretch.is_fields)
            return [own, Stretch(stretch.author, below, is_signature=True)]
    return [stretch]
