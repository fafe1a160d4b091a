"""How well passages of long documents are cut: prints recall, precision and overlap with answers.

    python benchmarks/chunking.py FOLDER [--cache FOLDER] [--corpora NAME...] [--first 100000]

``FOLDER`` holds ``questions_df.csv`` and ``corpora/*.md``, as in the public repository
brandonstarxel/chunking_evaluation (Smith and Troynikov 2024, "Evaluating Chunking Strategies for
Retrieval"): questions with the exact stretches of five documents that answer them. All documents
that are named lie in one index. Our passages are compared with windows of 200 words and with windows
of 400 characters that overlap by 200. All are embedded by the same model, each behind its document's
title, and found in the same two ways: by vectors alone, and by the whole search.

Over the k passages found for a question, in characters of the document, overlaps counted once:
recall is the part of the answer that was found, precision the part of what was found that is answer,
IoU what is both by what is either; all are means over the questions. Five long passages hold more than
five short ones, whatever they were cut by; so the recall is also taken of the first 1,500 and 4,000
characters found, the last passage cut off there.

The rules of ``index/chunker.py`` were chosen by ``--corpora state_of_the_union wikitexts``. Nothing
was chosen by the other three, ``chatlogs``, ``finance`` and ``pubmed``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index import readers
from index.acronyms import find_names
from index.chunker import CHUNKING, Chunker, searched_text
from index.embedders.packaged import PackagedEmbedder
from index.entries import IndexedDocument
from index.index import Index
from index.lexical import term_table
from index.spelling import vocabulary
from index.types import Document, Kind, Passage

CHOSEN_BY = frozenset({"state_of_the_union", "wikitexts"})
"""The corpora that rules were chosen by; the others are held out."""
WINDOW_WORDS = 200
WINDOW_CHARACTERS, OVERLAP = 400, 200
BUDGETS = (1500, 4000)
"""The recall is also taken of so many characters found."""
MOST_FOUND = 40
"""So many passages are found for a question to fill these."""

Span = tuple[int, int]
Cutting = Callable[[Document], Sequence[Passage]]
Finder = Callable[[str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the stretches of its document's text that answer it."""

    text: str
    corpus: str
    references: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How what was found for a question covers its answer, each 0…1."""

    recall: float
    precision: float
    iou: float
    characters: int
    """How many were found."""
    recall_1500: float
    recall_4000: float


# -- the data -------------------------------------------------------------------------------------


def read_corpora(
    folder: Path, names: Sequence[str] | None, first: int | None
) -> dict[str, Document]:
    """The documents by name, as our reader reads them, or the beginning of each."""
    paths = sorted((folder / "corpora").glob("*.md"))
    unknown = set(names or ()) - {path.stem for path in paths}
    if unknown or not paths:
        raise SystemExit(f"{folder / 'corpora'}: no {', '.join(sorted(unknown)) or 'corpora'}")
    return {
        path.stem: readers.read(path.read_text(encoding="utf-8")[:first].encode(), path)
        for path in paths
        if names is None or path.stem in names
    }


def read_questions(folder: Path, corpora: Mapping[str, Document]) -> list[Question]:
    """The questions that the documents answer, each answer's place checked against its words."""
    questions = []
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["corpus_id"] not in corpora:
                continue
            text, spans = corpora[row["corpus_id"]].text, []
            for reference in json.loads(row["references"]):
                span = reference["start_index"], reference["end_index"]
                if span[1] <= len(text) and text[slice(*span)] != reference["content"]:
                    raise SystemExit(f"{row['corpus_id']}: the words of {span} are not there")
                spans.append(span)
            if all(end <= len(text) for _, end in spans):
                questions.append(Question(row["question"], row["corpus_id"], tuple(spans)))
    return questions


# -- ways to cut ----------------------------------------------------------------------------------


def windows_of_words(document: Document) -> list[Passage]:
    """So many words after so many words."""
    words = [match.span() for match in re.finditer(r"\S+", document.text)]
    firsts = range(0, len(words), WINDOW_WORDS)
    ends = [words[min(first + WINDOW_WORDS, len(words)) - 1][1] for first in firsts]
    return [
        Passage(document, Kind.PARAGRAPH, words[first][0], end)
        for first, end in zip(firsts, ends, strict=True)
    ]


def windows_of_characters(document: Document) -> list[Passage]:
    """So many characters, half of them those of the window before."""
    last = max(1, len(document.text) - OVERLAP)
    return [
        Passage(document, Kind.PARAGRAPH, start, min(start + WINDOW_CHARACTERS, len(document.text)))
        for start in range(0, last, WINDOW_CHARACTERS - OVERLAP)
    ]


# -- an index of what was cut ---------------------------------------------------------------------


class Remembered(PackagedEmbedder):
    """The embedding model, with its vectors in a file of a folder.

    Args:
        folder: where the file is; None to embed everything anew.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._file = folder / f"{self.fingerprint[:16]}.npz" if folder else None
        self._known: dict[str, NDArray[np.float32]] = {}
        if self._file and self._file.exists():
            with np.load(self._file) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def embed(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        """Unit vectors, one row a text: (len(texts), dimension)."""
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._known |= zip(new, super().embed(list(new.values())), strict=True)
        return np.stack([self._known[key] for key in keys])

    def remember(self) -> None:
        """Write the file."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._file, keys=list(self._known), vectors=list(self._known.values()))


def title_and_words(passage: Passage) -> str:
    """What a window is searched by."""
    return f"{passage.document.title}\n{passage.text}"


def index_of(
    documents: Iterable[Document],
    cut: Cutting,
    embedder: Remembered,
    searched: Callable[[Passage], str] = searched_text,
) -> Index:
    """The documents, cut in some way, searchable.

    Args:
        documents: what to cut.
        cut: how.
        embedder: the model that gives the passages' vectors.
        searched: what a passage is searched for words by.
    """
    chunker = Chunker(embedder)
    entries = []
    for document in documents:
        passages = tuple(cut(document))
        embedded = [chunker.embedded_text(passage) for passage in passages]
        texts = [passage.text for passage in passages]
        entries.append(
            IndexedDocument(
                document,
                passages,
                tuple(hashlib.sha256(text.encode()).hexdigest() for text in embedded),
                embedder.embed(embedded),
                term_table([searched(passage) for passage in passages], texts),
                vocabulary(texts),
                find_names(texts),
            )
        )
    return Index.of(entries, embedder)


def finders(index: Index, k: int) -> Iterator[tuple[str, Finder]]:
    """The ways to find passages, by name."""

    def by_vectors(question: str) -> list[Passage]:
        rows, _ = index.dense.nearest(index.embedder.embed([question])[0], k)
        return [index.passages[row] for row in rows]

    yield "vectors", by_vectors
    yield "search", lambda question: [hit.passage for hit in index.search(question, k=k)]


# -- the figures ----------------------------------------------------------------------------------


def measured(
    question: Question, found: Sequence[Passage], k: int, corpora: Mapping[str, Document]
) -> Figures:
    """How passages, best first, cover the answer of a question."""
    document = corpora[question.corpus].id
    wanted = {(document, at) for span in question.references for at in range(*span)}
    # A dictionary for its order: the characters as they were found, each once.
    order = list(dict.fromkeys(place for passage in found for place in _places(passage)))
    got = {place for passage in found[:k] for place in _places(passage)}
    both = len(wanted & got)
    within = [len(wanted.intersection(order[:budget])) / len(wanted) for budget in BUDGETS]
    return Figures(both / len(wanted), both / len(got), both / len(wanted | got), len(got), *within)


def _places(passage: Passage) -> Iterator[tuple[str, int]]:
    return ((passage.document.id, at) for at in range(passage.start, passage.end))


def main() -> None:
    """Print a table for each way to find passages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for vectors, to be quicker next time")
    parser.add_argument("--corpora", nargs="+", help="only these, in one index; default: all")
    parser.add_argument("--first", type=int, help="only the first so many characters of each")
    parser.add_argument("--k", type=int, default=5)
    options = parser.parse_args()
    corpora = read_corpora(options.folder, options.corpora, options.first)
    questions = read_questions(options.folder, corpora)
    embedder = Remembered(options.cache)
    cuttings: dict[str, tuple[Cutting, Callable[[Passage], str]]] = {
        f"ours, {CHUNKING}": (Chunker(embedder).split, searched_text),
        f"{WINDOW_WORDS} words": (windows_of_words, title_and_words),
        f"{WINDOW_CHARACTERS} characters, {OVERLAP} overlap": (
            windows_of_characters,
            title_and_words,
        ),
    }
    print(f"{len(questions)} questions on {', '.join(corpora)}; the {options.k} best passages")
    for name, (cut, searched) in cuttings.items():
        index = index_of(corpora.values(), cut, embedder, searched)
        embedder.remember()
        for way, find in finders(index, max(MOST_FOUND, options.k)):
            figures = [measured(each, find(each.text), options.k, corpora) for each in questions]
            print_figures(f"{name}; {way}; {len(index.passages)} passages", questions, figures)
        embedder.remember()


def print_figures(title: str, questions: Sequence[Question], figures: Sequence[Figures]) -> None:
    """One way to cut and one way to find: a line for each corpus, and for several together."""
    table = Table("on", "questions", "recall", "precision", "IoU", "characters", title=title)
    for budget in BUDGETS:
        table.add_column(f"recall in {budget:,}")
    for name, members in groups_of(questions).items():
        some = [
            astuple(each)
            for question, each in zip(questions, figures, strict=True)
            if question.corpus in members
        ]
        recall, precision, iou, characters, *within = np.mean(some, axis=0)
        shares = [f"{share:.3f}" for share in (recall, precision, iou)]
        rest = [f"{share:.3f}" for share in within]
        table.add_row(name, str(len(some)), *shares, f"{characters:.0f}", *rest)
    Console().print(table)


def groups_of(questions: Sequence[Question]) -> dict[str, list[str]]:
    """Which corpora are looked at together, by a name: each, the chosen by, the held out, all."""
    names = list(dict.fromkeys(each.corpus for each in questions))
    groups = {name: [name] for name in names}
    held_out = [name for name in names if name not in CHOSEN_BY]
    if held_out and len(held_out) < len(names):
        groups["chosen by"] = [name for name in names if name in CHOSEN_BY]
        groups["held out"] = held_out
    groups["all"] = names
    return groups


if __name__ == "__main__":
    main()
