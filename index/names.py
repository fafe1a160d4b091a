"""Which of many names stand in a text, without trying each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_WORD = re.compile(r"\w+")


class NameFinder(Generic[T]):
    """Names, each filed under its longest word: a text has a name only if it has that word.

    Args:
        names: each with what it is the name of.
    """

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        self._filed: dict[str, list[tuple[str, T]]] = {}
        for name, of in names:
            words = _WORD.findall(name.casefold())
            self._filed.setdefault(max(words, key=len, default=""), []).append((name, of))

    def likely_in(self, text: str) -> Iterator[tuple[str, T]]:
        """Names that may stand in a text, upper and lower case being the same, and whose they are.

        None that stands there as whole words is left out.
        """
        words = dict.fromkeys(_WORD.findall(text.casefold()))
        for word in ("", *words):
            yield from self._filed.get(word, ())

    def whole_in(self, text: str) -> list[str]:
        """The names that stand in a text as whole words, by alphabet."""
        found = [
            name
            for name, _ in self.likely_in(text)
            if name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        ]
        return sorted(found)
