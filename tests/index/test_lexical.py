"""BM25, against the formula written out; shares of the bound; the words that count."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.lexical import K1, B, LexicalIndex, term_table, tokenize
from index.terms import TermTable

TEXTS = [
    "Islamic State lost territory in Iraq and Syria.",
    "The territory, the territory, the territory!",
    "Readers doubt that the bombs show weakness. Bombs show strength, say the readers.",
    "Weak groups lose recruits; this group is losing recruits.",
    "IS pays its recruits less.",
    "the of and",
]


def lexical(texts: list[str]) -> LexicalIndex:
    return LexicalIndex.of(term_table(texts, texts))


def by_hand(texts: list[str], question: str) -> NDArray[np.float64]:
    """Lucene's BM25 of every text, as a share of the sum of the words' inverse frequencies."""
    rows = [tokenize(text) or [""] for text in texts]
    average = sum(map(len, rows)) / len(rows)
    shares = []
    for row in rows:
        score = bound = 0.0
        for word in tokenize(question):
            containing = sum(word in other for other in rows)
            inverse = math.log(1 + (len(rows) - containing + 0.5) / (containing + 0.5))
            times = row.count(word)
            score += inverse * times / (times + K1 * (1 - B + B * len(row) / average))
            bound += inverse
        shares.append(score / bound if bound else 0.0)
    return np.array(shares)


@pytest.mark.parametrize(
    "question",
    [
        "territory",
        "What territory had IS lost?",
        "Which recruits did the group lose, and why?",
        "recruits recruits territory",  # a repeated word counts twice, in score and bound
        "territory of the zyzzyva",  # an unknown word raises the bound
        "LOSING LOSES LOSE",
    ],
)
def test_scores_are_lucenes(question: str) -> None:
    found = lexical(TEXTS).scores(question)
    assert found.dtype == np.float32
    assert np.allclose(found, by_hand(TEXTS, question), atol=1e-6)
    assert found.max() > 0


LANGUAGE = st.lists(
    st.sampled_from(["bomb", "bombs", "city", "the", "IS", "is", "zeal", "é", "你好", "42", "a"]),
    max_size=12,
)


@given(
    texts=st.lists(LANGUAGE.map(" ".join), min_size=1, max_size=6),
    question=LANGUAGE.map(" ".join),
)
@settings(max_examples=150, deadline=None)
def test_scores_are_lucenes_for_any_words(texts: list[str], question: str) -> None:
    found = lexical(texts).scores(question)
    assert found.shape == (len(texts),)
    assert np.all((found >= 0) & (found <= 1))
    assert np.allclose(found, by_hand(texts, question), atol=1e-5)


@given(texts=st.lists(st.text(max_size=30), min_size=1, max_size=5), question=st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_text_is_too_odd(texts: list[str], question: str) -> None:
    index = lexical(texts)
    found = index.scores(f"{question} {texts[0]}")
    assert np.all((found >= 0) & (found <= 1))
    assert 0 <= index.coverage(question, texts[0]) <= 1


def test_a_word_said_a_thousand_times_stays_within_the_bound() -> None:
    found = lexical(["bomb " * 1000, "city " * 9000, "x"]).scores("bomb")
    assert 0.9 < found[0] <= 1
    assert found[1:].tolist() == [0, 0]


@pytest.mark.parametrize("question", ["", "the of and is", "?!", "   ", "zyzzyva quux"])
def test_a_question_without_a_known_word_scores_nothing(question: str) -> None:
    found = lexical(TEXTS).scores(question)
    assert found.tolist() == [0] * len(TEXTS)


def test_texts_without_a_word_that_counts() -> None:
    index = lexical(["the of", "", "?"])
    assert len(index) == 3
    assert index.scores("territory").tolist() == [0, 0, 0]
    assert index.scores("").tolist() == [0, 0, 0]


# -- words ----------------------------------------------------------------------------------------


def test_words_are_stemmed_and_stop_words_left_out() -> None:
    assert tokenize("The bombings of the cities, and the 31 dead") == ["bomb", "citi", "31", "dead"]


def test_words_in_capitals_are_names() -> None:
    assert tokenize("The territory that IS lost. It is lost.") == [
        "territori",
        "IS",
        "lost",
        "lost",
    ]
    assert tokenize("THE TERRITORY THAT IS LOST.") == ["territori", "lost"]
    assert tokenize("A letter") == ["letter"]  # one letter is no name
    assert lexical(TEXTS).scores("IS or not")[4] > 0
    assert lexical(TEXTS).scores("is or not")[4] == 0


def test_other_scripts_are_words_too() -> None:
    assert tokenize("naïve Ünal 你好") == ["naïv", "ünal", "你好"]


# -- how much a word tells ------------------------------------------------------------------------


def test_rare_words_weigh_more_and_stop_words_nothing() -> None:
    index = lexical(TEXTS)
    rare, frequent = index.weight("Syria"), index.weight("recruits")
    assert index.weight("zyzzyva") > rare > frequent > 0
    assert index.weight("the") == index.weight("?") == index.weight("") == 0
    assert rare == pytest.approx(math.log(1 + (6 - 1 + 0.5) / 1.5))


def test_weights_are_those_of_the_bodies_alone() -> None:
    bodies = ["One part.", "Another part.", "A third."]
    index = LexicalIndex.of(term_table([f"Territory\n{body}" for body in bodies], bodies))
    assert index.weight("territory") == index.weight("zyzzyva")
    assert index.weight("part") < index.weight("third")
    assert index.scores("territory").min() > 0


def test_coverage_is_the_weighed_share_of_words() -> None:
    index = lexical(TEXTS)
    question = "Is the territory such that zyzzyva recruit?"
    weights = [index.weight(word) for word in ("territory", "zyzzyva", "recruit")]
    assert index.coverage(question, "Territories, recruited") == pytest.approx(
        (weights[0] + weights[2]) / sum(weights)
    )
    assert index.coverage(question, question) == pytest.approx(1)
    assert index.coverage(question, "pasta") == 0
    assert index.coverage("the of", "the of") == 0


# -- tables ---------------------------------------------------------------------------------------


@given(
    texts=st.lists(LANGUAGE.map(" ".join), min_size=1, max_size=8),
    cuts=st.lists(st.integers(0, 8), max_size=3),
    question=LANGUAGE.map(" ".join),
)
@settings(max_examples=100, deadline=None)
def test_a_table_that_is_cut_and_joined_is_the_same(
    texts: list[str], cuts: list[int], question: str
) -> None:
    bodies = [text.partition(" ")[2] for text in texts]
    whole = term_table(texts, bodies)
    places = sorted({0, len(texts), *(cut for cut in cuts if cut <= len(texts))})
    parts = [whole.rows(start, end) for start, end in pairwise(places)]
    parts = [TermTable.joined([part]) for part in parts[:1]] + parts[1:]
    joined = TermTable.joined(parts)
    assert len(joined) == len(texts)
    assert joined.lengths.tolist() == whole.lengths.tolist()
    before, after = LexicalIndex.of(whole), LexicalIndex.of(joined)
    assert np.array_equal(before.scores(question), after.scores(question))
    for word in question.split():
        assert before.weight(word) == after.weight(word)


def test_a_part_of_a_table_keeps_no_other_words() -> None:
    whole = term_table(["zyzzyva territory", "bomb"], ["zyzzyva territory", "bomb"])
    assert TermTable.joined([whole.rows(1, 2)]).terms == ("bomb",)
    assert len(TermTable.joined([])) == 0
