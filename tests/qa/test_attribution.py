"""Whose words a question asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.builder import build_index
from index.embedder import Embedder
from index.index import Index
from index.types import Filter
from qa.attribution import understand


@pytest.fixture(scope="module")
def index(embedder: Embedder, seeds: Path) -> Index:
    return build_index([seeds], embedder=embedder)


@pytest.mark.parametrize(
    ("question", "topic", "author"),
    [
        ("What did LTRich say?", "", "LTRich"),
        ("what did LTRich say about the supplies?", "the supplies", "LTRich"),
        ("What does DasVeed think of Obama?", "Obama", "DasVeed"),
        ("Why does EndlessIke think that London is next?", "London is next", "EndlessIke"),
        (
            "According to birdwatcher_lil, how many pairs nest there?",
            "how many pairs nest there",
            "birdwatcher_lil",
        ),
        ("how long will it take, according to Edda Voss?", "how long will it take", "Edda Voss"),
    ],
)
def test_an_author_who_is_named_is_a_filter(
    index: Index, question: str, topic: str, author: str
) -> None:
    request = understand(question, index, Filter())
    assert (request.topic, request.only) == (topic, Filter(author=author))


@pytest.mark.parametrize(
    ("question", "topic", "kind"),
    [
        ("What do commenters say about Merkel?", "Merkel", "comment"),
        ("what do the readers think of the price?", "the price", "comment"),
        (
            "Which reader thinks the attack was not professional?",
            "the attack was not professional",
            "comment",
        ),
        ("What does the author say about fear?", "fear", "paragraph"),
        ("what was found, according to the caption?", "what was found", "caption"),
    ],
)
def test_a_kind_of_speaker_is_a_filter(index: Index, question: str, topic: str, kind: str) -> None:
    request = understand(question, index, Filter())
    assert (request.topic, request.only) == (topic, Filter(kinds=(kind,)))


@pytest.mark.parametrize(
    "question",
    [
        "what territory had IS lost?",
        "Who is LTRich?",
        "What did Merkel say?",  # nobody of that name wrote here
        "How many readers does the newspaper have?",
        "Did the author of the bombings escape?",
        "when did the president comment on the attacks?",
        "",
    ],
)
def test_other_questions_are_left_alone(index: Index, question: str) -> None:
    request = understand(question, index, Filter())
    assert (request.topic, request.only) == (question, Filter())


def test_a_filter_that_was_given_is_never_changed(index: Index) -> None:
    only = Filter(kinds=("caption",), author="rodent", document="brussels-analysis.txt")
    assert understand("What did LTRich say about it?", index, only).only == only
