"""From the command's settings to the results."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from index import store
from index.builder import index_documents
from index.embedder import DEFAULT_MODEL, Embedder, SentenceTransformerEmbedder
from index.errors import ArgumentError
from index.index import Index
from index.types import Document
from qa.assistant import Assistant, default_documents
from qa.evaluation.answering import measure_answers, measure_refusals
from qa.evaluation.dataset import DataSet, QuestionFile
from qa.evaluation.formats import load
from qa.evaluation.formats.jsonfiles import read_object
from qa.evaluation.result import Metric, Outcome, Result, Watch
from qa.evaluation.retrieval import measure_retrieval, require_measures

_Asked = TypeVar("_Asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is evaluated, on which questions. Nothing here changes how anything is searched."""

    paths: tuple[Path, ...]
    documents: tuple[Path, ...] = ()
    """What question files ask about; by default the documents that ``qa.ask`` answers from."""
    split: str = "test"
    """A BEIR folder's qrels/SPLIT.tsv, or a key of ``split_file``."""
    split_file: Path | None = None
    """JSON: the titles of a SQuAD file's articles, by split."""
    first: int | None = None
    """Only the first so many questions of each set."""
    last: int | None = None
    """Only the last so many questions of each set."""
    index_dir: Path | None = None
    """Where indexes are kept; None to keep none but the one that ``qa.ask`` keeps."""
    model: str = DEFAULT_MODEL

    def command(self) -> str:
        """The command line that repeats this evaluation."""
        options: list[tuple[str, object]] = [("--documents", path) for path in self.documents]
        if self.split != "test" or self.split_file is not None:
            options.append(("--split", self.split))
        options += [
            ("--split-file", self.split_file),
            ("--first", self.first),
            ("--last", self.last),
            ("--index-dir", self.index_dir),
        ]
        if self.model != DEFAULT_MODEL:
            options.append(("--model", self.model))
        given = [part for option in options if option[1] is not None for part in option]
        return shlex.join(map(str, ["python", "-m", "qa", "evaluate", *self.paths, *given]))

    def choose(self, questions: Sequence[_Asked]) -> Sequence[_Asked]:
        """The questions to ask."""
        if self.first is not None:
            return questions[: self.first]
        return questions if self.last is None else questions[-self.last :]


def evaluate(settings: Settings, watch: Watch, *, embedder: Embedder | None = None) -> list[Result]:
    """Measure every data set, after all of them were read.

    Args:
        settings: what to measure.
        watch: told of what is being done.
        embedder: the embedding model; by default made from its name in ``settings``.

    Raises:
        ArgumentError: the settings contradict each other, or a data set is malformed.
        Error: ir-measures is missing; documents, model or index cannot be used.
    """
    if settings.first is not None and settings.last is not None:
        raise ArgumentError("the first and the last questions cannot both be chosen; name one")
    articles = _articles(settings)
    sets = [load(path, split=settings.split, articles=articles) for path in settings.paths]
    _check(sets, settings)
    embedder = embedder or SentenceTransformerEmbedder(settings.model)
    results = []
    for data in sets:
        step = partial(_step, watch, Path(data.name).name)
        if isinstance(data, QuestionFile):
            results.append(_evaluate_question_file(data, settings, embedder, step))
        else:
            results.append(_evaluate_data_set(data, settings, embedder, step))
    return results


def _evaluate_data_set(
    data: DataSet, settings: Settings, embedder: Embedder, watch: Watch
) -> Result:
    index = _index(data, settings.index_dir, embedder, partial(watch, "embedding"))
    questions = settings.choose(data.questions)
    answerable = [question for question in questions if question.answerable]
    metrics: list[Metric] = []
    outcomes: dict[str, Outcome] = {}
    if answerable:
        metrics, found = measure_retrieval(answerable, data.texts, index, watch)
        outcomes = {outcome.id: outcome for outcome in found}
    if len(answerable) < len(questions):
        more, asked = measure_refusals(questions, Assistant(index), watch)
        metrics += more
        for outcome in asked:
            searched = outcomes.get(outcome.id)
            rank = None if searched is None else searched.rank
            outcomes[outcome.id] = replace(outcome, rank=rank)
    return Result(
        data.name,
        available=len(data.questions),
        passages=len(index.passages),
        embedded=index.embedded,
        metrics=tuple(metrics),
        outcomes=tuple(outcomes[question.id] for question in questions),
    )


def _evaluate_question_file(
    data: QuestionFile, settings: Settings, embedder: Embedder, watch: Watch
) -> Result:
    paths = list(settings.documents) or default_documents()
    folder = None
    if settings.index_dir is not None:
        named = "\n".join(sorted(os.path.realpath(path) for path in paths))
        folder = _folder(settings.index_dir, "documents", named, embedder)
    assistant = Assistant.from_documents(
        paths, model=embedder, index_dir=folder, progress=partial(watch, "embedding")
    )
    metrics, outcomes = measure_answers(settings.choose(data.questions), assistant, watch)
    return Result(
        data.name,
        available=len(data.questions),
        passages=len(assistant.index.passages),
        embedded=assistant.index.embedded,
        metrics=tuple(metrics),
        outcomes=tuple(outcomes),
        reports=assistant.reports,
    )


def _index(
    data: DataSet,
    index_dir: Path | None,
    embedder: Embedder,
    progress: Callable[[int, int], None],
) -> Index:
    """Index a data set's texts; with ``index_dir``, take over the vectors that are kept there.

    Only vectors and cuts are taken over: a change to the search by words shows at once.
    """
    documents = data.texts.documents
    if index_dir is None:
        return index_documents(documents, embedder=embedder, progress=progress)
    folder = _folder(index_dir, Path(data.name).stem, _content(documents), embedder)
    previous = Index.open(folder, embedder=embedder) if store.exists(folder) else None
    index = index_documents(documents, embedder=embedder, previous=previous, progress=progress)
    if previous is None or previous.keys != index.keys or previous.chunking != index.chunking:
        index.save(folder)
    return index


def _folder(index_dir: Path, name: str, content: str, embedder: Embedder) -> Path:
    """Where to keep an index: a folder named for what it is of, and by which model."""
    identity = hashlib.sha256(f"{embedder.fingerprint}\n{content}".encode()).hexdigest()
    return index_dir.expanduser() / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)}-{identity[:16]}"


def _content(documents: Sequence[Document]) -> str:
    return "\n".join(document.id for document in documents)


def _articles(settings: Settings) -> frozenset[str] | None:
    """The titles that the split file has for the split."""
    if settings.split_file is None:
        return None
    titles = read_object(settings.split_file).get(settings.split)
    if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
        raise ArgumentError(
            f'{settings.split_file}: "{settings.split}" must be a list of titles of articles'
        )
    return frozenset(titles)


def _check(sets: Sequence[DataSet | QuestionFile], settings: Settings) -> None:
    for data in sets:
        if not data.questions:
            raise ArgumentError(f"{data.name}: has no question")
    if settings.documents and not any(isinstance(data, QuestionFile) for data in sets):
        raise ArgumentError(
            "documents are named, and no file of questions about them; the other data sets"
            " have their own"
        )
    if any(isinstance(data, DataSet) for data in sets):
        require_measures()


def _step(watch: Watch, name: str, doing: str, done: int, of: int) -> None:
    watch(f"{name}: {doing}", done, of)
