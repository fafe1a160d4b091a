"""An embedding model made of hashes: fast, the same in every process, and it counts its work."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import builder
from index.embedder import Progress, WordVectors
from index.errors import ReadError
from index.files import ReadOptions
from index.index import Index
from index.loading import load
from index.readers import containers
from index.types import FileReport
from index.workers import FileReading, ReadRequest

_WORD = re.compile(r"\w+|[^\w\s]")
_SPECIAL_TOKENS = 2


class FakeEmbedder:
    """Implements ``index.embedder.Embedder``: each word is a direction, a text the sum of its words.

    Args:
        name: what it calls itself.
        fingerprint: what distinguishes it; by default its name.
        max_tokens: tokens that it reads, two special ones included.
        piece: characters in a token, as in a tokenizer that parts rare words; None: a word is one.
    """

    dimension = 64

    def __init__(
        self,
        name: str = "fake",
        *,
        fingerprint: str | None = None,
        max_tokens: int = 64,
        piece: int | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint or f"fingerprint of {name}"
        self.max_tokens = max_tokens
        self.piece = piece
        self.seen: list[str] = []
        """Every text that was embedded so far."""

    def count_tokens(self, text: str) -> int:
        words = text.split() if self.piece is None else _WORD.findall(text)
        size = self.piece or max(len(text), 1)
        return _SPECIAL_TOKENS + sum(-(-len(word) // size) for word in words)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.seen.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = _unit(sum((_direction(word) for word in _WORD.findall(text)), _NOTHING))
            if progress is not None:
                progress(row + 1, len(texts))
        return vectors

    def prepare(self) -> None:
        """There is nothing to load."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        found = []
        for text, vector in zip(texts, self.embed(texts), strict=True):
            words = tuple(_WORD.findall(text))
            directions = [_unit(_direction(word)) for word in words]
            rows = np.stack(directions) if words else np.zeros((0, self.dimension), np.float32)
            found.append(WordVectors(vector, words, rows))
        return found


_NOTHING = np.zeros(FakeEmbedder.dimension, np.float32)


def _direction(word: str) -> NDArray[np.float32]:
    """-1 or 1 in each dimension, by the word's hash."""
    digest = hashlib.blake2b(word.lower().encode("utf-8", "surrogatepass"), digest_size=8).digest()
    bits = np.unpackbits(np.frombuffer(digest, np.uint8))
    return bits.astype(np.float32) * 2 - 1


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    if not length:
        vector, length = np.eye(len(vector), dtype=np.float32)[0], 1.0
    return (vector / np.float32(length)).astype(np.float32)


class ReadHere:
    """Implements ``index.files.FileReader`` in this process: quicker than to start others."""

    def read(self, requests: Iterable[ReadRequest]) -> Iterator[FileReading]:
        for request in requests:
            path = str(request.path)
            try:
                file = load(request.path, max_bytes=request.max_bytes)
            except ReadError as error:
                yield FileReading(path, "", 0, 0, (FileReport(path, problem=error.reason),))
                continue
            reports = containers.read_all(
                file.data, path, password=request.password, max_bytes=request.max_bytes
            )
            yield FileReading(path, file.sha256, file.size, file.modified_ns, tuple(reports))


def build_index(paths: Iterable[str | Path], **more: Any) -> Index:
    """``index.builder.build_index``, with files read in this process."""
    if "max_file_bytes" in more:
        more["options"] = ReadOptions(max_bytes=more.pop("max_file_bytes"))
    return builder.build_index(paths, reader=ReadHere(), **more)
