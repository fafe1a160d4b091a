"""A file becomes a :class:`~index.types.Document`: one module per format.

To read another format, write a module for it and name it in ``_READERS``.
"""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from index.errors import ReadError
from index.types import Document

READING = "3"
"""Names this way of reading in a saved index. Change it whenever the same file could give another
document: files that were read another way are read again."""

MAX_FILE_BYTES = 20 * 1024 * 1024
"""A larger file is refused: 20 MB of text are some 40,000 passages, about an hour of embedding on
an ordinary processor. ``QA_MAX_FILE_MB`` sets another limit."""


def _read_plain(data: bytes, path: str) -> Document:
    from index.readers import decoding, plain

    return plain.read_plain(decoding.decode(data, path), path)


def _read_markdown(data: bytes, path: str) -> Document:
    from index.readers import decoding, markdown

    return markdown.read_markdown(decoding.decode(data, path), path)


def _read_html(data: bytes, path: str) -> Document:
    from index.readers import html

    return html.read_html(data, path)


_READERS: dict[str, Callable[[bytes, str], Document]] = {
    ".txt": _read_plain,
    ".text": _read_plain,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
}

SUFFIXES = tuple(_READERS)
"""The file name endings that are read, in lower case."""


NOT_SUPPORTED = "not a format that is read"
"""What is said of any other file."""


def is_supported(path: Path) -> bool:
    """Whether there is a reader for files of this name."""
    return path.suffix.lower() in _READERS


def load(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """A file's bytes.

    Raises:
        ReadError: it is of a format that is not read, too large, missing or not permitted.
    """
    if not is_supported(path):
        raise ReadError(str(path), NOT_SUPPORTED)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(str(path), "not a regular file")
        size = status.st_size
        if size > max_bytes:
            raise ReadError(
                str(path),
                f"{_megabytes(size)} is over the limit of {_megabytes(max_bytes)} a file;"
                " set QA_MAX_FILE_MB to a larger number to read it all the same",
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(str(path), "there is no such file") from error
    except PermissionError as error:
        raise ReadError(str(path), "this file may not be read (permission denied)") from error
    except OSError as error:
        raise ReadError(str(path), error.strerror or str(error)) from error


def read(data: bytes, path: Path) -> Document:
    """A document from a file's bytes; its name decides on the format.

    Raises:
        ReadError: it is empty, binary, damaged, or holds no text.
    """
    return _READERS[path.suffix.lower()](data, str(path))


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"
