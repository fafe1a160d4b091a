"""Fits what ranks passages for what is no question: a statement to be proved, or key words.

    python training/fit_statements.py [training/written/documents.jsonl] [--max-tokens 150] [--held-out]

Asked of all documents of our own together: the statements and key words that a passage decides, on the documents that
have such ("stated"), which the shipped reader did not learn from; ``--held-out`` leaves out what a reader would have
learned from. The weights of relevance and sentence beside the search's, and the most that relevance counts, are tried on
a grid; the figures are nDCG@10, and in cross-validation by document that of the weights that are best on the others. With
``--max-tokens`` longer passages are cut, as the abstracts of studies are; it is the whole passage that is ranked.

Also printed: the regression that makes a passage's score a number from 0 to 1, right and wrong ones counting evenly.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from fit_evidence import FOLDS, SEARCHED
from numpy.typing import NDArray
from reader_examples import own_documents
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from index.embedders import open_embedder
from index.index import Index
from index.indexing import index_documents
from index.types import Block, Document, Kind
from qa.answering import is_question
from qa.evidence import QUESTIONS, STATEMENT_READ, STATEMENTS, readings, sentence_scores
from qa.reading.packaged import PackagedReader
from qa.selection import SentenceScorer

RELEVANCES, SENTENCES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), (0.0, 0.5, 1.0, 2.0, 4.0, 6.0)
MOST_RELEVANCES = (3.0, 4.0, 6.0)
DEPTH = 10
"""Of the nDCG."""

Weights = tuple[float, float, float]
"""Of relevance and sentence, and the most that relevance counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, or key words, with the passages found, in the order of the search."""

    document: str
    wholes: tuple[int, ...]
    """Of which passage of the documents each is a part."""
    right: int
    """The one that decides it."""
    features: NDArray[np.float64]
    """(N, 3): relevance, the search's score, how like it the best sentence is."""

    def gain(self, scores: NDArray[np.float64]) -> float:
        """nDCG@10, where one passage is right."""
        ranked = [self.wholes[n] for n in np.argsort(-scores, kind="stable")]
        order = list(dict.fromkeys(ranked))[:DEPTH]
        return 1 / math.log2(2 + order.index(self.right)) if self.right in order else 0.0

    def scores(self, weights: Weights) -> NDArray[np.float64]:
        """The sums that rank the passages."""
        relevance, sentence, most = weights
        clipped = np.clip(self.features[:, 0], -most, most)
        return relevance * clipped + SEARCHED * self.features[:, 1] + sentence * self.features[:, 2]


class _Short:
    """An embedding model that is said to read less."""

    def __init__(self, max_tokens: int) -> None:
        self._embedder = open_embedder()
        self.max_tokens = max_tokens or self._embedder.max_tokens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)


def collect(path: Path, max_tokens: int, *, held_out: bool) -> Iterator[Case]:
    """Search and read for every statement and set of key words that a passage decides."""
    documents, asked = [], []
    for number, (document, learned) in enumerate(own_documents(path)):
        text, blocks = "", []
        for passage in document["passages"]:
            blocks.append(Block(Kind.PARAGRAPH, len(text), len(text) + len(passage["text"])))
            asked += [
                (words, (str(number), len(blocks) - 1))
                for words, _, decided in passage.get("stated", ())
                if decided and not is_question(words) and not (learned and held_out)
            ]
            text += passage["text"] + "\n\n"
        documents.append(
            Document.create(path=str(number), title=document["title"], text=text, blocks=blocks)
        )
    index = index_documents(documents, embedder=_Short(max_tokens))
    reader = PackagedReader()
    numbers: dict[tuple[str, int], int] = {}
    for done, (words, place) in enumerate(asked):
        if done % 100 == 0:
            print(f"{done} of {len(asked)}", flush=True)
        features, wholes = _read(words, index, reader)
        every = [*wholes, place]
        for each in every:
            numbers.setdefault(each, len(numbers))
        found = tuple(numbers[each] for each in wholes)
        yield Case(place[0], found, numbers[place], features)


def _read(
    words: str, index: Index, reader: PackagedReader
) -> tuple[NDArray[np.float64], list[tuple[str, int]]]:
    """What there is to rank the passages by, and the passages that they are parts of."""
    hits = index.search(words, k=STATEMENT_READ)
    passages = [hit.passage for hit in hits]
    read = readings(words, passages, index, reader)
    scorer = SentenceScorer(index.adapt(words), index, best=hits[0].score)
    sentences = sentence_scores(scorer, hits, read)
    features = zip((r.relevance for r in read), (h.score for h in hits), sentences, strict=True)
    wholes = [
        (each.document.path, sum(b.start <= each.start for b in each.document.blocks) - 1)
        for each in passages
    ]
    return np.array(list(features)), wholes


def fit(cases: Sequence[Case]) -> None:
    """Print how good the weights are."""
    searched = np.array([case.gain(case.features[:, 1]) for case in cases])
    print(
        f"{len(cases)} statements and sets of key words: nDCG@10 {searched.mean():.4f} by the search"
    )
    grid: list[Weights] = list(product(RELEVANCES, SENTENCES, MOST_RELEVANCES))
    gains = np.array([[case.gain(case.scores(weights)) for case in cases] for weights in grid])
    groups = [case.document for case in cases]
    unseen = np.zeros(len(cases))
    for train, test in GroupKFold(FOLDS).split(groups, groups=groups):
        unseen[test] = gains[gains[:, train].mean(axis=1).argmax()][test]
    print(f"best weights, in cross-validation by document: {unseen.mean():.4f}")
    print("relevance, sentence, most relevance (search 6):")
    for number in np.argsort(-gains.mean(axis=1))[:8]:
        print(f"  {grid[number]}: {gains[number].mean():.4f}")
    for name, order in (("questions", QUESTIONS), ("statements", STATEMENTS)):
        weights = (order.relevance, order.sentence, order.most_relevance)
        gain = np.array([case.gain(case.scores(weights)) for case in cases])
        error = (gain - searched).std() / math.sqrt(len(cases))
        print(
            f"as for {name}, {weights}: {gain.mean():.4f},"
            f" {gain.mean() - searched.mean():+.4f} (standard error {error:.4f})"
        )
    _fit_shown(cases, (STATEMENTS.relevance, STATEMENTS.sentence, STATEMENTS.most_relevance))


def _fit_shown(cases: Sequence[Case], weights: Weights) -> None:
    scores = np.concatenate([case.scores(weights) for case in cases])
    right = np.concatenate([np.array(case.wholes) == case.right for case in cases])
    model = LogisticRegression(C=10, max_iter=1000, class_weight="balanced")
    model.fit(scores[:, None], right)
    print(
        f"passage decides it, by its score: intercept {model.intercept_[0]:.2f},"
        f" {model.coef_[0][0]:.2f}; {len(right)} passages, {right.sum()} of them right"
    )


def main() -> None:
    """Collect, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    written = Path(__file__).parent / "written" / "documents.jsonl"
    parser.add_argument("documents", type=Path, nargs="?", default=written)
    parser.add_argument(
        "--max-tokens", type=int, default=0, help="of a passage, its title included"
    )
    parser.add_argument("--held-out", action="store_true", help="only what no reader learned from")
    options = parser.parse_args()
    fit(list(collect(options.documents, options.max_tokens, held_out=options.held_out)))


if __name__ == "__main__":
    main()
