"""What was asked is answered again at once, and as before; another index has answers of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import qa.assistant
from index.embedders.packaged import PackagedEmbedder
from qa.answer import Answer
from qa.assistant import Assistant
from qa.remembered import MOST, Remembered

QUESTION = "When does the lido open?"


@pytest.fixture
def lido(tmp_path: Path) -> Path:
    (tmp_path / "lido.md").write_text("# The lido\n\nThe lido opens at seven.\n")
    return tmp_path


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each question was truly answered."""
    times: Counter[str] = Counter()
    answer = qa.assistant.answer

    def counted(question: str, *arguments: object, **named: object) -> Answer:
        times[question] += 1
        return answer(question, *arguments, **named)

    monkeypatch.setattr(qa.assistant, "answer", counted)
    return times


def test_the_same_question_is_answered_once(
    lido: Path, embedder: PackagedEmbedder, answered: Counter[str]
) -> None:
    assistant = Assistant.from_documents(lido, model=embedder)
    first, again = assistant.ask(QUESTION), assistant.ask(f"  {QUESTION} ")
    assert "seven" in first.text
    assert again == first
    assert answered[QUESTION] == 1
    assert list(again.seconds) == ["remember"]


@pytest.mark.parametrize(
    "options",
    [
        {"k": 1},
        {"kinds": ["paragraph"]},
        {"document": "lido.md"},
        {"caution": "eager"},
        {"narrow": False},
    ],
)
def test_whatever_else_is_asked_for_is_answered_anew(
    lido: Path, embedder: PackagedEmbedder, answered: Counter[str], options: dict[str, object]
) -> None:
    assistant = Assistant.from_documents(lido, model=embedder)
    assistant.ask(QUESTION)
    assistant.ask(QUESTION, **options)
    assert answered[QUESTION] == 2


def test_a_changed_document_changes_the_answer(lido: Path, embedder: PackagedEmbedder) -> None:
    assert "seven" in Assistant.from_documents(lido, model=embedder).ask(QUESTION).text
    (lido / "lido.md").write_text("# The lido\n\nThe lido opens at nine.\n")
    assert "nine" in Assistant.from_documents(lido, model=embedder).ask(QUESTION).text


def test_only_the_last_answers_are_remembered() -> None:
    remembered = Remembered()
    answer = Answer("?", "", "", True, 0.0, (), ())
    for number in range(MOST + 1):
        remembered.put(number, replace(answer, question=str(number)))
        assert remembered.get(0) is not None
    remembered.put(MOST + 1, answer)
    assert remembered.get(1) is None
