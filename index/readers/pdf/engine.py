"""PDFium, the one library that this reader stands on: a file is opened, its pages are counted.

Nothing here runs a script, follows a link or opens an attached file: PDFium is built without a
JavaScript engine, and it is asked for characters, drawn lines, pictures and notes alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.errors import ReadError

MAX_PAGES = 5000
"""A file with more pages is refused: at 30 pages a second it would take minutes, and a damaged
file may claim any number."""

_FORMAT, _PASSWORD, _SECURITY = 3, 4, 5
"""PDFium's codes for what is wrong with a file (``FPDF_ERR_…`` in its ``fpdfview.h``)."""


def raw() -> Any:
    """PDFium's functions, by their C names; imported when the first PDF is read."""
    return importlib.import_module("pypdfium2.raw")


def helpers() -> Any:
    """The pypdfium2 package, which opens documents and draws pages."""
    return importlib.import_module("pypdfium2")


@contextmanager
def opened(data: bytes, path: str, password: str) -> Iterator[Any]:
    """The open document.

    Raises:
        ReadError: it is damaged, has no pages, too many, or a password that was not given.
    """
    library = helpers()
    try:
        document = library.PdfDocument(data, password=password or None)
    except library.PdfiumError as error:
        raise ReadError(path, _reason(error.err_code, password)) from error
    try:
        count = len(document)
        if count < 1:
            raise ReadError(path, "a damaged PDF: it has no pages")
        if count > MAX_PAGES:
            raise ReadError(
                path, f"{count:,} pages are over the limit of {MAX_PAGES:,}; split it into parts"
            )
        yield document
    finally:
        document.close()


def _reason(code: int | None, password: str) -> str:
    if code == _PASSWORD:
        if password:
            return "the password is not the right one"
        return "protected by a password; name it with --password"
    if code == _SECURITY:
        return (
            "protected in a way that is not supported; save it without protection and try that file"
        )
    if code == _FORMAT:
        return "not a PDF, or a damaged one; open it in a viewer and save or print it as a new PDF"
    return "a damaged PDF; open it in a viewer and save or print it as a new PDF"
