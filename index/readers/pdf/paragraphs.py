"""Lines become paragraphs, and what a column's or page's end cuts in two is joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from index.readers.pdf.hyphens import Vocabulary
from index.readers.pdf.model import Line, Page, Piece, Table
from index.types import Kind

_BULLET = re.compile(
    r"(?:[•●○◦▪▫■□‣⁃➢➤✓✔–—*·∙-]|\uf0b7)(?:\s|$)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s|\[\d{1,3}\]\s"
)
_SYMBOL = re.compile(r"(?:[•●○◦▪▫■□‣⁃➢➤✓✔∙])")
_CAPTION_LIKE = re.compile(r"(?:fig(?:ure|\.)?|table|tab\.)\s*\d", re.IGNORECASE)
_ENDS = (".", "!", "?", ":", ";", ".”", '."', ".)", "?”", "!”", "。", "！", "？", "…")
_LEADER = re.compile(r"(?:\s?[.·…_]){5,}\s*")
_SHORT_LIST = 300
"""A list up to this many characters is one paragraph, as in Markdown."""

_LOOK_BACK = 14
"""How many pieces lie at most between the halves of a paragraph: notes, captions, a figure's words."""


def make_pieces(page: Page, lines: Sequence[Line], vocabulary: Vocabulary) -> list[Piece]:
    """The paragraphs and table rows of a page, in the order of its lines."""
    maker = _Maker(page, lines, vocabulary)
    return maker.run()


class _Maker:
    def __init__(self, page: Page, lines: Sequence[Line], vocabulary: Vocabulary) -> None:
        self._page = page
        self._lines = lines
        self._vocabulary = vocabulary
        self._pitch = _pitches(lines)
        self._edges = _edges(lines)
        self._pieces: list[Piece] = []

    def run(self) -> list[Piece]:
        current: list[Line] = []
        for index, line in enumerate(self._lines):
            if line.words[0].table is not None:
                self._finish(current)
                self._table(line.words[0].table, line)
                current = []
                continue
            following = self._lines[index + 1] if index + 1 < len(self._lines) else None
            if current and self._breaks(current, line, following):
                self._finish(current)
                current = []
            current.append(line)
        self._finish(current)
        return self._pieces

    def _breaks(self, current: list[Line], line: Line, following: Line | None) -> bool:
        """Whether a line begins another paragraph."""
        before = current[-1]
        if line.region != before.region or len(line.cells) > 1 or len(before.cells) > 1:
            return True
        if abs(line.size - before.size) > 0.09 * max(line.size, before.size):
            return True
        weights = sorted((line.bold, before.bold))
        if weights[0] < 0.3 and weights[1] > 0.9 and not (before.bold > 0.9 and len(current) == 1 and before.x1 > line.right - line.size):  # fmt: skip
            return True
        pitch = self._pitch.get((line.region, round(line.size)), line.size * 1.2)
        if line.y - before.y > 1.3 * pitch + 0.5:
            return True
        if _SYMBOL.match(line.text) or (_BULLET.match(line.text) and self._is_item(current, line)):
            return True
        return self._is_set_off(current, line, following)

    def _is_item(self, current: list[Line], line: Line) -> bool:
        """Whether a line that begins like a list's item is one: "2." may also end a sentence."""
        before = current[-1]
        ended = before.text.endswith((*_ENDS, ","))
        short = before.x1 < self._right(before) - 3 * line.size
        return ended or short or bool(_BULLET.match(current[0].text))

    def _right(self, line: Line) -> float:
        return self._edges.get((line.region, round(line.size)), line.right)

    def _is_set_off(self, current: list[Line], line: Line, following: Line | None) -> bool:
        """Whether indentation, or a short line above, tells paragraphs apart."""
        before, em = current[-1], line.size
        if _is_centred(before, line) and not before.text.endswith(_ENDS):
            return False
        shift = line.x0 - before.x0
        hanging = bool(_BULLET.match(current[0].text))
        if shift > 0.7 * em and not (len(current) == 1 and (hanging or self._hangs(line, following))):  # fmt: skip
            return shift < 12 * em or before.text.endswith(_ENDS)
        if shift < -0.7 * em and len(current) > 1:
            return True
        if before.words[0].right_to_left:
            return False
        room = self._right(before) - before.x1
        first = line.words[0]
        fits = room > (first.x1 - first.x0) + 0.9 * em
        width = max(self._right(before) - before.left, em)
        if not fits:
            return False
        if before.text.endswith(_ENDS) and room > 1.5 * em:
            return True
        return room > 0.35 * width and not line.text[0].islower()

    def _hangs(self, line: Line, following: Line | None) -> bool:
        """Whether a set-in second line is followed by more that are set in as far."""
        return (
            following is not None
            and following.region == line.region
            and abs(following.x0 - line.x0) < 0.4 * line.size
            and abs(following.size - line.size) < 0.5
        )

    def _finish(self, lines: list[Line]) -> None:
        if not lines:
            return
        text = self._vocabulary.join(_LEADER.sub(" … ", line.text) for line in lines)
        first, last = lines[0], lines[-1]
        piece = self._piece(text, first)
        piece.bold = min(line.bold for line in lines) > 0.6
        piece.row = len(first.cells) > 1
        piece.lines = len(lines)
        piece.full = last.x1 > self._right(last) - 2.5 * last.size
        piece.indented = first.x0 - first.left > 0.7 * first.size
        self._pieces.append(piece)

    def _piece(self, text: str, line: Line) -> Piece:
        return Piece(
            Kind.PARAGRAPH,
            text,
            self._page.number,
            self._page.number,
            size=line.size,
            region=line.region,
            y=line.y / (self._page.height or 1.0),
        )

    def _table(self, table: Table, line: Line) -> None:
        for row in table.rows:
            cells = [self._vocabulary.join(cell.split("\n")) for cell in row]
            piece = self._piece(" | ".join(cell for cell in cells if cell), line)
            piece.row = True
            self._pieces.append(piece)


def _pitches(lines: Sequence[Line]) -> dict[tuple[int, int], float]:
    """How far lines of a size stand apart in each column, as a rule."""
    gaps: dict[tuple[int, int], list[float]] = {}
    for before, line in pairwise(lines):
        gap = line.y - before.y
        if line.region == before.region and abs(line.size - before.size) < 0.5 and 0.5 < gap / line.size < 2.6:  # fmt: skip
            gaps.setdefault((line.region, round(line.size)), []).append(gap)
    return {key: _usual(found, key[1]) for key, found in gaps.items()}


def _usual(gaps: list[float], size: float) -> float:
    """The gap within paragraphs: the lower middle of what there is, where there is enough."""
    gaps = sorted(gaps)
    if len(gaps) < 3:
        return min(gaps[0], 1.5 * size)
    return median(gaps[: max(1, len(gaps) * 3 // 4)])


def _edges(lines: Sequence[Line]) -> dict[tuple[int, int], float]:
    """How far to the right lines of a size reach in each column."""
    edges: dict[tuple[int, int], float] = {}
    for line in lines:
        if line.words[0].table is None and len(line.cells) == 1:
            key = line.region, round(line.size)
            edges[key] = max(edges.get(key, 0.0), line.x1)
    return edges


def _is_centred(before: Line, line: Line) -> bool:
    """Whether two lines have their middle in common, and not their edges."""
    middle = abs((before.x0 + before.x1) - (line.x0 + line.x1)) / 2
    return middle < 0.6 * line.size and abs(before.x0 - line.x0) > 0.7 * line.size


# --- over columns and pages ---------------------------------------------------------------------


def join_broken(pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """Join each paragraph to its beginning in the column or on the page before."""
    body = body_size(pieces)
    joined: list[Piece] = []
    for piece in pieces:
        start = _beginning(joined, piece, body)
        if start is None:
            joined.append(piece)
            continue
        start.text = vocabulary.join([start.text, piece.text])
        start.last_page, start.full, start.region = piece.page, piece.full, piece.region
        start.lines += piece.lines
    return joined


def join_short_lists(pieces: list[Piece]) -> list[Piece]:
    """Make one paragraph of the items of each short list: they say little without each other."""
    joined: list[Piece] = []
    for run in _runs(pieces):
        if len(run) > 1 and sum(len(piece.text) + 1 for piece in run) <= _SHORT_LIST:
            run[0].text = "\n".join(piece.text for piece in run)
            run[0].last_page = run[-1].last_page
            run[0].lines = sum(piece.lines for piece in run)
            run = run[:1]
        joined += run
    return joined


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces, with the items that follow each other in a list together."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        item = piece.kind is Kind.PARAGRAPH and not piece.row and _SYMBOL.match(piece.text)
        if item and runs and _SYMBOL.match(runs[-1][-1].text) and not runs[-1][-1].row:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def body_size(pieces: Sequence[Piece]) -> float:
    """The size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        if piece.kind is Kind.PARAGRAPH:
            sizes[round(piece.size * 2) / 2] += len(piece.text)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 0.0


def _beginning(joined: list[Piece], piece: Piece, body: float) -> Piece | None:
    """The paragraph that a piece goes on with, if it begins in the middle of a sentence."""
    if not _may_join(piece, body) or _BULLET.match(piece.text) or _CAPTION_LIKE.match(piece.text):
        return None
    for before in reversed(joined[-_LOOK_BACK:]):
        if before.kind is Kind.HEADING or (before.bold and before.size >= body):
            return None
        if before.region == piece.region:
            return None
        if before.page == piece.page and before.lines == 1 and before.y < 0.14:
            continue  # a running head
        if not _may_join(before, body) or _CAPTION_LIKE.match(before.text):
            continue
        if abs(before.size - piece.size) > 0.6 or piece.page - before.last_page > 1:
            return None
        if before.text.endswith(_ENDS) or not before.full:
            return None
        return before if _goes_on(before, piece) else None
    return None


def _goes_on(before: Piece, piece: Piece) -> bool:
    first = piece.text[0]
    if first.islower() or before.text.endswith(("-", "\u00ad", ",")):
        return True
    return not piece.indented and before.lines + piece.lines > 2 and not piece.bold


def _may_join(piece: Piece, body: float) -> bool:
    return (
        piece.kind is Kind.PARAGRAPH
        and not piece.row
        and abs(piece.size - body) <= 0.8
        and len(piece.text) > 0
    )
