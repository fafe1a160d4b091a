"""Word files of 1997 to 2003, made here byte by byte as [MS-CFB] and [MS-DOC] describe them."""

from __future__ import annotations

import random
import struct
import time
from dataclasses import dataclass, field

import pytest

from index.errors import ReadError
from index.readers.doc import read_doc
from index.readers.zipped import PROTECTED
from index.types import Block, Document

PROSE = "The old harbour was rebuilt in stone after the storm had taken the wooden piers away."
IN_TABLE, ROW_ENDS, BOLD, DELETED = (
    b"\x16\x24\x01",
    b"\x17\x24\x01",
    b"\x35\x08\x01",
    b"\x00\x08\x01",
)
STYLES = ("Normal", "heading 1", "heading 2", *["x"] * 7, "Title", "Mine", "toc 1")


def container(streams: dict[str, bytes]) -> bytes:
    """A compound file of up to three streams."""
    none, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    fat, sectors, entries = [fat_sector, end], [b"", b""], []
    names = list(streams)
    for name, data in [("Root Entry", b""), *streams.items()]:
        data = data.ljust(4096, b"\0") if name in streams else b""
        start = len(sectors) if data else end
        count = -(-len(data) // 512)
        sectors += [data[i * 512 : i * 512 + 512].ljust(512, b"\0") for i in range(count)]
        fat += [start + i + 1 for i in range(count - 1)] + [end] * bool(count)
        after = (
            names.index(name) + 2
            if name in streams and names.index(name) + 1 < len(names)
            else none
        )
        wide = (name + "\0").encode("utf-16-le")
        entries.append(
            struct.pack(
                "<64sHBBIII16sI8s8sIQ", wide, len(wide), 2 if name in streams else 5, 1, none, after,
                none if name in streams else 1, b"", 0, b"", b"", start, len(data),
            )
        )  # fmt: skip
    sectors[0] = struct.pack("<128I", *fat, *[none] * (128 - len(fat)))
    sectors[1] = b"".join(entries).ljust(512, b"\0")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, 1, 1, 0, 4096, end, 0, end, 0,
    )  # fmt: skip
    return header + struct.pack("<109I", 0, *[none] * 108) + b"".join(sectors)


@dataclass
class Made:
    """A Word file under construction: the characters of each story, and what is said of them."""

    body: list[tuple[str, int, bytes]]
    """Paragraphs with their marks, the numbers of their styles, and their properties."""
    runs: list[tuple[int, int, bytes]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    comments: list[tuple[int, str, int]] = field(default_factory=list)
    authors: tuple[str, ...] = ()
    header: str = ""
    in_bytes: int = 0
    """Characters at the beginning that are saved in a byte each."""
    flags: int = 0x0200
    version: int = 193


def made(word: Made) -> bytes:
    stories = [
        "".join(text for text, _, _ in word.body),
        "".join(text for _, text in word.notes),
        word.header,
        "",
        "".join(text for _, text, _ in word.comments),
    ]
    text = "".join(stories)
    offsets = [
        1024 + i if i < word.in_bytes else 1024 + word.in_bytes + 2 * (i - word.in_bytes)
        for i in range(len(text) + 1)
    ]
    saved = text[: word.in_bytes].encode("cp1252") + text[word.in_bytes :].encode("utf-16-le")
    pages = 1024 + len(saved.ljust(-(-len(saved) // 512) * 512, b"\0"))
    paragraphs, place = [], 0
    for words, style, properties in word.body:
        paragraphs.append((offsets[place], struct.pack("<H", style) + properties))
        place += len(words)
    tables = {
        1: styles(),
        12: listing(offsets, pages // 512),
        13: listing(offsets, pages // 512 + 1),
        33: clx(len(text), word.in_bytes),
        36: b"".join(
            struct.pack("<H", len(name)) + name.encode("utf-16-le") for name in word.authors
        ),
    }
    if word.notes:
        tables[2] = struct.pack(
            f"<{len(word.notes) + 1}I", *[at for at, _ in word.notes], 0
        ) + b"\0\0" * len(word.notes)
        tables[3] = bounds([words for _, words in word.notes])
    if word.comments:
        entries = b"".join(
            bytes(20) + struct.pack("<H", who).ljust(10, b"\0") for _, _, who in word.comments
        )
        tables[4] = (
            struct.pack(f"<{len(word.comments) + 1}I", *[at for at, _, _ in word.comments], 0)
            + entries
        )
        tables[5] = bounds([words for _, words, _ in word.comments])
    fib, table = bytearray(1024), b""
    struct.pack_into("<HH", fib, 0, 0xA5EC, word.version)
    struct.pack_into("<H", fib, 0x0A, word.flags)
    struct.pack_into("<5i", fib, 0x4C, *map(len, stories))
    for number, content in tables.items():
        struct.pack_into("<II", fib, 0x9A + 8 * number, len(table), len(content))
        table += content
    main = (
        (bytes(fib) + saved).ljust(pages, b"\0")
        + runs_page(word, offsets)
        + paragraphs_page(paragraphs, offsets[-1])
    )
    return container({"WordDocument": main, "1Table": table})


def clx(length: int, in_bytes: int) -> bytes:
    pieces = [(0, 0x40000000 | 2048)] * bool(in_bytes) + [(in_bytes, 1024 + in_bytes)] * (
        in_bytes < length
    )
    table = struct.pack(f"<{len(pieces) + 1}I", *[start for start, _ in pieces], length)
    table += b"".join(struct.pack("<HIH", 0, place, 0) for _, place in pieces)
    return b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(table)) + table


def bounds(texts: list[str]) -> bytes:
    ends = [sum(map(len, texts[:count])) for count in range(len(texts) + 1)]
    return struct.pack(f"<{len(ends) + 1}I", *ends, ends[-1])


def listing(offsets: list[int], page: int) -> bytes:
    return struct.pack("<III", offsets[0], offsets[-1], page)


def styles() -> bytes:
    made = struct.pack("<H", 18) + struct.pack("<HH", len(STYLES), 10).ljust(18, b"\0")
    for name in STYLES:
        base = 2 if name == "Mine" else 0xFFF
        style = struct.pack("<HH", 0, 1 | base << 4).ljust(10, b"\0") + struct.pack("<H", len(name))
        style += name.encode("utf-16-le") + b"\0\0"
        made += struct.pack("<H", len(style)) + style + b"\0" * (len(style) % 2)
    return made


def paragraphs_page(paragraphs: list[tuple[int, bytes]], end: int) -> bytes:
    page, top = bytearray(512), 510
    page[511] = len(paragraphs)
    struct.pack_into(f"<{len(paragraphs) + 1}I", page, 0, *[at for at, _ in paragraphs], end)
    for index, (_, said) in enumerate(paragraphs):
        entry = (
            bytes([(len(said) + 1) // 2]) + said
            if len(said) % 2
            else bytes([0, len(said) // 2]) + said
        )
        top -= len(entry) + len(entry) % 2
        page[top : top + len(entry)] = entry
        page[4 * (len(paragraphs) + 1) + 13 * index] = top // 2
    return bytes(page)


def runs_page(word: Made, offsets: list[int]) -> bytes:
    page, top, cuts = bytearray(512), 510, [0]
    for start, end, _ in word.runs:
        cuts += [start, end]
    cuts = sorted({*cuts, len(offsets) - 1})
    said = {start: properties for start, _, properties in word.runs}
    page[511] = len(cuts) - 1
    struct.pack_into(f"<{len(cuts)}I", page, 0, *[offsets[cut] for cut in cuts])
    for index, cut in enumerate(cuts[:-1]):
        if cut in said:
            entry = bytes([len(said[cut])]) + said[cut]
            top -= len(entry) + len(entry) % 2
            page[top : top + len(entry)] = entry
            page[4 * len(cuts) + index] = top // 2
    return bytes(page)


def read(*paragraphs: str | tuple[str, int, bytes], **more: object) -> Document:
    body = [(each + "\r", 0, b"") if isinstance(each, str) else each for each in paragraphs]
    return read_doc(made(Made(body, **more)), "folder/file.doc")  # type: ignore[arg-type]


def words(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def told(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, words(document, block)) for block in document.blocks]


@pytest.mark.parametrize("in_bytes", [0, 9, 27])
def test_pieces_in_bytes_and_in_units_are_put_together(in_bytes: int) -> None:
    text = "caf\u00e9 \u2013 \u201cthree\u201d words here" + (
        " \u041c\u0438\u0440 \U0001f600" if in_bytes < 20 else ""
    )
    document = read(text, "The end.", in_bytes=in_bytes)
    assert told(document) == [("paragraph", text), ("paragraph", "The end.")]
    assert document.title == "file"


def test_headings_are_told_by_their_styles() -> None:
    document = read(
        ("The report\r", 10, b""),
        ("Costs\r", 1, b""),
        ("Mine\r", 11, b""),
        ("Own level\r", 0, b"\x40\x26\x02"),
        ("No level\r", 0, b"\x40\x26\x09"),
        ("Costs 3\r", 12, b""),
    )
    assert [(b.kind.value, b.level, words(document, b)) for b in document.blocks] == [
        ("title", None, "The report"),
        ("heading", 1, "Costs"),
        ("heading", 2, "Mine"),
        ("heading", 3, "Own level"),
        ("paragraph", None, "No level"),
        ("boilerplate", None, "Costs 3"),
    ]


def test_fields_marks_and_what_is_not_shown() -> None:
    text = (
        "See \x13 HYPERLINK \x13 inner \x14no\x15 \x14page\x15 4\x0bline\x1etwo\x01\x08 gone kept"
    )
    gone = text.index("gone ")
    document = read(text, runs=[(gone, gone + 5, DELETED)])
    assert told(document) == [("paragraph", "See page 4\nline-two kept")]


def test_bold_lines_above_prose_are_headings() -> None:
    document = read("What it cost", PROSE, "Not bold", PROSE, runs=[(0, 12, BOLD)])
    assert [kind for kind, _ in told(document)] == [
        "heading",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_rows_say_what_their_cells_are() -> None:
    def row(*cells: str) -> list[tuple[str, int, bytes]]:
        return [*((cell + "\x07", 0, IN_TABLE) for cell in cells), ("\x07", 0, IN_TABLE + ROW_ENDS)]

    document = read(
        "Before",
        *row("Who", "Where"),
        ("Ada\r", 0, IN_TABLE),
        *row("Quist", "Hull"),
        "After",
        runs=[(7, 17, BOLD)],
    )
    assert [(b.kind.value, b.locator, words(document, b)) for b in document.blocks] == [
        ("paragraph", None, "Before"),
        ("boilerplate", "table 1, row 1", "Who | Where"),
        ("paragraph", "table 1, row 2", "Who: Ada Quist; Where: Hull"),
        ("paragraph", None, "After"),
    ]


def test_notes_comments_and_headers() -> None:
    document = read(
        "First\x02 words\x05.",
        "Second.",
        notes=[(5, "\x02 See the minutes.\r")],
        comments=[(12, "\x05Too long?\r", 1)],
        authors=("Ben", "Ada Quist"),
        header="Confidential\r",
    )
    assert [(b.kind.value, b.locator, words(document, b), b.author) for b in document.blocks] == [
        ("paragraph", None, "First words.", None),
        ("paragraph", "footnote 1", "See the minutes.", None),
        ("comment", None, "Too long?", "Ada Quist"),
        ("paragraph", None, "Second.", None),
        ("boilerplate", None, "Confidential", None),
    ]


def test_files_of_other_formats_are_read_as_what_they_are() -> None:
    assert read_doc(b"{\\rtf1 Words}", "file.doc").text == "Words"
    with pytest.raises(ReadError, match="not copied whole"):
        read_doc(b"PK\x03\x04", "file.doc")


GOOD = made(Made([("Some words\r", 0, b"")]))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello", "not a Word document"),
        (container({"Workbook": b"x"}), "not a Word document"),
        (container({"EncryptedPackage": b"x"}), PROTECTED),
        (container({"WordDocument": b"x"}), "before 1997"),
        (made(Made([("x\r", 0, b"")], flags=0x0300)), PROTECTED),
        (made(Made([("x\r", 0, b"")], version=101)), "before 1997"),
        (made(Made([("x\r", 0, b"")], flags=0)), "damaged"),
        (made(Made([(" \r", 0, b"")])), "no text"),
        (GOOD[:700], "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_doc(data, "file.doc")
    assert says in caught.value.reason


def test_damage_anywhere_gives_a_document_or_an_error() -> None:
    """Bytes changed at random: in the list of places, the tables and pages of formatting."""
    chance = random.Random(7)
    whole = made(Made([("One\r", 1, b""), ("Two\x02\r", 0, b"")], notes=[(7, "Note.\r")]))
    began = time.process_time()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(512, len(data))] = chance.choice((0, 1, 2, 0x7F, 0xFF))
        try:
            document = read_doc(bytes(data), "file.doc")
        except ReadError:
            continue
        assert document.text
    assert time.process_time() - began < 30
