"""reStructuredText, as Python's documentation is written in.

The source is read for its words: nothing that it asks for is included, executed or fetched. The
order of the steps is in :mod:`~index.readers.rst.reader`.
"""

from index.readers.rst.reader import read_rst

__all__ = ["read_rst"]
