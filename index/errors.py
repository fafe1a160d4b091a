"""What can go wrong, as one tree. Every message names the thing and says what to do.

Error:
    ├── ReadError            a file cannot be read as a document
    ├── WorkerError          the processes that read files cannot be started
    ├── NoDocumentsError     nothing readable among the documents given
    ├── ModelError           the embedding model cannot be loaded, or its weights are not the expected ones
    ├── StoreError           a saved index cannot be used
    │   ├── DamagedIndexError    a file of it is missing or changed
    │   ├── FormatError          it was written by another version
    │   └── ModelMismatchError   it was built with another embedding model
    └── ArgumentError        a question, filter or number that makes no sense (also a ValueError)

"No answer" is a result, not an error.
"""

REBUILD = "build it again with `python -m qa index`, or delete the folder"
"""What to do about an index that cannot be used."""


class Error(Exception):
    """The base of every error that this program raises on purpose."""


class ReadError(Error):
    """A file cannot be read as a document.

    Attributes:
        path: the file.
        reason: why, in words for a person, without the path.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class WorkerError(Error):
    """The processes that read files cannot be started, or their pool is closed."""


class NoDocumentsError(Error):
    """Nothing readable among the documents given."""


class ModelError(Error):
    """The embedding model cannot be loaded, or its weights are not the expected ones."""


class StoreError(Error):
    """A saved index cannot be used."""


class DamagedIndexError(StoreError):
    """A file of a saved index is missing or does not match the manifest."""


class FormatError(StoreError):
    """A saved index was written in another format version."""


class ModelMismatchError(StoreError):
    """A saved index was built with another embedding model."""


class ArgumentError(Error, ValueError):
    """An argument that makes no sense: an unknown kind, ``k`` below 1, an empty question."""
