"""PDF: words by their places on the page become lines, columns, paragraphs and headings."""

from index.readers.pdf.reader import read_pdf

__all__ = ["read_pdf"]
