"""Questions and answers end to end: the real model, the real files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import qa
from index.embedder import Embedder

SCORES = ("dense", "lexical", "relevance", "answered", "margin")


@pytest.fixture(scope="module")
def assistant(
    embedder: Embedder, seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> qa.Assistant:
    folder = tmp_path_factory.mktemp("index")
    return qa.Assistant.from_documents(seeds, model=embedder, index_dir=folder)


@pytest.mark.parametrize(
    ("question", "words", "kind", "author"),
    [
        ("what territory had IS lost?", "22 percent", "paragraph", None),
        (
            "Who was caught four days before the Brussels bombs?",
            "Salah Abdeslam",
            "paragraph",
            None,
        ),
        ("What did LTRich say?", "amateurish", "comment", "LTRich"),
        ("what does rodent think of Merkel", "step down", "comment", "rodent"),
        ("when was the lighthouse built?", "1873", "paragraph", "Isolde Farraway"),
        ("how long can a member borrow tools", "seven days", "paragraph", None),
        ("How many pitches are there on the green?", "42", "paragraph", None),
    ],
)
def test_answers_come_from_the_right_words(
    assistant: qa.Assistant, question: str, words: str, kind: str, author: str | None
) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained
    assert words in answer.text
    cited = answer.citations[0].passage
    assert (cited.kind, cited.author) == (kind, author)


def test_the_answer_names_whose_words_it_quotes(assistant: qa.Assistant) -> None:
    assert assistant.ask("What did LTRich say?").text.startswith("Reader LTRich: ")
    assert assistant.ask("what territory had IS lost?").text.startswith("The author: ")


@pytest.mark.parametrize(
    "question",
    [
        "How do I cook pasta?",
        "Who won the football world cup in 1990?",
        "the of and",
        "?!",
        "??",
        "¿?…",
    ],
)
def test_it_says_so_when_the_documents_do_not_say(assistant: qa.Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert answer.text == qa.NO_ANSWER
    assert answer.citations == ()
    assert answer.hits, "the nearest passages are shown"


def test_every_quote_is_a_slice_of_its_document(assistant: qa.Assistant) -> None:
    for question in ("what territory had IS lost?", "why did it go dark?", "What did Solidar say?"):
        answer = assistant.ask(question)
        assert answer.citations
        for citation in answer.citations:
            passage = citation.passage
            assert citation.quote == passage.document.text[citation.start : citation.end]
            assert passage.start <= citation.start < citation.end <= passage.end
            assert f"[{citation.number}]" in answer.text
            around = passage.document.text[citation.context_start : citation.context_end]
            assert citation.context == around
            assert citation.context_start <= citation.start < citation.end <= citation.context_end
        numbers = [citation.number for citation in answer.citations]
        assert sorted(set(numbers)) == list(range(1, len(set(numbers)) + 1))


def test_a_score_tells_a_passage_that_answers_from_one_that_does_not(
    assistant: qa.Assistant,
) -> None:
    first, *others = assistant.ask("Where was the lens hidden in the war?").hits
    assert first.score > 0.6
    assert all(hit.score < 0.4 for hit in others)


def test_hits_are_ranked_by_their_scores(assistant: qa.Assistant) -> None:
    answer = assistant.ask("what territory had IS lost?", k=7)
    scores = [hit.score for hit in answer.hits]
    assert len(scores) == 7
    assert scores == sorted(scores, reverse=True)
    assert all(getattr(answer.hits[0].parts, name) is not None for name in SCORES)


@pytest.mark.parametrize("question", ["what territory had IS lost?", "What did Solidar say?"])
def test_the_answer_does_not_depend_on_how_many_passages_are_shown(
    assistant: qa.Assistant, question: str
) -> None:
    few = assistant.ask(question, k=1)
    many = assistant.ask(question, k=12)
    assert (few.answer, few.text, few.confidence) == (many.answer, many.text, many.confidence)
    assert len(few.hits) == 1


def test_the_same_question_gets_the_same_answer(assistant: qa.Assistant) -> None:
    first, second = (assistant.ask("who paid for the lens?") for _ in range(2))
    assert first == second


def test_filters_are_arguments(assistant: qa.Assistant) -> None:
    only = assistant.ask("what about London?", kinds=("comment",))
    assert {hit.passage.kind for hit in only.hits} == {"comment"}
    only = assistant.ask("what should be done?", author="solidar", k=3)
    assert {hit.passage.author for hit in only.hits} == {"Solidar"}
    only = assistant.ask("how high is it?", document="lighthouse-restoration.html")
    assert {Path(hit.passage.document.path).name for hit in only.hits} == {
        "lighthouse-restoration.html"
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"question": "  "}, "empty"),
        ({"question": "x" * 10_000}, "10,000 characters"),
        ({"question": "who?", "k": 0}, "k is 0"),
        ({"question": "who?", "kinds": ("headline",)}, "unknown kind 'headline'"),
        ({"question": "who?", "author": "Nobody"}, "no passage by 'Nobody'"),
        ({"question": "who?", "document": "none.txt"}, "no document 'none.txt'"),
        ({"question": "who?", "caution": "bold"}, "unknown caution 'bold'"),
    ],
)
def test_arguments_that_make_no_sense(
    assistant: qa.Assistant, arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(qa.ArgumentError, match=says):
        assistant.ask(**arguments)  # type: ignore[arg-type]


def test_an_answer_as_text_and_as_json(assistant: qa.Assistant) -> None:
    answer = assistant.ask("what territory had IS lost?")
    assert "22 percent" in str(answer)
    assert "brussels-analysis.txt" in str(answer)
    facts = json.loads(answer.to_json())
    assert facts["citations"][0]["quote"] == answer.citations[0].quote
    assert facts["hits"][0]["passage"]["document"]["title"]
    assert "Nearest:" in str(assistant.ask("How do I cook pasta?"))


def test_the_exact_words_stand_in_the_text(assistant: qa.Assistant) -> None:
    answer = assistant.ask("how long can a member borrow tools")
    assert answer.answer == answer.citations[0].quote
    assert answer.answer in answer.text
    assert len(answer.answer) < len(answer.citations[0].context)


def test_a_reason_is_a_sentence(assistant: qa.Assistant) -> None:
    answer = assistant.ask("why did the light go dark?", caution="eager")
    assert answer.answer.endswith(".")
    assert answer.citations[0].quote == answer.citations[0].context


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("which reader thinks the attack was amateurish?", "LTRich"),
        ("which reader says clerics should police extremists?", "Solidar"),
    ],
)
def test_which_reader_is_answered_with_a_name(
    assistant: qa.Assistant, question: str, name: str
) -> None:
    answer = assistant.ask(question, caution="eager")
    assert answer.answer == name
    assert answer.citations[0].passage.author == name


def test_caution_moves_the_threshold(assistant: qa.Assistant) -> None:
    questions = (
        "who paid for the lens?", "how high is the tower?", "what is in the shed?",
        "when did the ship sink?", "how many keys are there?", "who is the mayor?",
    )  # fmt: skip
    given = {
        caution: {q for q in questions if not assistant.ask(q, caution=caution).abstained}
        for caution in ("cautious", "balanced", "eager")
    }
    assert given["cautious"] <= given["balanced"] <= given["eager"]
    assert given["cautious"] < given["eager"]


def test_abstaining_it_says_what_came_nearest(assistant: qa.Assistant) -> None:
    answer = assistant.ask("How do I cook pasta?")
    assert answer.abstained
    assert answer.answer == ""
    assert answer.nearest
    assert f"“{answer.nearest[:20]}" in str(answer)


def test_without_a_reader_it_answers_in_sentences(assistant: qa.Assistant) -> None:
    plain = qa.Assistant(assistant.index, reader="none")
    answer = plain.ask("what territory had IS lost?")
    assert "22 percent" in answer.answer
    assert answer.answer.endswith(".")
    assert answer.hits[0].parts.sentence is not None
    assert answer.hits[0].parts.relevance is None


def test_a_broken_reader_is_a_warning_and_sentences(
    assistant: qa.Assistant, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    with pytest.warns(qa.ReaderNotUsedWarning, match="whole sentences"):
        plain = qa.Assistant(assistant.index, reader=str(tmp_path / "model"))
    assert "22 percent" in plain.ask("what territory had IS lost?").text


def test_saved_and_opened_it_answers_alike(assistant: qa.Assistant, tmp_path: Path) -> None:
    assistant.save(tmp_path / "kept")
    opened = qa.Assistant.open(tmp_path / "kept")
    question = "what territory had IS lost?"
    assert opened.ask(question).to_dict() == assistant.ask(question).to_dict()


def test_ask_notices_what_changed(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.txt").write_text("The bridge was opened in 1931 by the mayor, Ada Lund.")
    assert "1931" in qa.ask("when was the bridge opened?", folder).text
    (folder / "two.txt").write_text("The ferry sails to Norbay at nine every morning.")
    assert "nine" in qa.ask("when does the ferry sail to Norbay?", folder).text
    (folder / "one.txt").unlink()
    hits = qa.ask("when was the bridge opened?", folder).hits
    assert {Path(hit.passage.document.path).name for hit in hits} == {"two.txt"}


def test_set_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.assistant._documents", None)
    (tmp_path / "a.txt").write_text("The kettle is kept in the red cupboard.")
    qa.set_documents(tmp_path / "a.txt")
    assert "red cupboard" in qa.ask("where is the kettle kept?").text


def test_bad_files_are_named_and_the_good_ones_asked(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "good.txt").write_text("The kettle is kept in the red cupboard.")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "picture.txt").write_bytes(
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))
    )
    assistant = qa.Assistant.from_documents(tmp_path, model=embedder)
    problems = {Path(r.path).name: r.problem for r in assistant.reports if r.problem}
    assert problems.keys() == {"empty.txt", "picture.txt"}
    assert "empty" in str(problems["empty.txt"])
    assert "red cupboard" in assistant.ask("where is the kettle?").text


@pytest.mark.parametrize("name", ["missing.txt", "folder"])
def test_nothing_to_read_is_one_error_that_names_it(
    tmp_path: Path, name: str, embedder: Embedder
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(qa.NoDocumentsError, match=name if name == "missing.txt" else "no document"):
        qa.Assistant.from_documents(tmp_path / name, model=embedder)


def test_a_cache_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder
) -> None:
    (tmp_path / "a.txt").write_text("The kettle is kept in the red cupboard.")
    (tmp_path / "cache").write_text("a file where the folder should be")
    monkeypatch.setenv("QA_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.warns(qa.IndexNotKeptWarning, match="could not be kept"):
        assistant = qa.Assistant.from_documents(tmp_path / "a.txt", model=embedder)
    assert "red cupboard" in assistant.ask("where is the kettle?").text


def test_a_damaged_cache_is_built_anew_with_a_warning(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "a.txt").write_text("The kettle is kept in the red cupboard.")
    qa.Assistant.from_documents(tmp_path / "a.txt", model=embedder)
    [vectors] = (tmp_path / "cache").rglob("vectors.npy")
    vectors.write_bytes(b"not this")
    with pytest.warns(qa.IndexRebuiltWarning, match=r"vectors\.npy"):
        assistant = qa.Assistant.from_documents(tmp_path / "a.txt", model=embedder)
    assert assistant.index.embedded == 1


NO_NETWORK = """
import socket
real = socket.socket.connect
def connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise SystemExit(f"network: {address}")
    return real(self, address)
def look_up(host, *rest, **more):
    raise SystemExit(f"network: looked up {host}")
socket.socket.connect = connect
socket.getaddrinfo = look_up
import qa
print(qa.ask("what territory had IS lost?").text)
"""


def test_from_nothing_to_an_answer_without_a_network(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "QA_CACHE_DIR": str(tmp_path / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "22 percent" in done.stdout


def test_a_copy_of_the_documents_elsewhere_answers_alike(
    tmp_path: Path, seeds: Path, embedder: Embedder, assistant: qa.Assistant
) -> None:
    shutil.copytree(seeds, tmp_path / "copy")
    copied = qa.Assistant.from_documents(tmp_path / "copy", model=embedder)
    question = "How many sailors sank with the barque?"
    assert copied.ask(question).text == assistant.ask(question).text
