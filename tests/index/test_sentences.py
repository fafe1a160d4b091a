"""Sentence ends, with offsets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import sentence_spans, strip_span


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["He said no.", "She said yes!", "Why?"],
        ["The U.S. lost 22.5 percent.", "Mr. Smith said so."],
        ["😀 hi!", "😀😀 𐐷𐐷 There.", "Next."],  # characters outside the basic plane count as one
        ["A line without an end", "Another."],
    ],
)
def test_sentences_are_found(expected: list[str]) -> None:
    joiner = "\n\n" if expected[0].endswith("end") else " "
    assert sentences(joiner.join(expected)) == expected


def test_chinese_sentences_end_without_a_space() -> None:
    assert sentences("你好。世界。") == ["你好。", "世界。"]


def test_only_the_stretch_that_is_asked_for() -> None:
    text = "Before. One two. 😀 Three four. After."
    start, end = text.index("One"), text.index(" After")
    assert sentence_spans(text, start, end) == [(8, 16), (17, end)]
    assert text[17:end] == "😀 Three four."


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\n"])
def test_white_space_holds_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


@given(
    text=st.lists(
        st.one_of(
            st.text(max_size=8), st.sampled_from(["Mr.", "end.", " ", "\n\n", "!", "😀", "。"])
        )
    ).map("".join),
    cut=st.tuples(st.integers(0, 20), st.integers(0, 20)),
)
@settings(max_examples=300, deadline=None)
def test_between_sentences_lies_white_space_only(text: str, cut: tuple[int, int]) -> None:
    start = min(cut[0], len(text))
    end = max(start, len(text) - cut[1])
    position = start
    for first, last in sentence_spans(text, start, end):
        assert start <= position <= first < last <= end
        assert not text[position:first].strip()
        assert text[first:last] == text[first:last].strip()
        position = last
    assert not text[position:end].strip()


@given(text=st.text(" \n\tab", max_size=12), start=st.integers(0, 12), length=st.integers(0, 12))
@settings(deadline=None)
def test_strip_span_is_strip(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    first, last = strip_span(text, start, end)
    assert text[first:last] == text[start:end].strip()
    assert start <= first <= last <= end
