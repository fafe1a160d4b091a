"""A file named .doc becomes a document, whichever of the formats it has that go by that name."""

from __future__ import annotations

import struct

from index.errors import ReadError
from index.readers.doc.body import Body
from index.readers.doc.container import DAMAGED, open_word
from index.readers.doc.text import text_of
from index.readers.office.headings import with_headings
from index.readers.office.pieces import bounded, document_of, join_lists
from index.readers.zipped import is_ole
from index.types import Document


def read_doc(data: bytes, path: str) -> Document:
    """Read a Word document of the format from 1997 to 2003.

    Files of other formats that programs name .doc are read as what they are: .docx and .rtf.

    Args:
        data: the file.
        path: its name, for the document and for errors; nothing is read from it.

    Raises:
        ReadError: it is protected, damaged, older, of another format, or has no text.
    """
    if not data:
        raise ReadError(path, "the file is empty")
    if data.startswith(b"PK"):
        from index.readers.docx import read_docx

        return read_docx(data, path)
    if data.lstrip().startswith(b"{\\rtf"):
        from index.readers.rtf import read_rtf

        return read_rtf(data, path)
    if not is_ole(data):
        raise ReadError(path, "not a Word document, though its name says so")
    with bounded(path):
        word = open_word(data, path)
        try:
            body = Body(word, text_of(word, path))
            read, furniture = body.read(), body.furniture()
        except (struct.error, IndexError, ValueError) as error:
            # The tables of a damaged file lead anywhere.
            raise ReadError(path, DAMAGED) from error
        pieces = join_lists(with_headings(read))
        return document_of(pieces, word.properties, path, furniture=furniture)
