"""Readers' comments in the DOM of a saved web page, whatever system wrote it.

No content management system is asked for by name. What they share is used instead:

1. *Sections*: containers whose class, id or heading says comments (Kommentare, commentaires, …).
2. *Items*: elements whose class, id or microdata says one comment; failing that, the parts of a
   section that each carry one date or author.
3. *Parts* of an item: author, date, text; links to reply, vote or report are dropped.
4. *Threads*: an item inside another one, or in a list of replies after it, answers it.

The functions change the tree they are given: what was taken as a comment is removed from it.
"""

from index.readers.html.comments.page import take_comments
from index.readers.html.comments.parts import PageComment

__all__ = ["PageComment", "take_comments"]
