"""What is no question gets a short reply."""

from __future__ import annotations

import pytest

from qa.conversation.talk import HELP, small_talk


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hi!",
        "good morning",
        "thanks",
        "thank you very much!",
        "ok",
        "bye",
        "Great, thanks a lot",
    ],
)
def test_greetings_and_thanks_are_answered(text: str) -> None:
    assert small_talk(text)


def test_help_says_what_can_be_asked() -> None:
    assert small_talk("help") == HELP
    assert small_talk("What can you do?") == HELP


@pytest.mark.parametrize(
    "question",
    [
        "who helped?",
        "what is hello in French?",
        "Why?",
        "Is it ok to bring a dog?",
        "thanks to whom was it saved?",
    ],
)
def test_a_question_is_none(question: str) -> None:
    assert small_talk(question) is None
