"""Searching: the right passages, filtered before they are ranked, the same in every run."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder, build_index

from index.embedder import Embedder
from index.embedders.packaged import PackagedEmbedder
from index.errors import ArgumentError
from index.fusion import DENSE_WEIGHT, fuse
from index.index import CANDIDATES, Filter, Index
from index.indexing import index_documents
from index.types import Block, Document, Hit, Kind

QUESTION = "what territory had IS lost?"


def document(
    path: str, *blocks: tuple[Kind, str] | tuple[Kind, str, str], **facts: str
) -> Document:
    made, text = [], ""
    for kind, words, *author in blocks:
        made.append(Block(kind, len(text), len(text) + len(words), *author))
        text += words + "\n\n"
    return Document.create(path=path, text=text, blocks=made, **({"title": ""} | facts))


def found(hits: list[Hit]) -> list[tuple[str, float, float, float]]:
    return [(hit.passage.id, hit.score, hit.parts.dense, hit.parts.lexical) for hit in hits]


WORDS = [f"{a}{b}{c}" for a in "bdfklm" for b in "aeiou" for c in "nrst"]


def many(count: int, seed: int = 0) -> list[Document]:
    """Documents of random words; those of every seventh are comments, in words of their own."""
    chance = random.Random(seed)
    documents = []
    for number in range(count):
        blocks = [
            (
                Kind.COMMENT if number % 7 == 0 else Kind.PARAGRAPH,
                " ".join(
                    chance.choices(
                        WORDS[100:] if number % 7 == 0 else WORDS[:100], k=chance.randint(4, 30)
                    )
                ),
                *(["Ünal"] if number % 7 == 0 else []),
            )
            for _ in range(4)
        ]
        documents.append(document(f"docs/{number}.txt", *blocks, title=f"Title {number}"))
    return documents


@pytest.fixture(scope="module")
def large() -> Index:
    """More passages than are candidates for a question, so that some are not looked at."""
    index = index_documents(many(120), embedder=FakeEmbedder())
    assert len(index.passages) > 2 * CANDIDATES
    return index


ARTICLE = document(
    "seeds/article.txt",
    (Kind.PARAGRAPH, "By current estimates IS has lost 22 percent of its territory since 2015."),
    (Kind.PARAGRAPH, "The police count 31 people killed and close to 270 hurt in Brussels."),
    (Kind.CAPTION, "A soldier on guard at the Brussels airport."),
    (Kind.COMMENT, "The author forgets who armed these people in the first place.", "LTRich"),
    (Kind.COMMENT, "Nothing but propaganda, as ever.", "Ünal Ö."),
    (Kind.COMMENT, "Agreed!", "LTRich"),
    title="An Islamic State in retreat",
    author="Peter Van Buren",
)
MARKET = document(
    "notices/market.txt",
    (Kind.PARAGRAPH, "The weekly market will be held on the green while the square is dug up."),
    (Kind.PARAGRAPH, "The fee for a pitch falls from eighteen to twelve pounds."),
    title="The market moves",
)


@pytest.fixture(scope="module")
def small() -> Index:
    return index_documents([ARTICLE, MARKET], embedder=FakeEmbedder(max_tokens=256))


# -- ranking --------------------------------------------------------------------------------------


def test_the_score_is_the_weighted_mean_of_its_parts(small: Index) -> None:
    hits = small.search("how much territory was lost", k=8)
    assert len(hits) == 8
    assert hits[0].passage.text.startswith("By current estimates")
    query = small.embedder.embed(["how much territory was lost"])[0]
    lexical = small.lexical.scores("how much territory was lost")
    for hit in hits:
        row = small.passages.index(hit.passage)
        assert hit.parts.dense == pytest.approx(float(small.dense.vectors[row] @ query), abs=1e-5)
        assert hit.parts.lexical == pytest.approx(float(lexical[row]))
        assert hit.parts.sentence is None
        expected = DENSE_WEIGHT * hit.parts.dense + (1 - DENSE_WEIGHT) * hit.parts.lexical
        assert hit.score == pytest.approx(expected)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_fusing_is_a_weighted_mean() -> None:
    assert fuse(1.0, 1.0) == pytest.approx(1)
    assert fuse(0.5, 0.0) == pytest.approx(0.5 * DENSE_WEIGHT)
    assert fuse(-1.0, 1.0) == pytest.approx(1 - 2 * DENSE_WEIGHT)
    assert 0.2 < DENSE_WEIGHT < 0.8
    both = fuse(np.array([0.1, 0.9]), np.array([0.3, 0.0]))
    assert both == pytest.approx([fuse(0.1, 0.3), fuse(0.9, 0.0)])


@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_all_are_found_though_only_some_are_looked_at(large: Index, seed: int) -> None:
    """Among the best by vectors or by words: what is best by both is among them, k being small."""
    question = " ".join(random.Random(seed).choices(WORDS, k=6))
    query = large.embedder.embed([question])[0]
    scores = fuse(large.dense.vectors @ query, large.lexical.scores(question))
    hits = large.search(question, k=5)
    assert [hit.score for hit in hits] == pytest.approx(sorted(scores, reverse=True)[:5], abs=1e-5)


def test_what_is_near_by_words_alone_is_found_too(
    large: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The passage is the last of all by its vector, though not by much."""
    passage = large.passages[17]
    away = -0.01 * large.dense.vectors[17][None, :]
    monkeypatch.setattr(large.embedder, "embed", lambda texts, progress=None: away)
    (hit,) = large.search(passage.text, k=1)
    assert hit.passage == passage
    assert hit.parts.dense == pytest.approx(-0.01, abs=1e-5)


def test_k_is_how_many_there_are_at_most(small: Index, large: Index) -> None:
    for k in (1, 3, 8):
        assert len(small.search("market", k=k)) == k
        assert found(small.search("market", k=k)) == found(small.search("market", k=8))[:k]
    assert len(small.search("market", k=100)) == 8
    assert len(large.search("zyzzyva", k=CANDIDATES + 50)) == CANDIDATES + 50
    every = large.search(WORDS[0], k=10_000)
    assert {hit.passage for hit in every} == set(large.passages)


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_makes_no_sense(small: Index, k: int) -> None:
    with pytest.raises(ArgumentError, match=f"k is {k}; it must be at least 1"):
        small.search("market", k=k)
    with pytest.raises(ValueError, match="k is"):
        small.search("market", k=k)


@pytest.mark.parametrize("question", ["", "?!", "the of and", "你好", "x" * 5000, "a\0b"])
def test_any_question_gets_its_nearest_passages(small: Index, question: str) -> None:
    assert len(small.search(question, k=3)) == 3


def test_equal_passages_are_ranked_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "The fee for a pitch is twelve pounds."
    documents = [
        document(f"{n}.txt", (Kind.PARAGRAPH, words), title="Fees", date=str(n)) for n in range(9)
    ]
    index = index_documents(documents, embedder=FakeEmbedder())
    ids = sorted(passage.id for passage in index.passages)
    assert ids != [passage.id for passage in index.passages]
    monkeypatch.setattr(index.dense, "cosines", lambda _, rows: np.full(len(rows), 0.5))
    assert [hit.passage.id for hit in index.search("What is the fee?", k=9)] == ids
    assert [hit.passage.id for hit in index.search("What is the fee?", k=4)] == ids[:4]


def test_equal_passages_have_equal_scores() -> None:
    words = "The fee for a pitch is twelve pounds."
    documents = [
        document(f"{n}.txt", (Kind.PARAGRAPH, words), title="Fees", date=str(n)) for n in range(40)
    ]
    index = index_documents(documents, embedder=FakeEmbedder())
    for count in range(2, 40):
        hits = index_documents(documents[:count], embedder=index.embedder).search("a fee", k=count)
        assert len({hit.score for hit in hits}) == 1
        assert [hit.passage.id for hit in hits] == sorted(hit.passage.id for hit in hits)


# -- filters --------------------------------------------------------------------------------------


def test_filters_let_through_what_they_name(small: Index) -> None:
    def texts(**only: object) -> set[str]:
        hits = small.search(QUESTION, k=50, only=Filter(**only))  # type: ignore[arg-type]
        return {hit.passage.text.split()[0] for hit in hits}

    everything = {"By", "The", "A", "Nothing", "Agreed!"}
    assert texts() == everything
    assert texts(kinds=("comment",)) == {"The", "Nothing", "Agreed!"}
    assert texts(kinds="caption") == {"A"}
    assert texts(kinds=[Kind.CAPTION, "comment"]) == {"A", "The", "Nothing", "Agreed!"}
    assert texts(author="LTRich") == {"The", "Agreed!"}
    assert texts(author="ltrich") == {"The", "Agreed!"}
    assert texts(author="ÜNAL ö.") == {"Nothing"}
    assert texts(author="Peter Van Buren") == {"By", "The"}
    assert texts(document="The market moves") == {"The"}
    assert texts(document="article.txt") == everything
    assert texts(document="article.txt", kinds=("paragraph",), author="Peter Van Buren") == {
        "By",
        "The",
    }
    assert texts(document="market.txt", author="LTRich") == set()
    assert texts(author="LTRich", kinds=("caption",)) == set()
    assert texts(kinds=()) == set()


@pytest.mark.parametrize("name", ["path", "name", "title", "id"])
def test_a_document_has_several_names(small: Index, name: str) -> None:
    names = {
        "path": MARKET.path,
        "name": "market.txt",
        "title": MARKET.title,
        "id": MARKET.id,
    }
    hits = small.search(QUESTION, k=50, only=Filter(document=names[name]))
    assert [hit.passage.document for hit in hits] == [MARKET, MARKET]


def test_filters_work_before_ranking(large: Index) -> None:
    """The comments have none of the question's words, and few of them come near it otherwise."""
    comments = {passage for passage in large.passages if passage.kind is Kind.COMMENT}
    assert 10 < len(comments) < CANDIDATES
    question = " ".join(WORDS[:6])
    near = {hit.passage for hit in large.search(question, k=CANDIDATES)}
    assert not comments <= near
    only = Filter(kinds=("comment",))
    query = large.embedder.embed([question])[0]
    expected = sorted(
        (
            DENSE_WEIGHT * float(large.dense.vectors[row] @ query)
            for row, passage in enumerate(large.passages)
            if passage in comments
        ),
        reverse=True,
    )
    hits = large.search(question, k=10, only=only)
    assert [hit.score for hit in hits] == pytest.approx(expected[:10], abs=1e-5)
    hits = large.search(question, k=CANDIDATES, only=only)
    assert [hit.score for hit in hits] == pytest.approx(expected, abs=1e-5)
    assert {hit.passage for hit in hits} == comments


def test_a_filter_changes_no_score(small: Index) -> None:
    scores = {hit.passage: hit.score for hit in small.search(QUESTION, k=50)}
    for hit in small.search(QUESTION, k=50, only=Filter(author="LTRich")):
        assert hit.score == pytest.approx(scores[hit.passage], abs=1e-6)


def test_one_far_passage_is_found_where_the_filter_leaves_it_alone(large: Index) -> None:
    for row in (0, 100, len(large.passages) - 1):
        wanted = large.passages[row].document
        hits = large.search("zyzzyva", k=4, only=Filter(document=wanted.path))
        assert [hit.passage.document for hit in hits] == [wanted] * 4


@pytest.mark.parametrize("kinds", [("comments",), ("comment", "title"), "Comment", ("",)])
def test_an_unknown_kind_names_those_there_are(small: Index, kinds: tuple[str, ...]) -> None:
    with pytest.raises(ArgumentError, match="the kinds are paragraph, caption, comment") as raised:
        small.search(QUESTION, only=Filter(kinds=kinds))
    wrong = kinds if isinstance(kinds, str) else kinds[-1]
    assert str(raised.value).startswith(f"unknown kind {wrong!r}")


def test_an_unknown_author_names_those_there_are(small: Index) -> None:
    with pytest.raises(ArgumentError) as raised:
        small.search(QUESTION, only=Filter(author="L. T. Rich"))
    assert str(raised.value) == (
        "no passage by 'L. T. Rich'; the authors are: LTRich, Peter Van Buren, Ünal Ö."
    )
    index = index_documents([MARKET], embedder=FakeEmbedder())
    with pytest.raises(ArgumentError, match="the authors are: none"):
        index.search(QUESTION, only=Filter(author="LTRich"))


def test_an_unknown_document_is_named(small: Index) -> None:
    with pytest.raises(ArgumentError, match=r"no document 'gone\.txt' in this index"):
        small.search(QUESTION, only=Filter(document="gone.txt"))


def test_an_unknown_document_names_those_there_are(small: Index) -> None:
    with pytest.raises(ArgumentError, match=r"article\.txt"):
        small.search(QUESTION, only=Filter(document="gone.txt"))


# -- questions adapted to the documents -----------------------------------------------------------


def test_questions_are_searched_with_acronyms_explained_and_words_corrected() -> None:
    embedder = FakeEmbedder(piece=4)  # a long word has several tokens: it may be misspelt
    texts = [
        "It was the Islamic State that lost territory.",
        "It was the Islamic State that gained recruits.",
    ]
    index = index_documents(
        [document("a.txt", *((Kind.PARAGRAPH, text) for text in texts))], embedder=embedder
    )
    assert index.adapt("has IS lost teritory?") == "has IS (Islamic State) lost territory?"
    embedder.seen.clear()
    (hit,) = index.search("has IS gained recriuts?", k=1)
    assert embedder.seen == ["has IS (Islamic State) gained recruits?"]
    assert "recruits" in hit.passage.text
    assert hit.parts.lexical > 0.1


def test_an_acronym_is_not_explained_to_a_passage_that_has_it() -> None:
    texts = [
        "It was the Islamic State that lost territory.",
        "The Islamic State (IS) gained recruits.",
        "This ISP lost its line.",
    ]
    index = index_documents(
        [document("a.txt", *((Kind.PARAGRAPH, text) for text in texts))],
        embedder=FakeEmbedder(piece=4),
    )
    explained, plain = "has IS (Islamic State) lost territory?", "has IS lost territory?"
    assert index.adapt_to("has IS lost teritory?", index.passages) == [explained, plain, explained]
    assert index.adapt_to("what was lost?", index.passages) == ["what was lost?"] * 3


def test_a_word_that_the_model_knows_is_not_corrected() -> None:
    index = index_documents([ARTICLE], embedder=FakeEmbedder())  # every word is one token
    assert index.adapt("teritory") == "teritory"


# -- the same in every run ------------------------------------------------------------------------

SEARCH = """
import hashlib, sys
sys.path[:0] = sys.argv[1:3]
from fakes import FakeEmbedder, build_index

from index.index import Index
import test_index
if len(sys.argv) > 4:
    index = Index.open(sys.argv[4], embedder=FakeEmbedder())
else:
    index = build_index([sys.argv[3]], embedder=FakeEmbedder())
print(test_index.digest(index))
"""
QUESTIONS = [QUESTION, "When did the market move?", "Who kept the light?", "the", "comment soldier"]


def digest(index: Index) -> str:
    hits = [found(index.search(question, k=20)) for question in QUESTIONS]
    return hashlib.sha256(json.dumps(hits).encode()).hexdigest()


def test_two_processes_find_the_same(seeds: Path, tmp_path: Path) -> None:
    index = build_index([seeds], embedder=FakeEmbedder())
    expected = digest(index)
    assert digest(index) == expected
    assert digest(build_index([seeds], embedder=FakeEmbedder())) == expected
    index.save(tmp_path / "index")
    here = Path(__file__).parent
    command = [sys.executable, "-c", SEARCH, str(here.parents[1]), str(here), str(seeds)]
    for more in ([], [str(tmp_path / "index")]):
        for seed in ("1", "2"):
            done = subprocess.run(
                [*command, *more],
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
                env={"PYTHONHASHSEED": seed, "PATH": ""},
            )
            assert done.stdout.strip() == expected


def test_saved_and_opened_it_finds_the_same_and_embeds_nothing(seeds: Path, tmp_path: Path) -> None:
    index = build_index([seeds], embedder=FakeEmbedder())
    index.save(tmp_path / "index")
    fresh = FakeEmbedder()
    opened = Index.open(tmp_path / "index", embedder=fresh)
    assert fresh.seen == []
    for name in ("sources", "documents", "passages", "keys", "acronyms", "words", "authors"):
        assert getattr(opened, name) == getattr(index, name), name
    assert (opened.chunking, opened.reading) == (index.chunking, index.reading)
    assert (opened.reports, opened.embedded) == ((), 0)
    assert digest(opened) == digest(index)
    assert fresh.seen == [index.adapt(question) for question in QUESTIONS]


def test_an_index_opens_without_loading_the_model(
    seeds: Path, tmp_path: Path, embedder: PackagedEmbedder
) -> None:
    index = index_documents([MARKET], embedder=embedder)
    index.save(tmp_path / "index")
    opened = Index.open(tmp_path / "index")
    assert opened.embedder is not embedder
    assert "_loaded_model" not in opened.embedder.__dict__
    assert opened.embedder.name == embedder.name


def test_the_real_model_answers_the_question_of_the_issue(
    embedder: PackagedEmbedder,
) -> None:
    index = index_documents([MARKET, ARTICLE], embedder=embedder)
    (hit,) = index.search(QUESTION, k=1)
    assert hit.passage.text.startswith("By current estimates IS has lost 22 percent")
    (hit,) = index.search("What does a stall cost?", k=1)
    assert "twelve pounds" in hit.passage.text


# -- threads --------------------------------------------------------------------------------------


def search_in_threads(index: Index, questions: list[str], threads: int, searches: int) -> None:
    expected = {question: found(index.search(question)) for question in questions}

    def work(number: int) -> list[str]:
        asked = [questions[(number + step) % len(questions)] for step in range(searches)]
        return [
            question for question in asked if found(index.search(question)) != expected[question]
        ]

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(work, range(threads))) == [[]] * threads


def questions_for(embedder: Embedder) -> list[str]:
    assert embedder.count_tokens("terittory") > 0
    return [*QUESTIONS, "what terittory was losst?", "The sqare and the pittch " * 30]


def test_eight_threads_find_what_one_finds(large: Index) -> None:
    questions = [" ".join(random.Random(n).choices(WORDS, k=5)) for n in range(10)]
    search_in_threads(large, questions, threads=8, searches=20)


def test_threads_share_the_real_model(embedder: PackagedEmbedder) -> None:
    index = index_documents([ARTICLE, MARKET], embedder=embedder)
    search_in_threads(index, questions_for(embedder), threads=8, searches=5)
