"""Fits the rule in ``qa/evidence.py`` and the confidence in ``qa/confidence.py``, and prints them.

    python training/fit_evidence.py collect EXAMPLES cases.jsonl --model reader.onnx
    python training/fit_evidence.py fit cases.jsonl

Only on what ``reader_examples.py`` held out of the training: three of SQuAD dev's 16 training
articles with their unanswerable questions, six articles of SQuADShifts, 200 of Natural Questions, 98
documents of our own with theirs (and 69 that are measured alone).
They are asked over the paragraphs of all training and held-out articles together ("open"), over
their own article ("article"; questions of other articles are off-topic there), and over their own
paragraph ("given"). Figures are of cross-validation by article.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from fit_answers import calibration_error
from numpy.typing import NDArray
from reader_examples import paragraph_index
from reader_items import OWN
from scipy.ndimage import uniform_filter
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from index.index import Index
from index.manifest import exists
from index.types import Filter, Hit
from qa.confidence import MOST_MARGIN
from qa.evidence import (
    FIRST,
    HOPELESS,
    HOPELESS_RELEVANCE,
    LEAST_SENTENCE,
    LIKELY_SENTENCE,
    QUESTIONS,
    READ,
    TYPICAL_SENTENCE,
    readings,
    sentence_scores,
)
from qa.reading.packaged import PackagedReader
from qa.reading.reader import Reading
from qa.selection import SentenceScorer
from qa.wording import normalised

STATED = "stated"
"""Statements and key words."""
MEASURED = "described", STATED
"""On these nothing is fitted: what decides a statement is a clause, and seldom the very words that were marked, and
described things are plainer than most of what is asked. How often the right passage comes first is printed."""
SOURCES = ("squad", "squad-near", "wiki", "nq", "own", "restated", *MEASURED)
FOLDS = 5
SEARCHED = 6.0
"""The weight of the search's score: of the three only the proportions matter."""
RELEVANCES, SENTENCES = np.arange(0.1, 1.6, 0.1), np.arange(0.0, 9.5, 0.5)
"""The weights that are tried beside it."""
THRESHOLDS = (
    0.1, 0.12, 0.15, 0.2, 0.22, 0.24, 0.26, 0.27, 0.28, 0.29, 0.3, 0.31, 0.32, 0.33, 0.34, 0.35, 0.4, 0.45, 0.5, 0.6,
)  # fmt: skip
"""That are printed."""
MOST_RELEVANCE = QUESTIONS.most_relevance
SHARE = {"answerable": 0.5, "near-miss": 0.35, "off-topic": 0.15}
"""How much each kind of question counts for the confidence, however many there are."""


@dataclass(frozen=True, slots=True)
class Row:
    """A passage that was read: what the rule may go by, and whether it is right."""

    relevance: float
    answered: float
    margin: float
    fused: float
    sentence: float
    right_passage: bool
    f1: float
    """Of its best words with the nearest right answer."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question in one setting, with its passages in the order of the search."""

    source: str
    setting: str
    kind: str
    article: str
    question: str
    rows: tuple[Row, ...]


# -- collecting -------------------------------------------------------------------------------------


def collect(examples: Path, model: Path, index_dir: Path, most: int) -> Iterator[Case]:
    """Search and read for every question in every setting."""
    validation, training = (
        [group for group in _groups(examples / name) if group["source"] in SOURCES]
        for name in ("validation.jsonl", "train.jsonl")
    )
    if exists(index_dir):
        index = Index.open(index_dir)
    else:
        index = paragraph_index(
            (group["article"], group["reads"][0]["text"]) for group in [*validation, *training]
        )
        index.save(index_dir)
    reader = PackagedReader(model, None)
    chance = random.Random(0)
    articles = sorted({g["article"] for g in validation if g["source"] != "nq"})
    for source in SOURCES:
        groups = [group for group in validation if group["source"] == source]
        for number, group in enumerate(chance.sample(groups, min(most, len(groups)))):
            if number % 50 == 0:
                print(f"{source}: {number}", flush=True)
            other = chance.choice([title for title in articles if title != group["article"]])
            yield from _cases(group, other if number % 2 else None, index, reader)


def _cases(
    group: dict[str, Any], other: str | None, index: Index, reader: PackagedReader
) -> Iterator[Case]:
    question, article = group["question"], group["article"]
    known: dict[str, Reading] = {}
    adapted = index.adapt(question)

    def rows(hits: Sequence[Hit]) -> tuple[Row, ...]:
        new = [hit.passage for hit in hits if hit.passage.id not in known]
        known.update((r.passage.id, r) for r in readings(question, new, index, reader))
        read = [known[hit.passage.id] for hit in hits]
        best = max((hit.score for hit in hits), default=0.0)
        scorer = SentenceScorer(adapted, index, best=best)
        scores = sentence_scores(scorer, hits, read)
        return tuple(
            _row(hit, reading, score, group)
            for hit, reading, score in zip(hits, read, scores, strict=True)
        )

    answered = any(count for _, _, count in group["reads"][0]["answers"])
    kind = "answerable" if answered else "near-miss"
    case = Case(
        group["source"], "open", kind, article, question, rows(index.search(question, k=READ))
    )
    # Questions on our own documents take it for granted which one is meant; statements and key words do not.
    if group["source"] not in OWN or group["source"] == STATED:
        yield case
    if group["source"] == "nq":
        return
    hits = index.search(question, k=100, only=Filter(document=article))
    yield replace(case, setting="article", rows=rows(hits[:READ]))
    own = [hit for hit in hits if hit.passage.text in group["reads"][0]["text"]]
    if own:
        yield replace(case, setting="given", rows=rows(own))
    if other is not None:
        hits = index.search(question, k=READ, only=Filter(document=other))
        yield replace(case, setting="article", kind="off-topic", rows=rows(hits))


def _row(hit: Hit, reading: Reading, sentence: float, group: dict[str, Any]) -> Row:
    own = group["reads"][0]
    answers = [own["text"][start:end] for start, end, count in own["answers"] if count]
    best = reading.spans[0].text if reading.spans else ""
    return Row(
        relevance=reading.relevance,
        answered=reading.answered,
        margin=reading.margin,
        fused=hit.score,
        sentence=sentence,
        right_passage=hit.passage.text in own["text"]
        and any(answer in hit.passage.text for answer in answers),
        f1=max((_f1(best, answer) for answer in answers), default=0.0),
    )


def _f1(given: str, wanted: str) -> float:
    ours, theirs = normalised(given).split(), normalised(wanted).split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def _groups(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.open(encoding="utf-8")]


# -- fitting ----------------------------------------------------------------------------------------


def fit(cases: Sequence[Case]) -> None:
    """Print both rules, and what they come to on articles that they were not fitted on."""
    fitted = [case for case in cases if case.source not in MEASURED]
    searched = [case for case in fitted if case.setting != "given"]
    weights = fit_order([case for case in searched if case.kind == "answerable"])
    print_sources(cases, weights)
    fit_holds(searched, weights)
    print_stops(searched, weights)
    fit_confidence([replace(case, rows=_ordered(case.rows, weights)) for case in fitted])


def print_sources(cases: Sequence[Case], weights: NDArray[np.float64]) -> None:
    """How often the right passage comes first, source by source."""
    for setting, source in itertools.product(("open", "article"), SOURCES):
        some = [
            case.rows
            for case in cases
            if (case.setting, case.source, case.kind) == (setting, source, "answerable")
        ]
        if some:
            right = np.mean([_ordered(rows, weights)[0].right_passage for rows in some])
            searched = np.mean([rows[0].right_passage for rows in some])
            print(
                f"  {setting}, {source}: right passage first {right:.3f} of {len(some)}, by the"
                f" search {searched:.3f}"
            )


def fit_order(cases: Sequence[Case]) -> NDArray[np.float64]:
    """The weights of relevance, search and best sentence."""
    right = np.array([_first_with(case.rows) for case in cases])  # (N, relevance, sentence)
    articles = np.array([case.article for case in cases])
    first = found = f1 = 0.0
    for train, test in GroupKFold(FOLDS).split(articles, groups=articles):
        weights = _best_weights(right[train])
        for n in test:
            rows = cases[n].rows
            best = rows[int(np.argmax(_order_features(rows) @ weights))]
            first += best.right_passage
            found += any(row.right_passage for row in rows)
            f1 += best.f1
    searched = sum(case.rows[0].right_passage for case in cases)
    count = len(cases)
    weights = _best_weights(right)
    print(f"order: relevance, search, sentence = {np.round(weights, 3).tolist()}")
    print(
        f"  {count} questions: right passage first {first / count:.3f}, by the search"
        f" {searched / count:.3f}, among those read {found / count:.3f}; F1 {f1 / count:.3f}"
    )
    return weights


def _first_with(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Whether the right passage comes first with each of the weights that are tried."""
    relevance, search, sentence = _order_features(rows).T
    scores = (
        RELEVANCES[:, None, None] * relevance
        + SENTENCES[None, :, None] * sentence
        + SEARCHED * search
    )
    right = np.array([row.right_passage for row in rows])
    return right[scores.argmax(axis=-1)]


def _best_weights(right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The weights with which, and with their neighbours, the right passage comes first most often.

    (Those that make it likeliest, by the cross-entropy, put it first less often: a few lost passages
    count for much there, which no weights bring to the front.)
    """
    shares = uniform_filter(right.mean(axis=0), size=3, mode="nearest")
    best, other = np.unravel_index(shares.argmax(), shares.shape)
    return np.array([RELEVANCES[best], SEARCHED, SENTENCES[other]])


def _order_features(rows: Sequence[Row]) -> NDArray[np.float64]:
    return np.array(
        [
            [np.clip(row.relevance, -MOST_RELEVANCE, MOST_RELEVANCE), row.fused, row.sentence]
            for row in rows
        ]
    )


def _ordered(rows: Sequence[Row], weights: NDArray[np.float64]) -> tuple[Row, ...]:
    order = np.argsort(-(_order_features(rows) @ weights), kind="stable")
    return tuple(rows[n] for n in order)


def fit_holds(cases: Sequence[Case], weights: NDArray[np.float64]) -> None:
    """The regression that makes a passage's score a number from 0 to 1, right and wrong ones counting evenly.

    How many of a question's passages are wrong depends on how many there are.
    """
    scores: list[float] = []
    right: list[bool] = []
    for case in cases:
        found, _ = _scored(case.rows, weights, LIKELY_SENTENCE)
        scores += found
        right += [row.right_passage for row in case.rows[: len(found)]]
    table, holds = np.array(scores)[:, None], np.array(right)
    counted = np.where(holds, 0.5 / holds.mean(), 0.5 / (~holds).mean())
    model = _regression(table, holds, counted)
    print(
        f"passage has the answer, by its score: intercept {model.intercept_[0]:.2f},"
        f" {model.coef_[0][0]:.2f}; {len(holds)} passages, {holds.sum()} of them right"
    )
    sure = model.predict_proba(table)[:, 1]
    for low, high in itertools.pairwise((0, 0.2, 0.4, 0.6, 0.8, 1)):
        some = (sure >= low) & (sure < high)
        print(f"  {low} to {high}: {np.average(holds[some], weights=counted[some]):.3f}")


def print_stops(cases: Sequence[Case], weights: NDArray[np.float64]) -> None:
    """What ``qa.evidence.read`` leaves out, and how often another passage comes first so."""
    sentences = np.array([row.sentence for case in cases for row in case.rows])
    for least in (LEAST_SENTENCE, TYPICAL_SENTENCE, LIKELY_SENTENCE):
        print(f"sentences better than {least}: {np.mean(sentences > least):.3f}")
    for likely in (0.5, 0.6, LIKELY_SENTENCE, 0.8):
        print(f"likely sentence {likely}:")
        for setting, kind in dict.fromkeys((case.setting, case.kind) for case in cases):
            some = [case.rows for case in cases if (case.setting, case.kind) == (setting, kind)]
            stops = [_scored(rows, weights, likely) for rows in some]
            best = [int(np.argmax(_order_features(rows) @ weights)) for rows in some]
            firsts = [int(np.argmax(scores)) for scores, _ in stops]
            changed = sum(one != other for one, other in zip(best, firsts, strict=True))
            read = np.mean([len(scores) for scores, _ in stops])
            compared = np.mean([number for _, number in stops])
            f1 = np.mean([rows[first].f1 for rows, first in zip(some, firsts, strict=True)])
            whole = np.mean([rows[first].f1 for rows, first in zip(some, best, strict=True)])
            print(
                f"  {setting}, {kind}: {read:.1f} read, {compared:.1f} compared; of {len(some)}"
                f" questions {changed} get another passage, F1 {f1:.4f} and not {whole:.4f}"
            )


def _scored(
    rows: Sequence[Row], weights: NDArray[np.float64], likely: float
) -> tuple[list[float], int]:
    """The scores of those that are read, as ``qa.evidence.read`` gives them, and how many sentences are compared."""
    features = _order_features(rows)
    scores, bare = features @ weights, features[:, :2] @ weights[:2]
    given: list[float] = []
    compared = 0
    for read, until in ((0, FIRST), (FIRST, HOPELESS), (HOPELESS, len(rows))):
        if read >= len(rows):
            break
        most = weights @ (MOST_RELEVANCE, features[read][1], likely)
        hopeless = all(row.relevance < HOPELESS_RELEVANCE for row in rows[:read])
        if given and ((read >= HOPELESS and hopeless) or most < max(given)):
            break
        new = range(read, min(until, len(rows)))
        to_beat = max([*given, *(bare[n] + weights[2] * LEAST_SENTENCE for n in new)])
        for n in new:
            rival = bare[n] + weights[2] * likely >= to_beat
            compared += rival
            given.append(float(scores[n] if rival else bare[n] + weights[2] * TYPICAL_SENTENCE))
    return given, compared


def fit_confidence(cases: Sequence[Case]) -> None:
    """The two regressions whose product says how likely the best words are right."""
    best = [case.rows[0] for case in cases]
    logits = np.array([[row.answered] for row in best])
    margins = np.array([[np.clip(row.margin, -MOST_MARGIN, MOST_MARGIN)] for row in best])
    right = np.array([row.f1 >= 0.5 for row in best])
    kinds = np.array([case.kind for case in cases])
    settings = np.array([case.setting for case in cases])
    articles = np.array([case.article for case in cases])
    answerable = kinds == "answerable"
    weights = np.array([SHARE[kind] / (kinds == kind).mean() for kind in kinds])

    def regressions(some: NDArray[Any]) -> tuple[LogisticRegression, LogisticRegression]:
        there = some[answerable[some]]
        return (
            _regression(logits[some], answerable[some], weights[some]),
            _regression(margins[there], right[there], weights[there]),
        )

    unseen = np.zeros(len(cases))
    for train, test in GroupKFold(FOLDS).split(logits, right, articles):
        answered, words = regressions(train)
        unseen[test] = answered.predict_proba(logits[test])[:, 1]
        unseen[test] *= words.predict_proba(margins[test])[:, 1]
    for name, model in zip(
        ("answered, by its logit", "words, by margin"),
        regressions(np.arange(len(cases))),
        strict=True,
    ):
        coefficients = ", ".join(f"{each:.2f}" for each in model.coef_[0])
        print(f"{name}: intercept {model.intercept_[0]:.2f}, {coefficients}")
    f1 = np.array([case.rows[0].f1 for case in cases])
    for setting in ("given", "article", "open"):
        _print_setting(setting, unseen, right, f1, kinds, settings == setting)


def _print_setting(
    name: str,
    sure: NDArray[Any],
    right: NDArray[Any],
    f1: NDArray[Any],
    kinds: NDArray[Any],
    chosen: NDArray[Any],
) -> None:
    answerable = chosen & (kinds == "answerable")
    near = chosen & (kinds == "near-miss")
    off = chosen & (kinds == "off-topic")
    both = answerable | near
    even = np.where(answerable, 0.5 / max(1, answerable.sum()), 0.5 / max(1, near.sum()))
    error = calibration_error(sure[both], right[both], even[both])
    print(f"{name}: {answerable.sum()} answerable, {near.sum()} near-misses, {off.sum()} off-topic")
    print(f"  calibration error, answerable and near-misses evenly: {error:.3f}")
    for threshold in THRESHOLDS:
        kept = sure >= threshold
        v2 = (kept[answerable] * f1[answerable]).mean() / 2 + (~kept[near]).mean() / 2
        print(
            f"  threshold {threshold:.2f}: F1 of both {v2:.3f}, answerable refused"
            f" {(~kept[answerable]).mean():.3f}, near-misses refused {(~kept[near]).mean():.3f}"
            + (f", off-topic refused {(~kept[off]).mean():.3f}" if off.any() else "")
        )


def _regression(
    table: NDArray[Any], right: NDArray[Any], weights: NDArray[Any]
) -> LogisticRegression:
    return LogisticRegression(C=10, max_iter=1000).fit(table, right, sample_weight=weights)


def _read_cases(path: Path) -> list[Case]:
    return [
        Case(**{**values, "rows": tuple(Row(**row) for row in values["rows"])})
        for values in _groups(path)
        if values["rows"]
    ]


def main() -> None:
    """Collect or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    collecting = steps.add_parser("collect", help="search and read")
    collecting.add_argument("examples", type=Path, help="folder of reader_examples.py")
    collecting.add_argument("cases", type=Path, help="where to write")
    collecting.add_argument("--model", type=Path, required=True, help="of export_reader.py")
    collecting.add_argument("--index-dir", type=Path, required=True, help="where to keep the index")
    collecting.add_argument("--most", type=int, default=300, help="questions of a source")
    fitting = steps.add_parser("fit", help="fit and print")
    fitting.add_argument("cases", type=Path, help="what collect wrote")
    options = parser.parse_args()
    if options.step == "fit":
        fit(_read_cases(options.cases))
        return
    with options.cases.open("w", encoding="utf-8") as file:
        for case in collect(options.examples, options.model, options.index_dir, options.most):
            file.write(json.dumps(_as_dict(case)) + "\n")


def _as_dict(case: Case) -> dict[str, Any]:
    names = Row.__slots__
    rows = [{name: _plain(getattr(row, name)) for name in names} for row in case.rows]
    return {name: getattr(case, name) for name in Case.__slots__} | {"rows": rows}


def _plain(value: Any) -> Any:
    return bool(value) if isinstance(value, bool | np.bool_) else float(value)


if __name__ == "__main__":
    main()
