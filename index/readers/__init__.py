"""A file becomes a :class:`~index.types.Document`: one module or package per format.

To read another format, write a module for it and a function here that names its endings. What holds
several documents, an archive or a mail with attachments, is taken apart by ``index.readers.containers``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.types import Document

READING = "4"
"""Names this way of reading in a saved index. Change it whenever the same file could give another
document: files that were read another way are read again."""

MAX_FILE_BYTES = 20 * 1024 * 1024
"""A larger file is refused: 20 MB of text are some 40,000 passages, about an hour of embedding on
an ordinary processor. ``QA_MAX_FILE_MB`` sets another limit."""

NOT_SUPPORTED = "not a format that is read"
"""What is said of any other file."""

Reader = Callable[[bytes, str, str], Document]
"""Takes a file's bytes, its name, and a password, which is empty where none is known."""

_READERS: dict[str, Reader] = {}


def is_supported(path: Path) -> bool:
    """Whether there is a reader for files of this name."""
    return path.suffix.lower() in _READERS


def read(data: bytes, path: Path, *, password: str = "") -> Document:
    """A document from a file's bytes; its name decides on the format.

    Raises:
        ReadError: it is empty, damaged, protected, or holds no text.
    """
    return _READERS[path.suffix.lower()](data, str(path), password)


def _reads(*suffixes: str) -> Callable[[Reader], Reader]:
    def register(reader: Reader) -> Reader:
        _READERS.update(dict.fromkeys(suffixes, reader))
        return reader

    return register


# -- text -----------------------------------------------------------------------------------------


@_reads(".txt", ".text", ".log")
def _plain(data: bytes, path: str, password: str) -> Document:
    from index.readers import decoding, plain

    return plain.read_plain(decoding.decode(data, path), path)


@_reads(".md", ".markdown")
def _markdown(data: bytes, path: str, password: str) -> Document:
    from index.readers import decoding, markdown

    return markdown.read_markdown(decoding.decode(data, path), path)


@_reads(".rst", ".rest")
def _rst(data: bytes, path: str, password: str) -> Document:
    from index.readers import decoding, rst

    return rst.read_rst(decoding.decode(data, path), path)


@_reads(".html", ".htm", ".xhtml")
def _html(data: bytes, path: str, password: str) -> Document:
    from index.readers import html

    return html.read_html(data, path)


# -- written with a word processor, or set for print ----------------------------------------------


@_reads(".pdf")
def _pdf(data: bytes, path: str, password: str) -> Document:
    from index.readers import pdf

    return pdf.read_pdf(data, path, password=password)


@_reads(".docx", ".docm", ".dotx")
def _docx(data: bytes, path: str, password: str) -> Document:
    from index.readers import docx

    return docx.read_docx(data, path)


@_reads(".doc")
def _doc(data: bytes, path: str, password: str) -> Document:
    from index.readers import doc

    return doc.read_doc(data, path)


@_reads(".odt", ".ott", ".fodt")
def _odt(data: bytes, path: str, password: str) -> Document:
    from index.readers import odt

    return odt.read_odt(data, path)


@_reads(".rtf")
def _rtf(data: bytes, path: str, password: str) -> Document:
    from index.readers import rtf

    return rtf.read_rtf(data, path)


@_reads(".epub")
def _epub(data: bytes, path: str, password: str) -> Document:
    from index.readers import epub

    return epub.read_epub(data, path)


# -- slides, tables, records ----------------------------------------------------------------------


@_reads(".pptx", ".pptm", ".ppsx")
def _pptx(data: bytes, path: str, password: str) -> Document:
    from index.readers import pptx

    return pptx.read_pptx(data, path)


@_reads(".xlsx", ".xlsm")
def _xlsx(data: bytes, path: str, password: str) -> Document:
    from index.readers import xlsx

    return xlsx.read_xlsx(data, path)


@_reads(".csv", ".tsv")
def _tables(data: bytes, path: str, password: str) -> Document:
    from index.readers import tables

    return tables.read_csv(data, path)


@_reads(".json", ".jsonl", ".ndjson")
def _records(data: bytes, path: str, password: str) -> Document:
    from index.readers import records

    return records.read_json(data, path)


@_reads(".ipynb")
def _notebook(data: bytes, path: str, password: str) -> Document:
    from index.readers import records

    return records.read_notebook(data, path)


# -- mail -----------------------------------------------------------------------------------------


@_reads(".eml")
def _eml(data: bytes, path: str, password: str) -> Document:
    from index.readers import mail

    return mail.read_eml(data, path)


@_reads(".msg")
def _msg(data: bytes, path: str, password: str) -> Document:
    from index.readers import mail

    return mail.read_msg(data, path)


SUFFIXES = tuple(_READERS)
"""The file name endings that are read, in lower case; archives' stand in ``index.readers.archives``."""
