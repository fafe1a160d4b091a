"""A document's text is put together from blocks, and their offsets are kept."""

from __future__ import annotations

from index.types import Block, Kind


class TextBuilder:
    """A text under construction and the blocks in it: offsets are right because it counts them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        author: str | None = None,
        date: str | None = None,
        reply_to: str | None = None,
        level: int | None = None,
        locator: str | None = None,
    ) -> None:
        """Append a block after a blank line; text that is only white space is left out.

        What it is, its words, and what else :class:`~index.types.Block` has.
        """
        text = text.strip()
        if not text:
            return
        if self._parts:
            self._append("\n\n")
        start = self._length
        self._append(text)
        self.blocks.append(Block(kind, start, self._length, author, date, reply_to, level, locator))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)
