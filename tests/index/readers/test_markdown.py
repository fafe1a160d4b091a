import contextlib
import time

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.markdown import read_markdown
from index.types import Kind


def kinds(text):
    document = read_markdown(text, "folder/notes.md")
    return [(block.kind, text[block.start : block.end]) for block in document.blocks]


FIRST = "Elmstad opened its **bridge** on Monday,\nnine years after the first stone."

PAGE = f"""---
title: "A bridge at last"
author: Ann Olsen
date: 2015-06-05
tags: [river, roads]
---

# A bridge at last

{FIRST}

## The tests ##

- sand
- water

> Never again,
> said the mayor.

| lorries | tons |
|---------|------|
| forty   | 900  |

```python
print("tons")
```

The tolls
---------

![A boat below the bridge](boat.jpg "Seen from the old ferry quay")
"""


def test_a_page():
    document = read_markdown(PAGE, "a.md")
    assert (document.title, document.author, document.date) == (
        "A bridge at last",
        "Ann Olsen",
        "2015-06-05",
    )
    assert document.text == PAGE
    assert kinds(PAGE) == [
        (Kind.TITLE, "A bridge at last"),
        (Kind.BYLINE, "Ann Olsen"),
        (Kind.DATE, "2015-06-05"),
        (Kind.BOILERPLATE, "tags: [river, roads]"),
        (Kind.BOILERPLATE, "A bridge at last"),
        (Kind.PARAGRAPH, FIRST),
        (Kind.HEADING, "The tests"),
        (Kind.PARAGRAPH, "- sand\n- water"),
        (Kind.PARAGRAPH, "Never again,\n> said the mayor."),
        (Kind.PARAGRAPH, "| lorries | tons |\n|---------|------|\n| forty   | 900  |"),
        (Kind.PARAGRAPH, 'print("tons")'),
        (Kind.HEADING, "The tolls"),
        (Kind.CAPTION, "A boat below the bridge"),
        (Kind.CAPTION, "Seen from the old ferry quay"),
    ]
    assert [block.level for block in document.blocks if block.kind is Kind.HEADING] == [2, 2]


def test_a_heading_gives_the_title():
    document = read_markdown(f"# A bridge\n\n*By Ann Olsen*\n\n*June 5, 2015*\n\n{FIRST}", "a.md")
    assert (document.title, document.author, document.date) == (
        "A bridge",
        "Ann Olsen",
        "June 5, 2015",
    )
    assert [block.kind for block in document.blocks] == [
        Kind.TITLE,
        Kind.BYLINE,
        Kind.DATE,
        Kind.PARAGRAPH,
    ]


def test_without_a_heading_the_file_name_is_the_title():
    assert read_markdown(FIRST, "folder/notes.md").title == "notes"


def test_a_rule_at_the_top_is_no_front_matter():
    assert kinds(f"---\n\n{FIRST}\n\n---\n\nMore.") == [
        (Kind.PARAGRAPH, FIRST),
        (Kind.PARAGRAPH, "More."),
    ]


def test_the_items_of_a_long_list_stand_alone():
    items = [f"{word} crossed the bridge " * 8 for word in ("One", "Two", "Three")]
    text = "\n".join(f"* {item}" for item in items)
    assert kinds(text) == [(Kind.PARAGRAPH, item.strip()) for item in items]


def test_an_image_with_its_caption_and_credit():
    text = "![A boat](boat.jpg)\n*A boat below the new bridge. Photo: Ann Olsen*"
    assert (Kind.CREDIT, "Photo: Ann Olsen") in kinds(text)


def test_an_image_without_words_is_boilerplate():
    assert kinds("![](boat.jpg)") == [(Kind.BOILERPLATE, "![](boat.jpg)")]


def test_a_caption_in_agency_style():
    assert kinds("A boat below the new bridge. REUTERS/Ann Olsen") == [
        (Kind.CAPTION, "A boat below the new bridge."),
        (Kind.CREDIT, "REUTERS/Ann Olsen"),
    ]


ONE = "The wind was *terrible*."
TWO = "Nine years!\n\nThe ferry took six minutes."


@pytest.mark.parametrize(
    "comments",
    [
        f"{ONE}\n\nPosted by Kit | Report as abusive\n\n{TWO}\n\nPosted by Bo | Report as abusive",
        f"**Kit** says:\n\n{ONE}\n\n**Bo** replied to **Kit**:\n\n{TWO}",
        f"### Kit, 3 May 2016\n\n{ONE}\n\n### Bo, 4 May 2016\n\n{TWO}",
        f"**Kit** • 2 hours ago\n\n{ONE}\n\n**Bo** • 1 hour ago\n\n{TWO}",
        f"{ONE}\n— *Kit*\n\n{TWO}\n— *Bo*",
        f"1. **Kit**: {ONE}\n\n2. **Bo**: {TWO}",
        f"*Kit wrote on 3 May 2016:*\n\n{ONE}\n\n*Bo wrote on 4 May 2016:*\n\n{TWO}",
    ],
)
def test_comments(comments):
    text = f"# A bridge\n\n{FIRST}\n\n## Comments\n\n{comments}\n\n## See also\n\nThe old ferry."
    document = read_markdown(text, "a.md")
    assert [
        (block.author, text[block.start : block.end])
        for block in document.blocks
        if block.kind is Kind.COMMENT
    ] == [("Kit", ONE), ("Bo", TWO)]
    assert kinds(text)[-2:] == [(Kind.HEADING, "See also"), (Kind.PARAGRAPH, "The old ferry.")]
    assert (Kind.BOILERPLATE, "Comments") in kinds(text)


def test_comments_shown_as_code_are_code():
    text = f"{FIRST}\n\n```\nA\n\nPosted by Kit | Report as abusive\n\nB\n\nPosted by Bo | Report as abusive\n```\n"
    assert Kind.COMMENT not in [kind for kind, _ in kinds(text)]


PIECES = [
    "# A", "## Comments", "Posted by Kit", "- a", "  - b", "> c", ">", "```", "~~~", "---", "===", "***", "1. d", "|a|b|",
    "|-|-|", "![a](b)", '![a](b "c")', "<div>", "<!-- x -->", "\t", "\x0c", "\r", "\r\n", "\0", "\ufeff", "[a]: b", "    code",
    "title: x", "By Ann Olsen", "2 comments", "Kit says:", "Photo: a boat", "x", "**", "#", "\u2028", "\x85",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(min_size=1),
    st.lists(st.sampled_from(PIECES)).flatmap(
        lambda parts: st.sampled_from(["\n", "\n\n", " "]).map(lambda gap: gap.join(parts) or "x")
    ),
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["\n", "\n\n", " ", ""]))).map(
        lambda parts: "".join(a + b for a, b in parts) or "x"
    ),
)


@given(TEXTS)
@example("![]()*\r*")
@settings(deadline=None, max_examples=400)
def test_any_text_gives_blocks_that_fit(text):
    try:
        document = read_markdown(text, "a.md")
    except ReadError:  # nothing but marks
        reject()
    position = 0
    assert document.text == text
    for block in document.blocks:
        words = text[block.start : block.end]
        assert position <= block.start
        assert words
        assert words == words.strip()
        position = block.end


@pytest.mark.parametrize(
    "unit", ["a ", ">", "> ", "- ", "[", "![", "*a ", "`", "<", "|", "# a\n", "---\n", "- a\n"]
)
def test_much_of_anything_takes_seconds(unit):
    size = 200_000 if "\n" in unit else 1_000_000
    began = time.perf_counter()
    with contextlib.suppress(ReadError):  # some are nothing but marks
        read_markdown(unit * (size // len(unit)), "a.md")
    assert time.perf_counter() - began < 40


@pytest.mark.parametrize("text", ["#", "> -", "```\n```\n", "[a]: b\n"])
def test_marks_without_words_are_no_document(text):
    with pytest.raises(ReadError, match="there is no text in it"):
        read_markdown(text, "a.md")


def test_lists_within_lists_are_read_down_to_the_last():
    levels = [f"{'  ' * level}- point {level} has some words of its own" for level in range(40)]
    words = [text for _, text in kinds("\n".join(levels))]
    assert words == [f"point {level} has some words of its own" for level in range(40)]


def test_what_lies_too_deep_is_not_said_to_be_empty():
    with pytest.raises(ReadError, match="too deep"):
        read_markdown("> " * 10_000 + "words", "a.md")


def test_a_paragraph_above_a_line_is_no_heading():
    words = "The lock was closed for the winter, and nobody saw it. " * 8
    text = f"# The lock\n\n{words.strip()}\n=====\n\nA short one\n===\n\nIt is open.\n"
    assert [kind for kind, _ in kinds(text)] == [
        Kind.TITLE,
        Kind.PARAGRAPH,
        Kind.HEADING,
        Kind.PARAGRAPH,
    ]
