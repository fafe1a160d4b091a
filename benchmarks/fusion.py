"""Ways to make one ranking of two: prints the table that ``index/fusion.py`` was chosen from.

    python benchmarks/fusion.py dev-v1.1.json --split-file split.json --split train
    python benchmarks/fusion.py nq-open-oracle.jsonl --first 2000

R@1 and R@5 over all texts of the data set. Needs the package; `pip install -e .` is enough.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedders import open_embedder
from index.fusion import DENSE_WEIGHT
from index.index import Index
from index.indexing import index_documents
from qa.evaluation.dataset import DataSet
from qa.evaluation.formats import load

POOL = 200
"""The pool-scaled sums scale the cosine from the lowest of so many best to the highest."""
RECIPROCAL_RANK_K = 60

Scores = NDArray[np.float32]
Fusion = Callable[[Scores, Scores], Scores]


def bounded(weight: float) -> Fusion:
    """The weighted mean of the cosine and BM25's share of its bound."""
    return lambda dense, lexical: weight * dense + (1 - weight) * lexical


def pool_scaled(weight: float) -> Fusion:
    """The weighted mean of both, each scaled by the best passages of the question."""

    def fuse(dense: Scores, lexical: Scores) -> Scores:
        pool = np.sort(dense)[-POOL:]
        scaled = np.clip((dense - pool[0]) / max(pool[-1] - pool[0], 1e-9), 0, None)
        return weight * scaled + (1 - weight) * lexical / max(lexical.max(), 1e-9)

    return fuse


def reciprocal_rank(dense: Scores, lexical: Scores) -> Scores:
    """Reciprocal rank fusion (Cormack et al. 2009)."""
    return sum(1 / (RECIPROCAL_RANK_K + 1 + _ranks(scores)) for scores in (dense, lexical))


def _ranks(scores: Scores) -> NDArray[np.int64]:
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks


FUSIONS: dict[str, Fusion] = {
    "vectors alone": lambda dense, lexical: dense,
    "BM25 alone": lambda dense, lexical: lexical,
    "reciprocal ranks": reciprocal_rank,
    **{f"pool-scaled, {weight:.2f}": pool_scaled(weight) for weight in (0.3, 0.4, 0.5)},
    **{f"bounded, {weight:.2f}": bounded(weight) for weight in (0.35, 0.4, 0.5, 0.55, 0.6)},
    f"bounded, {DENSE_WEIGHT:.4f} (ours)": bounded(DENSE_WEIGHT),
}


def first_right(data: DataSet, index: Index) -> dict[str, list[int]]:
    """For each fusion the rank of the first right text of each question, from 0."""
    rows = np.arange(len(index.passages))
    names = [data.texts.names_of(passage) for passage in index.passages]
    ranks: dict[str, list[int]] = {name: [] for name in FUSIONS}
    for question in data.questions:
        text = index.adapt(question.text)
        dense = index.dense.cosines(index.embedder.embed([text])[0], rows)
        lexical = index.lexical.scores(text)
        right = np.array([any(name in question.relevant for name in names[row]) for row in rows])
        for name, fuse in FUSIONS.items():
            scores = fuse(dense, lexical)
            ranks[name].append(int((scores > scores[right].max()).sum()))
    return ranks


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="SQuAD file, NQ file or BEIR folder")
    parser.add_argument("--split-file", type=Path, help="JSON: titles of SQuAD's articles by split")
    parser.add_argument("--split", default="train")
    parser.add_argument("--first", type=int, help="only the first so many questions")
    options = parser.parse_args()
    articles = None
    if options.split_file:
        splits = json.loads(options.split_file.read_text(encoding="utf-8"))
        articles = frozenset(splits[options.split])
    data = load(options.path, split=options.split, articles=articles)
    assert isinstance(data, DataSet), "a file of questions has no texts of its own"
    data = DataSet(data.name, data.texts, data.questions[: options.first])
    index = index_documents(data.texts.documents, embedder=open_embedder())
    print(f"{data.name}: {len(data.questions)} questions, {len(index.passages)} passages")
    for name, found in first_right(data, index).items():
        ranks = np.array(found)
        print(f"  {name:26s} R@1 {np.mean(ranks < 1):.3f}  R@5 {np.mean(ranks < 5):.3f}")


if __name__ == "__main__":
    main()
