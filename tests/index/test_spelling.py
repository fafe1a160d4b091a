"""Misspelt words are read as the documents spell them, and no other word is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spelling import Vocabulary, correct, vocabulary

KNOWN = vocabulary(["The territory of the caliphate.", "Recruits lighten the Überfahrt: 4recruitz"])


SPELT = Vocabulary.of(KNOWN)


def nothing_is_a_word(_: str) -> bool:
    return False


def test_the_vocabulary_is_long_words_in_lower_case_by_alphabet() -> None:
    assert KNOWN == ("caliphate", "lighten", "recruits", "recruitz", "territory", "überfahrt")
    assert vocabulary([]) == ()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what teritory is lost?", "what territory is lost?"),  # one missing
        ("what terrritory is lost?", "what territory is lost?"),  # one doubled
        ("what terirtory is lost?", "what territory is lost?"),  # two swapped
        ("what terratory is lost?", "what territory is lost?"),  # one wrong
        ("Teritory?", "territory?"),
        ("the calliphate's teritory", "the caliphate's territory"),
        ("überfart", "überfahrt"),
    ],
)
def test_one_mistake_is_forgiven(question: str, expected: str) -> None:
    assert correct(question, SPELT, nothing_is_a_word) == expected


@pytest.mark.parametrize(
    "question",
    [
        "territory",
        "TERRITORY",
        "ttterritori",  # two mistakes in eleven letters would do; these are three
        "derritory",  # another first letter
        "lite",  # too short
        "tortoise",
        "42 ... ?!",
        "",
    ],
)
def test_the_rest_is_left_alone(question: str) -> None:
    assert correct(question, SPELT, nothing_is_a_word) == question


def test_a_mistake_for_every_five_letters() -> None:
    known = Vocabulary.of(vocabulary(["reorganisation caliph"]))
    assert correct("reorganizatoin", known, nothing_is_a_word) == "reorganisation"
    assert correct("calipph", known, nothing_is_a_word) == "caliph"
    assert correct("callipph", known, nothing_is_a_word) == "callipph"


def test_a_word_of_the_language_is_left_alone() -> None:
    assert correct("tighten lighter", SPELT, lambda word: word == "lighter") == "tighten lighter"
    assert correct("lighter", SPELT, nothing_is_a_word) == "lighten"


def test_the_nearest_word_wins_and_then_the_alphabet() -> None:
    known = Vocabulary.of(vocabulary(["bridge bridle brides"]))
    assert correct("bridgge", known, nothing_is_a_word) == "bridge"
    assert correct("bridxe", known, nothing_is_a_word) == "bridge"
    assert correct("bridge's brideg", known, nothing_is_a_word) == "bridge's brides"


@given(st.text())
def test_without_a_vocabulary_nothing_changes(question: str) -> None:
    assert correct(question, Vocabulary([]), nothing_is_a_word) == question


@given(st.lists(st.sampled_from(KNOWN)).map(" ".join))
def test_what_is_spelt_right_never_changes(question: str) -> None:
    assert correct(question, SPELT, nothing_is_a_word) == question
