"""Example questions over documents of the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa
from index.embedder import Embedder
from qa.answer import Answer
from qa.overview.examples import MOST_ASKED, example_questions

MILL = """Tarn Mill turns again

The Tarn Mill was rebuilt in 1894 after a flood carried off its wheel. More than 3,400 people visited the mill last summer.

Odile Brandvold, a retired carpenter and the founder of the trust, carved the new wheel with two friends. Flour from the mill is sold at the village shop.

The mill pond lies above the lane. Herons nest there in spring, and children feed the ducks on Sundays.
"""
OBSERVATORY = """The observatory on Kestrel Hill

Kestrel Observatory was opened in 1961 by a club of teachers. Its dome turns on old tram wheels.

The club meets every Friday when the sky is clear. Guests bring blankets and tea.
"""
DISCUSSED = """A bridge for walkers

The council wants a bridge over the Sill for walkers and bicycles. The plan is on show in the library.

2 comments

Greta Oake says:
I cross the ford every morning with my daughter, and in winter the water reaches her knees, so a bridge cannot come soon enough for families like ours.

Piers Lund says:
The money would be better spent on the school roof, which has leaked for three winters while the council has done nothing at all but write letters.
"""
GERMAN = """Die Brücke am Fluss

Die alte Brücke wurde im Jahr 1902 gebaut. Jeden Tag gehen viele Menschen darüber, und die Kinder winken.
"""


def _assistant(folder: Path, embedder: Embedder, **texts: str) -> qa.Assistant:
    files = folder / "files"
    files.mkdir()
    for name, text in texts.items():
        (files / f"{name}.txt").write_text(text, encoding="utf-8")
    return qa.Assistant.from_documents(files, model=embedder, index_dir=folder / "index")


def test_a_document_gives_questions_about_its_facts(tmp_path: Path, embedder: Embedder) -> None:
    assistant = _assistant(tmp_path, embedder, mill=MILL)
    questions = example_questions(assistant, count=4)
    assert "When was the Tarn Mill rebuilt?" in questions
    assert "Who is Odile Brandvold?" in questions
    assert "How many people visited the mill last summer?" in questions
    assert questions[0] != "What is this document about?"
    assert assistant.ask("How many people visited the mill last summer?").answer.endswith("3,400")
    assert not any(assistant.ask(question).abstained for question in questions)


def test_the_questions_are_the_same_in_every_run(tmp_path: Path, embedder: Embedder) -> None:
    assistant = _assistant(tmp_path, embedder, mill=MILL, observatory=OBSERVATORY)
    assert example_questions(assistant) == example_questions(assistant)


def test_a_commented_document_gives_a_question_about_a_reader(
    tmp_path: Path, embedder: Embedder
) -> None:
    assistant = _assistant(tmp_path, embedder, bridge=DISCUSSED)
    questions = example_questions(assistant)
    reader = next(each for each in questions if each.startswith("What did "))
    citations = assistant.ask(reader).citations
    assert {citation.passage.author for citation in citations} <= {"Greta Oake", "Piers Lund"}


def test_the_first_two_questions_are_about_different_documents(
    tmp_path: Path, embedder: Embedder
) -> None:
    assistant = _assistant(tmp_path, embedder, mill=MILL, observatory=OBSERVATORY)
    questions = example_questions(assistant, count=2)
    assert len({_source(assistant.ask(question)) for question in questions}) == 2


def test_only_the_documents_that_are_named_are_asked_about(
    tmp_path: Path, embedder: Embedder
) -> None:
    assistant = _assistant(tmp_path, embedder, mill=MILL, observatory=OBSERVATORY)
    mill = next(each for each in assistant.index.documents if "Mill" in each.title)
    questions = example_questions(assistant, documents={mill.id})
    assert questions
    assert {_source(assistant.ask(question)) for question in questions} == {mill.id}
    assert example_questions(assistant, documents=()) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_there_are_at_most_so_many(tmp_path: Path, embedder: Embedder, count: int) -> None:
    assistant = _assistant(tmp_path, embedder, mill=MILL)
    assert len(example_questions(assistant, count=count)) == count


@pytest.mark.parametrize(
    "sentence",
    [
        "It was rebuilt in 1894 after a flood.",
        "This tower was rebuilt in 1894 after a flood.",
        "The older one of them was rebuilt in 1894 after a flood.",
        "When the tower was rebuilt in 1894 a flood came.",
    ],
)
def test_a_sentence_that_needs_the_one_before_gives_no_question(
    tmp_path: Path, embedder: Embedder, sentence: str
) -> None:
    assistant = _assistant(tmp_path, embedder, tower=f"A tower\n\n{sentence}\n")
    assert example_questions(assistant) == []


def test_a_question_that_the_assistant_cannot_answer_is_left_out(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = _assistant(tmp_path, embedder, mill=MILL, observatory=OBSERVATORY)
    asked: list[str] = []

    def abstain(_: qa.Assistant, question: str) -> Answer:
        asked.append(question)
        return Answer(question, "", "", True, 0.0, (), ())

    monkeypatch.setattr(qa.Assistant, "ask", abstain)
    assert example_questions(assistant) == []
    assert 1 < len(asked) <= MOST_ASKED


@pytest.mark.parametrize(
    "text",
    ["word", "x" * 100_000, "was was was. Is in 1900. 12 12.\n" * 50, GERMAN, "The , is ( a [.\n"],
)
def test_odd_documents_do_no_harm(tmp_path: Path, embedder: Embedder, text: str) -> None:
    assistant = _assistant(tmp_path, embedder, odd=text)
    assert set(example_questions(assistant)) <= {"What is this document about?"}


def test_many_documents_are_quick_to_ask_for(tmp_path: Path, embedder: Embedder) -> None:
    towns = {f"town{n}": f"Town number {n}\n\nNothing is known of it.\n" for n in range(60)}
    assistant = _assistant(tmp_path, embedder, **towns)
    assert example_questions(assistant) == []


def _source(answer: Answer) -> str:
    return answer.citations[0].passage.document.id
