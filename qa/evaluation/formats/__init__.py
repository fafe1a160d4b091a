"""The formats of data sets: which one a path has, and reading it."""

from __future__ import annotations

from pathlib import Path

from index.errors import ArgumentError
from qa.evaluation.dataset import DataSet, QuestionFile
from qa.evaluation.formats import beir, natural_questions, question_file, squad
from qa.evaluation.formats.jsonfiles import first_record


def load(path: Path, *, split: str, articles: frozenset[str] | None) -> DataSet | QuestionFile:
    """Read a data set, whichever format it has.

    Args:
        path: a BEIR folder, or a file in one of the other formats.
        split: which part of a BEIR folder.
        articles: the titles of the articles of a SQuAD file to ask about; None for all.

    Raises:
        ArgumentError: it is of none of the formats, or malformed; the message says where.
    """
    if path.is_dir():
        return beir.load(path, split=split)
    record = first_record(path)
    if "data" in record:
        return squad.load(path, articles=articles)
    if "ctxs" in record:
        return natural_questions.load(path)
    if "question" in record:
        return question_file.load(path)
    raise ArgumentError(
        f'{path}: not a data set that is known: neither SQuAD ("data"), nor lines of Natural'
        ' Questions ("question", "ctxs") or of questions ("question", "passage_contains"),'
        " nor a BEIR folder"
    )
