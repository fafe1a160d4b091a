"""What was written for the reader to learn from has the form that it is said to have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

WRITTEN = Path(__file__).parents[2] / "training" / "written"


def entries(name: str) -> list[dict[str, Any]]:
    lines = (WRITTEN / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_words_of_every_question_stand_in_its_passage_or_are_its_author() -> None:
    for document in entries("documents.jsonl"):
        for passage in document["passages"]:
            for question, words, _ in passage["questions"]:
                assert words in passage["text"] or words == passage.get("author"), question


@pytest.mark.parametrize("name", ["documents.jsonl", "questions.jsonl"])
def test_about_half_of_the_questions_have_an_answer(name: str) -> None:
    passages = [p for entry in entries(name) for p in entry.get("passages", [entry])]
    answered = [kind for passage in passages for _, _, kind in passage["questions"]]
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
            asked = [question.lower() for question, _, _ in passage["questions"]]
            assert len(asked) == len(set(asked)), document["title"]
