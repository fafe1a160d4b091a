"""Word documents (.docx): text, tables, notes and reviewers' comments in the order of reading.

The parts are read as XML. python-docx, the common library, leaves out footnotes, text boxes, content
controls and tracked insertions, and does not say which paragraph a comment belongs to.
"""

from index.readers.docx.reader import read_docx

__all__ = ["read_docx"]
