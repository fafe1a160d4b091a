"""Words that a line's end cuts in two are put together again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT = re.compile(r"(?P<head>[^\W\d_]+(?:-[^\W\d_]+)*)[-\u00ad]$")
_REST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_OPEN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u30ff]")
"""Chinese and Japanese characters: no space stands between their lines."""

_KEEP = frozenset(
    "self well half ex all high low long short full two three four five one cross quasi semi vice"
    " mid post pre user state real end open large small fine hand time non co".split()
)
"""A word that begins with one of these and is cut there has, likelier than not, a hyphen of its own."""


class Vocabulary:
    """How often words stand in a document uncut, with and without hyphens."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, line: str) -> None:
        """Count the words of a line; the last one may be cut, and is left out."""
        words: list[str] = _WORD.findall(line.lower())
        self._counts.update(words[:-1] if line.endswith(("-", "\u00ad")) else words)

    def join(self, lines: Iterable[str]) -> str:
        """Lines as one text: a space between them, or a word mended."""
        text = ""
        parts: list[str] = []
        for line in lines:
            line = line.strip()
            if not line:
                continue
            if parts:
                parts[-1], between = self._seam(parts[-1], line)
                parts.append(between)
            parts.append(line)
        text = "".join(parts)
        return text.replace("\u00ad", "")

    def _seam(self, before: str, after: str) -> tuple[str, str]:
        """The first line without the hyphen that goes, and what stands between the two."""
        if _OPEN.match(before[-1]) and _OPEN.match(after[0]):
            return before, ""
        if before.endswith("\u00ad"):
            return before[:-1], ""
        cut, rest = _CUT.search(before[-80:]), _REST.match(after)
        if cut is None or rest is None:
            joins = before[-1] in "-/" and len(before) > 1 and before[-2].isalnum()
            return before, "" if joins and after[0].isalnum() else " "
        if self._keeps(cut["head"], rest[0]):
            return before, ""
        return before[:-1], ""

    def _keeps(self, head: str, rest: str) -> bool:
        """Whether the hyphen belongs to the word: "well-known", "Rolls-Royce"."""
        if len(head) == 1 or (rest[0].isupper() and not head.isupper()):
            return True
        whole = self._counts[(head + rest).lower()]
        hyphenated = self._counts[f"{head}-{rest}".lower()]
        if whole != hyphenated:
            return hyphenated > whole
        if "-" in head or head.lower() in _KEEP:
            return True
        parts = head.lower(), rest.lower()
        return min(map(len, parts)) >= 4 and all(self._counts[part] > 1 for part in parts)
