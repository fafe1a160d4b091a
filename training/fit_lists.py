"""Fits what is taken for an item of a list, and measures how whole lists are ("which towns does it mention?").

    python training/fit_lists.py [training/written/documents.jsonl] [--reader FILE] [--verbose]

Asked of those documents of our own that the reader did not learn from, each by itself. Of a question with
items in the document: precision, the share of the answer's items that are among them, recall, the share
of them that the answer has, and F1, compared as SQuAD compares answers; means over the questions. What has
a longer name and a shorter one ("Morag Pirie", "Pirie") is one item. A question without items must be told
that the document does not say.

The probability that there is any item (``qa/confidence.py``) is a logistic regression on the highest relevance.
Times the mean precision of the lists that are given where there is one, it is how sure a list is; where that is below the
threshold of an answer, nothing is given. The least relevance and score of the other lists'
items (``qa/exact.py``) are those of the best mean F0.5, in which precision counts for more: most documents are longer
than these, with more passages that have none. Figures of the fit are of cross-validation by document; the table's are of
whole answers, by what the program has now.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from fit_answers import calibration_error
from reader_examples import own_documents
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from index.embedders import open_embedder
from index.index import Index
from index.indexing import index_documents
from index.types import Block, Document, Kind
from qa.assistant import Assistant
from qa.confidence import EVIDENCE_THRESHOLDS, LIST_PRECISION
from qa.evidence import readings
from qa.exact import same_item, wants_list
from qa.reading.choose import DEFAULT_READER, open_reader
from qa.reading.packaged import PackagedReader
from qa.reading.reader import Reader
from qa.wording import normalised

RELEVANCES, SCORES = (-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1), (-8, -7, -6, -5, -4, -3, -2, -1, 0)
"""What is tried for the least relevance of a passage and the least score of its words."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with what is right and what was read for it."""

    document: int
    items: frozenset[str]
    readings: tuple[tuple[float, tuple[tuple[str, float], ...]], ...]
    """Of every passage its relevance, and its likeliest words with their scores."""

    def found(self, gate: float, relevance: float, score: float) -> set[str]:
        """What a list has, of passages and words that are at least so likely.

        Args:
            gate: the least that the highest relevance must be; else there is no list.
            relevance: the least of a passage.
            score: the least of its words.
        """
        found: dict[str, None] = {}
        for relevant, spans in self.readings if self.relevance >= gate else ():
            for words, likely in spans if relevant >= relevance else ():
                item = longest(words, self.items)
                if likely >= score and not any(same_item(item, each) for each in found):
                    found[item] = None
        return set(found)

    @property
    def relevance(self) -> float:
        """The highest of any passage."""
        return max(relevance for relevance, _ in self.readings)

    def f05(self, gate: float, relevance: float, score: float) -> float:
        """Of the list; of none, where none is right, 1."""
        found = self.found(gate, relevance, score)
        if not found and not self.items:
            return 1.0
        return 1.25 * len(found & self.items) / (len(found) + 0.25 * len(self.items))


def longest(item: str, items: Iterable[str]) -> str:
    """The longest of the items that has this one's words in it; itself where none has."""
    return max((each for each in items if f" {item} " in f" {each} "), key=len, default=item)


def figures(found: set[str], items: Iterable[str]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    items = set(items)
    if not found and not items:
        return 1.0, 1.0, 1.0
    right = len(found & items)
    both = len(found) + len(items)
    return (
        right / len(found) if found else 0.0,
        right / len(items) if items else 0.0,
        2 * right / both,
    )


# -- asking -----------------------------------------------------------------------------------------


def as_document(record: dict[str, Any]) -> Document:
    """A document of passages under their sections, some of them captions or comments."""
    text, blocks, section = "", [], None
    for passage in record["passages"]:
        parts = [(passage["text"], Kind.PARAGRAPH)]
        if passage.get("author"):
            parts = [(passage["text"], Kind.COMMENT)]
        elif passage.get("caption"):
            parts = [(passage["text"], Kind.CAPTION)]
        elif passage.get("section") not in (None, section):
            section = passage["section"]
            parts.insert(0, (section, Kind.HEADING))
        for words, kind in parts:
            author = passage.get("author") if kind is Kind.COMMENT else None
            blocks.append(Block(kind, len(text), len(text) + len(words), author=author))
            text += words + "\n\n"
    title = record["title"]
    return Document.create(path=title, title=title, text=text, blocks=blocks)


def held_out(documents: Path) -> Iterator[tuple[Index, list[tuple[str, frozenset[str]]]]]:
    """Each held-out document that has such questions, with these and their items."""
    embedder = open_embedder()
    for record, learned in own_documents(documents):
        if learned or not record.get("lists"):
            continue
        yield (
            index_documents([as_document(record)], embedder=embedder),
            [(question, _items(by_passage)) for question, by_passage in record["lists"]],
        )


def _items(by_passage: dict[str, list[str]]) -> frozenset[str]:
    """Each once, under its longest name."""
    items = {normalised(item) for some in by_passage.values() for item in some}
    return frozenset(longest(item, items) for item in items)


def read(
    index: Index, questions: Sequence[tuple[str, frozenset[str]]], number: int, reader: Reader
) -> Iterator[Question]:
    """Read all passages of a document for every question on it."""
    for asked, items in questions:
        found = readings(asked, list(index.passages), index, reader)
        yield Question(
            number,
            items,
            tuple(
                (
                    reading.relevance,
                    tuple(
                        (normalised(span.text), span.score)
                        for span in reading.spans
                        if not span.names_author and normalised(span.text)
                    ),
                )
                for reading in found
            ),
        )


# -- fitting ----------------------------------------------------------------------------------------


def fit(questions: Sequence[Question]) -> None:
    """Print what is best, and what it comes to where it was not fitted."""
    groups = [question.document for question in questions]
    highest = np.array([[question.relevance] for question in questions])
    there = np.array([bool(question.items) for question in questions])
    model = LogisticRegression(class_weight="balanced").fit(highest, there)
    relevance, score = _best(questions, _gate(model))
    print(f"least relevance {relevance}, least score {score}")
    merits: list[tuple[bool, float]] = []
    probabilities = np.zeros(len(questions))
    for learn, check in GroupKFold(FOLDS).split(questions, groups=groups):
        fold = LogisticRegression(class_weight="balanced").fit(highest[learn], there[learn])
        probabilities[check] = fold.predict_proba(highest[check])[:, 1]
        gate = _gate(fold)
        chosen = _best([questions[n] for n in learn], gate)
        merits += [(bool(questions[n].items), questions[n].f05(gate, *chosen)) for n in check]
    for name, some in (("with items", True), ("without", False)):
        merit = statistics.fmean(value for has, value in merits if has is some)
        print(f"  {name}: F0.5 {merit:.3f}")
    print(f"probability: intercept {model.intercept_[0]:.2f}, relevance {model.coef_[0][0]:.2f}")
    weights = np.where(there, 0.5 / there.mean(), 0.5 / (~there).mean())
    error = calibration_error(probabilities, there.astype(float), weights)
    print(f"  calibration error {error:.3f}")
    for threshold in (0.12, 0.2, 0.25, 0.28, 0.3, 0.4, 0.5):
        refused = probabilities < threshold
        print(
            f"  threshold {threshold}: refused {refused[there].mean():.3f} of those with items,"
            f" {refused[~there].mean():.3f} of those without"
        )


def _gate(model: LogisticRegression) -> float:
    """The relevance at which a list is as sure as an answer must be by default."""
    least = EVIDENCE_THRESHOLDS["balanced"] / LIST_PRECISION
    return float((math.log(least / (1 - least)) - model.intercept_[0]) / model.coef_[0][0])


def _best(questions: Sequence[Question], gate: float) -> tuple[float, float]:
    return max(
        product(RELEVANCES, SCORES),
        key=lambda least: statistics.fmean(question.f05(gate, *least) for question in questions),
    )


# -- measuring --------------------------------------------------------------------------------------


class Measured:
    """Whole answers, counted."""

    def __init__(self, *, verbose: bool) -> None:
        self._verbose = verbose
        self._figures: list[tuple[float, float, float]] = []
        self._given: list[float] = []
        self._understood = self._without = self._refused = 0

    def ask(self, question: str, items: frozenset[str], assistant: Assistant) -> None:
        """Ask, and compare."""
        given = assistant.ask(question)
        found = {longest(normalised(each.quote), items) for each in given.citations}
        if self._verbose:
            print(f"{question}\n  wanted {sorted(items)}\n  given  {sorted(found)}")
        self._understood += wants_list(question)
        if items:
            self._figures.append(figures(found, items))
            self._given += [self._figures[-1][0]] if found else []
        else:
            self._without += 1
            self._refused += given.abstained

    def table(self) -> Table:
        """The means."""
        table = Table(title="whole answers")
        names = "questions", "without items", "understood as lists", "precision", "recall", "F1"
        for name in (*names, "without items, refused", "precision of those given"):
            table.add_column(name)
        means = [f"{statistics.fmean(each):.3f}" for each in zip(*self._figures, strict=True)]
        count = len(self._figures) + self._without
        refused = f"{self._refused / max(1, self._without):.3f}"
        given = f"{statistics.fmean(self._given):.3f}"
        table.add_row(str(count), str(self._without), str(self._understood), *means, refused, given)
        return table


def main() -> None:
    """Read, ask, fit and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "documents", type=Path, nargs="?", default=Path("training/written/documents.jsonl")
    )
    parser.add_argument("--reader", type=Path, help="another file of export_reader.py")
    parser.add_argument("--verbose", action="store_true", help="show every answer")
    options = parser.parse_args()
    packaged = open_reader(DEFAULT_READER)
    reader = PackagedReader(options.reader, None) if options.reader else packaged
    assert reader is not None
    questions: list[Question] = []
    measured = Measured(verbose=options.verbose)
    for number, (index, asked) in enumerate(held_out(options.documents)):
        questions += read(index, asked, number, reader)
        assistant = Assistant(index, reader=reader)
        for question, items in asked:
            measured.ask(question, items, assistant)
    fit(questions)
    Console().print(measured.table())


if __name__ == "__main__":
    main()
