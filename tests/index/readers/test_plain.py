import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.readers.plain import byline, published, read_plain
from index.types import Kind


def kinds(text):
    document = read_plain(text, "folder/notes.txt")
    return [(block.kind, text[block.start : block.end]) for block in document.blocks]


FIRST = (
    "Elmstad opened its bridge on Monday, nine years after the first stone was laid in the river."
)
SECOND = "Forty lorries of sand crossed it before anyone was let on, and a choir sang at both ends."

ARTICLE = f"""A bridge for Elmstad at last

June 5, 2015
A boat is seen below the new bridge in Elmstad June 4, 2015.    REUTERS/Ann Olsen/Handout via Reuters  ATTENTION EDITORS - THIS PICTURE CAME FROM A READER. NO RESALES. NO ARCHIVE. - RTXAB12

A boat below the new bridge in Elmstad, June 4, 2015. REUTERS/Ann Olsen

{FIRST}

{SECOND}

3 comments

We welcome comments that help. See our comment policy and the report abuse links below each one.

Reuters, as so often, came late to it.

My uncle was there first.

Posted by Old_Salt | Report as abusive

The tolls are a scandal.
They always were.

Posted by Ina K. | Report as abusive

So it goes…

Posted by Old_Salt | Report as abusive
"""


def test_an_article_with_pictures_and_comments():
    document = read_plain(ARTICLE, "a.txt")
    assert document.text == ARTICLE
    assert (document.title, document.date, document.author) == (
        "A bridge for Elmstad at last",
        "June 5, 2015",
        None,
    )
    found = kinds(ARTICLE)
    assert [kind for kind, _ in found[:9]] == [
        Kind.TITLE, Kind.DATE, Kind.BOILERPLATE, Kind.CREDIT, Kind.CAPTION, Kind.CREDIT,
        Kind.PARAGRAPH, Kind.PARAGRAPH, Kind.BOILERPLATE,
    ]  # fmt: skip
    assert [
        (block.author, ARTICLE[block.start : block.end])
        for block in document.blocks
        if block.kind is Kind.COMMENT
    ] == [
        ("Old_Salt", "Reuters, as so often, came late to it.\n\nMy uncle was there first."),
        ("Ina K.", "The tolls are a scandal.\nThey always were."),
        ("Old_Salt", "So it goes…"),
    ]
    assert found[-1] == (Kind.BOILERPLATE, "Posted by Old_Salt | Report as abusive")


def test_every_word_of_an_article_is_in_a_block():
    position = 0
    for block in read_plain(ARTICLE, "a.txt").blocks:
        assert not ARTICLE[position : block.start].strip()
        position = block.end
    assert not ARTICLE[position:].strip()


def test_a_paragraph_alone_has_the_file_name_as_title():
    document = read_plain(FIRST, "folder/notes.txt")
    assert document.title == "notes"
    assert [block.kind for block in document.blocks] == [Kind.PARAGRAPH]


def test_two_paragraphs_without_a_title():
    assert kinds(f"{FIRST}\n\n{SECOND}") == [(Kind.PARAGRAPH, FIRST), (Kind.PARAGRAPH, SECOND)]


@pytest.mark.parametrize(
    "line", ["By Ann Olsen", "By ANN OLSEN", "By Ann Olsen and Bo Lund", "Ann Olsen, Staff writer"]
)
def test_a_byline(line):
    document = read_plain(f"A bridge at last\n{line}\nJune 5, 2015\n\n{FIRST}", "a.txt")
    assert document.title == "A bridge at last"
    assert document.author in ("Ann Olsen", "ANN OLSEN", "Ann Olsen and Bo Lund")
    assert document.date == "June 5, 2015"
    assert [block.kind for block in document.blocks] == [
        Kind.TITLE, Kind.BYLINE, Kind.DATE, Kind.PARAGRAPH,
    ]  # fmt: skip


def test_author_and_date_in_one_line():
    line = "By Ann Olsen | June 5, 2015"
    assert (byline(line), published(line)) == ("Ann Olsen", "June 5, 2015")
    assert published("Published: 5 June 2015 10:15 am") == "5 June 2015 10:15 am"


@pytest.mark.parametrize(
    "line", ["By then it was too late.", "By far the best of them all", "Tea, milk"]
)
def test_no_byline(line):
    assert byline(line) is None


def test_a_head_of_several_lines():
    text = f"HARBOUR OFFICE, ELMSTAD\nTo all who use the ferry\n5 June 2015\n\nThe last trip\n\nDear friends,\n\n{FIRST}\n\n{SECOND}"
    document = read_plain(text, "a.txt")
    assert (document.title, document.date) == ("HARBOUR OFFICE, ELMSTAD", "5 June 2015")
    assert [(block.kind, block.level) for block in document.blocks] == [
        (Kind.TITLE, None), (Kind.HEADING, 1), (Kind.DATE, None), (Kind.HEADING, 2),
        (Kind.PARAGRAPH, None), (Kind.PARAGRAPH, None), (Kind.PARAGRAPH, None),
    ]  # fmt: skip


def test_a_head_in_capitals_needs_no_date():
    text = f"HARBOUR OFFICE\nTo all who use the ferry\n\n{FIRST}"
    assert [kind for kind, _ in kinds(text)] == [Kind.TITLE, Kind.HEADING, Kind.PARAGRAPH]


@pytest.mark.parametrize(
    "lines",
    [
        "The ferry leaves the quay at noon\nand nobody waves",
        "The ferry leaves the quay\nThe gulls go home",
        "The ferry left for good on\n5 June 2015, and everyone waved.",
        "- sand\n- stone\n5 June 2015",
        "THE FERRY LEFT FOR GOOD.\nNobody waved.",
    ],
)
def test_short_lines_that_are_no_head(lines):
    assert kinds(f"{lines}\n\n{FIRST}")[0] == (Kind.PARAGRAPH, lines)


def test_one_newline_is_no_paragraph_break():
    wrapped = "Elmstad opened its bridge\non Monday, nine years after\nthe first stone was laid."
    assert kinds(f"{wrapped}\n\n{wrapped}") == [(Kind.PARAGRAPH, wrapped)] * 2


def test_long_lines_without_blank_ones_are_paragraphs():
    long = [f"{number} {FIRST} {SECOND}" for number in ("One", "Two", "Three")]
    assert kinds("\n".join(long)) == [(Kind.PARAGRAPH, line) for line in long]


@pytest.mark.parametrize(
    ("head", "words", "level"),
    [
        ("THE FIRST STONE", "THE FIRST STONE", 2),
        ("What the tests showed", "What the tests showed", 2),
        ("The tolls\n=========", "The tolls", 1),
        ("The tolls\n---------", "The tolls", 2),
        ("2.1 The tolls", "2.1 The tolls", 3),
    ],
)
def test_a_heading(head, words, level):
    document = read_plain(f"{FIRST}\n\n{head}\n\n{SECOND}", "a.txt")
    block = document.blocks[1]
    assert (block.kind, document.text[block.start : block.end], block.level) == (
        Kind.HEADING,
        words,
        level,
    )


@pytest.mark.parametrize(
    "line",
    ["It rained.", "Why?", "- sand", "The toll is 12 crowns", "Opening hours: nine to five", "“Never again”", "and then"],
)  # fmt: skip
def test_a_short_line_that_is_no_heading(line):
    assert (Kind.PARAGRAPH, line) in kinds(f"{FIRST}\n\n{line}\n\n{SECOND}")


def test_a_short_line_at_the_end_is_no_heading():
    assert kinds(f"{FIRST}\n\nThe tolls")[-1] == (Kind.PARAGRAPH, "The tolls")


@pytest.mark.parametrize(
    "line", ["Share this article", "4 min read", "Advertisement", "0 comments", "© 2015 Elm Post"]
)
def test_furniture(line):
    assert (Kind.BOILERPLATE, line) in kinds(f"{FIRST}\n\n{line}\n\n{SECOND}")


TEXTS = st.one_of(
    st.text(min_size=1),
    st.lists(
        st.sampled_from(
            [FIRST, "2 comments", "Posted by Kit", "Kit says:", "— Kit", "#1 Kit (3 May 2016)", "Kit • 2h",
             "REUTERS/Ann Olsen", "Photo: a boat", "By Ann Olsen", "June 5, 2015", "====", "---", "- a", "# A", "> b",
             "1. Kit: yes", "Name: Kit", "Comment: x", "Reply", "```", "![a](b)", "\t", "\x0c", "\x85", "\ufeff", "\r", "|a|b|"]
        )
    ).flatmap(lambda parts: st.sampled_from(["\n", "\n\n", " "]).map(lambda gap: gap.join(parts) or "x")),
)  # fmt: skip


@given(TEXTS)
@settings(deadline=None, max_examples=300)
def test_any_text_gives_blocks_that_fit(text):
    document = read_plain(text, "a.txt")
    position = 0
    assert document.text == text
    for block in document.blocks:
        words = text[block.start : block.end]
        assert position <= block.start
        assert words
        assert words == words.strip()
        position = block.end


@pytest.mark.parametrize(
    "unit", ["a ", ">", "a\n", "A B\n\n", "By ", "=\n", "A\n===\n\n", "(", "-"]
)
def test_much_of_anything_takes_seconds(unit):
    size = 200_000 if "\n" in unit else 1_000_000
    began = time.perf_counter()
    read_plain(unit * (size // len(unit)), "a.txt")
    assert time.perf_counter() - began < 20


def test_ten_megabytes_take_seconds():
    text = f"{FIRST} {SECOND} {FIRST}\n\n" * 36_000
    began = time.perf_counter()
    assert len(read_plain(text, "a.txt").blocks) == 36_000
    assert time.perf_counter() - began < 20
