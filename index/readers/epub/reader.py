"""The parts of a book become one document."""

from __future__ import annotations

from index.readers.epub.book import open_book
from index.readers.epub.chapter import Chapters
from index.readers.epub.xhtml import page_of
from index.readers.office.headings import with_headings
from index.readers.office.pieces import Piece, bounded, document_of, join_lists
from index.readers.zipped import open_package
from index.types import Document, Kind


def read_epub(data: bytes, path: str) -> Document:
    """Read a book.

    Args:
        data: the file.
        path: its name, for the document and for errors; nothing is read from it.

    Returns:
        The document: the chapters in the order of reading, with their headings. Where the book
        says where the pages of the printed one begin, they are the locators.

    Raises:
        ReadError: it is protected, damaged, of another format, or has no text.
    """
    with bounded(path):
        package = open_package(data, path)
        book = open_book(package)
        chapters = Chapters(book)
        for name in book.chapters:
            if name in package:
                chapters.read(name, page_of(package, name))
            else:
                missing = f"[The chapter {name} is missing in the file and was not read.]"
                chapters.pieces.append(Piece(Kind.BOILERPLATE, missing))
        pieces = join_lists(with_headings(chapters.pieces))
        return document_of(pieces, book.properties, path)
