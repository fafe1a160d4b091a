"""A PDF becomes a document: its pages are read one by one, then their text as a whole."""

from __future__ import annotations

import contextlib
from typing import Any

from index.errors import ReadError
from index.readers.naming import stem
from index.readers.pdf.annotations import read_notes
from index.readers.pdf.engine import helpers, opened
from index.readers.pdf.furniture import drop_furniture
from index.readers.pdf.hyphens import Vocabulary
from index.readers.pdf.kinds import tell_kinds
from index.readers.pdf.layout import read_lines, rows_of
from index.readers.pdf.metadata import Facts, read_facts, read_outline
from index.readers.pdf.model import Line, Page, Piece
from index.readers.pdf.ocr import PictureReader
from index.readers.pdf.pages import read_page
from index.readers.pdf.paragraphs import join_broken, join_short_lists, make_pieces
from index.readers.text_builder import TextBuilder
from index.types import Document, Kind
from index.worker import alive

_FEW_LETTERS = 60
"""A page with fewer may be a picture with a stamp or a page number on it."""

_MOST = 0.85
"""A picture that covers this share of a page with few letters is what the page is about."""

_SOME = 0.3
"""A picture that covers less of a page without text is decoration."""


def read_pdf(data: bytes, path: str, *, password: str = "") -> Document:
    """Read a PDF file.

    Args:
        data: the file's bytes.
        path: the file's name; its stem is the title of a document that has none.
        password: what opens a protected file.

    Raises:
        ReadError: it is damaged, protected, or has no text.
    """
    try:
        with opened(data, path, password) as document:
            reading = _Reading(document, path)
            reading.run()
            return reading.document()
    except ReadError:
        raise
    except (MemoryError, RecursionError) as error:
        raise ReadError(path, "too large or too deeply nested to be read") from error
    except Exception as error:  # a damaged file can raise anything in the parser
        reason = "a damaged PDF; open it in a viewer and save or print it as a new PDF"
        raise ReadError(path, reason) from error


class _Reading:
    """One file while it is read."""

    def __init__(self, document: Any, path: str) -> None:
        self._file = document
        self._path = path
        self._pages: list[Page] = []
        self._missed: list[int] = []
        self._vocabulary = Vocabulary()
        self._ocr = PictureReader()
        self._pieces: list[Piece] = []
        self._facts = Facts(None, None, None)
        self._title: str | None = None

    def run(self) -> None:
        """Read the pages, then join and sort out what they say."""
        with contextlib.suppress(helpers().PdfiumError):
            self._file.init_forms()  # without it only the values of form fields are missing
        for index in range(len(self._file)):
            self._read_page(index)
        drop_furniture(self._pages)
        self._facts = read_facts(self._file, self._path)
        self._make_pieces()
        outline = read_outline(self._file)
        self._title = tell_kinds(self._pieces, self._facts.title, outline)

    def _read_page(self, index: int) -> None:
        number = index + 1
        alive()  # a book of a thousand pages takes its time
        try:
            page = self._file[index]
        except helpers().PdfiumError:
            self._pages.append(Page(number, 612.0, 792.0, damaged=True))
            self._missed.append(number)
            return
        try:
            result = read_page(page, number)
            result.notes = read_notes(self._file, page, number)
            if self._is_picture(result):
                self._read_picture(page, result)
            self._pages.append(result)
        finally:
            page.close()

    def _is_picture(self, page: Page) -> bool:
        """Whether what the page says is in a picture, or in characters without a meaning."""
        if page.letters == 0 or page.garbled:
            return page.drawn
        return page.letters < _FEW_LETTERS and page.picture >= _MOST

    def _read_picture(self, page: Any, result: Page) -> None:
        found = self._ocr.read(page)
        letters = sum(len(word.text) for word in found or ())
        if found and (letters > result.letters or result.garbled):
            result.words, result.aside = found, []
            result.width, result.height = page.get_size()
        elif result.garbled or result.picture >= _SOME or (found is None and not result.letters):
            self._missed.append(result.number)

    def _make_pieces(self) -> None:
        lines_of: dict[int, list[Line]] = {}
        region = 0
        for page in self._pages:
            lines = read_lines(page.words, region)
            lines_of[page.number] = lines
            region += 1 + (lines[-1].region - region if lines else 0)
            for line in lines:
                self._vocabulary.add(line.text)
        for page in self._pages:
            self._pieces += make_pieces(page, lines_of[page.number], self._vocabulary)
            self._pieces += _aside(page)
            if page.number in self._missed:
                self._pieces.append(_marker(page))
            self._pieces += page.notes
        self._pieces = join_short_lists(join_broken(self._pieces, self._vocabulary))

    def document(self) -> Document:
        """The document of what was read.

        Raises:
            ReadError: there is no text.
        """
        if not any(piece.kind is not Kind.BOILERPLATE for piece in self._pieces):
            raise ReadError(self._path, self._reason())
        builder = TextBuilder()
        for piece in self._pieces:
            builder.add(
                piece.kind,
                _safe(piece.text),
                author=piece.author,
                date=piece.date,
                reply_to=piece.reply_to,
                level=piece.level,
                locator=_locator(piece),
            )
        title = self._title or self._first_heading() or stem(self._path)
        return Document.create(
            path=self._path,
            title=_safe(title),
            text=builder.text,
            blocks=builder.blocks,
            author=self._facts.author,
            date=self._facts.date,
        )

    def _first_heading(self) -> str | None:
        return next((piece.text for piece in self._pieces if piece.kind is Kind.HEADING), None)

    def _reason(self) -> str:
        """Why there is no text."""
        if not self._missed:
            return "there is no text in it"
        if all(page.damaged for page in self._pages):
            return "a damaged PDF; open it in a viewer and save or print it as a new PDF"
        if not self._ocr.available:
            return "its pages are images; install tesseract to have them read"
        return "its pages are images, and no words were found in them"


def _aside(page: Page) -> list[Piece]:
    """Text that runs in another direction than the page's: a paragraph, or a mere label."""
    found = []
    for words in page.aside:
        text = " ".join(word.text for row in rows_of(words) for word in row)
        kind = Kind.PARAGRAPH if len(text) > 100 else Kind.BOILERPLATE
        found.append(Piece(kind, text, page.number, page.number, row=True))
    return found


def _marker(page: Page) -> Piece:
    """What stands for a page that could not be read, so that nothing is missing without a word."""
    text = f"[page {page.number} is an image without text]"
    if page.damaged:
        text = f"[page {page.number} is damaged and cannot be read]"
    elif page.letters and not page.garbled:
        text = f"[page {page.number} is mostly an image, whose text is not read]"
    elif page.garbled:
        text = f"[page {page.number} has letters that the file does not explain]"
    return Piece(Kind.BOILERPLATE, text, page.number, page.number)


def _locator(piece: Piece) -> str:
    if piece.last_page > piece.page:
        return f"pages {piece.page}–{piece.last_page}"
    return f"page {piece.page}"


def _safe(text: str) -> str:
    """Text without halves of characters, which cannot be written to a file."""
    return text.encode("utf-8", "replace").decode("utf-8")
