"""Verdicts are lines of a question file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from index.types import Block, Document, Kind, Passage
from qa.answer import NO_ANSWER, Answer, Basis, Citation
from qa.evaluation.formats.question_file import load
from qa.feedback import default_file, judged, keep

TEXT = "It lost 22 (percent). It won."
DOCUMENT = Document.create(
    path="a.txt", title="A", text=TEXT, blocks=[Block(Kind.COMMENT, 0, len(TEXT), author="Ann")]
)
PASSAGE = Passage(DOCUMENT, Kind.COMMENT, 0, len(TEXT), author="Ann")
CITED = Citation(1, PASSAGE, 8, 20, 0, 21)
GIVEN = Answer("how much?", "22 (percent)", "…", False, 0.9, (CITED,), ())
NONE_GIVEN = Answer("who?", "", NO_ANSWER, True, 0.1, (), ())


def test_what_is_right_becomes_a_question_with_its_passage_and_answer(tmp_path: Path) -> None:
    file = tmp_path / "new" / "feedback.jsonl"
    keep(judged(GIVEN, "right"), file)
    (question,) = load(file).questions
    assert question.text == "how much?"
    assert (question.kind, question.author) == (Kind.COMMENT, "Ann")
    assert question.passage_contains == "It lost 22 (percent)."
    assert question.answer_matches is not None
    assert re.search(question.answer_matches, "it was 22 (percent)")


def test_a_right_abstention_is_a_question_that_nothing_answers(tmp_path: Path) -> None:
    keep(judged(NONE_GIVEN, "right"), tmp_path / "f.jsonl")
    (question,) = load(tmp_path / "f.jsonl").questions
    assert not question.answerable


def test_what_is_wrong_is_passed_over_until_the_right_passage_is_named(tmp_path: Path) -> None:
    file = tmp_path / "f.jsonl"
    keep(judged(GIVEN, "wrong", note="no"), file)
    keep(judged(NONE_GIVEN, "wrong"), file)
    assert load(file).questions == ()
    keep(judged(NONE_GIVEN, "wrong", passage=PASSAGE), file)
    (question,) = load(file).questions
    assert question.passage_contains == TEXT
    assert question.answer_matches is None


def test_a_follow_up_is_kept_in_full_and_a_summary_is_no_exact_answer() -> None:
    assert (
        judged(replace(GIVEN, understood="how much land?"), "right")["question"] == "how much land?"
    )
    assert judged(replace(GIVEN, basis=Basis.SUMMARY), "right")["known"] is False


def test_where_it_is_kept_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_FEEDBACK", str(tmp_path / "said.jsonl"))
    assert default_file() == tmp_path / "said.jsonl"
    monkeypatch.delenv("QA_FEEDBACK")
    assert default_file().name == "feedback.jsonl"


def test_lone_surrogates_and_long_notes_are_kept(tmp_path: Path) -> None:
    keep(judged(GIVEN, "wrong", note="\ud800" + "n" * 10_000), tmp_path / "f.jsonl")
    assert 2000 < len((tmp_path / "f.jsonl").read_text(encoding="utf-8")) < 3000
