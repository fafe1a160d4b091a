import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.records import read_json, read_notebook
from index.types import Kind


def read(value, name="folder/data.json"):
    text = value if isinstance(value, (str, bytes)) else json.dumps(value)
    document = read_json(text if isinstance(text, bytes) else text.encode(), name)
    return document, [(b.kind, document.text[b.start : b.end], b.locator) for b in document.blocks]


def comments(value, name="data.json"):
    document, _ = read(value, name)
    return [
        (document.text[b.start : b.end], b.author, b.date, b.reply_to)
        for b in document.blocks
        if b.kind is Kind.COMMENT
    ]


def paragraphs(value, name="data.json"):
    return [said for kind, said, _ in read(value, name)[1] if kind is Kind.PARAGRAPH]


def reason(data, name="a.json"):
    with pytest.raises(ReadError) as caught:
        read_json(data if isinstance(data, bytes) else data.encode(), name)
    return caught.value.reason


def test_comments_with_answers_by_id():
    value = [
        {"id": 7, "author": "Ann", "text": "Too dear", "date": "2024-05-01", "parent": None},
        {"id": 8, "author": "Bob", "text": "No", "created_utc": 1714600000, "parent_id": 7},
    ]
    document, blocks = read(value)
    assert comments(value) == [
        ("Too dear", "Ann", "2024-05-01", None),
        ("No", "Bob", "2024-05-01", "Ann"),
    ]
    assert [place for _, _, place in blocks] == ["record 1", "record 2"]
    assert document.title == "data"


def test_answers_inside_of_comments():
    value = {
        "comments": [
            {
                "user": {"name": "Ann"},
                "body": "Too dear",
                "created_at": "2024-05-01T09:30:00Z",
                "replies": [{"username": "Bob", "content": "No", "replies": []}],
            }
        ]
    }
    assert comments(value) == [
        ("Too dear", "Ann", "2024-05-01 09:30", None),
        ("No", "Bob", None, "Ann"),
    ]


def test_a_listing_of_reddit():
    def thing(**data):
        return {"kind": "t1", "data": data}

    answer = thing(id="b", author="Bob", body="No", created_utc=1714600000.0, parent_id="t1_a")
    first = thing(
        id="a",
        author="Ann",
        body="Too &amp; dear",
        replies={"kind": "Listing", "data": {"after": None, "children": [answer]}},
    )
    gone = thing(id="c", author="[deleted]", body="[removed]", parent_id="t1_b")
    value = {"kind": "Listing", "data": {"after": None, "children": [first, gone]}}
    assert comments(value) == [
        ("Too & dear", "Ann", None, None),
        ("No", "Bob", "2024-05-01", "Ann"),
    ]
    assert "[removed]" in read(value)[0].text


def test_names_that_other_programs_use():
    hacker_news = {"by": "Ann", "id": 1, "parent": 2, "text": "So<p>what", "time": 1714600000}
    assert comments([hacker_news]) == [("So\n\nwhat", "Ann", "2024-05-01", None)]
    wordpress = {"author": 5, "author_name": "Bob", "content": {"rendered": "<p>Yes</p>"}}
    assert comments([wordpress]) == [("Yes", "Bob", None, None)]
    facebook = {"from": {"name": "Cid"}, "message": "Hi", "created_time": "2024-05-01"}
    assert comments({"data": [facebook]}) == [("Hi", "Cid", "2024-05-01", None)]
    milliseconds = {"user": "Dan", "text": "Hm", "timestamp": 1714600000000}
    assert comments([milliseconds]) == [("Hm", "Dan", "2024-05-01", None)]


def test_an_article_with_comments():
    value = {
        "title": "A bridge at last",
        "author": "Ann Olsen",
        "date": "2015-06-05",
        "body": "<p>It opened on Monday.</p><p>It took <b>nine</b> years.</p>",
        "section": "Local news",
        "comments": [{"author": "Bob", "text": "At last"}],
    }
    document, blocks = read(value)
    assert (document.title, document.author, document.date) == (
        "A bridge at last",
        "Ann Olsen",
        "2015-06-05",
    )
    assert [(kind, said) for kind, said, _ in blocks] == [
        (Kind.TITLE, "A bridge at last"),
        (Kind.BYLINE, "Ann Olsen"),
        (Kind.DATE, "2015-06-05"),
        (Kind.PARAGRAPH, "It opened on Monday."),
        (Kind.PARAGRAPH, "It took nine years."),
        (Kind.PARAGRAPH, "section: Local news"),
        (Kind.COMMENT, "At last"),
    ]


def test_several_articles_have_headings():
    value = [{"title": "One", "text": "First.\n\nSecond."}, {"title": "Two", "text": "Third."}]
    _, blocks = read(value)
    assert blocks[0] == (Kind.HEADING, "One", "record 1")
    assert blocks[2] == (Kind.PARAGRAPH, "Second.", "record 1")
    assert blocks[3] == (Kind.HEADING, "Two", "record 2")


def test_other_records_are_names_and_values():
    value = [
        {"name": "rope", "price": 5.50, "in stock": True, "maker": {"city": "Oslo", "id": None}},
        {"name": "sail", "sizes": [1, 2, 3], "parts": [{"n": "a"}, {"n": "b"}]},
        ["x", ["y"]],
    ]
    assert paragraphs(value) == [
        "name: rope; price: 5.5; in stock: true; maker.city: Oslo",
        "name: sail; sizes: 1, 2, 3; parts.n: a; parts.n: b",
        "x; y",
    ]


def test_a_small_object_is_one_record():
    value = {"name": "John", "age": 30, "address": {"city": "New York"}, "hobbies": ["a", "b"]}
    assert paragraphs(value) == ["name: John; age: 30; address.city: New York; hobbies: a, b"]


def test_an_object_of_lists_has_headings():
    value = {"made": 2024, "boats": [{"name": "Ida"}, {"name": "Eva"}], "crew": ["Ann", "Bob"]}
    assert read(value)[1] == [
        (Kind.PARAGRAPH, "made: 2024", "record 1"),
        (Kind.HEADING, "boats", "boats"),
        (Kind.PARAGRAPH, "name: Ida", "boats, record 1"),
        (Kind.PARAGRAPH, "name: Eva", "boats, record 2"),
        (Kind.PARAGRAPH, "crew: Ann, Bob", "crew"),
    ]


def test_long_texts_are_paragraphs_of_their_own():
    assert paragraphs([{"id": 1, "note": "one two\n\nthree four"}]) == [
        "id: 1",
        "note: one two",
        "three four",
    ]


def test_numbers_are_as_they_are_written_and_names_may_come_twice():
    assert paragraphs('{"a": 1.10, "b": ' + "9" * 5000 + "}") == [
        "a: 1.10",
        "b: " + "9" * 5000,
    ]
    assert paragraphs('{"a": NaN, "b": 1e999, "a": "x"}') == ["a: NaN; b: 1e999; a (2): x"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json"])
def test_a_value_a_line_and_lines_that_are_none(name):
    text = '{"a": 1}\n\n{"a": \n{broken\n{"a": 3}\nmore\n'
    _, blocks = read(text, name)
    assert blocks == [
        (Kind.PARAGRAPH, "a: 1", "record 1"),
        (Kind.BOILERPLATE, "[lines 3 to 4 are not JSON and were not read]", "line 3"),
        (Kind.PARAGRAPH, "a: 3", "record 5"),
        (Kind.BOILERPLATE, "[line 6 is not JSON and was not read]", "line 6"),
    ]


def test_answers_across_lines():
    text = '{"id": 2, "author": "Bob", "text": "No", "parent": 1}\n' * 1
    text += '{"id": 1, "author": "Ann", "text": "Dear"}\n'
    assert comments(text, "a.jsonl")[0] == ("No", "Bob", None, "Ann")


def test_one_value_over_many_lines_under_the_name_of_lines():
    assert paragraphs('{\n"a": 1,\n"b": 2\n}', "a.jsonl") == ["a: 1; b: 2"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"[]", "it has no values"),
        (b"\xff\xd8\xff\xe0", "binary"),
        ('{\n  "name": "John",\n  "hobbies": ["a", "b"]', "ends in the middle (line 3)"),
        ('{"a": "b', "ends in the middle (line 1)"),
        ('{\n"a": 1\n"b": 2}', "a mistake in line 3, at character 1"),
        ("[" * 100_000, "too deep"),
        ("not json\nat all", "a mistake in line 1"),
    ],
)
def test_what_cannot_be_read_says_why(data, says):
    assert says in reason(data)


def test_lines_none_of_which_is_json():
    assert "a mistake in line 1" in reason("x\ny\n", "a.jsonl")


def outcome(text):
    """The document, or the reason why there is none."""
    try:
        return read_json(text.encode(), "a.json"), ""
    except ReadError as error:
        return None, error.reason


@pytest.mark.parametrize("depth", [50, 300, 900])
@pytest.mark.parametrize("start", ['{"a": ', '{"author": "A", "text": "x", "replies": ['])
def test_deep_records_are_read_or_refused(start, depth):
    end = "]}" if start.endswith("[") else "}"
    inner = "" if start.endswith("[") else '"x"'
    document, why = outcome(start * depth + inner + end * depth)
    assert "x" in document.text if document else "too deep" in why
    assert document or depth > 50


def test_markup_that_is_none_stays():
    assert comments([{"author": "A", "text": "I <3 this & x < y > z"}])[0][0] == (
        "I <3 this & x < y > z"
    )
    text = 'See <a href="http://x.y">here</a><br>now<script>x()</script> &lt;b&gt;'
    assert comments([{"author": "A", "text": text}])[0][0] == "See here\nnow <b>"


def test_many_records_take_linear_time():
    text = "\n".join(
        json.dumps({"id": n, "author": f"A{n}", "text": "So <b>what</b>", "parent": n - 1})
        for n in range(3000)
    )
    began = time.process_time()
    assert comments(text, "a.jsonl")[-1][3] == "A2998"
    assert time.process_time() - began < 5


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "text", "author", "id", "parent", "replies", "data", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json_gives_a_document_or_a_reason(value):
    document, why = outcome(json.dumps(value))
    assert document.text.encode() if document else why


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcd"), st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1
    )
)
def test_no_word_of_a_record_is_lost(record):
    document = read_json(json.dumps([record]).encode(), "a.json")
    assert all(f"{name}: {word}" in document.text for name, word in record.items())


def notebook(*cells, **more):
    return json.dumps({"nbformat": 4, "cells": list(cells), **more}).encode()


def test_a_notebook():
    data = notebook(
        {"cell_type": "markdown", "source": ["# Tides\n", "\n", "They come twice a day."]},
        {
            "cell_type": "code",
            "source": "height = 3",
            "outputs": [{"text": ["unread"]}],
        },
        {"cell_type": "markdown", "source": "# Results\n\n## Spring\n\nHigh."},
        {"cell_type": "raw", "source": ""},
    )
    document = read_notebook(data, "tides.ipynb")
    assert document.title == "Tides"
    assert [
        (b.kind, document.text[b.start : b.end], b.level, b.locator) for b in document.blocks
    ] == [
        (Kind.TITLE, "Tides", None, "cell 1"),
        (Kind.PARAGRAPH, "They come twice a day.", None, "cell 1"),
        (Kind.PARAGRAPH, "height = 3", None, "cell 2"),
        (Kind.HEADING, "Results", 1, "cell 3"),
        (Kind.HEADING, "Spring", 2, "cell 3"),
        (Kind.PARAGRAPH, "High.", None, "cell 3"),
    ]


def test_an_old_notebook():
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Tides"},
        {"cell_type": "code", "input": ["x = 1"]},
    ]
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    document = read_notebook(data, "a.ipynb")
    assert (document.title, document.text) == ("Tides", "Tides\n\nx = 1")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{}", "no notebook"),
        (b"[1]", "no notebook"),
        (notebook({"cell_type": "code", "source": 5}), "no text"),
        (b'{"cells": [', "ends in the middle"),
    ],
)
def test_what_is_no_notebook(data, says):
    with pytest.raises(ReadError, match=says):
        read_notebook(data, "a.ipynb")
