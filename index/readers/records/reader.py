"""The steps from JSON to a document: recognize conversations and articles, read all else as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.errors import ReadError
from index.readers.decoding import decode
from index.readers.naming import stem
from index.readers.office.pieces import Piece, bounded, one_line
from index.readers.records.fields import (
    author_of,
    date_of,
    is_article,
    is_comment,
    title_of,
    unwrapped,
)
from index.readers.records.parsing import Line, parse, parse_lines
from index.readers.records.pieces import (
    Writers,
    all_records,
    article_pieces,
    is_small,
    plain_pieces,
    record_pieces,
)
from index.readers.text_builder import TextBuilder
from index.types import Document, Kind

_LINES = (".jsonl", ".ndjson")


def read_json(data: bytes, path: str) -> Document:
    """Read JSON, or a file with JSON on each line.

    Args:
        data: the file.
        path: its name; ".jsonl" and ".ndjson" have a value a line.

    Returns:
        The document. Comments, under the names that programs commonly have for their parts, are
        comments with author, date and whom they answer; an object with a title and a text is an
        article; any other record is a paragraph "name: value; name: value".

    Raises:
        ReadError: it is empty, binary, no JSON, cut off, or nests too deep.
    """
    with bounded(path):
        text = decode(data, path)
        lines = _lines(text, path)
        if lines is not None:
            return _document(None, _line_pieces(lines), path)
        value = unwrapped(parse(text, path))
        return _document(value, _value_pieces(value), path)


def _lines(text: str, path: str) -> list[Line] | None:
    """The values of a file that has one a line; None where it is one value in all."""
    if not path.lower().endswith(_LINES):
        head, _, rest = text.strip().partition("\n")
        # Many a file of lines is called ".json".
        if not rest.strip() or not (head.startswith("{") and head.rstrip().endswith("}")):
            return None
    lines = list(parse_lines(text))
    good = sum(line.is_json for line in lines)
    if good == 0:
        # One value that goes over many lines, or nothing that can be read, which parsing will say.
        parse(text, path)
        return None
    return lines


def _line_pieces(lines: Sequence[Line]) -> Iterator[Piece]:
    writers = Writers()
    for line in lines:
        writers.learn(line.value)
    first = 0
    for index, line in enumerate(lines):
        if line.is_json:
            yield from record_pieces(line.value, f"record {line.number}", writers)
            continue
        first = first or line.number
        if index + 1 == len(lines) or lines[index + 1].is_json:
            yield _unread(first, line.number)
            first = 0


def _unread(first: int, last: int) -> Piece:
    """Nothing is left out without a word."""
    note = f"line {first} is" if first == last else f"lines {first} to {last} are"
    was = "was" if first == last else "were"
    return Piece(Kind.BOILERPLATE, f"[{note} not JSON and {was} not read]", locator=f"line {first}")


def _value_pieces(value: object) -> Iterator[Piece]:
    writers = Writers()
    writers.learn(value)
    if isinstance(value, list):
        if all_records(value):
            for number, part in enumerate(value, 1):
                yield from record_pieces(part, f"record {number}", writers)
        else:
            for number, part in enumerate(value, 1):
                yield from plain_pieces(part, f"record {number}")
    elif isinstance(value, dict) and not is_comment(value):
        if is_article(value):
            yield from article_pieces(value, "record 1", writers, title_kind=Kind.TITLE)
        else:
            yield from _object_pieces(value, writers)
    else:
        yield from record_pieces(value, "record 1", writers)


def _object_pieces(value: dict[str, object], writers: Writers) -> Iterator[Piece]:
    """An object that holds records: a heading for each list of them, its own values together."""
    if is_small(value) and not any(
        isinstance(part, list) and all_records(part) for part in value.values()
    ):
        yield from plain_pieces(value, "record 1")
        return
    own = {name: part for name, part in value.items() if not isinstance(part, (dict, list))}
    yield from plain_pieces(own, "record 1")
    for name, part in value.items():
        part = unwrapped(part)
        if isinstance(part, list) and all_records(part):
            yield Piece(Kind.HEADING, one_line(name), level=1, locator=one_line(name))
            for number, record in enumerate(part, 1):
                yield from record_pieces(record, f"{one_line(name)}, record {number}", writers)
        elif isinstance(part, dict) and (is_comment(part) or is_article(part)):
            yield from record_pieces(part, one_line(name), writers)
        elif isinstance(part, (dict, list)):
            yield from plain_pieces({name: part}, one_line(name))


def _document(value: object, pieces: Iterator[Piece], path: str) -> Document:
    builder = TextBuilder()
    for piece in pieces:
        builder.add(
            piece.kind,
            _printable(piece.text),
            author=piece.author,
            date=piece.date,
            reply_to=piece.reply_to,
            level=piece.level,
            locator=piece.locator,
        )
    if not builder.blocks:
        raise ReadError(path, "it has no values")
    article = value if isinstance(value, dict) and not is_comment(value) else {}
    told = is_article(article)
    return Document.create(
        path=path,
        title=(title_of(article) or stem(path)),
        text=builder.text,
        blocks=builder.blocks,
        author=author_of(article) if told else None,
        date=date_of(article) if told else None,
    )


def _printable(text: str) -> str:
    """A text without halves of characters, which JSON can have and no file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", " ")
