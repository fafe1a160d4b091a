"""The packaged reader: the real file, real passages."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.embedders.files import packaged_model
from index.errors import ModelError
from index.types import Block, Document, Kind, Passage
from qa.reading.packaged import CONTEXT_TOKENS, FILE, NOWHERE, SHA256, WINDOW, PackagedReader
from qa.reading.reader import Reading, context_of
from qa.reading.spans import trimmed
from qa.reading.topic import said_again

LIMIT_BYTES = 25_000_000
ROOT = Path(__file__).parent.parent.parent.parent


def passage(
    text: str, kind: Kind = Kind.PARAGRAPH, author: str | None = None, title: str = "Mills"
) -> Passage:
    lead = "Not a part of it. "
    block = Block(kind, len(lead), len(lead) + len(text), author=author)
    document = Document.create(path="m.txt", title=title, text=lead + text, blocks=[block])
    return Passage(document, kind, block.start, block.end, author, None, None)


@pytest.fixture(scope="module")
def reader() -> PackagedReader:
    return PackagedReader()


def test_the_file_is_the_one_named_and_small() -> None:
    content = FILE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert len(content) <= LIMIT_BYTES


def test_words_of_another_model_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"another's")
    monkeypatch.setattr("index.embedders.files.packaged_model", lambda: tmp_path)
    with pytest.raises(ModelError, match="the packaged model's weights have SHA-256"):
        PackagedReader()


def test_its_card_states_its_hash() -> None:
    assert SHA256 in (FILE.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("When was the mill built?", "The mill was built in 1742 by Anna Berg.", "1742"),
        ("Who built the mill?", "The mill was built in 1742 by Anna Berg.", "Anna Berg"),
        ("How long is the bridge?", "Its bridge is 40 metres long and blue.", "40 metres"),
        ("Where did the ship sink?", "In 1911 the ship sank off Cape Horn at night.", "Cape Horn"),
    ],
)
def test_it_finds_the_words(reader: PackagedReader, question: str, text: str, answer: str) -> None:
    (reading,) = reader.read(question, [passage(text)])
    assert answer in reading.spans[0].text


def test_it_names_the_author_of_a_comment(reader: PackagedReader) -> None:
    text = "Well, London is next, I suppose. Time to buy an umbrella."
    found = passage(text, Kind.COMMENT, "EndlessIke")
    (reading,) = reader.read("Who joked about London?", [found])
    named = [span for span in reading.spans if span.names_author]
    assert named[0].text == "EndlessIke"
    assert (named[0].start, named[0].end) == (found.start, found.end)


def test_every_span_is_a_slice_and_none_overlap(reader: PackagedReader) -> None:
    found = passage("Ice (or “snow”) fell; 3 feet, they say, fell on the U.S.S. Cole's deck. " * 3)
    (reading,) = reader.read("How much ice fell on the Cole?", [found])
    text = found.document.text
    assert len(reading.spans) > 1
    for span in reading.spans:
        assert span.text == text[span.start : span.end]
        assert found.start <= span.start < span.end <= found.end
        assert trimmed(text, span.start, span.end) == (span.start, span.end)
        for edge in (span.start, span.end):
            assert not (text[edge - 1].isalnum() and text[edge].isalnum()), "half a word"
    ordered = sorted(reading.spans, key=lambda span: span.start)
    assert all(a.end <= b.start for a, b in itertools.pairwise(ordered))
    scores = [span.score for span in reading.spans]
    assert scores == sorted(scores, reverse=True)


def test_the_relevant_passage_is_known(reader: PackagedReader) -> None:
    question = "When was the mill built?"
    right = passage("The mill was built in 1742 by Anna Berg.")
    wrong = passage("Cook the pasta for nine minutes and add salt.", title="Pasta")
    first, second = reader.read(question, [right, wrong])
    assert first.relevance > second.relevance
    assert first.margin > second.margin


def test_what_is_spoken_of_is_known_two_sentences_later(
    reader: PackagedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "Northwind Ferries has had a hard year. Its boats were late, its crews went on strike, and its cafés"
        " were shut. Since May, the shipping line has lost an estimated 12 percent of its passengers."
    )
    question = "How many of its passengers has Northwind Ferries lost?"
    (told,) = reader.read(question, [passage(text)])
    monkeypatch.setattr("qa.reading.packaged.said_again", lambda question, text: [])
    (untold,) = reader.read(question, [passage(text)])
    assert "12 percent" in told.spans[0].text
    assert told.relevance > untold.relevance + 0.5


def test_what_is_said_again_is_no_part_of_an_answer(
    reader: PackagedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = passage("The Hesper is red. " + "They went to sea in June, and came home late. " * 40)
    question = "Who is the Hesper?"
    again = said_again(question, found.text)
    assert len(again) == 40
    windows = list(reader._windows(question, found, again))
    assert len(windows) > len(list(reader._windows(question, found)))  # what is put in counts
    assert all(len(window.ids) <= WINDOW for window in windows)
    first = windows[0]
    name = reader._encode("Hesper").ids
    put_in = list(first.starts).index(NOWHERE, list(first.starts).index(found.start))
    assert list(first.ids[put_in : put_in + len(name)]) == name
    assert {*first.starts[put_in : put_in + len(name)]} == {NOWHERE}
    assert first.starts[put_in + len(name)] == found.start + again[0][0]
    (told,) = reader.read(question, [found])
    monkeypatch.setattr("qa.reading.packaged.said_again", lambda question, text: [])
    (untold,) = reader.read(question, [found])
    assert (told.spans, told.answered) == (untold.spans, untold.answered)
    assert told.relevance != untold.relevance


@pytest.mark.parametrize(
    "question", ["Where is the mill?", "Who photographed the mill?", "Which agency is it of?"]
)
def test_a_credit_between_two_captions_is_not_read(reader: PackagedReader, question: str) -> None:
    texts = "The old mill in a picture of 2010.", "AGENCY/Ann Olsen", "The mill in Elmstad burns."
    text, blocks = "\n\n".join(texts), []
    for number, words in enumerate(texts):
        kind = Kind.CREDIT if number == 1 else Kind.CAPTION
        start = text.index(words)
        blocks.append(Block(kind, start, start + len(words), continues=number == 2))
    document = Document.create(path="m.txt", title="", text=text, blocks=blocks)
    [both] = reader.read(question, [Passage(document, Kind.CAPTION, 0, len(text))])
    assert all(span.text == text[span.start : span.end] for span in both.spans)
    assert not any("Olsen" in span.text and "\n" not in span.text for span in both.spans)
    plain = passage(f"{texts[0]}\n\n{texts[2]}", Kind.CAPTION, title="")
    assert reader.read(question, [plain])[0].relevance == both.relevance


def test_a_question_that_only_looks_answered_is_told_apart(reader: PackagedReader) -> None:
    mill = passage("The mill was built in 1742 by Anna Berg and burned down a century later.")
    answered, denied, sold, church = (
        reader.read(question, [mill])[0].answered
        for question in (
            "When was the mill built?",
            "Who did not build the mill?",
            "When was the mill sold?",
            "When was the church built?",
        )
    )
    assert answered > 0 > max(denied, sold, church)


def test_a_long_passage_is_read_to_its_end_in_windows(reader: PackagedReader) -> None:
    filler = "The weather was much as it had been on other days of that year. " * 60
    found = passage(filler + "The lighthouse was finished in 1893. " + filler)
    windows = list(reader._windows("When was it finished?", found))
    assert len(windows) > 2
    assert all(len(window.ids) <= WINDOW for window in windows)
    covered = {start for window in windows for start in window.starts.tolist() if start >= 0}
    words = reader._encode(found.text)
    assert {found.start + a for a, _ in words.offsets} >= covered
    assert len(covered) == len(set(words.word_ids))
    (reading,) = reader.read("When was the lighthouse finished?", [found])
    assert reading.spans[0].text == "1893"


def test_a_reading_depends_on_no_other_passage(reader: PackagedReader) -> None:
    some = [passage("The mill was built in 1742."), passage("It is 40 metres long. " * 20)]
    together = reader.read("how long is it?", some)
    alone = [reader.read("how long is it?", [each])[0] for each in some]
    assert together == alone


def test_several_threads_can_read_at_once(reader: PackagedReader) -> None:
    found = [passage(f"The mill of {n} was built in {1700 + n}.") for n in range(8)]
    expected = reader.read("when was it built?", found)
    results: list[list[Reading]] = []
    threads = [
        threading.Thread(target=lambda: results.append(reader.read("when was it built?", found)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 6


@pytest.mark.parametrize("text", ["?!", "…", "—", "x"])
@pytest.mark.parametrize("question", ["?", "what " * 500])
def test_odd_text_is_read_without_harm(reader: PackagedReader, question: str, text: str) -> None:
    (reading,) = reader.read(question, [passage(text)])
    assert all(span.text == text for span in reading.spans)


def test_a_long_title_leaves_room_for_the_passage(reader: PackagedReader) -> None:
    found = passage("It was built in 1742.", title="Very long titles " * 100)
    assert len(reader._encode(context_of(found)).ids) > CONTEXT_TOKENS
    (reading,) = reader.read("when was it built?", [found])
    assert reading.spans[0].text == "1742"


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "reader.onnx"
    with pytest.raises(ModelError, match="cannot be read"):
        PackagedReader(file)
    file.write_bytes(FILE.read_bytes()[:-1])
    with pytest.raises(ModelError, match="SHA-256"):
        PackagedReader(file)
    with pytest.raises(ModelError, match="ONNX Runtime cannot use"):
        PackagedReader(file, sha256=None)


def test_the_tokenizer_is_the_one_it_was_trained_with() -> None:
    content = (packaged_model() / "vocab.txt").read_bytes()
    assert len(content.splitlines()) == 30522


def test_nothing_is_collected_underneath(tmp_path: Path) -> None:
    """ONNX Runtime gathers telemetry from its import on, unless it is told not to."""
    code = (
        "from qa.reading.packaged import PackagedReader;"
        " from index.types import *;"
        " d = Document.create(path='a', title='A', text='It cost 3 pounds.',"
        " blocks=[Block(Kind.PARAGRAPH, 0, 17)]);"
        " print(PackagedReader().read('What did it cost?', [Passage(d, Kind.PARAGRAPH, 0, 17)])[0]"
        ".spans[0].text)"
    )
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    env |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "3 pounds"
    assert list(tmp_path.rglob("*")) == []
