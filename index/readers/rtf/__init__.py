"""Rich Text Format (.rtf), as word processors write it.

striprtf, the common library, gives the bare text: without headings, the rows of tables, footnotes
and comments, and with the code page of one font for all.
"""

from index.readers.rtf.reader import read_rtf

__all__ = ["read_rtf"]
