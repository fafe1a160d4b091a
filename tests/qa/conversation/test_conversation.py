"""Conversations over the real documents with the real models."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa
from index.embedder import Embedder


@pytest.fixture(scope="module")
def assistant(
    embedder: Embedder, seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> qa.Assistant:
    folder = tmp_path_factory.mktemp("index")
    return qa.Assistant.from_documents(seeds, model=embedder, index_dir=folder)


def test_a_follow_up_is_answered_and_says_how_it_was_understood(assistant: qa.Assistant) -> None:
    conversation = qa.Conversation(assistant)
    first = conversation.ask("Who is the bookkeeper of Fernhill?")
    assert (first.answer, first.understood) == ("Henrik Sauer", "")
    then = conversation.ask("When does he go to the bank?")
    assert then.question == "When does he go to the bank?"
    assert then.understood == "When does Henrik Sauer go to the bank?"
    assert "Wednesdays" in then.text
    assert str(then).startswith("Understood as: When does Henrik Sauer go to the bank?")
    assert conversation.answers == [first, then]


def test_as_it_is_nothing_is_taken_over(assistant: qa.Assistant) -> None:
    conversation = qa.Conversation(assistant)
    conversation.ask("Who is the bookkeeper of Fernhill?")
    assert conversation.ask("When does he go to the bank?", as_it_is=True).understood == ""


def test_thanks_are_no_turn_to_refer_to(assistant: qa.Assistant) -> None:
    conversation = qa.Conversation(assistant)
    conversation.ask("Who is the bookkeeper of Fernhill?")
    thanks = conversation.ask("thanks!")
    assert (thanks.basis, thanks.hits, thanks.citations) == (qa.Basis.TALK, (), ())
    assert "Henrik Sauer" in conversation.ask("When does he go to the bank?").understood


def test_what_was_shown_is_not_shown_again_when_more_is_asked_for(assistant: qa.Assistant) -> None:
    conversation = qa.Conversation(assistant)
    first = conversation.ask("What did Solidar say about clerics?")
    more = conversation.ask("what else did he say?")
    assert more.understood == "what else did Solidar say?"
    cited = {citation.passage.id for citation in more.citations}
    assert cited
    assert cited.isdisjoint(citation.passage.id for citation in first.citations)
    assert {citation.passage.author for citation in more.citations} == {"Solidar"}


def test_two_conversations_do_not_mix(assistant: qa.Assistant) -> None:
    one, other = qa.Conversation(assistant), qa.Conversation(assistant)
    one.ask("Who is the bookkeeper of Fernhill?")
    other.ask("Who was the architect in April 2019?")
    assert "Henrik Sauer" in one.ask("When does he go to the bank?").understood
    assert "Anselm Roake" in other.ask("How old is he?").understood
