"""The source's blocks, by how they begin and how far they are indented."""

from __future__ import annotations

import re

from index.readers.rst import tables
from index.readers.rst.directives import SUBSTITUTION, directive_pieces, read_directive
from index.readers.rst.inline import plain
from index.readers.rst.pieces import ADORNMENT, Piece, Source, block_end, dedented
from index.types import Kind

_MAX_DEPTH = 30
"""Blocks in blocks: what lies deeper is one paragraph."""

_SHORT_LIST = 300
"""A list up to this many characters is one paragraph: its items say little without each other."""

_ITEM = re.compile(
    r"(?P<mark>[*+\-•‣⁃]|\(?(?:\d{1,4}|#|[A-Za-z]|[ivxlcdmIVXLCDM]{1,7})[.)])(?P<gap>[ ]+)(?=\S)"
)
_FIELD = re.compile(r":(?P<name>[^:\s`](?:[^:\n]{0,80}[^:\s`])?):(?:[ ]+(?P<body>.*))?")
_NOTE = re.compile(r"\.\.[ ]+\[(?P<label>[#*\w.-]{1,60})\][ ]*(?P<text>.*)")
_EXPLICIT = re.compile(r"\.\.(?:[ ]|$)|__[ ]")


class Parser:
    """Reads lines; what it knows of the whole text is in ``source``."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._depth = 0

    def parse(self, lines: list[str]) -> list[Piece]:
        """The pieces of some lines, of which the outermost are not indented."""
        if self._depth >= _MAX_DEPTH:
            return self._paragraph([line.strip() for line in lines])
        self._depth += 1
        pieces: list[Piece] = []
        index = 0
        while index < len(lines):
            found, index = self._block(lines, index) if lines[index] else ([], index + 1)
            pieces += found
        self._depth -= 1
        return pieces

    def _block(self, lines: list[str], index: int) -> tuple[list[Piece], int]:
        """The pieces of the block that begins at a line, and the index after it."""
        line = lines[index]
        if line.startswith(" "):
            end = block_end(lines, index)
            return self.parse(dedented(lines[index:end])), end
        for read in (self._explicit, self._section, self._table, self._field, self._list):
            found = read(lines, index)
            if found is not None:
                return found
        return self._text(lines, index)

    # --- titles ---------------------------------------------------------------------------------

    def _section(self, lines: list[str], index: int) -> tuple[list[Piece], int] | None:
        line = lines[index]
        if ADORNMENT.fullmatch(line):
            if (
                index + 2 < len(lines)
                and lines[index + 1].strip()
                and lines[index + 2].rstrip() == line.rstrip()
                and not ADORNMENT.fullmatch(lines[index + 1])
            ):
                return self._titled(lines[index + 1], line[0], over=True), index + 3
            apart = index + 1 == len(lines) or not lines[index + 1]
            return ([], index + 1) if len(line) >= 4 and apart else None
        if index + 1 == len(lines):
            return None
        under = lines[index + 1].rstrip()
        if not ADORNMENT.fullmatch(under) or len(under) < min(4, len(line)):
            return None
        return self._titled(line, under[0], over=False), index + 2

    def _titled(self, title: str, character: str, *, over: bool) -> list[Piece]:
        style = (character, over)
        if style not in self._source.styles:
            self._source.styles.append(style)
        words = self._plain(title.strip())
        return [Piece(Kind.HEADING, words, self._source.styles.index(style) + 1)] if words else []

    # --- what begins with two dots --------------------------------------------------------------

    def _explicit(self, lines: list[str], index: int) -> tuple[list[Piece], int] | None:
        line = lines[index]
        if not _EXPLICIT.match(line):
            return None
        directive = read_directive(lines, index)
        if directive is not None:
            return directive_pieces(directive[0], self._source, self.parse), directive[1]
        end = block_end(lines, index + 1)
        note = _NOTE.fullmatch(line)
        if note:
            words = [note["text"], *dedented(lines[index + 1 : end])]
            pieces = self.parse(words)
            label = note["label"].lstrip("#") or "*"
            if pieces:
                pieces[0] = Piece(pieces[0].kind, f"[{label}] {pieces[0].text}", pieces[0].level)
            return pieces, end
        return [], end  # a comment, a target of links, or a substitution

    # --- tables ---------------------------------------------------------------------------------

    def _table(self, lines: list[str], index: int) -> tuple[list[Piece], int] | None:
        line = lines[index].rstrip()
        end = index
        if tables.GRID_BORDER.fullmatch(line):
            while end < len(lines) and lines[end].startswith(("+", "|")):
                end += 1
            rows, headers = tables.grid_rows([one.rstrip() for one in lines[index:end]])
        elif tables.SIMPLE_BORDER.fullmatch(line):
            borders = 0
            while end < len(lines):
                is_border = set(lines[end].replace(" ", "")) == {"="}
                borders += is_border
                end += 1
                if is_border and borders > 1 and (end == len(lines) or not lines[end]):
                    break
            rows, headers = tables.simple_rows([one.rstrip() for one in lines[index:end]])
        else:
            return None
        return tables.table_pieces(rows, headers, self._plain), end

    # --- fields and lists -----------------------------------------------------------------------

    def _field(self, lines: list[str], index: int) -> tuple[list[Piece], int] | None:
        found = _FIELD.fullmatch(lines[index])
        if found is None:
            return None
        end = block_end(lines, index + 1)
        pieces = self.parse([found["body"] or "", *dedented(lines[index + 1 : end])])
        name = self._plain(found["name"])
        if pieces:
            pieces[0] = Piece(pieces[0].kind, f"{name}: {pieces[0].text}", pieces[0].level)
        return pieces, end

    def _list(self, lines: list[str], index: int) -> tuple[list[Piece], int] | None:
        if not _ITEM.match(lines[index]) or not self._is_item(lines, index):
            return None
        items: list[list[str]] = []
        end = index
        while end < len(lines):
            mark = _ITEM.match(lines[end])
            if mark is None:
                break
            after = block_end(lines, end + 1)
            items.append([lines[end], *lines[end + 1 : after]])
            end = after
            while end < len(lines) and not lines[end]:
                end += 1
        whole = "\n".join(line for item in items for line in item if line)
        if len(whole) <= _SHORT_LIST and ".. " not in whole and "::" not in whole:
            return [Piece(Kind.PARAGRAPH, self._plain(whole))], end
        return [piece for item in items for piece in self._item(item)], end

    def _is_item(self, lines: list[str], index: int) -> bool:
        """Whether the next line fits an item: prose can begin with "A. Smith" or "- "."""
        following = lines[index + 1] if index + 1 < len(lines) else ""
        return not following or following.startswith(" ") or _ITEM.match(following) is not None

    def _item(self, lines: list[str]) -> list[Piece]:
        mark = _ITEM.match(lines[0])
        lead = mark["mark"] if mark else ""
        body = [lines[0][mark.end() :] if mark else lines[0], *dedented(lines[1:])]
        pieces = self.parse(body)
        if pieces and pieces[0].kind is Kind.PARAGRAPH:
            pieces[0] = Piece(Kind.PARAGRAPH, f"{lead} {pieces[0].text}")
        return pieces

    # --- text -----------------------------------------------------------------------------------

    def _text(self, lines: list[str], index: int) -> tuple[list[Piece], int]:
        """A paragraph, a term with its definition, or words with code below them."""
        if lines[index].startswith(">>> "):
            end = index
            while end < len(lines) and lines[end]:
                end += 1
            return [Piece(Kind.PARAGRAPH, "\n".join(lines[index:end]))], end
        if index + 1 < len(lines) and lines[index + 1].startswith(" "):
            return self._definition(lines, index)
        end = index + 1
        while end < len(lines) and lines[end] and not lines[end].startswith(" "):
            end += 1
        words = [re.sub(r"^\|(?: |$)", "", line) for line in lines[index:end]]
        introduces_code = words[-1].rstrip().endswith("::")
        if introduces_code:
            words[-1] = words[-1].rstrip().removesuffix("::")
            words[-1] = words[-1].rstrip() if words[-1].endswith(" ") else f"{words[-1]}:"
            words = [] if words == [":"] else words
        pieces = self._paragraph(words)
        if introduces_code:
            code, end = self._code(lines, end)
            pieces += code
        return pieces, end

    def _definition(self, lines: list[str], index: int) -> tuple[list[Piece], int]:
        end = block_end(lines, index + 1)
        inner = dedented(lines[index + 1 : end])
        term = lines[index].rstrip()
        if term.endswith("::"):
            return [*self._paragraph([term[:-1]]), Piece(Kind.PARAGRAPH, "\n".join(inner))], end
        pieces = self.parse(inner)
        if pieces and pieces[0].kind is Kind.PARAGRAPH:
            pieces[0] = Piece(Kind.PARAGRAPH, f"{self._plain(term)}\n{pieces[0].text}")
            return pieces, end
        return self._paragraph([term]) + pieces, end

    def _code(self, lines: list[str], index: int) -> tuple[list[Piece], int]:
        """The indented or quoted lines below "::", as they are."""
        while index < len(lines) and not lines[index]:
            index += 1
        if index == len(lines):
            return [], index
        end = block_end(lines, index)
        if not lines[index].startswith(" "):
            quote = lines[index][0]
            if quote.isalnum():
                return [], index
            end = index
            while end < len(lines) and lines[end].startswith(quote):
                end += 1
        code = "\n".join(dedented(lines[index:end]))
        return [Piece(Kind.PARAGRAPH, code)] if code.strip() else [], end

    def _paragraph(self, lines: list[str]) -> list[Piece]:
        words = self._plain("\n".join(lines)).strip()
        return [Piece(Kind.PARAGRAPH, words)] if any(c.isalnum() for c in words) else []

    def _plain(self, text: str) -> str:
        return plain(text, self._source.meanings)


def meanings_of(lines: list[str]) -> dict[str, str]:
    """What the substitutions defined in a text stand for, where that is text."""
    found: dict[str, str] = {}
    for line in lines:
        entry = SUBSTITUTION.fullmatch(line.strip()) if line.lstrip().startswith(".. |") else None
        if entry and entry["kind"] == "replace" and entry["text"]:
            found.setdefault(entry["name"].strip().lower(), plain(entry["text"], {}))
    return found
