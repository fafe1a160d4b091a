"""From the command's settings to the results."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from index.embedder import DEFAULT_MODEL, Embedder
from index.embedders import open_embedder
from index.errors import ArgumentError
from index.index import Index
from index.indexing import index_documents
from index.manifest import exists
from index.types import Document
from qa.assistant import Assistant, default_documents
from qa.caution import check_caution
from qa.evaluation.answering import Asking, SingleDocuments, ask_expectations
from qa.evaluation.dataset import DataSet, QuestionFile
from qa.evaluation.formats import load
from qa.evaluation.formats.jsonfiles import read_object
from qa.evaluation.metrics import answer_metrics, off_topic_metrics, shown_metrics
from qa.evaluation.off_topic import SEED, ask_off_topic, draw
from qa.evaluation.result import Result, Watch
from qa.evaluation.retrieval import require_measures
from qa.evaluation.texts import measure_all, measure_own, own_documents
from qa.reading.choose import DEFAULT_READER, NO_READER, open_reader
from qa.reading.reader import Reader

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
    sample: int | None = None
    """Only so many questions of each set, drawn at random; the same ones in every run."""
    given: bool = False
    """Ask every question of its own right text alone, instead of all texts."""
    off_topic: int | None = None
    """Also ask so many questions of an article that they are not about."""
    index_dir: Path | None = None
    """Where indexes are kept; None to keep none but the one that ``qa.ask`` keeps."""
    model: str = DEFAULT_MODEL
    reader: str = DEFAULT_READER
    caution: str = "balanced"

    def command(self) -> str:
        """The command line that repeats this evaluation."""
        options: list[tuple[str, object]] = [("--documents", path) for path in self.documents]
        if self.split != "test" or self.split_file is not None:
            options.append(("--split", self.split))
        options += [
            ("--split-file", self.split_file),
            ("--first", self.first),
            ("--last", self.last),
            ("--sample", self.sample),
            ("--off-topic", self.off_topic),
            ("--index-dir", self.index_dir),
            ("--model", None if self.model == DEFAULT_MODEL else self.model),
            ("--reader", None if self.reader == DEFAULT_READER else self.reader),
            ("--caution", None if self.caution == "balanced" else self.caution),
        ]
        named = [part for option in options if option[1] is not None for part in option]
        if self.given:
            named.append("--given")
        return shlex.join(map(str, ["python", "-m", "qa", "evaluate", *self.paths, *named]))

    def choose(self, questions: Sequence[_Asked]) -> Sequence[_Asked]:
        """The questions to ask, in their order."""
        if self.sample is not None and self.sample < len(questions):
            drawn = random.Random(SEED).sample(range(len(questions)), self.sample)
            return [questions[number] for number in sorted(drawn)]
        if self.first is not None:
            return questions[: self.first]
        return questions if self.last is None else questions[-self.last :]


def evaluate(
    settings: Settings,
    watch: Watch,
    *,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
) -> list[Result]:
    """Measure every data set, after all of them were read.

    Args:
        settings: what to measure.
        watch: told of what is being done.
        embedder: the embedding model; by default made from its name in ``settings``.
        reader: by default opened by its name in ``settings``, once for all sets.

    Raises:
        ArgumentError: the settings contradict each other, or a data set is malformed.
        Error: ir-measures is missing; documents, model or index cannot be used.
    """
    if sum(chosen is not None for chosen in (settings.first, settings.last, settings.sample)) > 1:
        raise ArgumentError(
            "the first and the last questions and a sample cannot be chosen together; name one"
        )
    articles = _articles(settings)
    sets = [load(path, split=settings.split, articles=articles) for path in settings.paths]
    _check(sets, settings)
    embedder = embedder or open_embedder(settings.model)
    chosen = reader or open_reader(settings.reader) or NO_READER
    asking = Asking(chosen, check_caution(settings.caution))
    results = []
    for data in sets:
        step = partial(_step, watch, Path(data.name).name)
        if isinstance(data, QuestionFile):
            results.append(_evaluate_question_file(data, settings, embedder, asking, step))
        else:
            results.append(_evaluate_data_set(data, settings, embedder, asking, step))
    return results


def _evaluate_data_set(
    data: DataSet, settings: Settings, embedder: Embedder, asking: Asking, watch: Watch
) -> Result:
    index = _index(data, settings.index_dir, embedder, partial(watch, "embedding"))
    questions = settings.choose(data.questions)
    alone = SingleDocuments(index, asking)
    if settings.given:
        metrics, outcomes = measure_own(questions, data.texts, alone, asking, watch)
    else:
        metrics, outcomes = measure_all(questions, data.texts, index, asking, watch)
    strangers = []
    if settings.off_topic is not None:
        strangers = ask_off_topic(draw(data, settings.off_topic), alone, asking, watch)
    return Result(
        data.name,
        available=len(data.questions),
        passages=len(index.passages),
        embedded=index.embedded + alone.embedded,
        metrics=(*metrics, *off_topic_metrics(strangers)),
        outcomes=tuple(outcomes),
        off_topic=tuple(strangers),
    )


def _evaluate_question_file(
    data: QuestionFile, settings: Settings, embedder: Embedder, asking: Asking, watch: Watch
) -> Result:
    paths = list(settings.documents) or default_documents()
    folder = None
    if settings.index_dir is not None:
        named = "\n".join(sorted(os.path.realpath(path) for path in paths))
        folder = _folder(settings.index_dir, "documents", named, embedder)
    assistant = Assistant.from_documents(
        paths,
        model=embedder,
        reader=asking.reader,
        index_dir=folder,
        progress=partial(watch, "embedding"),
    )
    outcomes = ask_expectations(settings.choose(data.questions), assistant, asking, watch)
    ranked = [outcome.rank for outcome in outcomes if outcome.right_text]
    return Result(
        data.name,
        available=len(data.questions),
        passages=len(assistant.index.passages),
        embedded=assistant.index.embedded,
        metrics=(*shown_metrics(ranked), *answer_metrics(outcomes)),
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
    previous = Index.open(folder, embedder=embedder) if exists(folder) else None
    known = [previous] if previous is not None else []
    index = index_documents(documents, embedder=embedder, previous=known, progress=progress)
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
    check_caution(settings.caution)
    for data in sets:
        _check_asking(data, settings)
    if settings.documents and not any(isinstance(data, QuestionFile) for data in sets):
        raise ArgumentError(
            "documents are named, and no file of questions about them; the other data sets"
            " have their own"
        )
    if any(isinstance(data, DataSet) for data in sets):
        require_measures()


def _check_asking(data: DataSet | QuestionFile, settings: Settings) -> None:
    """See that a set's questions can be asked in the ways that were chosen."""
    if isinstance(data, QuestionFile):
        if settings.given or settings.off_topic is not None:
            raise ArgumentError(
                f"{data.name}: its questions are on your own documents; only those of a data set"
                " can be asked of their own text alone, or of others' articles"
            )
        return
    if settings.given:
        own_documents(settings.choose(data.questions), data.texts)
    if settings.off_topic is not None:
        draw(data, settings.off_topic)


def _step(watch: Watch, name: str, doing: str, done: int, of: int) -> None:
    watch(f"{name}: {doing}", done, of)
