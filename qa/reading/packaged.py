"""The reader that comes with the program."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedders.files import packaged_model, packaged_weights
from index.embedders.weights import word_vectors
from index.errors import ModelError
from index.onnx import cores, open_session
from index.types import Passage
from qa.reading.reader import COMMENT_BY, Reading, Span, context_of, likeliest
from qa.reading.spans import best_spans, trimmed
from qa.reading.topic import said_again

FILE = Path(__file__).parent / "model" / "reader.onnx"
SHA256 = "dfa6637728e533d4f84eacb33aea52ae201df4534ea32cb3cb5d4b91fbdc71a1"
"""Of the file, whose card stands beside it."""

WORDS = "words"
"""What the model names the vectors of all words, which its file does not hold."""
QUESTION_TOKENS, CONTEXT_TOKENS = 48, 32
WINDOW, OVERLAP = 320, 96
"""Tokens that are read at once, question and context included, and that two windows share."""
NOWHERE, AUTHOR = -1, -2
HOPELESS, CERTAIN = -5.5, 3.0
"""Relevances between which a passage is read once more, with the question's topic said again: 38 % of those that have
it said again somewhere. Outside it changed the first passage of none of 918 held-out questions."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a passage as the model reads it. Row t of every array is token t: (T,)."""

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    starts: NDArray[np.int64]
    """Where a token's word starts, in characters of the document; :data:`AUTHOR` for the author's
    name, :data:`NOWHERE` for what can be no answer."""
    ends: NDArray[np.int64]


class PackagedReader:
    """Reads with the packaged model, which never reaches a network.

    Args:
        file: the model in ONNX.
        sha256: what the file's hash must be; None to read any.

    Raises:
        ModelError: as :func:`open_model`.
    """

    def __init__(self, file: Path = FILE, sha256: str | None = SHA256) -> None:
        self._session = open_model(file, sha256)

    @property
    def name(self) -> str:
        """As the user names it."""
        from qa.reading.choose import DEFAULT_READER

        return DEFAULT_READER

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage for the question, one on each core.

        Each is a pass of its own: no time goes into padding, and quantised figures, which depend on
        all that goes through together, depend on the passage alone. Ten passages take 71 ms so, 130 ms
        one after another, and 197 ms in one padded batch (``benchmarks/reader.py``, two cores).
        """
        return list(self._pool.map(lambda passage: self._read(question, passage), passages))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="reader")

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    def _encode(self, text: str, most: int | None = None) -> Any:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        if most is not None:
            encoding.truncate(most)
        return encoding

    def _read(self, question: str, passage: Passage) -> Reading:
        """As the passage stands; its relevance with the question's topic said again.

        Spans would go across what is put in, and near-misses would look more like answers
        (``training/README.md``). Whether it answers is the mean of both outputs that say so: where 19 %
        of the answerable questions asked of their own paragraph were refused, F1 over both kinds was .687
        so, with the reader of 0.10, .683 and .684 by one of them, .681 with a coefficient for each
        (``answered`` would count against an answer, as the two are so much alike).
        """
        spans: list[Span] = []
        read = [(window, self._run(window)) for window in self._windows(question, passage)]
        for window, (start, end, *_) in read:
            for first, last, score in best_spans(start[0], end[0], window.starts != NOWHERE):
                span = _span(passage, int(window.starts[first]), int(window.ends[last]), score)
                if span is not None:
                    spans.append(span)
        relevance, answered = (max(float(out[n][0]) for _, out in read) for n in (2, 3))
        answered = (relevance + answered) / 2
        again = said_again(question, passage.words) if HOPELESS <= relevance <= CERTAIN else []
        if again:
            windows = self._windows(question, passage, again)
            relevance = max(float(self._run(window)[2][0]) for window in windows)
        return Reading(passage, likeliest(spans), relevance, answered)

    def _run(self, window: Window) -> Any:
        """The model's four outputs, as its card has them."""
        feed = {
            "ids": window.ids[None],
            "mask": np.ones_like(window.ids)[None],
            "types": window.types[None],
        }
        return self._session.run(None, feed)

    def _windows(
        self, question: str, passage: Passage, again: Sequence[tuple[int, str]] = ()
    ) -> Iterator[Window]:
        """A passage that does not fit comes in windows, each of which shares words with the last.

        ``again`` has words to put in, as :func:`said_again` gives them.
        """
        context, asked = context_of(passage), self._encode(question, QUESTION_TOKENS).ids
        lead = self._encode(context, CONTEXT_TOKENS)
        cls, sep = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        head = [cls, *asked, sep, *lead.ids]
        named = passage.author is not None and context.startswith(COMMENT_BY)
        places = [NOWHERE] * (len(asked) + 2) + [
            AUTHOR if named and len(COMMENT_BY) <= a and b <= len(context) - 2 else NOWHERE
            for a, b in lead.offsets
        ]
        body, words = self._body(passage, again)
        room = max(2 * OVERLAP, WINDOW - len(head) - 1)
        first = 0
        while True:
            some = slice(first, first + room)
            starts = [*places, *(start for start, _ in words[some]), NOWHERE]
            ends = [*places, *(end for _, end in words[some]), NOWHERE]
            ids = [*head, *body[some], sep]
            yield Window(
                np.array(ids, np.int64),
                np.array([0] * (len(asked) + 2) + [1] * (len(ids) - len(asked) - 2), np.int64),
                np.array(starts, np.int64),
                np.array(ends, np.int64),
            )
            if first + room >= len(body):
                return
            first += room - OVERLAP

    def _body(
        self, passage: Passage, again: Sequence[tuple[int, str]]
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """A passage's tokens with what is put in among them, and where their words stand."""
        encoding = self._encode(passage.words)
        words = _words(encoding)
        firsts = [start for start, _ in words]
        places = [(passage.start + start, passage.start + end) for start, end in words]
        ids = list(encoding.ids)
        for place, name in reversed(again):
            token, new = bisect_left(firsts, place), self._encode(name).ids
            ids[token:token] = new
            places[token:token] = [(NOWHERE, NOWHERE)] * len(new)
        return ids, places


def _words(encoding: Any) -> list[tuple[int, int]]:
    """For every token where its whole word starts and ends: an answer has no half words."""
    bounds: dict[int, tuple[int, int]] = {}
    for word, (a, b) in zip(encoding.word_ids, encoding.offsets, strict=True):
        start, end = bounds.get(word, (a, b))
        bounds[word] = (min(start, a), max(end, b))
    return [bounds[word] for word in encoding.word_ids]


def _span(passage: Passage, start: int, end: int, score: float) -> Span | None:
    """The words from ``start`` to ``end``; None when only punctuation is left of them."""
    if AUTHOR in (start, end):
        # From the name into the text: nobody's words. A part of the name stands for the whole.
        if start != end or passage.author is None:
            return None
        return Span(passage.author, passage.start, passage.end, score, names_author=True)
    text = passage.document.text
    start, end = trimmed(text, start, end)
    if not any(character.isalnum() for character in text[start:end]):
        return None
    return Span(text[start:end], start, end, score)


def open_model(file: Path, sha256: str | None) -> Any:
    """The reader's model, ready to run.

    The vectors of its words are those of the packaged embedding model, which it was trained on top of: they are
    mapped from that model's file, and its own holds all the rest.

    Args:
        file: the model in ONNX, written by ``training/export_reader.py``.
        sha256: what the file's hash must be; None to read any.

    Raises:
        ModelError: the file is not there or not the one that was published with this version, or the packaged
            embedding model is not.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelError(f"{file}: the reader's file cannot be read ({error.strerror})") from error
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise ModelError(
            f"{file}: the reader's file has SHA-256 {found}, not {sha256}; install the program anew"
        )
    try:
        return open_session(content, {WORDS: word_vectors(packaged_weights())})
    except ModelError as error:
        raise ModelError(f"{file}: {error}") from error
