"""The evaluation: formats, figures worked out by hand, kept indexes, the command."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from index.chunker import Chunker
from index.embedder import Embedder, Progress, WordVectors
from index.errors import ArgumentError, Error, NoDocumentsError
from index.indexing import index_documents
from index.types import Kind, Passage
from qa.evaluation import retrieval
from qa.evaluation.dataset import DataSet, QuestionFile, Texts, text_document
from qa.evaluation.formats import load
from qa.evaluation.report import Report
from qa.evaluation.result import Metric, Result
from qa.evaluation.run import Settings, evaluate
from qa.reading.reader import Reading, Span


class WordEmbedder:
    """A stand-in for a model: a text's vector counts its words, each in a place of its own."""

    name = "words"
    fingerprint = "words/1"
    dimension = 512
    max_tokens = 24

    def __init__(self) -> None:
        self.embedded: list[str] = []
        """What was embedded to be searched; not the sentences that are compared word by word."""

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.embedded += texts
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimension), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace(".", " ").replace("?", " ").split():
                place = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row, place % self.dimension] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def prepare(self) -> None:
        """There is nothing to load."""

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        return [
            WordVectors(self._vectors([text])[0], tuple(text.split()), self._vectors(text.split()))
            for text in texts
        ]


class LookupReader:
    """A stand-in for a reader: it knows the words that answer a question, and is sure of them.

    Of a passage without them it says that it holds no answer, and that its first word is nearest.
    """

    name = "lookup"

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.read_for: list[tuple[str, list[str]]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.read_for.append((question, [passage.text for passage in passages]))
        return [self._read(self.answers.get(question, ""), passage) for passage in passages]

    def _read(self, answer: str, passage: Passage) -> Reading:
        known = bool(answer) and answer in passage.text
        words = answer if known else passage.text.split()[0]
        start = passage.start + passage.text.index(words)
        logit = 30.0 if known else -30.0
        return Reading(passage, (Span(words, start, start + len(words), logit),), logit, logit)


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


def write_lines(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def write_beir(
    folder: Path, corpus: dict[str, str], queries: dict[str, str], qrels: Iterable[str]
) -> Path:
    write_lines(
        folder / "corpus.jsonl",
        [{"_id": name, "title": "", "text": text} for name, text in corpus.items()],
    )
    write_lines(
        folder / "queries.jsonl",
        [{"_id": name, "text": text, "metadata": {}} for name, text in queries.items()],
    )
    (folder / "qrels").mkdir()
    lines = ["query-id corpus-id score", *qrels]
    (folder / "qrels" / "test.tsv").write_text(
        "".join(line.replace(" ", "\t") + "\n" for line in lines)
    )
    return folder


TREES = {
    "oak": "The oak bears acorns.",
    "fir": "The fir keeps its needles in winter.",
    "elm": "The elm lost many leaves to a beetle from abroad.",
}
TREE_QUESTIONS = {"acorns": "oak acorns", "needles": "fir needles winter"}
CAFES = {
    "Cafe_Luna": [
        "Cafe Luna opened in 1987 beside the old tram depot.",
        "Its almond cake won the city's baking prize.",
    ],
    "Harbour_Bridge": [
        "The bridge was painted green by forty volunteers.",
        "Ships taller than thirty metres have to wait for the tide.",
    ],
}


CAFE_ANSWERS = {
    "When did Cafe Luna open?": "1987",
    "What won the baking prize?": "almond cake",
    "Who painted the bridge?": "forty volunteers",
    "Which ships wait for the tide?": "Ships taller than thirty metres",
}
ZEBRAS = "Do zebras enjoy opera?"


def write_squad(path: Path, *, unanswerable: bool = False) -> Path:
    questions = {"Cafe_Luna": list(CAFE_ANSWERS)[:2], "Harbour_Bridge": list(CAFE_ANSWERS)[2:]}
    articles = [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": f" {context}",
                    "qas": [
                        {
                            "id": f"{title}{number}",
                            "question": question,
                            "answers": [{"text": CAFE_ANSWERS[question]}] * 2,
                        }
                    ],
                }
                for number, (context, question) in enumerate(
                    zip(paragraphs, questions[title], strict=True)
                )
            ],
        }
        for title, paragraphs in CAFES.items()
    ]
    if unanswerable:
        paragraph: Any = articles[0]["paragraphs"][0]
        paragraph["qas"].append(
            {"id": "u", "question": ZEBRAS, "answers": [], "is_impossible": True}
        )
    path.write_text(json.dumps({"version": "2.0", "data": articles}, indent=1))
    return path


def write_nq(path: Path) -> Path:
    passages = [("Oak", TREES["oak"]), ("Fir", TREES["fir"]), ("Oak", TREES["oak"])]
    questions = ["what bears acorns", "which tree keeps its needles", "acorns are on which tree"]
    return write_lines(
        path,
        [
            {
                "question": question,
                "answers": [title],
                "ctxs": [
                    {"title": title, "text": text, "isgold": True},
                    {"title": "Not gold", "text": "Never indexed.", "isgold": False},
                ],
            }
            for question, (title, text) in zip(questions, passages, strict=True)
        ],
    )


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    path = tmp_path / "documents" / "bridge.txt"
    path.parent.mkdir()
    path.write_text(
        "The bridge of Aldmoor\n\nThe bridge was painted green by forty\nvolunteers in 2011."
        "\n\nShips taller than thirty metres have to wait for the tide.\n\n2 comments\n\n"
        "The colour was never put to a vote and I still dislike it.\n\n"
        "Posted by Marla77 | Report as abusive\n\n"
        "My grandfather helped to carry the paint.\n\nPosted by OldTom | Report as abusive\n"
    )
    return path.parent


def expect(question: str, **facts: str | None) -> dict[str, Any]:
    return {"question": question} | facts


BRIDGE_QUESTIONS = [
    expect(
        "Who painted the bridge green?",
        passage_contains="painted green by forty volunteers",
        kind="paragraph",
        answer_matches="VOLUNTEERS",
        type="fact",
    ),
    expect(
        "Who carried the paint?", passage_contains="My grandfather", kind="comment", author="OldTom"
    ),
    expect("Who carried the paint?", passage_contains="My grandfather", author="Marla77"),
    expect("Do zebras enjoy opera on Saturn?", passage_contains=None, type="unanswerable"),
]


def figures(result: Result) -> dict[str, float]:
    return {metric.name: metric.value for metric in result.metrics}


def ignore(doing: str, done: int, of: int) -> None:
    """Watch nothing."""


def run(
    path: Path, embedder: Embedder, reader: LookupReader | None = None, **settings: Any
) -> Result:
    chosen = Settings(paths=(path,), **settings)
    (result,) = evaluate(chosen, ignore, embedder=embedder, reader=reader or LookupReader())
    return result


# -- figures --------------------------------------------------------------------------------------


def test_a_beir_folder_whose_right_texts_are_first(tmp_path: Path, words: WordEmbedder) -> None:
    folder = write_beir(
        tmp_path / "trees", TREES, TREE_QUESTIONS, ["acorns oak 1", "needles fir 1"]
    )
    result = run(folder, words)
    assert figures(result) == {
        "nDCG@10": 1,
        "R@1": 1,
        "R@5": 1,
        "R@10": 1,
        "MRR@10": 1,
        "answer nDCG@10": 1,
        "answer R@1": 1,
        "answered": 0,
    }
    assert (result.passages, result.embedded, result.available) == (3, 3, 2)
    assert [outcome.rank for outcome in result.outcomes] == [1, 1]


def test_the_figures_of_ranks_two_and_one(tmp_path: Path, words: WordEmbedder) -> None:
    corpus = {"best": "red red apple", "next": "red pear", "far": "blue sky"}
    queries = {"a": "red apple", "b": "blue sky", "not judged": "green"}
    folder = write_beir(tmp_path / "set", corpus, queries, ["a next 1", "b far 1"])
    result = run(folder, words)
    assert [(outcome.id, outcome.rank) for outcome in result.outcomes] == [("a", 2), ("b", 1)]
    assert {name: figures(result)[name] for name in retrieval.MEASURES} == pytest.approx(
        {
            "nDCG@10": (1 / math.log2(3) + 1) / 2,
            "R@1": 0.5,
            "R@5": 1,
            "R@10": 1,
            "MRR@10": 0.75,
        },
        abs=1e-4,
    )


def test_grades_count_in_ndcg(tmp_path: Path, words: WordEmbedder) -> None:
    corpus = {"first": "red apple", "second": "red pear", "third": "blue sky"}
    qrels = ["a first 1", "a second 2", "a third 0"]
    result = run(write_beir(tmp_path / "set", corpus, {"a": "red apple"}, qrels), words)
    gained, ideal = 1 + 2 / math.log2(3), 2 + 1 / math.log2(3)
    assert figures(result)["nDCG@10"] == pytest.approx(gained / ideal, abs=1e-4)


def test_a_document_that_is_not_found_counts_as_missed(tmp_path: Path, words: WordEmbedder) -> None:
    folder = write_beir(tmp_path / "set", TREES, TREE_QUESTIONS, ["acorns gone 1", "needles fir 1"])
    result = run(folder, words)
    assert figures(result)["R@10"] == 0.5
    assert result.outcomes[0].rank is None


def test_a_text_in_several_passages_is_ranked_once(words: WordEmbedder) -> None:
    long = " ".join(f"Apple tree number {number} bears red fruit." for number in range(12))
    texts = Texts.collect(
        [
            (text_document("long", "", [long]), ["long"]),
            (text_document("short", "", ["A pear tree."]), ["short"]),
        ]
    )
    index = index_documents(texts.documents, embedder=words)
    assert len(index.passages) > 3
    assert retrieval.rank_texts(index, "apple tree", texts) == ["long", "short"]


def test_it_searches_on_until_enough_texts_are_found(
    words: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "CANDIDATES", 1)
    long = " ".join(f"Apple tree number {number} bears red fruit." for number in range(12))
    texts = Texts.collect(
        [
            (text_document("long", "", [long]), ["long"]),
            (text_document("short", "", ["A pear tree."]), ["short"]),
        ]
    )
    index = index_documents(texts.documents, embedder=words)
    assert retrieval.rank_texts(index, "apple tree", texts) == ["long", "short"]


def test_texts_with_the_same_words_share_a_place(tmp_path: Path, words: WordEmbedder) -> None:
    corpus = {"a": "red apple", "b": "red apple", "c": "blue sky"}
    folder = write_beir(tmp_path / "set", corpus, {"q": "red apple"}, ["q a 1", "q b 1"])
    result = run(folder, words)
    assert result.passages == 2
    assert figures(result)["nDCG@10"] == 1


def test_squad_ranks_every_paragraph_of_the_file(tmp_path: Path, words: WordEmbedder) -> None:
    split = tmp_path / "split.json"
    split.write_text(json.dumps({"test": ["Harbour_Bridge", "Not there"], "train": ["Cafe_Luna"]}))
    path = write_squad(tmp_path / "squad.json")
    everything, chosen = run(path, words), run(path, words, split_file=split)
    assert (everything.available, everything.passages) == (4, 4)
    assert (chosen.available, chosen.passages) == (2, 4)
    assert [outcome.id for outcome in chosen.outcomes] == ["Harbour_Bridge0", "Harbour_Bridge1"]
    assert run(path, words, split_file=split, split="train").outcomes[0].id == "Cafe_Luna0"


def test_squad_paragraphs_are_passages_of_their_article(tmp_path: Path, embedder: Embedder) -> None:
    data = load(write_squad(tmp_path / "squad.json"), split="test", articles=None)
    assert isinstance(data, DataSet)
    assert [document.title for document in data.texts.documents] == ["Cafe Luna", "Harbour Bridge"]
    passages = Chunker(embedder).split(data.texts.documents[0])
    assert [passage.text for passage in passages] == CAFES["Cafe_Luna"]
    found = [data.texts.names_of(passage) for passage in passages]
    assert found == [tuple(data.questions[number].relevant) for number in (0, 1)]


def test_squad_with_the_real_model(tmp_path: Path, embedder: Embedder) -> None:
    # The last answer is half of the right one's words, the third question is not known.
    known = dict(zip(CAFE_ANSWERS, ["1987", "Its almond cake", "", "Ships taller"], strict=True))
    result = run(
        write_squad(tmp_path / "v2.json", unanswerable=True), embedder, LookupReader(known)
    )
    metrics = {metric.name: metric for metric in result.metrics}
    assert metrics["R@1"] == Metric("R@1", 1.0, of=4)
    assert metrics["answer R@1"] == Metric("answer R@1", 1.0, of=4)
    assert metrics["answered"] == Metric("answered", 0.75, of=4, right=3)
    assert metrics["abstained"] == Metric("abstained", 1.0, of=1, right=1)
    assert metrics["no-answer accuracy"] == Metric("no-answer accuracy", 0.8, of=5, right=4)
    assert [outcome.id for outcome in result.outcomes] == [
        *("Cafe_Luna0", "u", "Cafe_Luna1", "Harbour_Bridge0", "Harbour_Bridge1")
    ]
    assert [outcome.answerable for outcome in result.outcomes] == [True, False, True, True, True]
    assert [outcome.rank for outcome in result.outcomes] == [1, None, 1, 1, 1]
    assert [outcome.right for outcome in result.outcomes] == [True, None, True, False, True]
    assert [outcome.best_right for outcome in result.outcomes] == [True, False, True, False, True]
    grades = [outcome.grade for outcome in result.outcomes]
    assert [grade.exact for grade in grades if grade] == [1, 1, 0, 0, 0]
    f1 = [1, 1, 2 * 2 / (2 + 3), 0, 2 * 2 / (2 + 5)]
    assert [grade.f1 for grade in grades if grade] == pytest.approx(f1)
    assert metrics["EM"].value == 2 / 5
    assert metrics["F1"].value == pytest.approx(sum(f1) / 5)
    assert metrics["EM, best words"] == Metric("EM, best words", 1 / 4, of=4, right=1)
    assert metrics["AURC"].of == metrics["ECE"].of == 5
    assert result.stages == ["search", "read", "choose"]


def test_the_answers_order_is_the_readers(tmp_path: Path, embedder: Embedder) -> None:
    corpus = {
        "a": "Red apples grow here.",
        "b": "Apples and red pears grow here since 1912.",
        "c": "Blue sky.",
    }
    folder = write_beir(tmp_path / "set", corpus, {"q": "Where do red apples grow?"}, ["q b 1"])
    reader = LookupReader({"Where do red apples grow?": "1912"})
    result = run(folder, embedder, reader)
    assert (result.outcomes[0].rank, result.outcomes[0].answer_rank) == (2, 1)
    assert (figures(result)["R@1"], figures(result)["answer R@1"]) == (0, 1)
    assert figures(result)["answer nDCG@10"] == 1
    assert "EM" not in figures(result)


def test_a_question_of_its_own_text_alone(tmp_path: Path, embedder: Embedder) -> None:
    path = write_squad(tmp_path / "squad.json", unanswerable=True)
    reader = LookupReader(CAFE_ANSWERS)
    result = run(path, embedder, reader, given=True)
    paragraphs = [text for texts in CAFES.values() for text in texts]
    own = [paragraphs[number] for number in (0, 0, 0, 1, 2, 3)]
    # The first question is asked once more, to load the models.
    assert [texts for _, texts in reader.read_for] == [[text] for text in own]
    assert [outcome.right_text for outcome in result.outcomes] == own[1:]
    assert (result.passages, result.embedded) == (4, 4)
    assert figures(result)["EM"] == 1
    assert "R@1" not in figures(result)
    assert result.outcomes[1].answer.abstained


def test_questions_of_other_articles(tmp_path: Path, embedder: Embedder) -> None:
    path = write_squad(tmp_path / "squad.json", unanswerable=True)
    reader = LookupReader(CAFE_ANSWERS | {"Who painted the bridge?": "almond cake"})
    result = run(path, embedder, reader, off_topic=100)
    assert len(result.off_topic) == 5
    assert [outcome.answerable for outcome in result.off_topic] == [False] * 5
    (metric,) = (metric for metric in result.metrics if metric.name == "off-topic refused")
    assert metric == Metric("off-topic refused", 0.8, of=5, right=4)
    asked = dict(reader.read_for[-5:])
    assert set(asked[ZEBRAS]) == set(CAFES["Harbour_Bridge"])
    assert set(asked["When did Cafe Luna open?"]) == set(CAFES["Harbour_Bridge"])
    assert set(asked["Who painted the bridge?"]) == set(CAFES["Cafe_Luna"])
    assert result.embedded == 4
    assert len(run(path, embedder, reader, off_topic=2).off_topic) == 2


def test_a_sample_is_the_same_in_every_run(tmp_path: Path, words: WordEmbedder) -> None:
    path = write_squad(tmp_path / "squad.json", unanswerable=True)
    every = [outcome.id for outcome in run(path, words).outcomes]
    drawn = [outcome.id for outcome in run(path, words, sample=3).outcomes]
    assert drawn == [outcome.id for outcome in run(path, words, sample=3).outcomes]
    assert drawn == [name for name in every if name in drawn]
    assert len(drawn) == 3
    assert [outcome.id for outcome in run(path, words, sample=9).outcomes] == every


def test_the_right_answers_of_each_format(tmp_path: Path) -> None:
    squad = write_squad(tmp_path / "squad.json", unanswerable=True)
    written = json.loads(squad.read_text())
    paragraph = written["data"][0]["paragraphs"][0]
    del paragraph["qas"][1]["is_impossible"]
    paragraph["qas"].append({"id": "not told", "question": "Who?"})
    squad.write_text(json.dumps(written))
    data = load(squad, split="test", articles=None)
    assert isinstance(data, DataSet)
    known, unanswerable, not_told = data.questions[:3]
    assert (known.answers, known.gold, known.answerable) == (("1987",), ("1987",), True)
    assert (unanswerable.gold, unanswerable.answerable) == ((), False)
    assert (not_told.gold, not_told.answerable) == (None, True)
    assert {question.own_text for question in data.questions[:3]} == {CAFES["Cafe_Luna"][0]}
    natural = load(write_nq(tmp_path / "nq"), split="test", articles=None)
    assert isinstance(natural, DataSet)
    assert natural.questions[1].answers == ("Fir",)
    assert natural.questions[1].own_text == natural.texts.documents[1].id


def test_natural_questions_search_each_gold_passage_once(
    tmp_path: Path, words: WordEmbedder
) -> None:
    path = write_nq(tmp_path / "nq.jsonl")
    result = run(path, words)
    assert (result.available, result.passages) == (3, 2)
    assert figures(result)["R@1"] == 1
    last = run(path, words, last=2)
    assert ([outcome.id for outcome in last.outcomes], last.passages) == (["2", "3"], 2)
    assert [outcome.id for outcome in run(path, words, first=1).outcomes] == ["1"]


def test_a_question_file(tmp_path: Path, documents: Path, embedder: Embedder) -> None:
    path = write_lines(tmp_path / "questions.jsonl", BRIDGE_QUESTIONS)
    reader = LookupReader({"Who painted the bridge green?": "forty\nvolunteers"})
    result = run(path, embedder, reader, documents=(documents,))
    metrics = {metric.name: metric for metric in result.metrics}
    # Of the three questions with a passage, the third asks for an author who did not write it.
    assert (metrics["R@1"].right, metrics["R@1"].of) == (2, 3)
    assert (metrics["R@3"].right, metrics["R@3"].of) == (2, 3)
    assert [outcome.rank for outcome in result.outcomes] == [1, 1, None, None]
    assert (metrics["abstained"].right, metrics["abstained"].of) == (1, 1)
    assert metrics["answered"].of == 3
    assert (metrics["right"].right, metrics["right"].of) == (1, 1)
    assert [outcome.right for outcome in result.outcomes] == [True, None, None, None]
    assert [outcome.best_right for outcome in result.outcomes] == [True, None, None, False]
    assert metrics["AURC"].of == 2


# -- kept indexes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [write_squad, write_nq])
def test_a_second_evaluation_embeds_no_passage(
    tmp_path: Path, words: WordEmbedder, write: Callable[[Path], Path]
) -> None:
    path = write(tmp_path / "set.json")
    kept = tmp_path / "kept"
    first = run(path, words, index_dir=kept)
    assert first.embedded == first.passages > 0
    words.embedded.clear()
    second = run(path, words, index_dir=kept)
    assert second.embedded == 0
    assert set(words.embedded) <= {outcome.question for outcome in second.outcomes}
    assert figures(second) == figures(first)
    assert [outcome.rank for outcome in second.outcomes] == [
        outcome.rank for outcome in first.outcomes
    ]


def test_other_content_gets_an_index_of_its_own(tmp_path: Path, words: WordEmbedder) -> None:
    kept = tmp_path / "kept"
    one = write_beir(tmp_path / "one" / "set", TREES, TREE_QUESTIONS, ["acorns oak 1"])
    two = write_beir(tmp_path / "two" / "set", {"a": "red"}, {"q": "red"}, ["q a 1"])
    run(one, words, index_dir=kept)
    run(two, words, index_dir=kept)
    assert len(list(kept.iterdir())) == 2


def test_documents_of_a_question_file_are_embedded_once(
    tmp_path: Path, documents: Path, words: WordEmbedder
) -> None:
    path = write_lines(tmp_path / "questions.jsonl", BRIDGE_QUESTIONS)
    settings = {"documents": (documents,), "index_dir": tmp_path / "kept"}
    assert run(path, words, **settings).embedded > 0
    assert run(path, words, **settings).embedded == 0


# -- what is wrong --------------------------------------------------------------------------------

SQUAD_START = '{"data": [{"title": "A", "paragraphs": '


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("plain words\n", "not JSON"),
        ("[1, 2]", "a JSON object is expected, not list"),
        ('{"text": "neither"}\n', "not a data set that is known"),
        ('{"question": "A?"}\n\n{"question": 3}\n', ':3: "question" must be text'),
        ('{"question": "A?"}\nbroken\n', ":2: not JSON"),
        ('{"question": "A?", "kind": "title"}\n', ":1: unknown kind 'title'; one of paragraph,"),
        ('{"question": "A?", "answer_matches": "("}\n', ':1: "answer_matches": missing )'),
        ('{"question": "A?", "ctxs": []}\n', ':1: no passage in "ctxs" is marked "isgold"'),
        ('{"question": "A?", "ctxs": 5}\n', ':1: "ctxs" must be a list'),
        ('{"data": []}', "has no question"),
        ('{"data": 1}', '"data" must be a list'),
        (SQUAD_START + '[{"qas": []}]}]}', 'data[0] paragraphs[0]: "context" must be text'),
        (
            SQUAD_START + '[{"context": "B", "qas": [{"id": "1"}]}]}]}',
            'data[0] paragraphs[0] qas[0]: "question" must be text',
        ),
        ('{\n "data": [\n  oops\n ]}', ":3: not JSON"),
    ],
)
def test_a_malformed_file_is_named_with_the_place(
    tmp_path: Path, words: WordEmbedder, content: str, message: str
) -> None:
    path = tmp_path / "set.json"
    path.write_text(content)
    with pytest.raises(ArgumentError) as error:
        run(path, words)
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("corpus.jsonl", '{"_id": "oak"}\n{"_id": "oak"}\n', "corpus.jsonl:2: the \"_id\" 'oak'"),
        ("corpus.jsonl", '{"text": "no id"}\n', 'corpus.jsonl:1: "_id" must be text'),
        ("queries.jsonl", '{"_id": "other", "text": "A?"}\n', "no question 'acorns'"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nacorns\toak\n", "test.tsv:2: expected"),
        ("qrels/test.tsv", "acorns\toak\tmuch\n", "test.tsv:1: expected"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "has no question"),
    ],
)
def test_a_malformed_folder_is_named_with_the_place(
    tmp_path: Path, words: WordEmbedder, file: str, content: str, message: str
) -> None:
    folder = write_beir(tmp_path / "set", TREES, TREE_QUESTIONS, ["acorns oak 1"])
    (folder / file).write_text(content)
    with pytest.raises(ArgumentError) as error:
        run(folder, words)
    assert str(folder) in str(error.value)
    assert message in str(error.value)


def test_a_split_that_is_not_there(tmp_path: Path, words: WordEmbedder) -> None:
    folder = write_beir(tmp_path / "set", TREES, TREE_QUESTIONS, ["acorns oak 1"])
    with pytest.raises(ArgumentError, match=r"dev\.tsv: no such file; the splits are: test"):
        run(folder, words, split="dev")
    squad = write_squad(tmp_path / "squad.json")
    split = tmp_path / "split.json"
    split.write_text('{"test": ["Elsewhere"]}')
    with pytest.raises(ArgumentError, match="has none of the 1 articles chosen"):
        run(squad, words, split_file=split)
    with pytest.raises(ArgumentError, match='"dev" must be a list of titles'):
        run(squad, words, split_file=split, split="dev")


def test_what_cannot_be_evaluated(tmp_path: Path, words: WordEmbedder) -> None:
    with pytest.raises(ArgumentError, match="cannot be read"):
        run(tmp_path / "missing.json", words)
    with pytest.raises(ArgumentError, match=r"no corpus\.jsonl"):
        run(tmp_path, words)
    squad = write_squad(tmp_path / "squad.json")
    with pytest.raises(ArgumentError, match="name one"):
        run(squad, words, first=1, last=1)
    with pytest.raises(ArgumentError, match="name one"):
        run(squad, words, first=1, sample=1)
    with pytest.raises(ArgumentError, match="unknown caution 'brave'"):
        run(squad, words, caution="brave")
    article = tmp_path / "split.json"
    article.write_text('{"test": ["Cafe_Luna"]}')
    with pytest.raises(ArgumentError, match="there is only one"):
        run(squad, words, split_file=article, off_topic=1)
    gone = write_beir(tmp_path / "gone", TREES, TREE_QUESTIONS, ["acorns gone 1"])
    with pytest.raises(ArgumentError, match="question 'acorns' cannot be asked of its own text"):
        run(gone, words, given=True)
    own = write_lines(tmp_path / "own.jsonl", BRIDGE_QUESTIONS)
    with pytest.raises(ArgumentError, match="its questions are on your own documents"):
        run(own, words, given=True)
    assert words.embedded == []
    with pytest.raises(ArgumentError, match="documents are named"):
        run(squad, words, documents=(tmp_path,))
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"question": "Café?"}'.encode("latin-1"))
    with pytest.raises(ArgumentError, match="UTF-8"):
        run(latin, words)
    empty = write_beir(tmp_path / "empty", {"a": ""}, {"q": "red"}, ["q a 1"])
    with pytest.raises(NoDocumentsError):
        run(empty, words)


def test_every_file_is_read_before_anything_is_embedded(
    tmp_path: Path, words: WordEmbedder
) -> None:
    good, bad = write_squad(tmp_path / "good.json"), tmp_path / "bad.json"
    bad.write_text("{")
    with pytest.raises(ArgumentError):
        evaluate(Settings(paths=(good, bad)), ignore, embedder=words)
    assert words.embedded == []


def test_ir_measures_is_asked_for_by_its_extra(
    tmp_path: Path, words: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(Error, match=r"pip install \"document-qa\[evaluate\]\""):
        run(write_squad(tmp_path / "squad.json"), words)
    assert words.embedded == []


# -- formats --------------------------------------------------------------------------------------


def test_formats_are_recognised(tmp_path: Path) -> None:
    questions = write_lines(tmp_path / "any.name", BRIDGE_QUESTIONS)
    one_line = tmp_path / "one-line.json"
    one_line.write_text(json.dumps(json.loads(write_squad(tmp_path / "s.json").read_text())))
    with_bom = tmp_path / "bom.jsonl"
    with_bom.write_bytes(b"\xef\xbb\xbf\n" + questions.read_bytes().replace(b"\n", b"\r\n"))
    for path in (questions, with_bom):
        loaded = load(path, split="test", articles=None)
        assert isinstance(loaded, QuestionFile)
        assert len(loaded.questions) == 4
        assert loaded.questions[1].kind is Kind.COMMENT
        assert [question.answerable for question in loaded.questions] == [True, True, True, False]
    for path in (one_line, write_nq(tmp_path / "nq")):
        assert isinstance(load(path, split="test", articles=None), DataSet)


# -- the command ----------------------------------------------------------------------------------


def test_the_command_prints_figures_and_how_to_repeat_them(tmp_path: Path, documents: Path) -> None:
    from qa.cli import cli

    squad = write_squad(tmp_path / "squad.json")
    questions = write_lines(tmp_path / "questions.jsonl", BRIDGE_QUESTIONS)
    json_file = tmp_path / "out.json"
    options = ["--documents", str(documents), "--first", "2", "--verbose", "--reader", "none"]
    done = CliRunner().invoke(
        cli,
        ["evaluate", str(squad), str(questions), *options, "--json", str(json_file)],
    )
    assert done.exit_code == 0, done.output
    rows = {line[:20].strip(): line[20:].split() for line in done.stdout.splitlines()}
    assert rows["questions"] == ["first", "2", "of", "4"] * 2
    assert (rows["passages"], rows["embedded now"]) == (["4", "4"], ["4", "4"])
    assert (rows["nDCG@10"], rows["R@1"]) == (["1.000", "–"], ["1.000", "2/2"])
    assert (rows["answered"], rows["right"]) == (["2/2", "2/2"], ["0/2", "1/1"])
    assert (rows["EM"], "ms read, p50" in rows) == (["0/2", "–"], False)
    assert len(rows["ms search, p50"]) == 2
    assert any("Who painted the bridge green?" in line for line in done.stdout.splitlines())
    again = f"Again: python -m qa evaluate {squad} {questions} --documents {documents} --first 2"
    again += " --reader none"
    assert again in done.stdout
    written = json.loads(json_file.read_text())
    assert [result["questions"] for result in written["results"]] == [2, 2]
    assert written["results"][0]["metrics"]["R@1"] == {"value": 1.0, "of": 2}
    assert written["results"][1]["outcomes"][0]["right"] is True
    assert written["command"] == again.removeprefix("Again: ")


def test_plots_errors_and_json_are_written(
    tmp_path: Path, embedder: Embedder, capsys: pytest.CaptureFixture[str]
) -> None:
    squad = write_squad(tmp_path / "squad.json", unanswerable=True)
    reader = LookupReader(CAFE_ANSWERS | {ZEBRAS: "tram depot", "Who painted the bridge?": "green"})
    settings = Settings(paths=(squad, squad), sample=5, off_topic=2)
    results = evaluate(settings, ignore, embedder=embedder, reader=reader)
    files = tmp_path / "out.json", tmp_path / "errors.md", tmp_path / "new" / "plots"
    report = Report(settings, files[0], False, plots=files[2], errors_file=files[1])
    report.prepare()
    report.show(results)
    assert "EM, best words" in capsys.readouterr().out
    drawn = sorted(path.name for path in files[2].iterdir())
    assert drawn == [
        f"{name}-{plot}.svg"
        for name in ("squad-2", "squad")
        for plot in ("calibration", "risk-coverage")
    ]
    for path in files[2].iterdir():
        assert ET.fromstring(path.read_text()).tag == "{http://www.w3.org/2000/svg}svg"
    assert "Do zebras enjoy opera?" in files[1].read_text()
    result = json.loads(files[0].read_text())["results"][0]
    assert result["outcomes"][1]["answer"] == "tram depot"
    assert (result["outcomes"][0]["gold"], result["outcomes"][0]["f1"]) == (["1987"], 1)
    assert set(result["seconds"]["stages"]) == {"search", "read", "choose"}
    assert len(result["off_topic"]) == 2


def test_a_sample_is_named_in_the_table(
    tmp_path: Path, words: WordEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(paths=(write_squad(tmp_path / "squad.json"),), sample=3)
    results = evaluate(settings, ignore, embedder=words, reader=LookupReader())
    Report(settings, json_file=None, verbose=False).show(results)
    shown = capsys.readouterr().out
    assert "sample of 3 of 4" in shown
    assert "--sample 3" in shown


def test_control_characters_do_not_reach_the_terminal(
    tmp_path: Path, documents: Path, words: WordEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_lines(tmp_path / "q[red].jsonl", [expect("Bridge \x1b[31m[bold]?")])
    settings = Settings(paths=(path,), documents=(documents,))
    results = evaluate(settings, ignore, embedder=words, reader=LookupReader())
    Report(settings, json_file=None, verbose=True).show(results)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "Bridge ␛[31m[bold]?" in shown
    assert "q[red].jsonl" in shown


def test_an_unwritable_json_file_is_noticed_before_the_work(tmp_path: Path) -> None:
    settings, missing = Settings(paths=()), tmp_path / "missing"
    report = Report(settings, json_file=missing / "out.json", verbose=False)
    with pytest.raises(ArgumentError, match=r"out\.json: cannot be written"):
        report.prepare()
    report = Report(settings, None, False, errors_file=missing / "errors.md")
    with pytest.raises(ArgumentError, match=r"errors\.md: cannot be written"):
        report.prepare()
    (tmp_path / "file").touch()
    with pytest.raises(ArgumentError, match=r"file: cannot be written"):
        Report(settings, None, False, plots=tmp_path / "file").prepare()


def test_the_repeating_command_has_every_option() -> None:
    settings = Settings(
        paths=(Path("a b"),),
        split="train",
        split_file=Path("s.json"),
        last=3,
        index_dir=Path("kept"),
        model="m",
        sample=7,
        given=True,
        off_topic=5,
        reader="none",
        caution="eager",
    )
    assert settings.command() == (
        "python -m qa evaluate 'a b' --split train --split-file s.json --last 3 --sample 7"
        " --off-topic 5 --index-dir kept --model m --reader none --caution eager --given"
    )


def test_importing_the_command_is_cheap() -> None:
    heavy = "torch", "numpy", "rich.table", "ir_measures", "faiss", "qa.evaluation.run"
    code = f"import qa.evaluate, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
