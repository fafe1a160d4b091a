"""A section becomes blocks: its opening, rules, each comment and its signature."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from index.readers.comments.frame import is_notice, is_policy
from index.readers.comments.lines import Span, groups_of
from index.readers.comments.names_dates import Attribution
from index.readers.comments.signatures import Signature
from index.types import Block, Kind


@dataclass(frozen=True, slots=True)
class CommentSection:
    """The comments of a document with all that belongs to them: counter, policy, signatures."""

    start: int
    end: int
    blocks: tuple[Block, ...]


class Place(Enum):
    """Where a comment's signature stands."""

    HEADER = "above the comment"
    FOOTER = "below the comment"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A section as one layout would have it."""

    signatures: tuple[Signature, ...]
    place: Place
    marker: int | None
    """The index of the line that opens the section."""
    start: int
    """The index of the section's first line."""
    score: float


class Cutter:
    """Cuts a section into its blocks."""

    def __init__(self, text: str, lines: Sequence[Span]) -> None:
        self.text = text
        self.lines = lines
        self.starts = [line.start for line in lines]

    def section(self, candidate: Candidate) -> CommentSection:
        """Cut a section into its blocks."""
        blocks: list[Block] = []
        position = self.lines[candidate.start].start
        if candidate.marker is not None:
            blocks.append(self._opening_block(candidate.marker))
            position = self.lines[candidate.marker].end
        if candidate.place is Place.FOOTER:
            end = self._cut_footers(candidate, position, blocks)
        else:
            end = self._cut_headers(candidate, position, blocks)
        return CommentSection(self.lines[candidate.start].start, end, tuple(blocks))

    def _opening_block(self, index: int) -> Block:
        start, end = self.lines[index]
        lead = re.match(r"#{1,6}\s+", self.text[start:end])
        return Block(Kind.BOILERPLATE, start + (lead.end() if lead else 0), end)

    def _cut_footers(self, candidate: Candidate, position: int, blocks: list[Block]) -> int:
        first = candidate.signatures[0].start
        position = self._policy(position, first, blocks, comment_follows=True)
        for number, signature in enumerate(candidate.signatures, start=1):
            self._comment(position, signature.start, signature.by, number, blocks)
            blocks.append(Block(Kind.BOILERPLATE, signature.start, signature.end))
            position = signature.end
        return self._notices(position, blocks)

    def _cut_headers(self, candidate: Candidate, position: int, blocks: list[Block]) -> int:
        signatures = candidate.signatures
        position = self._policy(position, signatures[0].start, blocks, comment_follows=False)
        self._others(position, signatures[0].start, Kind.PARAGRAPH, blocks)
        ends = [signature.start for signature in signatures[1:]] + [self.lines[-1].end]
        for signature, end in zip(signatures, ends, strict=True):
            blocks.append(Block(Kind.BOILERPLATE, signature.start, signature.end))
            self._comment(signature.end, end, signature.by, None, blocks)
        return self.lines[-1].end

    def _policy(self, start: int, end: int, blocks: list[Block], *, comment_follows: bool) -> int:
        """Take the paragraphs before the first comment that are rules or buttons.

        Where the first comment follows, the last paragraph is its words whatever they are.
        """
        inside = self._inside(start, end)
        groups = list(groups_of(inside, 0, len(inside)))
        for number, (begin, last) in enumerate(groups, start=1):
            span = Span(inside[begin].start, inside[last - 1].end)
            lines = inside[begin:last]
            rules = (number < len(groups) or not comment_follows) and is_policy(
                self.text[span.start : span.end]
            )
            if not rules and not all(is_notice(self.text[line.start : line.end]) for line in lines):
                break
            blocks.append(Block(Kind.BOILERPLATE, span.start, span.end))
            start = span.end
        return start

    def _others(self, start: int, end: int, kind: Kind, blocks: list[Block]) -> None:
        inside = self._inside(start, end)
        for begin, last in groups_of(inside, 0, len(inside)):
            blocks.append(Block(kind, inside[begin].start, inside[last - 1].end))

    def _notices(self, start: int, blocks: list[Block]) -> int:
        """Take the buttons below the last signature."""
        index = bisect_right(self.starts, start - 1)
        while index < len(self.lines):
            line = self.lines[index]
            if line.start < line.end:
                if not is_notice(self.text[line.start : line.end]):
                    break
                blocks.append(Block(Kind.BOILERPLATE, line.start, line.end))
                start = line.end
            index += 1
        return start

    def _comment(
        self, start: int, end: int, by: Attribution, number: int | None, blocks: list[Block]
    ) -> None:
        """Add the comment between two offsets, without the buttons above and below it."""
        inside = [line for line in self._inside(start, end) if line.start < line.end]
        first, last = 0, len(inside)
        while first < last and is_notice(self.text[slice(*inside[first])]):
            first += 1
        while last > first and is_notice(self.text[slice(*inside[last - 1])]):
            last -= 1
        blocks.extend(Block(Kind.BOILERPLATE, *line) for line in inside[:first])
        if first < last:
            begin, stop = inside[first].start, inside[last - 1].end
            counted = re.match(rf"#?{number}[.)]\s+(?=\S)", self.text[begin : begin + 20])
            if number is not None and counted:
                begin += counted.end()
            blocks.append(
                Block(Kind.COMMENT, begin, stop, by.author, by.date, by.reply_to)
            )  # fmt: skip
        blocks.extend(Block(Kind.BOILERPLATE, *line) for line in inside[last:])

    def _inside(self, start: int, end: int) -> list[Span]:
        """The lines between two offsets; the first and the last may be parts of lines."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = bisect_left(self.starts, end, first)
        found = []
        for line in self.lines[first : last + 1]:
            begin, stop = max(line.start, start), min(line.end, end)
            piece = self.text[begin:stop] if begin < stop else ""
            bare = piece.strip()
            begin += len(piece) - len(piece.lstrip())
            found.append(Span(begin, begin + len(bare)))
        return found
