"""Word documents of the format from 1997 to 2003 (.doc).

olefile opens the container; what is in its streams is read here, by the names that Microsoft's
description of the format, [MS-DOC], has for them.
"""

from index.readers.doc.reader import read_doc

__all__ = ["read_doc"]
