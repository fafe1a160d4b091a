"""Any embedding model in a folder or on the hub: the seam to sentence-transformers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embedder import DEFAULT_MODEL, Progress, WordVectors
from index.embedders.files import encodable, fingerprint, packaged_model
from index.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH_SIZE = 32


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
        return fingerprint(self.folder, packaged=self._name == DEFAULT_MODEL)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads of a text, its special tokens included."""
        return int(self._model.max_seq_length or 512)

    def prepare(self) -> None:
        """Wait for the first text: PyTorch takes seconds, and there may be none."""

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees in ``text``, its special tokens included."""
        with self._lock:  # the tokenizer is shared, and truncation a setting of it
            encoded = self._model.tokenizer(encodable(text), truncation=False, verbose=False)
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
                    [encodable(texts[row]) for row in rows],
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
            batch = [encodable(texts[row]) for row in rows]
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


def _hub_model(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"{name}: neither a folder nor a model that the hub gives from here ({error})"
        ) from error
