"""What initials stand for."""

from __future__ import annotations

import pytest

from index.acronyms import expand, find_acronyms, find_names

STATE = {"IS": "Islamic State"}


def test_a_name_that_two_texts_use_explains_its_initials() -> None:
    assert (
        find_acronyms([find_names(["Islamic State fell back.", "So did the Islamic State."])])
        == STATE
    )
    assert (
        find_acronyms([find_names(["Islamic State, yes, Islamic State.", "It fell back."])]) == {}
    )


def test_an_explanation_in_brackets_needs_no_second_text() -> None:
    assert find_acronyms([find_names(["Islamic State (IS) fell back. IS said so."])]) == STATE


def test_initials_in_use_are_not_guessed_at() -> None:
    texts = ["Happy Days were here.", "Happy Days again.", "It is in HD."]
    assert find_acronyms([find_names(texts[:2])]) == {"HD": "Happy Days"}
    assert find_acronyms([find_names(texts)]) == {}


def test_what_is_explained_wins_over_what_is_frequent() -> None:
    texts = ["Iron Sword came.", "Iron Sword went.", "Iron Sword, and Islamic State (IS)."]
    assert find_acronyms([find_names(texts)]) == STATE


def test_brackets_that_hold_other_initials_explain_nothing() -> None:
    assert find_acronyms([find_names(["Islamic State (UN) fell back."])]) == {}
    assert find_acronyms([find_names(["Islamic State went (IS)."])]) == {}


def test_small_words_in_a_name_do_not_count() -> None:
    texts = ["It was the Bank of England that said so.", "at the Bank of England."]
    assert find_acronyms([find_names(texts)]) == {"BE": "Bank of England"}


def test_a_sentences_first_word_is_no_part_of_a_name() -> None:
    texts = ["The Islamic State fell back.", "The Islamic State (IS) lost land."]
    assert find_acronyms([find_names(texts)]) == STATE


def test_the_most_frequent_name_wins_and_then_the_alphabet() -> None:
    texts = ["Islamic State", "Islamic State", "Iron Sword", "Iron Sword"]
    assert find_acronyms([find_names(texts)]) == {"IS": "Iron Sword"}
    assert find_acronyms([find_names([*texts, "Islamic State"])]) == STATE


def test_one_word_and_words_in_capitals_are_no_name() -> None:
    assert (
        find_acronyms([find_names(["Iraq fell.", "Iraq fell.", "ISLAMIC STATE", "ISLAMIC STATE"])])
        == {}
    )
    assert find_acronyms([find_names([])]) == {}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what territory had IS lost?", "what territory had IS (Islamic State) lost?"),
        ("what territory is lost?", "what territory is lost?"),
        ("WHAT TERRITORY HAD IS LOST?", "WHAT TERRITORY HAD IS LOST?"),
        ("what has IS, the islamic state, lost?", "what has IS, the islamic state, lost?"),
        ("what has IS's army lost?", "what has IS (Islamic State)'s army lost?"),
        ("IS or ISIS?", "IS (Islamic State) or ISIS?"),
        ("what about H.IS or IS-land?", "what about H.IS or IS-land?"),
        ("", ""),
    ],
)
def test_questions_are_expanded(question: str, expected: str) -> None:
    assert expand(question, STATE) == expected


def test_nothing_known_changes_nothing() -> None:
    assert expand("what territory had IS lost?", {}) == "what territory had IS lost?"
