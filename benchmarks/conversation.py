"""How well follow-ups are understood, and what that does to the search.

    python benchmarks/conversation.py --inscit FOLDER --canard FILE --dialogues tests/data/seed_dialogues.jsonl

* INSCIT: the turns that have a history, searched for as they were asked and as they are understood.
* CANARD: questions whose human rewrite is the question itself must be left alone; of the others the
  content words that the interpretation adds are compared with those that the human added. The history
  has the article's title first, which stands for what the conversation is about.
* dialogues over ``seeds/``: the last turn's answer is right or not.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.embedders import open_embedder
from index.indexing import index_documents
from qa.answer import Answer
from qa.assistant import Assistant
from qa.conversation.conversation import Conversation
from qa.conversation.followup import understand
from qa.conversation.mentions import Exchange
from qa.evaluation.dataset import DataSet, Question
from qa.evaluation.formats import load
from qa.evaluation.retrieval import names_of
from qa.wording import content_words, words_of

NOT_KNOWN = "I don't know."
"""CANARD's answer where the text has none."""
DEPTH = 100


def main() -> None:
    """Measure what is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inscit", type=Path, help="folder in BEIR's layout")
    parser.add_argument("--canard", type=Path, help="dev.json")
    parser.add_argument("--dialogues", type=Path, help="a dialogue a line, over seeds/")
    parser.add_argument("--verbose", action="store_true", help="show what went wrong")
    options = parser.parse_args()
    if options.inscit:
        measure_inscit(options.inscit)
    if options.canard:
        measure_canard(options.canard)
    if options.dialogues:
        measure_dialogues(options.dialogues, verbose=options.verbose)


# -- INSCIT ---------------------------------------------------------------------------------------


def measure_inscit(folder: Path) -> None:
    """Search for each turn as it was asked, joined to the one before, and as it is understood."""
    data = load(folder, split="test", articles=None)
    assert isinstance(data, DataSet)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    history = {row["_id"]: row["metadata"]["history"] for row in map(json.loads, lines)}
    index = index_documents(data.texts.documents, embedder=open_embedder())

    def rank(question: Question, text: str, also: str = "") -> int | None:
        names = names_of(index.search(text, also=also, k=DEPTH), data.texts)
        found = (n for n, name in enumerate(names, 1) if question.relevant.get(name, 0) > 0)
        return next(found, None)

    def in_context(question: Question) -> int | None:
        full = understand(question.text, exchanges(history[question.id]))
        return rank(question, full.question, also=question.text if full.changed else "")

    first = [question for question in data.questions if not history[question.id]]
    later = [question for question in data.questions if history[question.id]]
    changed = sum(understand(q.text, exchanges(history[q.id])).changed for q in later)
    print(f"INSCIT: {len(first)} first turns, {len(later)} later ones, {changed} of them changed")
    _rank_row("first turns", first, lambda q: rank(q, q.text))
    _rank_row("later, as asked", later, lambda q: rank(q, q.text))
    _rank_row("later, joined", later, lambda q: rank(q, f"{history[q.id][-2]} {q.text}"))
    _rank_row("later, understood", later, in_context)


def _rank_row(
    name: str, questions: Sequence[Question], rank: Callable[[Question], int | None]
) -> None:
    ranks = [rank(question) for question in questions]
    first = sum(place == 1 for place in ranks) / len(ranks)
    reciprocal = sum(1 / place for place in ranks if place) / len(ranks)
    print(f"  {name:20} R@1 {first:.3f}  MRR {reciprocal:.3f}")


def exchanges(turns: Sequence[str], subjects: Sequence[str] = ()) -> list[Exchange]:
    """Questions and answers in turn, each question understood with those before it."""
    found: list[Exchange] = []
    for asked, answered in zip(turns[::2], turns[1::2], strict=True):
        full = understand(asked, found, subjects=subjects).question
        found.append(Exchange(full, "" if answered == NOT_KNOWN else answered))
    return found


# -- CANARD -----------------------------------------------------------------------------------------


def measure_canard(path: Path) -> None:
    """Compare interpretations with the human ones."""
    alone: list[bool] = []
    added: list[float] = []
    for row in json.loads(path.read_text(encoding="utf-8")):
        title, _, *turns = row["History"]
        asked, rewrite = row["Question"], row["Rewrite"]
        full = understand(asked, exchanges(turns, [title]), subjects=[title])
        if asked.strip().casefold() == rewrite.strip().casefold():
            alone.append(words_of(full.question) == words_of(asked))
        else:
            added.append(_f1(_new(full.question, asked), _new(rewrite, asked)))
    print(f"CANARD: left alone {statistics.mean(alone):.3f} of {len(alone)} that stand alone;")
    print(f"  F1 of the content words added {statistics.mean(added):.3f} over {len(added)} others")


def _new(full: str, asked: str) -> set[str]:
    return set(content_words(full)) - set(content_words(asked))


def _f1(found: set[str], wanted: set[str]) -> float:
    if not found and not wanted:
        return 1.0
    return 2 * len(found & wanted) / (len(found) + len(wanted))


# -- dialogues ----------------------------------------------------------------------------------------


def measure_dialogues(path: Path, *, verbose: bool) -> None:
    """Hold each dialogue, and judge its last answer."""
    seeds = Path(__file__).parent.parent / "seeds"
    assistant = Assistant.from_documents([seeds])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    right = 0
    for row in rows:
        answer = hold(row, assistant)
        good = is_right(row, answer)
        right += good
        if verbose and not good:
            print(f"  {row['turns']} -> {answer.understood or answer.question}: {answer.text}")
    print(f"dialogues over the seeds: {right} of {len(rows)} right")


def hold(row: dict[str, Any], assistant: Assistant) -> Answer:
    """The last answer of a dialogue."""
    conversation = Conversation(assistant)
    for question in row["turns"]:
        conversation.ask(question, document=row.get("document"))
    return conversation.answers[-1]


def is_right(row: dict[str, Any], answer: Answer) -> bool:
    """Whether an answer is as the row wants it."""
    cited = [citation.passage for citation in answer.citations]
    return (
        re.search(row["answer"], answer.text) is not None
        and re.search(row.get("understood", ""), answer.understood or answer.question) is not None
        and ("only" not in row or {str(passage.kind) for passage in cited} == {row["only"]})
        and ("author" not in row or {passage.author for passage in cited} == {row["author"]})
        and (row.get("searched", True) or not (answer.hits or cited))
    )


if __name__ == "__main__":
    main()
