"""A file's signs become one document."""

from __future__ import annotations

from index.errors import ReadError
from index.readers.office.headings import with_headings
from index.readers.office.pieces import Piece, bounded, document_of, join_lists
from index.readers.office.properties import properties_of
from index.readers.rtf.interpreter import Interpreter
from index.readers.rtf.tokens import tokens_of
from index.types import Document, Kind

_BEGINNING = b"{\\rtf"
_CUT_OFF = "[The file ends in the middle and may not be complete.]"


def read_rtf(data: bytes, path: str) -> Document:
    """Read a file in Rich Text Format.

    Args:
        data: the file.
        path: its name, for the document and for errors; nothing is read from it.

    Returns:
        The document. Footnotes and comments follow the paragraph they belong to; headers and
        footers are kept once, at the end.

    Raises:
        ReadError: it is of another format, or has no text.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not data:
        raise ReadError(path, "the file is empty")
    if not data.startswith(_BEGINNING):
        raise ReadError(path, "not a file in Rich Text Format, though its name says so")
    with bounded(path):
        interpreter = Interpreter(path)
        begun = False
        for token in tokens_of(data):
            interpreter.take(token)
            begun = begun or interpreter.depth > 0
            if begun and interpreter.depth == 0:
                break  # what follows the last brace is not of the document
        is_cut_off = interpreter.depth > 0
        pieces = join_lists(with_headings(interpreter.finish()))
        if is_cut_off:
            pieces.append(Piece(Kind.BOILERPLATE, _CUT_OFF))
        said = interpreter.properties
        properties = properties_of(said.get("title"), said.get("author"), said.get("creatim"), path)
        return document_of(pieces, properties, path, furniture=interpreter.furniture)
