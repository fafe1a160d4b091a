"""Nearest words: the seam to bm25s and PyStemmer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

FOLDER = "bm25"

K1, B = 0.6, 0.75
"""BM25's saturation and length constants. Tuned together with ``fusion.DENSE_WEIGHT``; see there."""

_WORD = re.compile(r"\w+")
_STOP_WORDS = frozenset(STOPWORDS_EN)
_NO_WORD = ""
"""Stands in for a text without a single word that counts; no question asks for it."""


class LexicalIndex:
    """BM25 over stemmed words, stop words left out. Row *i* is passage *i*.

    The variant is Lucene's, in which a word adds at most its inverse document frequency, so that a
    passage's score has an upper bound: the sum of those of the question's words.

    Args:
        texts: one a passage.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._bm25: Any = bm25s.BM25(method="lucene", k1=K1, b=B)
        self._bm25.index([tokenize(text) or [_NO_WORD] for text in texts], show_progress=False)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Read what :meth:`save` wrote.

        Raises:
            OSError, ValueError, KeyError: a file is missing or not bm25s's.
        """
        lexical = cls.__new__(cls)
        lexical._bm25 = bm25s.BM25.load(folder / FOLDER, allow_pickle=False, show_progress=False)
        return lexical

    def save(self, folder: Path) -> None:
        """Write a sub-folder into ``folder``."""
        self._bm25.save(folder / FOLDER, allow_pickle=False, show_progress=False)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 of a question with every row, as a share of its upper bound: (n,), 0…1.

        The bound counts words that no passage has, too: a question about something else scores
        low everywhere. All 0 for a question of stop words alone.
        """
        words = tokenize(question)
        known = [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self), np.float32)
        bound = sum(self._inverse_document_frequency(word) for word in words)
        found: NDArray[np.float32] = self._bm25.get_scores(known) / np.float32(bound)
        return found

    def coverage(self, question: str, text: str) -> float:
        """The share of a question's words that a text has, each by its weight, 0…1."""
        words = tokenize(question)
        weights = [self._inverse_document_frequency(word) for word in words]
        present = set(tokenize(text))
        covered = sum(
            weight for word, weight in zip(words, weights, strict=True) if word in present
        )
        return covered / sum(weights) if words else 0.0

    def _inverse_document_frequency(self, word: str) -> float:
        """Lucene's: log(1 + (N - n + 0.5) / (n + 0.5)) for a word in n of N passages."""
        containing = 0
        if word in self._bm25.vocab_dict:
            column = self._bm25.vocab_dict[word]
            starts = self._bm25.scores["indptr"]
            containing = int(starts[column + 1] - starts[column])
        return float(np.log1p((len(self) - containing + 0.5) / (containing + 0.5)))


def tokenize(text: str) -> list[str]:
    """The words that count, stemmed, in order.

    A word in capitals amid others that are not is a name: "IS" is not the stop word "is".
    """
    names_stand_out = not text.isupper()
    # A stemmer of its own for every call: PyStemmer's is not safe to share between threads.
    stem = Stemmer.Stemmer("english").stemWord
    kept = []
    for word in _WORD.findall(text):
        lowered = word.lower()
        if lowered not in _STOP_WORDS:
            kept.append(stem(lowered))
        elif names_stand_out and len(word) > 1 and word.isupper():
            kept.append(word)
    return kept
