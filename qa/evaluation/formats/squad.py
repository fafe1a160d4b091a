"""SQuAD's format, v1.1 and v2.0 (Rajpurkar et al. 2016, 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import ArgumentError
from index.types import Document
from qa.evaluation.dataset import DataSet, Question, Texts, text_document
from qa.evaluation.formats.jsonfiles import objects, read_object, words


def load(path: Path, *, articles: frozenset[str] | None) -> DataSet:
    """Read a file. A question's right text is the paragraph that it was asked about.

    A question without an answer is unanswerable, whether the file says so ("is_impossible") or
    not; one whose answers the file leaves out altogether is not.

    Args:
        path: the file.
        articles: the titles of the articles to ask about; None for all. The texts are those of
            every article.

    Raises:
        ArgumentError: the file is malformed, or has none of the articles.
    """
    found = list(objects(read_object(path), "data", str(path)))
    titles = {words(article, "title", place) for place, article in found}
    if articles is not None and not articles & titles:
        raise ArgumentError(
            f"{path}: has none of the {len(articles)} articles chosen; its titles are like"
            f" {', '.join(sorted(titles)[:3])}"
        )
    texts = Texts.collect(_document(place, article) for place, article in found)
    questions = tuple(
        question
        for place, article in found
        if articles is None or words(article, "title", place) in articles
        for question in _questions(place, article)
    )
    return DataSet(str(path), texts, _checked(questions, path))


def _document(place: str, article: dict[str, Any]) -> tuple[Document, list[str]]:
    """An article is a document of paragraphs."""
    title = words(article, "title", place)
    paragraphs = list(objects(article, "paragraphs", place))
    contexts = [words(paragraph, "context", inner) for inner, paragraph in paragraphs]
    return text_document(title, title.replace("_", " "), contexts), contexts


def _questions(place: str, article: dict[str, Any]) -> Iterator[Question]:
    for inner, paragraph in objects(article, "paragraphs", place):
        context = words(paragraph, "context", inner)
        for innermost, asked in objects(paragraph, "qas", inner):
            answers = _answers(asked, innermost)
            impossible = bool(asked.get("is_impossible")) or answers == ()
            yield Question(
                words(asked, "id", innermost),
                words(asked, "question", innermost),
                {} if impossible else {context: 1},
                () if impossible or answers is None else answers,
                about=context,
            )


def _answers(asked: dict[str, Any], place: str) -> tuple[str, ...] | None:
    """The right answers, each once: none for an unanswerable question, None when not told."""
    if asked.get("answers") is None:
        return None
    found = [words(answer, "text", inner) for inner, answer in objects(asked, "answers", place)]
    return tuple(dict.fromkeys(found))


def _checked(questions: tuple[Question, ...], path: Path) -> tuple[Question, ...]:
    seen = set()
    for question in questions:
        if question.id in seen:
            raise ArgumentError(f'{path}: the question "id" {question.id!r} is there twice')
        seen.add(question.id)
    return questions
