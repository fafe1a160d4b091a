"""The characters of a .doc file become paragraphs, rows, notes and comments."""

from __future__ import annotations

import struct
from collections import defaultdict
from itertools import pairwise

from index.readers.doc.container import Word
from index.readers.doc.formatting import Paragraph, Paragraphs, marks, roles_of
from index.readers.doc.text import Text
from index.readers.office.pieces import Piece, one_line
from index.readers.rtf.flow import Flow
from index.types import Kind

_FOOTNOTES, _COMMENTS, _ENDNOTES = (2, 3), (4, 5), (46, 47)
"""The numbers of two tables: where in the body is referred to a note, and where it begins."""

_OWNERS = 36
_COMMENT_ENTRY = 30
_OWNER_AT = 20
_MARKS = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", "\t": "\t", "\n": "\n"}
_BODY, _NOTES, _HEADERS, _MACROS, _REMARKS, _ENDS, _BOXES = range(7)


class Body:
    """Reads the stories of a document: its body, notes, comments, headers, text boxes."""

    def __init__(self, word: Word, text: Text) -> None:
        self._word = word
        self._text = text
        self._paragraphs = Paragraphs(word)
        self._roles = roles_of(word)
        self._tables = 0
        unseen, in_bold = marks(word)
        self._unseen, self._bold = text.flags(unseen), text.flags(in_bold)
        size = len(text.characters)
        self._stories = [0]
        for count in word.counts:
            self._stories.append(min(size, self._stories[-1] + count))

    def _name_table(self) -> str:
        self._tables += 1
        return f"table {self._tables}"

    def read(self) -> list[Piece]:
        """The body, with notes and comments after the paragraphs they belong to."""
        attached = defaultdict[int, list[Piece]](list)
        for name, tables, story in (
            ("footnote", _FOOTNOTES, _NOTES),
            ("endnote", _ENDNOTES, _ENDS),
        ):
            for number, (place, text) in enumerate(self._notes(tables, story, 2), 1):
                attached[place].append(Piece(Kind.PARAGRAPH, text, locator=f"{name} {number}"))
        owners = self._owners()
        for index, (place, text) in enumerate(self._notes(_COMMENTS, _REMARKS, _COMMENT_ENTRY)):
            author = owners[index] if index < len(owners) else None
            attached[place].append(Piece(Kind.COMMENT, text, author=author))
        return [*self._read(*self._story(_BODY), attached), *self._read(*self._story(_BOXES), {})]

    def furniture(self) -> list[str]:
        """What headers and footers say."""
        return [piece.text for piece in self._read(*self._story(_HEADERS), {})]

    def _story(self, number: int) -> tuple[int, int]:
        return self._stories[number], self._stories[number + 1]

    def _read(self, start: int, end: int, attached: dict[int, list[Piece]]) -> list[Piece]:
        """The pieces of a stretch of characters."""
        flow = Flow(self._roles, self._name_table)
        fields: list[bool] = []
        codes = 0  # of the fields that are open, those whose code is being read
        for position in range(start, end):
            character = self._text.characters[position]
            if position in attached:
                flow.after += attached[position]
            if character == "\x13":
                fields.append(True)
                codes += 1
            elif character == "\x14" and fields:
                codes -= fields[-1]
                fields[-1] = False
            elif character == "\x15" and fields:
                codes -= fields.pop()
            elif character in "\r\x07\x0c":
                self._end(flow, character, position)
            elif not self._unseen[position] and not codes:
                shown = _MARKS.get(character, character if character >= " " else "")
                if shown:
                    flow.add(shown, bold=bool(self._bold[position]))
        return flow.end()

    def _end(self, flow: Flow, mark: str, position: int) -> None:
        """A paragraph, cell or row ends."""
        said = self._paragraphs.at(self._text.offset(position))
        if mark == "\x07" and said.row_ends:
            flow.end_row()
        elif mark == "\x07":
            flow.end_cell()
        elif said.depth > 1:
            flow.end_paragraph(0, None, in_table=True)
        else:
            flow.is_item = said.item
            flow.end_paragraph(said.style, said.level, in_table=_in_table(said, mark))

    # --- notes and comments ---------------------------------------------------------------------

    def _notes(self, tables: tuple[int, int], story: int, entry: int) -> list[tuple[int, str]]:
        """Notes: where each is referred to, and its words."""
        references, places = (self._word.place(number) for number in tables)
        count = max(0, (len(references) - 4) // (4 + entry))
        if not count or len(places) < 4 * (count + 1):
            return []
        references_at = struct.unpack_from(f"<{count}I", references)
        bounds = struct.unpack_from(f"<{count + 1}I", places)
        start, end = self._story(story)
        found = []
        reached = 0
        for mark, (first, last) in zip(references_at, pairwise(bounds), strict=True):
            if not reached <= first <= last:
                continue  # a damaged table
            reached = last
            pieces = self._read(min(start + first, end), min(start + last, end), {})
            found.append((mark, "\n".join(piece.text for piece in pieces)))
        return found

    def _owners(self) -> list[str | None]:
        """The authors of the comments."""
        names = self._names()
        references = self._word.place(_COMMENTS[0])
        count = max(0, (len(references) - 4) // (4 + _COMMENT_ENTRY))
        owners: list[str | None] = []
        for index in range(count):
            position = 4 * (count + 1) + _COMMENT_ENTRY * index + _OWNER_AT
            (number,) = struct.unpack_from("<H", references, position)
            owners.append(names[number] if number < len(names) else None)
        return owners

    def _names(self) -> list[str | None]:
        data, position = self._word.place(_OWNERS), 0
        names: list[str | None] = []
        while position + 2 <= len(data):
            (length,) = struct.unpack_from("<H", data, position)
            position += 2
            name = data[position : position + 2 * length].decode("utf-16-le", "replace")
            names.append(one_line(name) or None)
            position += 2 * length
        return names


def _in_table(said: Paragraph, mark: str) -> bool:
    return said.in_table and mark == "\r"
