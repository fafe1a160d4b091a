"""Readers' comments at the end of a text: where they begin, and who wrote which.

A comment is signed, above it ("Jane Doe says:") or below it ("Posted by Jane Doe"). One section
keeps to one layout, so every layout collects its signatures and the one that explains the section
best wins; lines that look like another layout's signature are then ordinary words of a comment.
A section needs a line that opens it ("11 comments") or at least two signatures that prose does
not contain: a dialogue or a quotation stays what it is.
"""

from index.readers.comments.cutting import CommentSection
from index.readers.comments.frame import is_counter, is_notice
from index.readers.comments.lines import Span, groups_of, lines_of
from index.readers.comments.names_dates import is_date
from index.readers.comments.section import find_comments

__all__ = [
    "CommentSection",
    "Span",
    "find_comments",
    "groups_of",
    "is_counter",
    "is_date",
    "is_notice",
    "lines_of",
]
