"""JSON files and JSON lines, with errors that name the place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import ArgumentError


def first_record(path: Path) -> dict[str, Any]:
    """The object on the first line that is not blank, or the object that the whole file is.

    Raises:
        ArgumentError: the file cannot be read or is not JSON.
    """
    text = read_text(path)
    first = next((line for line in text.split("\n") if line.strip()), "")
    try:
        record = json.loads(first)
    except ValueError:  # one object on several lines
        return read_object(path)
    return _object(record, str(path))


def read_object(path: Path) -> dict[str, Any]:
    """The object that a file is.

    Raises:
        ArgumentError: the file cannot be read or is not a JSON object.
    """
    return _object(_parse(read_text(path), str(path)), str(path))


def read_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the object on each line that is not blank, with its place: "file:line".

    Raises:
        ArgumentError: the file cannot be read, or a line is not a JSON object.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            place = f"{path}:{number}"
            yield place, _object(_parse(line, place), place)


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        ArgumentError: there is no such file, it may not be read, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ArgumentError(f"{path}: not text in UTF-8, which a data set is") from error


def words(record: dict[str, Any], key: str, place: str) -> str:
    """A member that must be text, without white space around it.

    Raises:
        ArgumentError: it is missing, not text, or blank.
    """
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ArgumentError(f'{place}: "{key}" must be text that is not blank')
    return value.strip()


def words_or_none(record: dict[str, Any], key: str, place: str) -> str | None:
    """A member that may be missing, null or blank; None then.

    Raises:
        ArgumentError: it is there and not text.
    """
    value = record.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return words(record, key, place)


def texts_or_none(record: dict[str, Any], key: str, place: str) -> tuple[str, ...] | None:
    """A member that is a list of texts, each once; None when it is missing or null.

    Raises:
        ArgumentError: it is something else.
    """
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ArgumentError(f'{place}: "{key}" must be a list of texts')
    return tuple(dict.fromkeys(value))


def objects(record: dict[str, Any], key: str, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object of a member that must be a list of objects, with its place.

    Raises:
        ArgumentError: it is missing or something else.
    """
    value = record.get(key)
    if not isinstance(value, list):
        raise ArgumentError(f'{place}: "{key}" must be a list')
    for number, member in enumerate(value):
        inner = f"{place} {key}[{number}]"
        yield inner, _object(member, inner)


def _parse(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = place if error.lineno == 1 else f"{place}:{error.lineno}"
        raise ArgumentError(f"{where}: not JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise ArgumentError(f"{place}: JSON nested too deeply") from error


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ArgumentError(f"{place}: a JSON object is expected, not {type(value).__name__}")
    return value
