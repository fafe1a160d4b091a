"""Questions about the whole are recognised, and no others."""

from __future__ import annotations

import pytest

from index.types import Kind
from qa.overview.requests import Wanted, overview_request


@pytest.mark.parametrize(
    ("question", "wanted", "kind"),
    [
        ("what is this about?", Wanted.SUMMARY, None),
        ("What are these documents about?", Wanted.SUMMARY, None),
        ("Can you give me a summary of the article, please?", Wanted.SUMMARY, None),
        ("TL;DR", Wanted.SUMMARY, None),
        ("summarise the comments", Wanted.SUMMARY, Kind.COMMENT),
        ("What do the readers say?", Wanted.SUMMARY, Kind.COMMENT),
        ("What does the author say?", Wanted.SUMMARY, Kind.PARAGRAPH),
        ("How many comments are there?", Wanted.COUNT_COMMENTS, None),
        ("how many comments does the article have", Wanted.COUNT_COMMENTS, None),
        ("How many people commented on this?", Wanted.COUNT_READERS, None),
        ("who commented most?", Wanted.BUSIEST_READER, None),
        ("Which reader wrote the most comments?", Wanted.BUSIEST_READER, None),
        ("who commented?", Wanted.LIST_READERS, None),
        ("How often did Solidar comment?", Wanted.COMMENTS_OF, None),
        ("what sections does the handbook have?", Wanted.LIST_SECTIONS, None),
        ("Which documents do you have?", Wanted.LIST_DOCUMENTS, None),
        ("how many documents are there?", Wanted.COUNT_DOCUMENTS, None),
        ("How many photos are there in the article?", Wanted.COUNT_PICTURES, None),
        ("how long is the article?", Wanted.COUNT_WORDS, None),
        ("when was it published?", Wanted.DATE, None),
        ("who wrote this article?", Wanted.WRITER, None),
        ("do the readers agree with the author?", Wanted.AGREEMENT, None),
    ],
)
def test_a_question_about_the_whole(question: str, wanted: Wanted, kind: Kind | None) -> None:
    request = overview_request(question)
    assert request is not None
    assert (request.wanted, request.kind) == (wanted, kind)


@pytest.mark.parametrize(
    "question",
    [
        "how many documents were leaked?",
        "Which documents were leaked to the European media?",
        "What do the readers say about Merkel?",
        "how many people were killed in Paris?",
        "how long is the beam of the lighthouse?",
        "what is the market about to do?",
        "when was the lighthouse built?",
        "who wrote the handbook's section on money?",
        "how many comments did the council get from shops?",
        "summarise the evidence for panic",
        "what does it say about fear?",
    ],
)
def test_a_question_about_the_contents_is_none(question: str) -> None:
    assert overview_request(question) is None
