"""The values that flow through the index: documents, their blocks, passages, hits.

Offsets are counted in characters (Unicode code points) of ``Document.text`` and follow Python's
slices: ``start`` is the first character, ``end`` the one after the last.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath


class Kind(StrEnum):
    """What a block of a document is."""

    TITLE = "title"
    DATE = "date"
    BYLINE = "byline"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    CREDIT = "credit"
    """An agency notice or a picture credit."""
    BOILERPLATE = "boilerplate"
    """A comment policy, a counter, a share or report link, a repeated caption."""
    COMMENT = "comment"


PASSAGE_KINDS = (Kind.PARAGRAPH, Kind.CAPTION, Kind.COMMENT)
"""The kinds that can answer a question; every other kind is kept in the document but not searched."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document that is one thing: ``document.text[start:end]``."""

    kind: Kind
    start: int
    end: int
    author: str | None = None
    """Who wrote a comment, as the document spells it."""
    date: str | None = None
    """When a comment was written, as the document spells it ("2 hours ago" included)."""
    reply_to: str | None = None
    """The author of the comment that this one answers."""
    level: int | None = None
    """A heading's depth: 1 for the outermost."""
    locator: str | None = None
    """Where in the file it stands, for a person, where the file says: "page 3", "slide 2", "row 14"."""
    continues: bool = field(default=False, repr=False)
    """Whether a caption is a second one of the same picture: with the one before it is one passage."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read.

    ``blocks`` are in the order of the text and do not overlap; white space may lie between them.
    ``id`` is the SHA-256 of the text and of what was read from it, so that the same content has
    the same id under any name; a title that is only the file's name does not count.
    """

    id: str
    path: str
    title: str
    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    author: str | None = None
    """From the byline or the page's metadata."""
    date: str | None = None
    """The day of publication, as the document spells it."""
    also: tuple[str, ...] = ()
    """The paths of other files with the same content."""

    @classmethod
    def create(
        cls,
        *,
        path: str,
        title: str,
        text: str,
        blocks: Iterable[Block],
        author: str | None = None,
        date: str | None = None,
    ) -> Document:
        """Make a document and derive its id.

        Raises:
            ValueError: blocks overlap, are out of order, empty, or reach outside the text.
        """
        blocks = tuple(blocks)
        position = 0
        for block in blocks:
            if not position <= block.start < block.end <= len(text):
                raise ValueError(f"{path}: block {block} does not fit a text of {len(text)}")
            position = block.end
        own_title = None if title == PurePath(path).stem else title
        content = repr((own_title, text, blocks, author, date))
        content += "".join(f" {block.start}" for block in blocks if block.continues)
        identity = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(identity, path, title, text, blocks, author, date)

    def blocks_in(self, start: int, end: int) -> tuple[Block, ...]:
        """The blocks that begin in ``text[start:end]``."""
        first, last = (
            bisect_left(self.blocks, place, key=lambda block: block.start) for place in (start, end)
        )
        return self.blocks[first:last]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched and cited: a paragraph, caption or comment, or a part of a long one."""

    document: Document = field(repr=False)
    kind: Kind
    start: int
    end: int
    author: str | None = None
    """A comment's author; for the article's own words the document's, when it names one."""
    date: str | None = None
    section: str | None = None
    """The headings above it, outermost first, joined by " › "."""
    locator: str | None = None
    """Its block's: "page 3"."""

    @property
    def text(self) -> str:
        """As the document has it: ``document.text[start:end]``."""
        return self.document.text[self.start : self.end]

    @property
    def words(self) -> str:
        """What is searched and read of it: its text with spaces for a credit between two captions of one picture."""
        if self.kind is not Kind.CAPTION:
            return self.text
        words, end = "", self.start
        for block in self.document.blocks_in(self.start, self.end):
            if block.kind not in PASSAGE_KINDS:
                words += self.document.text[end : block.start]
                end = min(block.end, self.end)
                words += " " * (end - block.start)
        return words + self.document.text[end : self.end]

    @property
    def id(self) -> str:
        """A stable name: the document's id and the offsets."""
        return f"{self.document.id[:16]}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages may be found; None stands for all."""

    kinds: Collection[str] | None = None
    """Of :data:`PASSAGE_KINDS`."""
    author: str | None = None
    """As the document spells it; upper and lower case are the same."""
    document: str | None = None
    """A document's path, file name, title or id."""
    without: frozenset[str] = frozenset()
    """Ids of passages that are not to be found, as they were shown before."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a hit came by its rank."""

    dense: float
    """Cosine of question and passage, -1…1."""
    lexical: float
    """BM25 as a share of the most that the question could score, 0…1."""
    sentence: float | None = None
    """How well the passage's best sentence answers (``qa.selection``), as a share of the most that
    a sentence could score; None where sentences were not read."""
    relevance: float | None = None
    """Logit that the passage holds an answer, as the reader orders passages; None where it was not read."""
    answered: float | None = None
    """Logit that the passage answers this very question, as the reader has it; None where it was not read."""
    margin: float | None = None
    """By how much the best words for an answer are likelier than none, in logits; None where it was
    not read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with the score that ranks it and that score's parts."""

    passage: Passage
    score: float
    """What ranks: after a search the weighted mean of ``dense`` and ``lexical``
    (``index.fusion``); in an answer how well it answers, 0…1: from the reader (``qa.evidence``), without one
    ``sentence``."""
    parts: Score


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file that was to be indexed."""

    path: str
    document: Document | None = None
    """What was read from it; None when there is a problem."""
    problem: str | None = None
    """Why it was not indexed, in words for a person."""
    same_as: str | None = None
    """The path of a file with the same content, which stands for both."""
