"""Any question-answering model: real ones of transformers, so small that they know nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.embedder import Embedder
from index.embedders.files import packaged_model
from index.errors import ModelError
from index.types import Block, Document, Kind, Passage
from qa import Assistant, ReaderNotUsedWarning
from qa.reading.huggingface import HuggingFaceReader
from qa.reading.reader import NO_SPAN, context_of

BEFORE = "The town of Norbay\n\n"
LONG = " ".join(
    f"In {1500 + year} the mill ground corn – {year} sacks’ worth." for year in range(60)
)


def save_model(
    folder: Path, kind: str = "BertForQuestionAnswering", dtype: str = "float32"
) -> None:
    """A model with weights by chance, and the packaged model's tokenizer."""
    import torch
    import transformers

    config = transformers.BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=128,
        initializer_range=0.5,
    )
    torch.manual_seed(7)
    model: Any = getattr(transformers, kind)(config)
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(packaged_model()).save_pretrained(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(folder)
    return folder


@pytest.fixture(scope="module")
def reader(model: Path) -> HuggingFaceReader:
    return HuggingFaceReader(str(model))


def passage(text: str, **more: Any) -> Passage:
    block = Block(Kind.PARAGRAPH, len(BEFORE), len(BEFORE) + len(text))
    document = Document.create(path="a.txt", title="Norbay", text=BEFORE + text, blocks=[block])
    return Passage(document, Kind.PARAGRAPH, block.start, block.end, **more)


def check(found: Passage, reader: HuggingFaceReader, question: str = "How much corn?") -> None:
    """One reading, and that every span is words of the passage."""
    [reading] = reader.read(question, [found])
    assert reading.passage is found
    assert reading.spans
    assert reading.relevance == reading.answered == reading.margin == reading.spans[0].score
    scores = [span.score for span in reading.spans]
    assert scores == sorted(scores, reverse=True)
    for span in reading.spans:
        assert found.document.text[span.start : span.end] == span.text
        assert found.start <= span.start < span.end <= found.end
        assert not span.names_author
    places = sorted((span.start, span.end) for span in reading.spans)
    assert all(one[1] <= next_[0] for one, next_ in pairwise(places))


def test_spans_are_the_document_s_words(reader: HuggingFaceReader) -> None:
    found = passage("The mill of Norbay – built by Ada Lund – ground 40 sacks a day.")
    check(found, reader)
    assert context_of(found).startswith("Norbay")


def test_a_passage_longer_than_a_window_is_read_to_its_end(reader: HuggingFaceReader) -> None:
    found = passage(LONG)
    check(found, reader)
    context = context_of(found)
    windows = list(reader._windows("How much corn?", context + found.text))
    assert len(windows) > 3
    read = {
        place
        for _, _, offsets, in_text in windows
        for start, end in offsets[in_text].tolist()
        for place in range(start, end)
    }
    whole = context + found.text
    assert {place for place, letter in enumerate(whole) if not letter.isspace()} <= read


def test_a_passage_s_reading_depends_on_no_other(reader: HuggingFaceReader) -> None:
    one, other = passage("The mill ground 40 sacks a day."), passage(LONG)
    assert reader.read("How much?", [one, other])[0] == reader.read("How much?", [one])[0]


@pytest.mark.parametrize("question", ["why " * 500, "?", "\u200b"])
def test_any_question_leaves_room_for_the_passage(reader: HuggingFaceReader, question: str) -> None:
    check(passage("The mill ground 40 sacks a day."), reader, question)


def test_nothing_but_punctuation_is_no_answer(reader: HuggingFaceReader) -> None:
    [reading] = reader.read("How much?", [passage("… – !")])
    assert reading.spans == ()
    assert reading.relevance == reading.answered == reading.margin == NO_SPAN


def test_weights_of_half_the_size_are_read_as_well(tmp_path: Path) -> None:
    save_model(tmp_path, dtype="bfloat16")
    check(passage("The mill ground 40 sacks a day."), HuggingFaceReader(str(tmp_path)))


def test_it_answers_with_the_words_of_the_documents(
    model: Path, tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "mill.txt").write_text("The mill of Norbay ground 40 sacks a day.")
    assistant = Assistant.from_documents(
        tmp_path / "mill.txt", model=embedder, reader=str(model), index_dir=tmp_path / "index"
    )
    assert assistant.reader is not None
    assert assistant.reader.name == str(model)
    answer = assistant.ask("How much did the mill grind?", caution="eager")
    assert set(answer.seconds) == {"search", "read", "choose"}
    assert (answer.answer or answer.nearest) in "The mill of Norbay ground 40 sacks a day."


def no_head(folder: Path) -> None:
    save_model(folder, "BertModel")


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def corrupt_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\xff" * 4096)


def cut_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])


def no_settings(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def strange_settings(folder: Path) -> None:
    (folder / "config.json").write_text("[]")


def other_shape(folder: Path) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"hidden_size": 32}))


def corrupt_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"model": 1}')


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (no_head, "was not trained to answer questions"),
        (no_weights, "no file named model.safetensors"),
        (corrupt_weights, "cannot be used"),
        (cut_weights, "cannot be used"),
        (no_settings, "not a valid JSON file"),
        (strange_settings, "cannot be used"),
        (other_shape, "cannot be used"),
        (corrupt_tokenizer, "cannot be used"),
    ],
)
def test_a_folder_that_is_no_such_model_is_one_error(
    model: Path,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    says: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    spoil(folder)
    capfd.readouterr()
    with pytest.raises(ModelError, match=says) as caught:
        HuggingFaceReader(str(folder))
    assert str(caught.value).startswith(f"{folder}: ")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "name", ["no/such", "/no/such/folder", "./nowhere", "~nobody/x", "", "a b"]
)
def test_a_name_that_is_no_model_s_is_one_error(name: str) -> None:
    with pytest.raises(ModelError):
        HuggingFaceReader(name)


def test_without_a_head_answers_are_sentences_and_a_warning_says_so(
    tmp_path: Path, embedder: Embedder
) -> None:
    no_head(tmp_path / "model")
    (tmp_path / "a.txt").write_text("The kettle is kept in the red cupboard. It whistles.")
    with pytest.warns(ReaderNotUsedWarning, match="not trained to answer questions"):
        assistant = Assistant.from_documents(
            tmp_path / "a.txt", model=embedder, reader=str(tmp_path / "model")
        )
    assert assistant.reader is None
    answer = assistant.ask("where is the kettle kept?")
    assert answer.answer == "The kettle is kept in the red cupboard."
