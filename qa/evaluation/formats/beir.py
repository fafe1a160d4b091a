"""BEIR's layout (Thakur et al. 2021): corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from index.errors import ArgumentError
from index.types import Document
from qa.evaluation.dataset import DataSet, Question, Texts, text_document
from qa.evaluation.formats.jsonfiles import read_lines, read_text, words, words_or_none


def load(folder: Path, *, split: str) -> DataSet:
    """Read a folder. Its questions are those that the split's file judges, in the file's order.

    Raises:
        ArgumentError: a file is missing or malformed, or there is no such split.
    """
    for name in ("corpus.jsonl", "queries.jsonl", "qrels"):
        if not (folder / name).exists():
            raise ArgumentError(
                f"{folder}: no {name}; a data set's folder holds corpus.jsonl, queries.jsonl"
                " and qrels/"
            )
    judged = _read_qrels(folder / "qrels", split)
    questions = _read_questions(folder / "queries.jsonl", judged)
    return DataSet(str(folder), Texts.collect(_read_corpus(folder / "corpus.jsonl")), questions)


def _read_corpus(path: Path) -> Iterator[tuple[Document, list[str]]]:
    """A document is its title and one paragraph. One without a word is left out."""
    seen = set()
    for place, record in read_lines(path):
        name = words(record, "_id", place)
        if name in seen:
            raise ArgumentError(f'{place}: the "_id" {name!r} is there twice')
        seen.add(name)
        title = words_or_none(record, "title", place) or ""
        text = words_or_none(record, "text", place) or title
        if text:
            yield text_document(name, title, [text]), [name]


def _read_questions(path: Path, judged: Mapping[str, Mapping[str, int]]) -> tuple[Question, ...]:
    texts: dict[str, str] = {}
    for place, record in read_lines(path):
        name = words(record, "_id", place)
        if name in texts:
            raise ArgumentError(f'{place}: the "_id" {name!r} is there twice')
        texts[name] = words(record, "text", place)
    if unknown := [name for name in judged if name not in texts]:
        raise ArgumentError(f"{path}: no question {unknown[0]!r}, which qrels/ judges")
    return tuple(Question(name, texts[name], relevant) for name, relevant in judged.items())


def _read_qrels(folder: Path, split: str) -> Mapping[str, Mapping[str, int]]:
    """Each text's grade, by the question and the text's name."""
    path = folder / f"{split}.tsv"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.tsv"))) or "none"
        raise ArgumentError(f"{path}: no such file; the splits are: {known}")
    judged: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(read_text(path).split("\n"), 1):
        fields = line.split("\t")
        if not line.strip() or (number == 1 and fields[0] == "query-id"):
            continue
        try:
            question, text, grade = (field.strip() for field in fields)
            judged[question][text] = int(grade)
        except ValueError as error:
            raise ArgumentError(
                f"{path}:{number}: expected a question's id, a text's id and a whole number,"
                " with tabs between them"
            ) from error
    return judged
