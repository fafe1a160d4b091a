"""Follows the control words of RTF and sends the words where they belong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from index.errors import ReadError
from index.readers.office.pieces import Piece, one_line
from index.readers.office.properties import plausible_day
from index.readers.office.style_names import by_style_name
from index.readers.rtf.characters import (
    CODE_PAGES,
    SIGNS,
    SYMBOLS,
    WORDS,
    character,
    symbol,
    whole,
)
from index.readers.rtf.flow import Flow
from index.readers.rtf.formatting import SETTERS, Fonts, State
from index.readers.rtf.tokens import Token
from index.types import Kind

_MAX_DEPTH = 2_000
"""Groups in groups; word processors write some thirty."""

_HIDDEN = frozenset(
    "colortbl pict objdata objclass objname fldinst xe tc rxe private nonesttables sp "
    "ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn nonshppict shprslt listtable listoverridetable filetbl "
    "revtbl template bkmkstart bkmkend docvar operator keywords comment doccomm company manager "
    "category subject hlinkbase datafield formfield mmathPr atrfstart atrfend atnref atntime atnicn "
    "buptim printim revtim falt panose fname".split()
)
"""Groups whose text is not shown."""

_STARRED = frozenset(
    "annotation atnauthor atndate ud shpinst shptxt shpgrp nesttableprops footnote moMath moMathPara mmath".split()
)
"""Groups that are marked as to be skipped by programs that do not know them, and that are known."""

_FURNITURE = frozenset("header headerl headerr headerf footer footerl footerr footerf".split())
_DAY = ("yr", "mo", "dy")


class Interpreter:
    """Reads signs; when all are read, :meth:`finish` has the pieces.

    Args:
        path: the file's name, for errors.
    """

    def __init__(self, path: str) -> None:
        self.furniture: list[str] = []
        self.properties: dict[str, str] = {}
        """The fields of the file's properties."""
        self._path = path
        self._roles: dict[int, tuple[Kind, int | None]] = {}
        self._tables = 0
        self._flows = [Flow(self._roles, self._name_table)]
        self._stack: list[tuple[State, Callable[[], None] | None]] = []
        self._state = State()
        self._on_end: Callable[[], None] | None = None
        self._starred = False
        self._skip = 0
        self._bytes = bytearray()
        self._fonts = Fonts()
        self._field: list[str] = []
        self._notes = {"footnote": 0, "endnote": 0}
        self._note = "footnote"
        self._author: str | None = None
        self._date: str | None = None
        self._day = {"yr": 0, "mo": 0, "dy": 0}

    def _name_table(self) -> str:
        self._tables += 1
        return f"table {self._tables}"

    @property
    def depth(self) -> int:
        """How many groups are open."""
        return len(self._stack)

    def finish(self) -> list[Piece]:
        """The pieces of the body."""
        self._flush()
        while self._stack:
            self._close()
        return self._flows[0].end()

    # --- signs ----------------------------------------------------------------------------------

    def take(self, token: Token) -> None:
        """Follow a sign.

        Raises:
            ReadError: groups lie too deep in each other.
        """
        kind, value, number = token
        if kind in ("text", "hex"):
            self._take_text(value)
            return
        if kind == "word":
            self._skip = 0
            self._word(value, number)
        elif kind == "{":
            self._flush()
            self._skip = 0
            if len(self._stack) >= _MAX_DEPTH:
                raise ReadError(self._path, "its parts lie too deep inside each other to be read")
            self._open()
        elif kind == "}":
            self._skip = 0
            self._close()
        elif value == "*":
            self._starred = True
        elif self._skip:
            self._skip -= 1
        elif value in "\r\n":
            self._word("par", None)
        elif value in "\\{}":
            self._take_text(value)
        elif value in SIGNS:
            self._say(SIGNS[value])

    def _take_text(self, text: str) -> None:
        if self._skip:
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            text = text[skipped:]
        if self._state.destination != "hidden" and text:
            self._bytes += text.encode("latin-1")

    def _flush(self) -> None:
        """Decode the bytes that have come together; a character may be of several."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        font = self._state.font if self._state.font >= 0 else self._fonts.default
        charset = self._fonts.charsets.get(font, 0)
        if charset == SYMBOLS:
            self._say("".join(chr(b) if b < 0x80 else symbol(b) for b in data))
            return
        self._say(data.decode(CODE_PAGES.get(charset, self._fonts.page), "replace"))

    def _say(self, text: str) -> None:
        """Send characters where they belong."""
        self._flush()
        state = self._state
        if state.destination == "body":
            if not state.hidden:
                self._flows[-1].add(text, bold=state.bold)
        elif state.destination != "hidden":
            self._field.append(text)

    def _open(self) -> None:
        """A group begins."""
        self._stack.append((replace(self._state), self._on_end))
        self._on_end = None
        if self._state.destination == "stylesheet":
            self._state = State("style", level=None)
            self._open_field("style", self._end_style)

    def _close(self) -> None:
        """A group ends."""
        self._flush()
        self._starred = False
        if self._on_end is not None:
            self._on_end()
        if self._stack:
            self._state, self._on_end = self._stack.pop()

    # --- control words --------------------------------------------------------------------------

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        starred, self._starred = self._starred, False
        state = self._state
        if word in _HIDDEN or (starred and word not in _STARRED):
            state.destination = "hidden"
        elif word == "ud" and state.shown_instead is not None:
            state.destination = state.shown_instead
        elif state.destination == "hidden":
            return
        elif word == "u":
            self._say(character(number or 0))
            self._skip = state.fallbacks
        elif word in WORDS:
            self._say(WORDS[word])
        elif word in SETTERS:
            SETTERS[word](state, self._fonts, self._flows[-1], number)
        elif word in _DAY and state.destination == "creatim":
            self._day[word] = number or 0
        elif state.destination == "body" and word in _ENDS:
            _ENDS[word](self._flows[-1], state)
        else:
            self._group(word)

    def _group(self, word: str) -> None:
        """A word that says what the group it begins is."""
        if word in ("fonttbl", "stylesheet", "info"):
            self._open_field(word, lambda: None)
        elif word in ("title", "author", "creatim") and self._state.destination == "info":
            self._open_field(word, lambda: self._end_property(word))
        elif word == "atnauthor":
            self._open_field(word, self._end_author)
        elif word == "atndate":
            self._open_field(word, self._end_date)
        elif word in _FURNITURE:
            self._open_flow(self._end_furniture)
        elif word == "footnote":
            self._note = "footnote"
            self._open_flow(self._end_note)
        elif word == "ftnalt":
            self._note = "endnote"
        elif word == "annotation":
            self._open_flow(self._end_comment)
        elif word == "shptxt":
            self._open_flow(self._end_box)
        elif word == "upr":
            self._state.shown_instead = self._state.destination
            self._state.destination = "hidden"
        elif word in ("listtext", "pntext"):
            self._flows[-1].is_item = True
            self._state.destination = "hidden"

    # --- groups ---------------------------------------------------------------------------------

    def _open_field(self, name: str, on_end: Callable[[], None]) -> None:
        """Words go into a field from here to the end of the group."""
        self._state.destination = name
        self._field = []
        self._on_end = on_end

    def _open_flow(self, on_end: Callable[[], None]) -> None:
        """Words go into a flow of their own from here to the end of the group."""
        self._flows.append(Flow(self._roles, self._name_table))
        self._state = State(font=self._state.font, fallbacks=self._state.fallbacks)
        self._on_end = on_end

    def _ended_flow(self) -> list[Piece]:
        return self._flows.pop().end()

    def _end_style(self) -> None:
        name = one_line("".join(self._field)).rstrip(";").strip()
        said = by_style_name(name)
        if self._state.destination != "style" or not name:
            return
        if self._state.level is not None:
            said = (Kind.HEADING, self._state.level) if said is None else said
        if said is not None:
            self._roles[self._state.style] = said

    def _end_property(self, name: str) -> None:
        if name == "creatim":
            self.properties[name] = "{yr:04}-{mo:02}-{dy:02}".format(**self._day)
        else:
            self.properties[name] = whole("".join(self._field))

    def _end_author(self) -> None:
        self._author = one_line(whole("".join(self._field))) or None

    def _end_date(self) -> None:
        self._date = _moment("".join(self._field).strip())

    def _end_furniture(self) -> None:
        self.furniture.append("\n".join(piece.text for piece in self._ended_flow()))

    def _end_note(self) -> None:
        text = "\n".join(piece.text for piece in self._ended_flow())
        self._notes[self._note] += 1
        locator = f"{self._note} {self._notes[self._note]}"
        self._flows[-1].after.append(Piece(Kind.PARAGRAPH, text, locator=locator))

    def _end_comment(self) -> None:
        text = "\n".join(piece.text for piece in self._ended_flow())
        comment = Piece(Kind.COMMENT, text, author=self._author, date=self._date)
        self._flows[-1].after.append(comment)
        self._author = self._date = None

    def _end_box(self) -> None:
        pieces = self._ended_flow()
        self._flows[-1].after += pieces


def _moment(text: str) -> str | None:
    """Day and minute of a comment, which are packed into the bits of a number."""
    if not text.lstrip("-").isdigit() or len(text) > 12:
        return None
    bits = int(text) & 0xFFFFFFFF
    minute, hour, day = bits & 63, bits >> 6 & 31, bits >> 11 & 31
    month, year = bits >> 16 & 15, 1900 + (bits >> 20 & 511)
    if plausible_day(f"{year}-{month:02}-{day:02}") is None or hour > 23 or minute > 59:
        return None
    return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}"


def _end_paragraph(flow: Flow, state: State) -> None:
    flow.end_paragraph(state.style, state.level, in_table=state.in_table)


_ENDS: dict[str, Callable[[Flow, State], None]] = {
    "par": _end_paragraph,
    "sect": _end_paragraph,
    "page": lambda flow, _: flow.add("\n", bold=False),
    "cell": lambda flow, _: flow.end_cell(),
    "row": lambda flow, _: flow.end_row(),
    "nestcell": lambda flow, _: flow.end_inner_cell(),
    "nestrow": lambda flow, _: flow.end_inner_row(),
}
"""Control words that end a paragraph, a cell, a row."""
