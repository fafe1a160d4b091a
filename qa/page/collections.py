"""Named collections of documents that visitors keep, on the disk of the machine that serves them."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from index.embedder import Embedder
from index.errors import ArgumentError
from index.index import Index

MOST = 50
"""Collections of one owner."""
MOST_NAME = 60
"""Characters of a collection's name."""
_NAME = "name.txt"


def default_folder() -> Path:
    """Where collections are kept: ``QA_COLLECTIONS``, or a folder among the user's data."""
    if named := os.environ.get("QA_COLLECTIONS"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("document-qa", appauthor=False)) / "collections"


class Collections:
    """Indexes under names, each owner's apart.

    No name becomes part of a path: folders are named by hashes of owner and name.

    Args:
        folder: made when the first collection is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._root = folder

    def names(self, owner: str) -> list[str]:
        """An owner's collections, by alphabet."""
        folders = (self._root / _hashed(owner)).glob(f"*/{_NAME}")
        names = []
        for file in folders:
            with suppress(OSError, UnicodeDecodeError):  # deleted meanwhile, or not of ours
                names.append(file.read_text(encoding="utf-8"))
        return sorted(names, key=str.casefold)

    def keep(self, owner: str, name: str, index: Index) -> str:
        """Keep an index under a name, in the place of what had that name.

        Returns:
            The name, without needless white space.

        Raises:
            ArgumentError: the name is empty or too long, or there are too many.
            StoreError, OSError: it cannot be written.
        """
        name = _plain(name)
        if not 0 < len(name) <= MOST_NAME:
            raise ArgumentError(f"a collection's name has 1 to {MOST_NAME} characters")
        others = set(self.names(owner)) - {name}
        if len(others) >= MOST:
            raise ArgumentError(f"there are {MOST} collections already; delete one first")
        folder = self._folder(owner, name)
        index.save(folder)
        (folder / _NAME).write_text(name, encoding="utf-8")
        return name

    def open(self, owner: str, name: str, embedder: Embedder) -> Index:
        """What was kept under a name.

        Raises:
            ArgumentError: there is no such collection.
            StoreError: it cannot be used; the message says what to do.
        """
        return Index.open(self._existing(owner, name), embedder=embedder)

    def delete(self, owner: str, name: str) -> None:
        """Delete what was kept under a name.

        Raises:
            ArgumentError: there is no such collection.
            OSError: it cannot be deleted.
        """
        shutil.rmtree(self._existing(owner, name))

    def _existing(self, owner: str, name: str) -> Path:
        name = _plain(name)
        if name not in self.names(owner):
            raise ArgumentError(f"there is no collection {name!r}")
        return self._folder(owner, name)

    def _folder(self, owner: str, name: str) -> Path:
        return self._root / _hashed(owner) / _hashed(name)


def _plain(name: str) -> str:
    return " ".join(name.encode("utf-8", "replace").decode().split())


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
