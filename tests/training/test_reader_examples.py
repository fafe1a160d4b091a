"""What the reader learns from is made as it is said to be."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TRAINING = Path(__file__).parents[2] / "training"
DOCUMENTS = TRAINING / "written" / "documents.jsonl"


@pytest.fixture(scope="module")
def reader_examples() -> ModuleType:
    """The script as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TRAINING))  # its modules are each other's neighbours
        import reader_examples
    return reader_examples


@pytest.fixture(scope="module")
def documents(reader_examples: ModuleType) -> tuple[list[Any], list[Any]]:
    """What is learned from our own documents, and what is held out."""
    learned, held_out = reader_examples.written_documents(DOCUMENTS)
    return learned, held_out


def test_other_passages_of_a_document_do_not_hold_the_answer(
    documents: tuple[list[Any], list[Any]],
) -> None:
    learn, held_out = documents
    with_others = 0
    for group in [*learn, *held_out]:
        own, *others = group.reads
        for start, end, answered in own.answers:
            if not answered:
                # What its passage does not answer, another may.
                assert not others
            elif start >= 0:
                answer = own.text[start:end]
                assert not any(f" {answer} " in read.text for read in others), group.question
        with_others += bool(others)
    assert with_others > 6000


def test_held_out_documents_are_not_learned_from(
    documents: tuple[list[Any], list[Any]],
) -> None:
    learn, held_out = documents
    texts, other_texts = ({group.reads[0].text for group in some} for some in (learn, held_out))
    assert not texts & other_texts
    assert not {group.article for group in learn} & {group.article for group in held_out}
    assert len(other_texts) == pytest.approx(0.2 * len(texts | other_texts), rel=0.1)


def test_an_author_who_is_the_answer_is_marked_in_front_of_the_comment(
    documents: tuple[list[Any], list[Any]],
) -> None:
    learn, _ = documents
    asked = [group for group in learn if group.source == "own-comment"]
    named = 0
    for group in asked:
        read = group.reads[0]
        for start, end, _ in read.answers:
            if start < 0:
                size = len(read.context)
                name = read.context[size + start : size + end]
                assert read.context == f"Comment by {name}:\n"
                named += 1
    assert named > 500


def test_of_a_list_every_item_is_marked_and_other_passages_have_none(
    reader_examples: ModuleType,
) -> None:
    records = {}
    for line in DOCUMENTS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for question, items in record.get("lists", ()):
            records[record["title"], question] = {each for some in items.values() for each in some}
    learned, held_out = reader_examples.written_lists(DOCUMENTS)
    marked: dict[tuple[str, str], set[str]] = {key: set() for key in records}
    for group in [*learned, *held_out]:
        own, *others = group.reads
        marked[group.article, group.question] |= {own.text[a:b] for a, b, _ in own.answers}
        assert not any(read.answers for read in others)
    assert marked == records
    assert not {group.article for group in learned} & {group.article for group in held_out}
    assert sum(not items for items in records.values()) > 100
