"""What stands on page after page at the same place: running heads, footers, page numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.pdf.layout import rows_of
from index.readers.pdf.model import Page, Word

_ZONE = 0.11
"""The part of a page's height, at the top and at the bottom, where such lines stand."""

_ROWS = 4
"""How many rows from either edge are looked at."""

_ENOUGH = 3
"""A line that stands on so many pages is a running head; on half of them if there are fewer."""

_APART = 2.0
"""Parts of a running head stand this many font sizes apart."""

_STEP = 7.0
"""How far, in points, the same line may stand from its place on another page."""

_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|seite|pagina|página|p\.|s\.)\s*)?"
    r"(?:\d{1,4}|[ivxlc]{1,7}|[IVXLC]{1,7}|[A-Z]-\d{1,3}|\d{1,2}-\d{1,3})"
    r"(?:\s*(?:of|von|de|sur|/)\s*\d{1,4})?(?:\s*\|\s*p\s?a\s?g\s?e)?\W{0,3}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class _Part:
    """Words of a row near an edge that stand together."""

    page: int
    words: list[Word]
    text: str
    y: float
    from_top: bool
    numbers: tuple[int, ...]


def drop_furniture(pages: Sequence[Page]) -> None:
    """Take running heads, footers and page numbers from the words of the pages."""
    texts = {page.number: _words_of(page) for page in pages}
    needed = max(2, min(_ENOUGH, (len(set(texts.values())) + 1) // 2))
    parts = [part for page in pages for part in _parts(page)]
    groups: dict[tuple[str, bool, int], list[_Part]] = defaultdict(list)
    for part in parts:
        step = int(part.y // _STEP)
        for near in (step - 1, step, step + 1):
            groups[_NUMBER.sub("#", part.text), part.from_top, near].append(part)
    dropped: dict[int, set[int]] = defaultdict(set)
    for group in groups.values():
        if len({texts[part.page] for part in group}) >= needed and _counts_on(group):
            for part in group:
                dropped[part.page].update(map(id, part.words))
    for part in parts:
        if _PAGE_NUMBER.fullmatch(part.text) and _stands_alone(part, parts, dropped):
            dropped[part.page].update(map(id, part.words))
    kept = {
        page.number: [word for word in page.words if id(word) not in dropped[page.number]]
        for page in pages
    }
    if any(kept.values()):  # a file of nothing but such lines says just these
        for page in pages:
            page.words = kept[page.number]


def _words_of(page: Page) -> str:
    """A page's text, so that a page that stands twice in a file counts once."""
    return " ".join(word.text for word in page.words)


def _parts(page: Page) -> list[_Part]:
    """What stands near the edges of a page."""
    near = page.height * _ZONE
    words = [word for word in page.words if word.table is None]
    rows = rows_of(words)
    found = []
    for index, row in enumerate(rows):
        top = index < _ROWS and row[0].y < near
        bottom = index >= len(rows) - _ROWS and row[0].y > page.height - near
        if (top or bottom) and not (top and bottom):
            y = row[0].y if top else page.height - row[0].y
            found += [_part(page.number, words, y, top) for words in _split(row)]
    return found


def _part(page: int, words: list[Word], y: float, from_top: bool) -> _Part:
    text = " ".join(word.text for word in words)
    numbers = tuple(int(number[:9]) for number in _NUMBER.findall(text))
    return _Part(page, words, text, y, from_top, numbers)


def _split(row: list[Word]) -> list[list[Word]]:
    parts = [[row[0]]]
    for word in row[1:]:
        if word.x0 - parts[-1][-1].x1 > _APART * word.size:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _counts_on(group: list[_Part]) -> bool:
    """Whether the numbers in a repeated line are the same on most pages, or count the pages.

    "Question 3" at the top of a page is no running head, but "Page 3" is.
    """
    for place in range(len(group[0].numbers)):
        same = Counter(part.numbers[place] for part in group)
        offset = Counter(part.numbers[place] - part.page for part in group)
        most = max(same.most_common(1)[0][1], offset.most_common(1)[0][1])
        if most < 0.7 * len(group):
            return False
    return True


def _stands_alone(part: _Part, parts: Sequence[_Part], dropped: dict[int, set[int]]) -> bool:
    """Whether nothing but furniture shares its row: a number in a table's last row is none."""
    beside = [
        other
        for other in parts
        if other is not part
        and other.page == part.page
        and other.from_top == part.from_top
        and abs(other.y - part.y) < 3
    ]
    gone = dropped.get(part.page, set())
    return all(id(other.words[0]) in gone for other in beside)
