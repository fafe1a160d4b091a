"""Rich Text Format, written here by hand: characters, structure, and damaged files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.rtf import read_rtf
from index.types import Block, Document, Kind

PROSE = "The old harbour was rebuilt in stone after the storm had taken the wooden piers away."


def rtf(body: str, head: str = r"\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}") -> bytes:
    return ("{\\rtf1" + head + "\n" + body + "}").encode("latin-1")


def read(body: str, **more: str) -> Document:
    return read_rtf(rtf(body, **more), "folder/file.rtf")


def words(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def told(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, words(document, block)) for block in document.blocks]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"caf\'e9 \'93quoted\'94", "café “quoted”"),
        (r"caf\u233?, \u8211-5", "café, –5"),
        (r"{\uc0 \u233}t\u-10179?\u-8704?", "ét😀"),
        (r"\uc2\u12486\'83\'65x", "テx"),
        (r"a\~b\_c\-d\emdash e\tab f\line g\{\}\\", "a b-cd—e f\ng{}\\"),
        ("one \\\ntwo\\par", "one\n\ntwo"),
        (r"seen{\v  hidden}{\deleted  gone} and {\b\b0 so} on", "seen and so on"),
        (r"\bin5 {{}}}after", "after"),
        (r"{\*\unknown nothing {\b here}}{\pict\wmetafile8 0123abcd}shown", "shown"),
        (r"{\field{\*\fldinst HYPERLINK}{\fldrslt link}} text", "link text"),
        (r"{\upr{\title x? old}{\*\ud new}} text", "new text"),
        (r"{\listtext\'b7\tab}item", "item"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt boxed\par}}{\shprslt again}}around", "around\n\nboxed"),
    ],
)  # fmt: skip
def test_characters(written: str, read_as: str) -> None:
    assert read(written).text == read_as


def test_code_pages_are_those_of_the_fonts() -> None:
    fonts = (
        r"\ansi\ansicpg1250\deff0{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}"
        r"{\f2\fcharset128 C;}{\f3\fcharset2 Symbol;}}"
    )
    document = read(
        r"\'9a {\f1 \'cc\'e8\'f0} {\f2 \'83\'65\'83e} {\f3\'b7} \plain \'9a", head=fonts
    )
    assert document.text == "š Мир テテ • š"
    assert read(r"\'8e", head=r"\mac").text == "é"
    assert read(r"\'82", head=r"\pca").text == "é"
    assert read(r"\'82", head=r"\ansi\ansicpg99999").text == "‚"


STYLES = (
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Chapter;}{\s2 heading 2;}{\s3 Title;}{\s4 caption;}"
    r"{\*\cs10 heading 1;}{\s5 toc 1;}}"
)


def test_styles_and_levels() -> None:
    document = read(
        STYLES
        + r"\pard\s3 The report\par\pard\s1 Costs\par\pard\s2 In 2024\par\pard\plain "
        + PROSE
        + r"\par\pard\s4 A map\par\pard\s5 Costs 3\par{\pard\outlinelevel2 Deep\par}\pard\b What it cost\b0\par "
        + PROSE
    )
    assert [(b.kind.value, b.level, words(document, b)) for b in document.blocks] == [
        ("title", None, "The report"),
        ("heading", 1, "Costs"),
        ("heading", 2, "In 2024"),
        ("paragraph", None, PROSE),
        ("caption", None, "A map"),
        ("boilerplate", None, "Costs 3"),
        ("heading", 3, "Deep"),
        ("heading", 4, "What it cost"),
        ("paragraph", None, PROSE),
    ]
    assert document.title == "The report"


def test_rows_and_tables() -> None:
    def row(*cells: str, more: str = "") -> str:
        defined = "".join(rf"{more}\cellx{index}000" for index in range(len(cells)))
        return (
            rf"\trowd{defined}\pard\intbl " + "".join(rf"{cell}\cell " for cell in cells) + r"\row "
        )

    document = read(
        r"Before\par "
        + row("Area", "Sum").replace(r"\trowd", r"\trowd\trhdr")
        + row(r"North\par and east", "4")
        + row("", "5", more=r"\clvmrg")
        + r"\pard\par "
        + row("x", r"\itap2 in\nestcell side\nestcell{\*\nesttableprops\trowd\nestrow}\itap1 y")
        + r"\pard After\par"
    )
    assert [(b.kind.value, b.locator, words(document, b)) for b in document.blocks] == [
        ("paragraph", None, "Before"),
        ("boilerplate", "table 1, row 1", "Area | Sum"),
        ("paragraph", "table 1, row 2", "Area: North and east; Sum: 4"),
        ("paragraph", "table 1, row 3", "Area: North and east; Sum: 5"),
        ("paragraph", "table 3, row 1", "x | y"),
        ("paragraph", "table 2, row 1", "in | side"),
        ("paragraph", None, "After"),
    ]


def test_notes_comments_and_furniture() -> None:
    packed = (124 << 20) | (5 << 16) | (31 << 11) | (14 << 6) | 5
    document = read(
        r"{\header Confidential\par}{\footer 3\par}First{\super\chftn}{\footnote \pard{\chftn} See the minutes.}"
        r" words{\footnote\ftnalt At the end.}{\*\atnid AQ}{\*\atnauthor Ada Quist}\chatn"
        rf"{{\*\annotation{{\*\atndate {packed}}}\pard Too long?\par Yes.}}.\par Second.\par"
    )
    assert [(b.kind.value, b.locator, words(document, b)) for b in document.blocks] == [
        ("paragraph", None, "First words."),
        ("paragraph", "footnote 1", "See the minutes."),
        ("paragraph", "endnote 1", "At the end."),
        ("comment", None, "Too long?\nYes."),
        ("paragraph", None, "Second."),
        ("boilerplate", None, "Confidential"),
    ]
    comment = document.blocks[3]
    assert (comment.author, comment.date) == ("Ada Quist", "2024-05-31 14:05")


def test_properties() -> None:
    document = read(
        r"{\info{\title Costs of \'84rger}{\author Ada Quist}{\creatim\yr2024\mo5\dy31\hr1}{\doccomm no}}Words"
    )
    assert (document.title, document.author, document.date) == (
        "Costs of „rger",
        "Ada Quist",
        "2024-05-31",
    )
    assert document.text == "Words"
    assert read("Words").title == "file"


def test_a_file_that_ends_in_the_middle_says_so() -> None:
    document = read_rtf(rtf(r"{\b One\par Two{\footnote note")[:-1], "file.rtf")
    assert told(document) == [
        ("paragraph", "One"),
        ("paragraph", "Two"),
        ("paragraph", "note"),
        ("boilerplate", "[The file ends in the middle and may not be complete.]"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "not a file in Rich Text Format"),
        (rtf(""), "no text"),
        (rtf(r"{\pict 00ff}"), "no text"),
        (b"{\\rtf1 " + b"{" * 100_000, "too deep"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_rtf(data, "file.rtf")
    assert says in caught.value.reason


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["{", "}", r"\par ", r"\cell ", r"\row ", r"\trowd", r"\intbl ", r"\pard", r"\u8364?", r"\'e9",
             r"{\footnote ", r"{\*\annotation ", r"{\stylesheet", r"{\s1 heading 1;}", r"\s1 ", r"{\header ",
             r"\nestcell ", r"\nestrow ", r"\cellx9", r"\clvmrg", "word ", r"{\info", r"{\title ", r"\bin3 ",
             r"{\fonttbl", r"\f1", r"\fcharset128 ", r"{\upr", r"{\*\ud ", r"{\shptxt "]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_any_order_of_signs_gives_a_document_or_an_error(signs: list[str]) -> None:
    data = ("{\\rtf1 " + "".join(signs)).encode("latin-1")
    try:
        document = read_rtf(data, "file.rtf")
    except ReadError:
        return
    assert any(block.kind is not Kind.BOILERPLATE for block in document.blocks)


@pytest.mark.parametrize("sign", [r"{\b x}", r"\u233?", r"\'e9", r"x\par ", r"x\cell\row ", "x\n"])
def test_reading_takes_time_in_proportion(sign: str) -> None:
    began = time.process_time()
    read("y" + sign * 10_000)
    assert time.process_time() - began < 2  # a third of a second; with squared time, minutes
