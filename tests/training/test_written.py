"""What was written for the reader to learn from has the form that it is said to have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ASKED = "questions", "restated", "described", "stated"
WRITTEN = Path(__file__).parents[2] / "training" / "written"
LITTLE = frozenset(
    "a an the of in on at to for by with is are was were be been do does did has have had who what which when"
    " where how why many much that it they he she his her their and or".split()
)
"""Words that tell nothing of how near a question is to its text."""


def entries(name: str) -> list[dict[str, Any]]:
    lines = (WRITTEN / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def asked(passage: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The questions on a passage of our own: each with its words, and whether they answer it."""
    return [question for key in ASKED for question in passage.get(key, ())]


def test_the_words_of_every_question_stand_in_its_passage_or_are_its_author() -> None:
    for document in entries("documents.jsonl"):
        for passage in document["passages"]:
            for question, words, _ in asked(passage):
                assert words in passage["text"] or words == passage.get("author"), question


@pytest.mark.parametrize("name", ["documents.jsonl", "questions.jsonl"])
def test_about_half_of_the_questions_have_an_answer(name: str) -> None:
    passages = [p for entry in entries(name) for p in entry.get("passages", [entry])]
    answered = [kind for passage in passages for _, _, kind in passage.get("questions", ())]
    assert set(answered) == {True, False}
    assert sum(answered) / len(answered) == pytest.approx(0.5, abs=0.05)


def test_no_passage_of_the_public_sets_stands_in_the_repository() -> None:
    for entry in entries("questions.jsonl"):
        assert entry.keys() <= {"passage", "author", "start", "end", "questions"}
        assert len(entry["passage"]) == 16
        for _, place, _ in entry["questions"]:
            assert place is None or 0 <= place[0] < place[1]


def test_no_question_is_asked_twice_of_a_document() -> None:
    for document in entries("documents.jsonl"):
        for passage in document["passages"]:
            questions = [question.lower() for question, _, _ in asked(passage)]
            assert len(questions) == len(set(questions)), document["title"]


def shares_in_text(key: str) -> dict[bool, list[float]]:
    """Of each question its words that stand in the passage, as a share: of those answered and the others."""
    shares: dict[bool, list[float]] = {True: [], False: []}
    for document in entries("documents.jsonl"):
        for passage in document["passages"]:
            there = set(re.findall(r"\w+", passage["text"].lower()))
            for question, _, answered in passage.get(key, ()):
                words = set(re.findall(r"\w+", question.lower())) - LITTLE
                shares[answered].append(len(words & there) / max(1, len(words)))
    return shares


def test_restated_questions_ask_in_both_kinds_of_words_whether_answered_or_not() -> None:
    for some in shares_in_text("restated").values():
        assert sum(share < 0.25 for share in some) > 0.2 * len(some)
        assert sum(share > 0.6 for share in some) > 0.2 * len(some)


def test_near_misses_on_described_things_keep_to_the_text_as_closely_as_the_others() -> None:
    answered, near = (sum(some) / len(some) for some in shares_in_text("described").values())
    assert answered == pytest.approx(near, abs=0.03)


def test_statements_and_key_words_keep_away_from_the_text_whether_it_decides_them_or_not() -> None:
    for some in shares_in_text("stated").values():
        assert sum(some) / len(some) < 0.55
        assert sum(share < 0.25 for share in some) > 0.1 * len(some)
