"""What is read for a question, and what for a statement or a few words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.embedder import Embedder
from index.indexing import index_documents
from index.types import Filter, Passage
from qa.answering import answer, is_question
from qa.evaluation.dataset import text_document
from qa.evidence import READ, STATEMENT_READ, STATEMENTS
from qa.reading.packaged import PackagedReader
from qa.reading.reader import Reading


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("what has the line lost", True),
        ("The line has lost what?", True),
        ("“Is it open?”", True),
        ("On what day does it open", True),
        ("To whom was it lent", True),
        ("Tell me who lent it", True),
        ("please list the ships", True),
        ("can it be lent", True),
        ("Aspirin lowers the risk of strokes.", False),
        ("the boiling point of water", False),
        ("price of a ticket", False),
        ("opening hours on Sundays", False),
        ("", False),
    ],
)
def test_a_question_is_told_from_a_statement_and_key_words(text: str, asks: bool) -> None:
    assert is_question(text) is asks


class _Counting:
    """The packaged reader, which counts what it reads."""

    name = "counting"

    def __init__(self) -> None:
        self.count = 0
        self._reader = PackagedReader()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.count += len(passages)
        return self._reader.read(question, passages)


def test_for_a_statement_twenty_are_read_and_ranked_by_what_was_fitted_for_statements(
    embedder: Embedder,
) -> None:
    texts = [f"Line {n} has {40 + n} ships, and its boats go to Elmstad." for n in range(30)]
    texts[24] = "The boats of the Northwind Line go to Elmstad on Sundays, too."
    index = index_documents([text_document("x", "X", texts)], embedder=embedder)
    reader = _Counting()
    found = answer(
        "The Northwind Line sails to Elmstad on Sundays.", index, reader, k=25, only=Filter()
    )
    assert reader.count == STATEMENT_READ
    assert sum(hit.parts.relevance is not None for hit in found.hits) == STATEMENT_READ
    assert found.hits[0].passage.text == texts[24]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    first = found.hits[0].parts
    assert first.relevance is not None
    assert first.sentence is not None
    fused = {hit.passage.id: hit.score for hit in index.search(found.question, k=25)}
    ranked = STATEMENTS.score(first.relevance, fused[found.hits[0].passage.id], first.sentence)
    assert found.hits[0].score == pytest.approx(STATEMENTS.shown(ranked))
    reader.count = 0
    answer("Where does the Northwind Line sail on Sundays?", index, reader, k=25, only=Filter())
    assert reader.count <= READ
