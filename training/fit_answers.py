"""Fits the weights in ``qa/selection.py`` and ``qa/confidence.py`` and prints them.

    python training/fit_answers.py dev-v1.1.json dev-v2.0.json split.json nq-open-oracle.jsonl

Of SQuAD only the articles that ``split.json`` lists under "train" are asked about, of Natural
Questions the first 640. Sentences are ranked over all paragraphs of the first file. Confidence is
fitted on collections of documents: each of those articles alone, and Natural Questions' passages in
groups of 40, whose questions were asked by people who had not seen the answer. Each collection is
asked its own questions, those of other collections (off-topic), and of SQuAD v2 those that look
answerable and are not (near-misses); the three weigh 2 : 1 : 1. Figures are of cross-validation by
collection.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from index.embedder import Embedder, Progress, WordVectors
from index.embedders import open_embedder
from index.index import Index
from index.indexing import index_documents
from index.types import Block, Document, Kind
from qa.confidence import SENTENCE_FEATURES, sentence_features
from qa.selection import PASSAGES, Sentence, rank_sentences

FEATURES = (
    "likeness", "weighted_likeness", "coverage", "name_share", "passage_lead", "type_match",
)  # fmt: skip
FOLDS = 8
REFUSED = 0.99
"""The threshold refuses this share of the off-topic questions."""
GROUP, GROUPS = 40, 16
"""How many passages of Natural Questions make a collection, and how many collections."""


class RememberingEmbedder:
    """Embeds each text once: sentences come again with every question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._words: dict[str, WordVectors] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """As the embedder; a question's vector comes with those of its words."""
        if len(texts) == 1:
            return np.stack([words.vector for words in self.embed_words(texts)])
        return self._embedder.embed(texts, progress)

    def prepare(self) -> None:
        """It is loaded."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """As the embedder, but for texts seen before."""
        new = [text for text in dict.fromkeys(texts) if text not in self._words]
        self._words |= dict(zip(new, self._embedder.embed_words(new), strict=True))
        return [self._words[text] for text in texts]


@dataclass(frozen=True)
class Question:
    """A question with the places of its answers: paragraph number and offset in the article."""

    text: str
    answers: frozenset[int]


def read_article(article: dict[str, Any]) -> tuple[Document, list[Question], list[Question]]:
    """An article, its answerable questions and its unanswerable ones."""
    text, blocks = "", []
    answerable, unanswerable = [], []
    for paragraph in article["paragraphs"]:
        start = len(text)
        context = paragraph["context"].strip()
        shift = start - (len(paragraph["context"]) - len(paragraph["context"].lstrip()))
        text += context
        blocks.append(Block(Kind.PARAGRAPH, start, len(text)))
        text += "\n\n"
        for item in paragraph["qas"]:
            answers = frozenset(shift + answer["answer_start"] for answer in item["answers"])
            question = Question(item["question"], answers)
            (answerable if answers else unanswerable).append(question)
    title = article["title"].replace("_", " ")
    document = Document.create(path=title, title=title, text=text, blocks=blocks)
    return document, answerable, unanswerable


@dataclass(frozen=True)
class Collection:
    """Documents with questions about them."""

    documents: tuple[Document, ...]
    answerable: Sequence[Question]
    near_misses: Sequence[Question] = ()


def read_groups(path: Path) -> list[Collection]:
    """Collections of Natural Questions' passages, each a document."""
    lines = path.read_text(encoding="utf-8").splitlines()[: GROUP * GROUPS]
    groups = []
    for first in range(0, len(lines), GROUP):
        documents: dict[str, Document] = {}
        questions = []
        for line in lines[first : first + GROUP]:
            record = json.loads(line)
            title, text = record["ctxs"][0]["title"], record["ctxs"][0]["text"].strip()
            block = Block(Kind.PARAGRAPH, 0, len(text))
            document = Document.create(path=title, title=title, text=text, blocks=[block])
            documents[document.id] = document
            questions.append(Question(record["question"], frozenset()))
        groups.append(Collection(tuple(documents.values()), questions))
    return groups


def ranked(question: str, index: Index) -> list[Sentence]:
    """The sentences as ``qa.answering`` ranks them."""
    hits = index.search(question, k=PASSAGES)
    return rank_sentences(index.adapt(question), hits, index, best=hits[0].score)


def fit_sentences(
    index: Index, asked: list[tuple[str, Question]]
) -> tuple[NDArray[np.float64], float, float]:
    """Weights, and in cross-validation how often the best sentence and its passage are right."""
    examples = []
    for number, (title, question) in enumerate(asked):
        sentences = ranked(question.text, index)
        table = np.array([[getattr(s, name) for name in FEATURES] for s in sentences], float)
        right = np.array([_holds(s, title, question) for s in sentences])
        passages = [_passage_holds(s, title, question) for s in sentences]
        examples.append((table, right, np.array(passages)))
        if number % 100 == 0:
            print(f"sentences: {number} of {len(asked)} questions", flush=True)
    half = len(examples) // 2
    hits, passage_hits = 0, 0
    for train, test in ((examples[:half], examples[half:]), (examples[half:], examples[:half])):
        weights = softmax_weights(train)
        hits += sum(bool(right[np.argmax(table @ weights)]) for table, right, _ in test)
        passage_hits += sum(bool(p[np.argmax(table @ weights)]) for table, _, p in test)
    return softmax_weights(examples), hits / len(examples), passage_hits / len(examples)


def _holds(sentence: Sentence, title: str, question: Question) -> bool:
    return sentence.hit.passage.document.title == title and any(
        sentence.start <= answer < sentence.end for answer in question.answers
    )


def _passage_holds(sentence: Sentence, title: str, question: Question) -> bool:
    passage = sentence.hit.passage
    return passage.document.title == title and any(
        passage.start <= answer < passage.end for answer in question.answers
    )


def softmax_weights(examples: Sequence[tuple[NDArray[Any], ...]]) -> NDArray[np.float64]:
    """The weights that make the right sentences likeliest among each question's."""
    usable = [(table, right) for table, right, *_ in examples if right.any()]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = 1e-3 * weights @ weights, 2e-3 * weights
        for table, right in usable:
            scores = table @ weights
            scores -= scores.max()
            weight = np.exp(scores)
            of_right = weight * right
            total -= np.log(of_right.sum() / weight.sum()) / len(usable)
            expected = table.T @ (weight / weight.sum()) - table.T @ (of_right / of_right.sum())
            gradient = gradient + expected / len(usable)
        return total, gradient

    found = minimize(loss, np.zeros(usable[0][0].shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def confidence_examples(
    collections: Sequence[Collection], embedder: Embedder, most: int
) -> Iterator[tuple[list[float], str, int]]:
    """The features of each question, what kind it is, and its collection's number."""
    chance = random.Random(0)
    for number, own in enumerate(collections):
        index = index_documents(own.documents, embedder=embedder)
        others = [q for other in collections if other is not own for q in other.answerable]
        kinds = {"answerable": own.answerable, "near-miss": own.near_misses, "off-topic": others}
        for kind, questions in kinds.items():
            for question in chance.sample(questions, min(most, len(questions))):
                yield list(sentence_features(ranked(question.text, index)[0])), kind, number
        print(f"confidence: {number + 1} of {len(collections)} collections", flush=True)


def fit_confidence(examples: list[tuple[list[float], str, int]]) -> None:
    """Print the regression, its threshold, and what it keeps and refuses in cross-validation."""
    table = np.array([row for row, _, _ in examples])
    kinds = np.array([kind for _, kind, _ in examples])
    articles = np.array([article for _, _, article in examples])
    answerable = kinds == "answerable"
    share = {"answerable": 0.5, "near-miss": 0.25, "off-topic": 0.25}
    weights = np.array([share[kind] / (kinds == kind).mean() for kind in kinds])
    unseen = np.zeros(len(kinds))
    for train, test in GroupKFold(FOLDS).split(table, answerable, articles):
        model = LogisticRegression(C=10, max_iter=1000)
        model.fit(table[train], answerable[train], sample_weight=weights[train])
        unseen[test] = model.predict_proba(table[test])[:, 1]
    final = LogisticRegression(C=10, max_iter=1000).fit(table, answerable, sample_weight=weights)
    threshold = np.quantile(unseen[kinds == "off-topic"], REFUSED)
    print(f"confidence: intercept {final.intercept_[0]:.2f}")
    for name, coefficient in zip(SENTENCE_FEATURES, final.coef_[0], strict=True):
        print(f"  {name:20s} {coefficient:6.2f}")
    print(f"threshold that refuses {REFUSED:.0%} of the off-topic: {threshold:.3f}")
    print(f"  answerable: {np.mean(unseen[answerable] >= threshold):.1%} answered")
    for kind in ("off-topic", "near-miss"):
        rows = answerable | (kinds == kind)
        area = roc_auc_score(answerable[rows], unseen[rows])
        print(f"  {kind}: {np.mean(unseen[kinds == kind] < threshold):.1%} refused, AUC {area:.3f}")
    print(f"expected calibration error: {calibration_error(unseen, answerable, weights):.3f}")


def calibration_error(
    predicted: NDArray[Any], true: NDArray[Any], weights: NDArray[Any], bins: int = 10
) -> float:
    """The expected calibration error (Naeini et al. 2015) over bins of equal width."""
    bin_of = np.minimum((predicted * bins).astype(int), bins - 1)
    error = 0.0
    for number in range(bins):
        rows = bin_of == number
        if rows.any():
            gap = np.average(predicted[rows] - true[rows], weights=weights[rows])
            error += weights[rows].sum() / weights.sum() * abs(gap)
    return error


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("v1", type=Path, help="SQuAD dev v1.1")
    parser.add_argument("v2", type=Path, help="SQuAD dev v2.0, for its unanswerable questions")
    parser.add_argument("split", type=Path, help='JSON: the titles of the "train" articles')
    parser.add_argument("nq", type=Path, help="Natural Questions with a gold passage each")
    parser.add_argument("--questions", type=int, default=700, help="for the sentences; 0: none")
    parser.add_argument("--most", type=int, default=30, help="for confidence: a kind a collection")
    options = parser.parse_args()
    titles = json.loads(options.split.read_text(encoding="utf-8"))["train"]
    v1 = json.loads(options.v1.read_text(encoding="utf-8"))["data"]
    v2 = {a["title"]: a for a in json.loads(options.v2.read_text(encoding="utf-8"))["data"]}
    embedder = RememberingEmbedder(open_embedder())
    everything = [read_article(article) for article in v1]
    chosen = [
        (document, own, read_article(v2[title])[2])
        for title, (document, own, _) in zip((a["title"] for a in v1), everything, strict=True)
        if title in titles and title in v2
    ]
    collections = [Collection((document,), own, near) for document, own, near in chosen]
    collections += read_groups(options.nq)
    fit_confidence(list(confidence_examples(collections, embedder, options.most)))
    if not options.questions:
        return
    index = index_documents([document for document, _, _ in everything], embedder=embedder)
    asked = [(document.title, question) for document, own, _ in chosen for question in own]
    sample = random.Random(0).sample(asked, min(options.questions, len(asked)))
    weights, sentence, passage = fit_sentences(index, sample)
    print(f"sentences: best one right {sentence:.1%}, its passage right {passage:.1%}")
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"  {name:20s} {weight:6.2f}")


if __name__ == "__main__":
    main()
