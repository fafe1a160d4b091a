"""JSON as values whose numbers are as they were written, and errors that name the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from index.errors import ReadError


class Number(str):
    """A number as the file has it: nothing is rounded, and none is too long to be converted."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file that has a value a line."""

    number: int
    value: object
    is_json: bool = True


def parse(text: str, path: str) -> object:
    """The value that a text has.

    Objects are dicts, in which a name that comes twice has a number the second time; numbers are
    :class:`Number`.

    Raises:
        ReadError: it is no JSON, is cut off, or nests too deep.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ReadError(path, _reason(error, text)) from error
    except RecursionError as error:
        raise ReadError(path, "its parts lie too deep inside each other to be read") from error


def parse_lines(text: str) -> Iterator[Line]:
    """The values of a text that has one a line; empty lines are passed over."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield Line(number, _DECODER.decode(line))
        except (json.JSONDecodeError, RecursionError):
            yield Line(number, None, is_json=False)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found, times = {}, dict[str, int]()
    for name, value in pairs:
        times[name] = times.get(name, 0) + 1
        found[name if times[name] == 1 else f"{name} ({times[name]})"] = value
    return found


def _reason(error: json.JSONDecodeError, text: str) -> str:
    """What is wrong, and in which line."""
    at_end = error.pos >= len(text.rstrip())
    if at_end or error.msg.startswith("Unterminated string"):
        return (
            f"it ends in the middle (line {error.lineno}): the file is incomplete;"
            " get it anew from where it came from"
        )
    return f"it is not valid JSON: there is a mistake in line {error.lineno}, at character {error.colno}"


_DECODER = json.JSONDecoder(
    strict=False,  # line breaks in strings are a common slip that does no harm
    parse_int=Number,
    parse_float=Number,
    parse_constant=Number,
    object_pairs_hook=_object,
)
