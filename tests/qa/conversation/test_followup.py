"""Follow-ups are put in full, and questions that stand alone are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.conversation.followup import understand
from qa.conversation.mentions import Exchange

LAND = Exchange("what territory had IS lost?", "22 percent of its territory")
CAUGHT = Exchange("Who was caught before the bombs?", "Salah Abdeslam")
FOUNDED = Exchange("Who founded the Friends of Skarrow Point?", "Greta Holm")
COURSE = Exchange("Who gives the electrical course?", "Ines Carvalho")
FEE = Exchange("How much is the membership fee?", "£24")
HELD = Exchange("Where will the market be held?", "Cooper's Green")
SAID = Exchange("What did LTRich say about the supplies?", "Everything is distributed")
FEAR = Exchange("what does the author say about fear?", "the right answer is mourning")
DIED = Exchange("How many people died in Paris in 2015?", "137")


@pytest.mark.parametrize(
    ("before", "asked", "full"),
    [
        (LAND, "and in 2016?", "what territory had IS lost in 2016?"),
        (DIED, "and in 2016?", "How many people died in Paris in 2016?"),
        (DIED, "and 2004?", "How many people died in Paris in 2004?"),
        (DIED, "what about in Brussels?", "How many people died in Brussels in 2015?"),
        (CAUGHT, "where was he raised?", "where was Salah Abdeslam raised?"),
        (CAUGHT, "what is his nationality?", "what is Salah Abdeslam's nationality?"),
        (FOUNDED, "How old is she?", "How old is Greta Holm?"),
        (COURSE, "when?", "When: Ines Carvalho gives the electrical course?"),
        (FEE, "and for students?", "How much is the membership fee for students?"),
        (HELD, "why?", "Why will the market be held (Cooper's Green)?"),
        (SAID, "and DasVeed?", "What did DasVeed say about the supplies?"),
        (SAID, "what about the readers?", "What do the readers say about the supplies?"),
        (FEAR, "what about the readers?", "what do the readers say about fear?"),
        (SAID, "what else did he say?", "what else did LTRich say?"),
        (LAND, "tell me more", "Tell me more: what territory had IS lost?"),
    ],
)
def test_what_a_follow_up_lacks_is_taken_from_the_turn_before(
    before: Exchange, asked: str, full: str
) -> None:
    understood = understand(asked, [before])
    assert understood.question == full
    assert understood.changed


@pytest.mark.parametrize(
    "asked",
    [
        "What does a zip replacement cost?",
        "When was the lighthouse built?",
        "Who thinks that Merkel should step down?",
        "How many people were killed in Brussels?",
        "Did Merkel say that she would step down?",
        "Has Merkel kept her promise?",
        "What did the police say about those who fled?",
        "Where does the shuttle bus start?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(asked: str) -> None:
    understood = understand(asked, [LAND, CAUGHT, SAID])
    assert (understood.question, understood.changed) == (asked, False)


def test_without_anything_before_it_every_question_is_left_alone() -> None:
    assert not understand("and in 2016?", []).changed
    assert not understand("why?", []).changed


def test_who_is_meant_is_who_was_spoken_of_last_and_most() -> None:
    history = [
        CAUGHT,
        Exchange("where was Salah Abdeslam raised?", "in Belgium"),
        Exchange("Did Salah Abdeslam talk?", ""),
    ]
    assert understand("Is he cooperating?", history).question == "Is Salah Abdeslam cooperating?"
    history.append(FOUNDED)
    assert understand("What did she do?", history).question == "What did Greta Holm do?"


def test_the_subject_of_the_conversation_stands_for_a_pronoun() -> None:
    asked = understand("Where did he go to school?", [], subjects=["Tom Coburn"])
    assert asked.question == "Where did Tom Coburn go to school?"


_SOME_TEXT = st.text(max_size=80)


@given(_SOME_TEXT, st.lists(st.builds(Exchange, _SOME_TEXT, _SOME_TEXT), max_size=4))
def test_anything_can_be_asked_after_anything(question: str, history: list[Exchange]) -> None:
    understood = understand(question, history)
    assert understood.changed or understood.question == " ".join(question.split())
