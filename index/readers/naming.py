"""What a document is called that does not say."""

from __future__ import annotations

from pathlib import PurePath


def stem(path: str) -> str:
    """The title of a document that does not name one: its file's name without the ending."""
    return PurePath(path).stem or path
