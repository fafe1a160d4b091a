"""Which reader is used: the packaged one, another, or none."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:  # the names of the readers are asked for without loading NumPy
    from qa.reading.reader import Reader

DEFAULT_READER = "document-qa-reader"
"""The packaged one's name."""
NO_READER = "none"
"""Stands for answers in whole sentences, without a reader."""


class ReaderNotUsedWarning(UserWarning):
    """The reader could not be loaded; answers are whole sentences, and fewer of them are right."""


def open_reader(name: str) -> Reader | None:
    """The reader of that name; None without one, with a warning when it cannot be loaded.

    Args:
        name: :data:`DEFAULT_READER`, :data:`NO_READER`, a folder, or a name on the hub.
    """
    if name == NO_READER:
        return None
    try:
        return _open(name)
    except (ModelError, ImportError) as error:
        warnings.warn(
            f"{error}; without the reader, answers are whole sentences",
            ReaderNotUsedWarning,
            stacklevel=3,
        )
        return None


@lru_cache(maxsize=2)
def _open(name: str) -> Reader:
    if name == DEFAULT_READER:
        from qa.reading.packaged import PackagedReader

        return PackagedReader()
    from qa.reading.huggingface import HuggingFaceReader

    return HuggingFaceReader(name)
