"""Documents become passages that the embedding model can read whole."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from index.sentences import Span, sentence_spans, strip_span
from index.types import PASSAGE_KINDS, Block, Document, Kind, Passage

CHUNKING = "paragraph-sentence/5"
"""Names this way of cutting in a saved index. Change it whenever the same document could be cut
or embedded otherwise: an index that was cut another way is brought up to date."""

CONTEXT_SHARE = 0.25
"""At most this part of the model's tokens goes to the title, headings and author in front."""

PART_TOKENS = 100
"""About so many tokens are in a part of a paragraph that would not fit the model in two halves.

Chosen, with :data:`AROUND`, by the two corpora that ``benchmarks/chunking.py`` names. On
`wikitexts` the first 1,500 characters that the whole search finds have .749 of the answer; in parts
of 128 tokens .645, of 160 tokens .701. A paragraph that is only a little too long is found as often in halves:
SQuAD's are first for .827 of 2,872 questions on its training articles either way, and among five for .965, in parts of
100 tokens .961 (compared once)."""

AROUND = 400
"""So many characters before a part of a paragraph, and after it, are searched for words with it.

The subject of a part is often named only in the part before. On `wikitexts`, in parts as long as the
model reads, it raises the recall of the five best from .854 to .896. The vectors would be worse (.622
to .604, in parts of up to 128 tokens, with the words before), so it is not embedded."""

SECTION_SEPARATOR = " › "


class TokenCounter(Protocol):
    """What the chunker needs of an embedding model."""

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, its special tokens included."""

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees in ``text``, its special tokens included."""


class Chunker:
    """Cuts documents to fit one embedding model.

    Args:
        model: what counts tokens and says how many are read: an ``Embedder`` is one.
    """

    def __init__(self, model: TokenCounter) -> None:
        self._count_tokens = lru_cache(maxsize=1024)(model.count_tokens)
        self._max_tokens = model.max_tokens
        self._clip = lru_cache(maxsize=4096)(self._clip_to_share)

    def split(self, document: Document) -> list[Passage]:
        """Cut a document into passages, in the order of its text.

        A paragraph, a caption or a comment is a passage; two captions of one picture are one. What
        does not fit the model, together with the context that is embedded in front of it, is cut at
        sentence ends into two halves where both fit, else into parts of about :data:`PART_TOKENS`;
        a sentence that does not fit, between words.
        """
        passages = []
        for block, section in _with_sections(document):
            if block.kind not in PASSAGE_KINDS:
                continue
            whole = _passage(document, block, section)
            context = self._context(whole)
            for start, end in self._cut(document.text, (block.start, block.end), context):
                passages.append(replace(whole, start=start, end=end))
        return passages

    def embedded_text(self, passage: Passage) -> str:
        """What is embedded and searched for a passage: its context, then its words."""
        return _join(self._context(passage), passage.words)

    def _context(self, passage: Passage) -> str:
        """The context, clipped to its share of the model's tokens."""
        return "\n".join(self._clip(line) for line in _context_lines(passage))

    def _clip_to_share(self, text: str) -> str:
        """The first words of a text, as many as fit a third of the context's share."""
        limit = int(self._max_tokens * CONTEXT_SHARE / 3)
        while (count := self._count_tokens(text)) > limit:
            kept = text[: len(text) * limit // count]
            text = kept.rsplit(maxsplit=1)[0] if len(kept.split()) > 1 else kept
        return text

    def _fits(self, text: str) -> bool:
        return self._count_tokens(text) <= self._max_tokens

    def _cut(self, text: str, span: Span, context: str) -> Iterator[Span]:
        """Yield the parts of ``span``, each of which fits the model behind ``context``."""
        if self._fits(_join(context, text[slice(*span)])):
            yield span
            return
        pieces = [
            piece
            for sentence in sentence_spans(text, *span)
            for piece in self._halve(text, sentence, context)
        ]
        yield from self._pack(text, pieces, context)

    def _pack(self, text: str, pieces: list[Span], context: str) -> Iterator[Span]:
        """Join neighbouring pieces to parts of about equal length, each of which fits the model."""
        special = self._count_tokens("")
        sizes = [max(1, self._count_tokens(text[a:b]) - special) for a, b in pieces]
        room = self._max_tokens - self._count_tokens(_join(context, ""))
        total = sum(sizes)
        parts = 2 if total <= 2 * room else math.ceil(total / max(1, min(PART_TOKENS, room)))
        first = 0
        for count in _shares(sizes, parts):
            joined = pieces[first : first + count]
            first += count
            span = joined[0][0], joined[-1][1]
            if count == 1 or self._fits(_join(context, text[slice(*span)])):
                yield span
            else:
                yield from self._pack(text, joined, context)

    def _halve(self, text: str, span: Span, context: str) -> Iterator[Span]:
        """Yield ``span`` in halves, between words where there are any, until each half fits."""
        start, end = span
        if end - start < 2 or self._fits(_join(context, text[start:end])):
            yield span
            return
        middle = (start + end) // 2
        space = max(text.rfind(" ", start, middle), text.rfind("\n", start, middle))
        cut = space if space > start else middle
        for half in (strip_span(text, start, cut), strip_span(text, cut, end)):
            if half[0] < half[1]:
                yield from self._halve(text, half, context)


def searched_text(passage: Passage) -> str:
    """What is searched for words: the context unclipped, then the passage's words.

    Around a part of a paragraph stand the words before and after it.
    """
    before, after = _around(passage)
    words = [line for line in (before, passage.words, after) if line]
    return "\n".join([*_context_lines(passage), *words])


def _around(passage: Passage) -> tuple[str, str]:
    """The words of the same block before a passage and after it."""
    text, blocks = passage.document.text, passage.document.blocks
    number = bisect_right(blocks, passage.start, key=lambda block: block.start) - 1
    block = blocks[number]
    first = max(block.start, passage.start - AROUND)
    last = min(block.end, passage.end + AROUND)
    before, after = text[first : passage.start].split(), text[passage.end : last].split()
    # The outermost word may be cut, and would be another word.
    if first > block.start:
        del before[:1]
    if last < block.end:
        del after[-1:]
    return " ".join(before), " ".join(after)


def _context_lines(passage: Passage) -> list[str]:
    """Title, headings, and whose words they are: at most three lines."""
    lines = [line for line in (passage.document.title, passage.section) if line]
    if passage.kind is Kind.COMMENT:
        lines.append(f"Comment by {passage.author or 'a reader'}:")
    elif passage.kind is Kind.CAPTION:
        lines.append("Caption:")
    return lines


def _shares(sizes: list[int], parts: int) -> list[int]:
    """How many neighbouring pieces each part gets: a piece goes to the part that its middle is in.

    The parts are of equal size before the pieces are put in; one that gets none is left out.
    """
    target = max(1, sum(sizes)) / parts
    counts: list[int] = []
    before, last = 0, -1
    for size in sizes:
        part = int((before + size / 2) / target)
        if part == last:
            counts[-1] += 1
        else:
            counts.append(1)
        before, last = before + size, part
    return counts


def _join(context: str, text: str) -> str:
    return f"{context}\n{text}" if context else text


def _passage(document: Document, block: Block, section: str | None) -> Passage:
    author, date = block.author, block.date
    if block.kind is not Kind.COMMENT:
        author = author or (document.author if block.kind is Kind.PARAGRAPH else None)
        date = date or document.date
    return Passage(
        document, block.kind, block.start, block.end, author, date, section, block.locator
    )


def _whole_blocks(document: Document) -> list[Block]:
    """The blocks; a caption reaches to the end of those that continue it."""
    whole: list[Block] = []
    end = 0
    for block in reversed(document.blocks):
        if block.continues:
            end = end or block.end
        elif end and block.kind is Kind.CAPTION:
            whole.append(replace(block, end=end))
            end = 0
        else:
            whole.append(block)
    return whole[::-1]


def _with_sections(document: Document) -> Iterator[tuple[Block, str | None]]:
    """Every block with the headings above it. Comments stand under no heading."""
    path: dict[int, str] = {}
    for block in _whole_blocks(document):
        if block.kind is Kind.HEADING:
            level = block.level or 1
            path = {depth: name for depth, name in path.items() if depth < level}
            path[level] = document.text[block.start : block.end]
        section = SECTION_SEPARATOR.join(path.values()) or None
        yield block, None if block.kind is Kind.COMMENT else section
