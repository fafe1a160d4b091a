"""Natural Questions with passages: lines of question, answers, ctxs (Liu et al. 2023)."""

from __future__ import annotations

from pathlib import Path

from index.errors import ArgumentError
from index.types import Document
from qa.evaluation.dataset import DataSet, Question, Texts, text_document
from qa.evaluation.formats.jsonfiles import (
    objects,
    read_lines,
    texts_or_none,
    words,
    words_or_none,
)


def load(path: Path) -> DataSet:
    """Read a file. The texts are the gold passages ("isgold") of all its questions.

    Raises:
        ArgumentError: the file is malformed.
    """
    documents: list[tuple[Document, list[str]]] = []
    questions = []
    for place, record in read_lines(path):
        gold = [
            text_document(
                inner, words_or_none(passage, "title", inner) or "", [words(passage, "text", inner)]
            )
            for inner, passage in objects(record, "ctxs", place)
            if passage.get("isgold")
        ]
        if not gold:
            raise ArgumentError(f'{place}: no passage in "ctxs" is marked "isgold"')
        # The id is the content's, so that a passage of several questions is one text.
        documents += [(document, [document.id]) for document in gold]
        number = place.rpartition(":")[2]
        relevant = {document.id: 1 for document in gold}
        answers = texts_or_none(record, "answers", place) or ()
        questions.append(Question(number, words(record, "question", place), relevant, answers))
    return DataSet(str(path), Texts.collect(documents), tuple(questions))
