"""A saved web page becomes a document: trafilatura picks the main text, comments come from the DOM.

Nothing is fetched: the parser loads no DTD or entity from outside, and trafilatura is only given
a tree that is already in memory.

The order of the steps is in :mod:`~index.readers.html.reader`.
"""

from index.readers.html.reader import read_html

__all__ = ["read_html"]
