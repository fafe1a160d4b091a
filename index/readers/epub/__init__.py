"""Books (.epub), of versions 2 and 3: all chapters in the order of reading.

Everything in a book is its text, so its chapters are read as a whole and not, as web pages are,
searched for their main text.
"""

from index.readers.epub.reader import read_epub

__all__ = ["read_epub"]
