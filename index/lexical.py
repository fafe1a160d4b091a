"""Nearest words: the seam to bm25s and PyStemmer."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

FOLDER = "bm25"
CONTAINING = "containing.json"
"""How many passages have each word."""

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
        texts: what is searched for each passage: its context, then its words.
        bodies: the passages' words alone. They decide how much a word tells of a sentence; a
            document's title, which is searched with all of its passages, must not make its own
            subject worthless.
    """

    def __init__(self, texts: Sequence[str], bodies: Iterable[str]) -> None:
        self._bm25: Any = bm25s.BM25(method="lucene", k1=K1, b=B)
        self._bm25.index([tokenize(text) or [_NO_WORD] for text in texts], show_progress=False)
        self._containing = Counter(word for body in bodies for word in set(tokenize(body)))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Read what :meth:`save` wrote.

        Raises:
            OSError, ValueError, KeyError: a file is missing or not bm25s's.
        """
        lexical = cls.__new__(cls)
        folder = folder / FOLDER
        lexical._bm25 = bm25s.BM25.load(folder, allow_pickle=False, show_progress=False)
        counts = json.loads((folder / CONTAINING).read_text(encoding="utf-8"))
        lexical._containing = Counter(counts)
        return lexical

    def save(self, folder: Path) -> None:
        """Write a sub-folder into ``folder``."""
        self._bm25.save(folder / FOLDER, allow_pickle=False, show_progress=False)
        counts = json.dumps(self._containing, ensure_ascii=False)
        (folder / FOLDER / CONTAINING).write_text(counts, encoding="utf-8")

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
        bound = sum(self._inverse_frequency(self._searched_in(word)) for word in words)
        found: NDArray[np.float32] = self._bm25.get_scores(known) / np.float32(bound)
        return found

    def weight(self, word: str) -> float:
        """How much a word tells: 0 for a stop word, the more the fewer passages have it."""
        return sum(self._inverse_frequency(self._containing[stem]) for stem in tokenize(word))

    def coverage(self, question: str, text: str) -> float:
        """The share of a question's words that a text has, each by its weight, 0…1."""
        weights = {
            word: self._inverse_frequency(self._containing[word]) for word in tokenize(question)
        }
        present = set(tokenize(text))
        covered = sum(weight for word, weight in weights.items() if word in present)
        return covered / sum(weights.values()) if weights else 0.0

    def _searched_in(self, word: str) -> int:
        """In how many passages BM25 finds a word."""
        if word not in self._bm25.vocab_dict:
            return 0
        column = self._bm25.vocab_dict[word]
        starts = self._bm25.scores["indptr"]
        return int(starts[column + 1] - starts[column])

    def _inverse_frequency(self, containing: int) -> float:
        """Lucene's inverse document frequency of a word that so many passages have."""
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
