"""The evaluation: formats, figures worked out by hand, kept indexes, the command."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from index.builder import index_documents
from index.chunker import Chunker
from index.embedder import Embedder, Progress, WordVectors
from index.errors import ArgumentError, Error, NoDocumentsError
from index.types import Kind
from qa.evaluation import retrieval
from qa.evaluation.dataset import DataSet, QuestionFile, Texts, text_document
from qa.evaluation.formats import load
from qa.evaluation.report import Report
from qa.evaluation.result import Metric, Result
from qa.evaluation.run import Settings, evaluate


class WordEmbedder:
    """A stand-in for a model: a text's vector counts its words, each in a place of its own."""

    name = "words"
    fingerprint = "words/1"
    dimension = 512
    max_tokens = 24

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        self.embedded += texts
        vectors = np.full((len(texts), self.dimension), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace(".", " ").replace("?", " ").split():
                place = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row, place % self.dimension] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        return [
            WordVectors(self.embed([text])[0], tuple(text.split()), self.embed(text.split()))
            for text in texts
        ]


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


def write_squad(path: Path, *, unanswerable: bool = False) -> Path:
    questions = {
        "Cafe_Luna": ["When did Cafe Luna open?", "What won the baking prize?"],
        "Harbour_Bridge": ["Who painted the bridge?", "Which ships wait for the tide?"],
    }
    articles = [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": f" {context}",
                    "qas": [{"id": f"{title}{number}", "question": question, "answers": []}],
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
            {"id": "u", "question": "Do zebras enjoy opera?", "answers": [], "is_impossible": True}
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


def run(path: Path, embedder: Embedder, **settings: Any) -> Result:
    (result,) = evaluate(Settings(paths=(path,), **settings), ignore, embedder=embedder)
    return result


# -- figures --------------------------------------------------------------------------------------


def test_a_beir_folder_whose_right_texts_are_first(tmp_path: Path, words: WordEmbedder) -> None:
    folder = write_beir(
        tmp_path / "trees", TREES, TREE_QUESTIONS, ["acorns oak 1", "needles fir 1"]
    )
    result = run(folder, words)
    assert figures(result) == {"nDCG@10": 1, "R@1": 1, "R@5": 1, "R@10": 1, "MRR@10": 1}
    assert (result.passages, result.embedded, result.available) == (3, 3, 2)
    assert [outcome.rank for outcome in result.outcomes] == [1, 1]


def test_the_figures_of_ranks_two_and_one(tmp_path: Path, words: WordEmbedder) -> None:
    corpus = {"best": "red red apple", "next": "red pear", "far": "blue sky"}
    queries = {"a": "red apple", "b": "blue sky", "not judged": "green"}
    folder = write_beir(tmp_path / "set", corpus, queries, ["a next 1", "b far 1"])
    result = run(folder, words)
    assert [(outcome.id, outcome.rank) for outcome in result.outcomes] == [("a", 2), ("b", 1)]
    assert figures(result) == pytest.approx(
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
    result = run(write_squad(tmp_path / "squad.json", unanswerable=True), embedder)
    metrics = {metric.name: metric for metric in result.metrics}
    assert metrics["R@1"] == Metric("R@1", 1.0, of=4)
    assert metrics["answered"].of == 4
    assert metrics["abstained"] == Metric("abstained", 1.0, of=1, right=1)
    assert [outcome.answerable for outcome in result.outcomes] == [True, False, True, True, True]
    assert [outcome.rank for outcome in result.outcomes] == [1, None, 1, 1, 1]
    assert all(outcome.answer is not None for outcome in result.outcomes)


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
    result = run(path, embedder, documents=(documents,))
    metrics = {metric.name: metric for metric in result.metrics}
    # Of the three questions with a passage, the third asks for an author who did not write it.
    assert (metrics["R@1"].right, metrics["R@1"].of) == (2, 3)
    assert (metrics["R@3"].right, metrics["R@3"].of) == (2, 3)
    assert [outcome.rank for outcome in result.outcomes] == [1, 1, None, None]
    assert (metrics["abstained"].right, metrics["abstained"].of) == (1, 1)
    assert metrics["answered"].of == 3
    assert (metrics["right"].right, metrics["right"].of) == (1, 1)
    assert [outcome.right for outcome in result.outcomes] == [True, None, None, None]


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
    options = ["--documents", str(documents), "--first", "2", "--verbose"]
    done = CliRunner().invoke(
        cli, ["evaluate", str(squad), str(questions), *options, "--json", str(json_file)]
    )
    assert done.exit_code == 0, done.output
    rows = {line[:20].strip(): line[20:].split() for line in done.stdout.splitlines()}
    assert rows["questions"] == ["first", "2", "of", "4"] * 2
    assert (rows["passages"], rows["embedded now"]) == (["4", "4"], ["4", "4"])
    assert (rows["nDCG@10"], rows["R@1"]) == (["1.000", "–"], ["1.000", "2/2"])
    assert (rows["answered"], rows["right"]) == (["–", "2/2"], ["–", "1/1"])
    assert any("Who painted the bridge green?" in line for line in done.stdout.splitlines())
    again = f"Again: python -m qa evaluate {squad} {questions} --documents {documents} --first 2"
    assert again in done.stdout
    written = json.loads(json_file.read_text())
    assert [result["questions"] for result in written["results"]] == [2, 2]
    assert written["results"][0]["metrics"]["R@1"] == {"value": 1.0, "of": 2}
    assert written["results"][1]["outcomes"][0]["right"] is True
    assert written["command"] == again.removeprefix("Again: ")


def test_control_characters_do_not_reach_the_terminal(
    tmp_path: Path, documents: Path, words: WordEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_lines(tmp_path / "q[red].jsonl", [expect("Bridge \x1b[31m[bold]?")])
    settings = Settings(paths=(path,), documents=(documents,))
    results = evaluate(settings, ignore, embedder=words)
    Report(settings, json_file=None, verbose=True).show(results)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "Bridge ␛[31m[bold]?" in shown
    assert "q[red].jsonl" in shown


def test_an_unwritable_json_file_is_noticed_before_the_work(tmp_path: Path) -> None:
    report = Report(Settings(paths=()), json_file=tmp_path / "missing" / "out.json", verbose=False)
    with pytest.raises(ArgumentError, match=r"out\.json: cannot be written"):
        report.prepare()


def test_the_repeating_command_has_every_option() -> None:
    settings = Settings(
        paths=(Path("a b"),),
        split="train",
        split_file=Path("s.json"),
        last=3,
        index_dir=Path("kept"),
        model="m",
    )
    assert settings.command() == (
        "python -m qa evaluate 'a b' --split train --split-file s.json --last 3 --index-dir kept"
        " --model m"
    )


def test_importing_the_command_is_cheap() -> None:
    heavy = "torch", "numpy", "rich.table", "ir_measures", "faiss", "qa.evaluation.run"
    code = f"import qa.evaluate, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
