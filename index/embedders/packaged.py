"""The embedding model that comes with the program, run by ONNX Runtime.

No PyTorch is loaded, and nothing is exported: the graph comes with the program, and the weights are
read from the file that the model was published in.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from index.embedder import DEFAULT_MODEL, INT8_MODEL, Progress, WordVectors
from index.embedders.files import encodable, fingerprint, packaged_model, sha256
from index.embedders.weights import DIMENSION, LARGEST_INPUTS, float32_weights, int8_weights
from index.onnx import cores, open_session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Precision = Literal["float32", "int8"]

GRAPHS: dict[Precision, Path] = {
    "float32": Path(__file__).parent / "model" / "float32.onnx",
    "int8": Path(__file__).parent / "model" / "int8.onnx",
}
"""Written by ``training/export_embedder.py``."""

MAX_TOKENS = 256
"""As the model was trained, its special tokens included."""
AT_ONCE = 64
"""Texts between two reports of progress."""


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from its package, which never reaches a network. Safe to share by threads.

    Each text is a pass of its own on one core, as many at a time as there are cores: no time goes into
    padding, and quantised figures, which depend on all that goes through together, depend on the text
    alone.

    Args:
        precision: "float32" for the vectors that sentence-transformers gives. "int8" takes a third less
            time on processors without VNNI, and less on others; R@1 on SQuAD is .821 for .820, but
            nDCG@10 on SciFact .729 for .737.
    """

    def __init__(self, precision: Precision = "float32") -> None:
        self._precision: Precision = precision
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """As the user names it."""
        return DEFAULT_MODEL if self._precision == "float32" else INT8_MODEL

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are.

        Raises:
            ModelError: its package is not installed.
        """
        return packaged_model()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the files that decide a text's vector.

        Raises:
            ModelError: the packaged weights are not the published ones.
        """
        engine = "" if self._precision == "float32" else sha256(GRAPHS["int8"], LARGEST_INPUTS)
        return fingerprint(self.folder, packaged=True, engine=engine)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return DIMENSION

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, its special tokens included."""
        return MAX_TOKENS

    def prepare(self) -> None:
        """Load the model."""
        _ = self._session, self._tokenizer

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees in ``text``, its special tokens included."""
        return len(self._tokenizer.encode(encodable(text)))

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors, one row a text: (len(texts), dimension)."""
        import numpy as np

        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        _ = self._session
        for first in range(0, len(texts), AT_ONCE):
            last = min(first + AT_ONCE, len(texts))
            vectors[first:last] = list(self._map(self._vector, texts[first:last]))
            if progress is not None:
                progress(last, len(texts))
        return vectors

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """The vectors of some short texts and of their words.

        A word's vector is the mean of its tokens'.
        """
        _ = self._session
        return list(self._map(self._word_vectors, texts))

    def _map(self, function: Any, texts: Sequence[str]) -> Any:
        # A single text is not worth a change of threads.
        return map(function, texts) if len(texts) == 1 else self._pool.map(function, texts)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), thread_name_prefix="embedder")

    def _vector(self, text: str) -> NDArray[np.float32]:
        (mean,) = self._run(self._encode(text).ids, "mean")
        return _unit(mean[0])

    def _word_vectors(self, text: str) -> WordVectors:
        encoded = self._encode(text)
        states, mean = self._run(encoded.ids, "states", "mean")
        words, vectors = _words(text, encoded, states[0])
        return WordVectors(_unit(mean[0]), words, vectors)

    def _run(self, ids: Sequence[int], *outputs: str) -> Any:
        import numpy as np

        return self._session.run(outputs, {"ids": np.array([ids], np.int32)})

    def _encode(self, text: str) -> Any:
        encoded = self._tokenizer.encode(encodable(text))
        if len(encoded) > MAX_TOKENS:
            # Not truncated by a setting of the tokenizer, which counting threads share.
            encoded = self._tokenizer.encode(encodable(text), add_special_tokens=False)
            encoded.truncate(MAX_TOKENS - 2)
            encoded = self._tokenizer.post_process(encoded)
        return encoded

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        _ = self.fingerprint  # checks the files before they are used
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @property
    def _session(self) -> Any:
        with self._lock:
            return self._loaded_session

    @cached_property
    def _loaded_session(self) -> Any:
        _ = self.fingerprint  # checks the files before they are used
        read = float32_weights if self._precision == "float32" else int8_weights
        weights = dict(read(self.folder / "model.safetensors"))
        return open_session(GRAPHS[self._precision].read_bytes(), weights)


def _words(
    text: str, encoded: Any, states: NDArray[np.float32]
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The words of a text, and the means of their tokens' states (T, d), as unit vectors."""
    import numpy as np

    rows: dict[int, list[int]] = {}
    for row, word in enumerate(encoded.word_ids):
        if word is not None:
            rows.setdefault(word, []).append(row)
    spans = [encoded.word_to_chars(word) for word in rows]
    if not spans:
        return (), np.zeros((0, states.shape[1]), np.float32)
    means = np.stack([states[of_word].mean(axis=0) for of_word in rows.values()])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return tuple(text[start:end] for start, end in spans), means


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    length = np.linalg.norm(vector)
    return vector / np.float32(length)
