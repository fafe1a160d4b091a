"""What holds in a group of RTF until it ends, and the control words that change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from index.readers.rtf.characters import code_page
from index.readers.rtf.flow import Flow

_MAX_COLUMNS = 1_000


@dataclass(slots=True)
class State:
    """What holds in a group until it ends."""

    destination: str = "body"
    """Where words go: "body", "hidden", or the name of a table or property."""
    font: int = -1
    fallbacks: int = 1
    """Characters after one of Unicode that stand for it in old programs."""
    hidden: bool = False
    bold: bool = False
    style: int = 0
    level: int | None = None
    in_table: bool = False
    shown_instead: str | None = None
    """In a text that stands twice, for old programs and new: where the one for new ones goes."""


@dataclass(slots=True)
class Fonts:
    """The fonts' character sets, and what holds where no font is named."""

    charsets: dict[int, int] = field(default_factory=dict)
    default: int = 0
    page: str = "cp1252"


Setter = Callable[[State, Fonts, Flow, int | None], None]


def _plain(state: State, _fonts: Fonts, _flow: Flow, _number: int | None) -> None:
    state.bold = state.hidden = False
    state.font = -1


def _pard(state: State, _fonts: Fonts, _flow: Flow, _number: int | None) -> None:
    state.style, state.level, state.in_table = 0, None, False


def _style(state: State, _fonts: Fonts, _flow: Flow, number: int | None) -> None:
    state.style = number or 0


def _level(state: State, _fonts: Fonts, _flow: Flow, number: int | None) -> None:
    state.level = (number or 0) + 1 if (number or 0) < 9 else None


def _font(state: State, _fonts: Fonts, _flow: Flow, number: int | None) -> None:
    state.font = number or 0


def _charset(state: State, fonts: Fonts, _flow: Flow, number: int | None) -> None:
    if state.destination == "fonttbl":
        fonts.charsets[state.font] = number or 0


def _default_font(_state: State, fonts: Fonts, _flow: Flow, number: int | None) -> None:
    fonts.default = number or 0


def _code_page(_state: State, fonts: Fonts, _flow: Flow, number: int | None) -> None:
    fonts.page = code_page(number or 0)


def _page_of(number: int) -> Setter:
    return lambda state, fonts, flow, _: _code_page(state, fonts, flow, number)


def _bold(state: State, _fonts: Fonts, _flow: Flow, number: int | None) -> None:
    state.bold = number != 0


def _hidden(state: State, _fonts: Fonts, _flow: Flow, number: int | None) -> None:
    state.hidden = number != 0


def _fallbacks(state: State, _fonts: Fonts, _flow: Flow, number: int | None) -> None:
    state.fallbacks = max(0, min(1 if number is None else number, 100))


def _in_table(state: State, _fonts: Fonts, _flow: Flow, _number: int | None) -> None:
    state.in_table = True


def _begin_row(_state: State, _fonts: Fonts, flow: Flow, _number: int | None) -> None:
    flow.is_header, flow.merged, flow.next_is_merged = False, [], False


def _merged(_state: State, _fonts: Fonts, flow: Flow, _number: int | None) -> None:
    flow.next_is_merged = True


def _cell_defined(_state: State, _fonts: Fonts, flow: Flow, _number: int | None) -> None:
    if len(flow.merged) < _MAX_COLUMNS:
        flow.merged.append(flow.next_is_merged)
    flow.next_is_merged = False


def _header_row(_state: State, _fonts: Fonts, flow: Flow, _number: int | None) -> None:
    flow.is_header = True


SETTERS: dict[str, Setter] = {
    "plain": _plain, "pard": _pard, "s": _style, "outlinelevel": _level, "f": _font,
    "fcharset": _charset, "deff": _default_font, "ansicpg": _code_page, "mac": _page_of(10000),
    "pc": _page_of(437), "pca": _page_of(850), "b": _bold, "v": _hidden, "deleted": _hidden,
    "uc": _fallbacks, "intbl": _in_table, "trowd": _begin_row, "clvmrg": _merged,
    "cellx": _cell_defined, "trhdr": _header_row,
}  # fmt: skip
"""Control words that change what holds."""
