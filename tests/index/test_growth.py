"""An index that grows: nothing is decoded that is not asked for, and what is found stays the same."""

from __future__ import annotations

import dataclasses
import gc
import shutil
from pathlib import Path

import numpy as np
import pytest
from collections_of_files import CountingEmbedder, article, assert_same, fill, unsound, update
from fakes import FakeEmbedder
from test_index import WORDS, document, many

from index import arrays, dense, segments, store
from index.dense import DenseIndex
from index.errors import DamagedIndexError
from index.fusion import fuse
from index.index import Index
from index.indexing import index_documents
from index.segments import MappedSegment
from index.types import Filter, Hit, Kind
from qa.assistant import Assistant
from qa.kept import IndexRebuiltWarning

QUESTIONS = [" ".join(WORDS[start : start + 5]) for start in range(0, 100, 9)]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the documents that are decoded from now on."""
    seen: list[int] = []
    content = MappedSegment._content
    facts = MappedSegment.facts

    def counted(self: MappedSegment, number: int) -> object:
        seen.append(number)
        return content(self, number)

    def counted_facts(self: MappedSegment, number: int) -> object:
        seen.append(number)
        return facts(self, number)

    monkeypatch.setattr(MappedSegment, "_content", counted)
    monkeypatch.setattr(MappedSegment, "facts", counted_facts)
    return seen


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index in several segments, whose documents do not stand in the order of these."""
    monkeypatch.setattr(store, "SEGMENT_PASSAGES", 64)
    monkeypatch.setattr(store, "SMALL", 8)
    documents, fake = many(120), FakeEmbedder()
    first = index_documents(documents[::2], embedder=fake)
    first.save(tmp_path / "index")
    opened = Index.open(tmp_path / "index", embedder=fake)
    index_documents(documents, embedder=fake, previous=[opened]).save(tmp_path / "index")
    assert len(store.read_manifest(tmp_path / "index").segments) > 6
    return tmp_path / "index"


@pytest.fixture
def anew() -> Index:
    return index_documents(many(120), embedder=FakeEmbedder())


def found(hits: list[Hit]) -> list[tuple[str, float, float, float]]:
    return [(hit.passage.id, hit.score, hit.parts.dense, hit.parts.lexical) for hit in hits]


# -- what is decoded ------------------------------------------------------------------------------


def test_opening_decodes_nothing_and_a_search_what_it_finds(
    folder: Path, decoded: list[int]
) -> None:
    index = Index.open(folder, embedder=FakeEmbedder())
    assert len(index.passages) == 480
    assert len(index.documents) == 120
    assert index.authors == ("Ünal",)
    assert index.kinds == {Kind.PARAGRAPH, Kind.COMMENT}
    assert index.tables.labels[7].title == "Title 7"
    assert decoded == []
    for only in (None, Filter(kinds=("comment",)), Filter(author="ünal"), Filter(document="7.txt")):
        decoded.clear()
        hits = index.search(QUESTIONS[0], k=3, only=only)
        assert len(decoded) <= len({hit.passage.document.id for hit in hits}) <= 3
    shown = frozenset(hit.passage.id for hit in hits)
    decoded.clear()
    again = index.search(QUESTIONS[0], k=3, only=Filter(without=shown))
    assert not shown & {hit.passage.id for hit in again}
    assert len(decoded) <= 3
    assert len(index.passages_in(Filter(kinds=("comment",)))) == 72
    assert len(decoded) <= 3


def test_what_was_decoded_last_is_kept_and_the_rest_forgotten(
    folder: Path, decoded: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "RECENT_BYTES", 4_000)
    index = Index.open(folder, embedder=FakeEmbedder())
    assert index.documents[3] is index.documents[3]
    assert len(decoded) == 1
    for text in (each.text for each in index.documents):
        assert text
    assert len(decoded) == 120
    assert index.documents[3].text
    assert len(decoded) == 121


def test_an_answer_reads_few_documents(
    tmp_path: Path, embedder: FakeEmbedder, decoded: list[int]
) -> None:
    docs = tmp_path / "docs"
    fill(docs, {f"report{number:02}.md": article(number) for number in range(40)})
    Assistant.from_documents(docs, model=embedder, reader="none", index_dir=tmp_path / "index")
    assistant = Assistant.from_documents(
        index_dir=tmp_path / "index", model=embedder, reader="none"
    )
    decoded.clear()
    for question in (
        "What does report 7 edition 0 say?",
        "how many comments are there?",
        "How many readers commented?",
        "What did Ada Quist3 say?",
        "how many documents are there?",
    ):
        assistant.ask(question)
    assert len(set(decoded)) <= 36  # of 40: the first thirty titles are listed
    decoded.clear()
    assistant.ask("how many pictures are there?")
    assert decoded == []


def test_who_lets_go_of_an_index_lets_go_of_its_files(folder: Path) -> None:
    gc.collect()
    gc.disable()
    try:
        index = Index.open(folder, embedder=FakeEmbedder())
        index.search(QUESTIONS[0])
        assert mapped(folder)
        del index
        assert not mapped(folder)
    finally:
        gc.enable()


def mapped(folder: Path) -> list[str]:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not tell which files are mapped")
    return [line for line in maps.read_text().splitlines() if str(folder) in line]


# -- what is found --------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_segments_change_nothing_of_what_is_found(folder: Path, anew: Index, question: str) -> None:
    index = Index.open(folder, embedder=FakeEmbedder())
    for only in (None, Filter(kinds=("comment",)), Filter(kinds=("paragraph",))):
        for k in (1, 7, 300):
            wanted = anew.search(question, k=k, only=only)
            assert found(index.search(question, k=k, only=only)) == found(wanted)
    assert np.array_equal(index.dense.vectors, anew.dense.vectors)
    assert np.array_equal(index.lexical.scores(question), anew.lexical.scores(question))
    assert index.passages == anew.passages
    assert index.words == anew.words
    assert index.vectors_of(index.passages[5:9]).tolist() == anew.dense.vectors[5:9].tolist()


@pytest.mark.parametrize("share", [0.0, 0.003, 0.02, 0.2, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("is_exact", [True, False])
def test_a_filter_is_exact_whatever_it_lets_through(
    monkeypatch: pytest.MonkeyPatch, share: float, is_exact: bool
) -> None:
    monkeypatch.setattr(dense, "COMPARED", 10_000 if is_exact else 100)
    monkeypatch.setattr(dense, "NEAR", 400)
    chance = np.random.default_rng(4)
    vectors = clustered(chance, 3_000)
    parts = [dense.Vectors.of(part) for part in np.array_split(vectors, 7)]
    rows = chance.permutation(3_000)
    index = DenseIndex(parts, rows)
    by_row = np.empty_like(vectors)
    by_row[rows] = vectors
    assert np.array_equal(index.vectors, by_row)
    allowed = np.flatnonzero(chance.random(3_000) < share)
    recalled = []
    for query in unit(by_row[::200] + 0.05 * chance.standard_normal((15, 64)).astype(np.float32)):
        nearest, cosines = index.nearest(query, 10, allowed)
        assert set(nearest) <= set(allowed)
        assert len(nearest) == min(10, len(allowed))
        exact = by_row[allowed] @ query
        best = allowed[np.lexsort((allowed, -exact))][:10]
        recalled.append(len(set(best) & set(nearest)) / max(1, len(best)))
        assert np.allclose(cosines, by_row[nearest] @ query, atol=1e-6)
        if is_exact:
            assert nearest.tolist() == best.tolist()
    if len(allowed):
        assert np.mean(recalled) >= 0.95


def clustered(chance: np.random.Generator, count: int) -> np.ndarray:
    directions = unit(chance.standard_normal((60, 64)).astype(np.float32))
    noise = unit(chance.standard_normal((count, 64)).astype(np.float32))
    return unit(directions[chance.integers(60, size=count)] + noise)


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_an_index_searched_by_signs_finds_what_an_exact_search_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index.open(folder, embedder=FakeEmbedder())
    wanted = []
    for question in QUESTIONS:
        query = index.embedder.embed([question])[0]
        scores = fuse(index.dense.vectors @ query, index.lexical.scores(question))
        wanted.append({index.passages[row].id for row in np.argsort(-scores)[:10]})
    monkeypatch.setattr(dense, "COMPARED", 100)
    monkeypatch.setattr(dense, "NEAR", 200)
    got = [{hit.passage.id for hit in index.search(each, k=10)} for each in QUESTIONS]
    shares = [len(some & best) / 10 for some, best in zip(got, wanted, strict=True)]
    assert np.mean(shares) >= 0.95


# -- what is written ------------------------------------------------------------------------------


def test_an_update_writes_the_segments_of_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoded: list[int]
) -> None:
    monkeypatch.setattr(store, "SEGMENT_PASSAGES", 16)
    monkeypatch.setattr(store, "SMALL", 4)
    docs, folder = tmp_path / "docs", tmp_path / "index"
    files = {f"report{number:02}.md": article(number) for number in range(64)}
    fill(docs, files)
    update(docs, folder, CountingEmbedder())
    before = {path: path.stat().st_mtime_ns for path in folder.glob("segment-*/*")}
    assert len(before) == 4 * 8
    fill(docs, files | {"report20.md": article(20, edition=1)})
    decoded.clear()
    fake = CountingEmbedder()
    index = update(docs, folder, fake)
    assert len(fake.seen) == 2
    after = {path: path.stat().st_mtime_ns for path in folder.glob("segment-*/*")}
    assert len(before.items() & after.items()) == 4 * 7
    assert len(set(decoded)) <= 16 / 2  # those of the segment that was written again
    anew = update(docs, tmp_path / "none", CountingEmbedder(), keep=False)
    assert_same(index, anew)
    assert_same(Index.open(folder, embedder=fake), anew)
    assert unsound(folder) == []


def test_a_reader_goes_on_reading_what_a_writer_has_replaced(folder: Path) -> None:
    index = Index.open(folder, embedder=FakeEmbedder())
    wanted = [found(index.search(question)) for question in QUESTIONS]
    other = index_documents(
        [document("a.txt", (Kind.PARAGRAPH, "A word."))], embedder=FakeEmbedder()
    )
    other.save(folder)
    assert len(store.read_manifest(folder).segments) == 1
    again = Index.open(folder, embedder=FakeEmbedder())
    assert len(again.documents) == 1
    assert [found(index.search(question)) for question in QUESTIONS] == wanted
    assert all(each.text for each in index.documents)
    # What it has can be written again, from files that are no longer there.
    index.save(folder)
    assert Index.open(folder, embedder=FakeEmbedder()).documents == index.documents


# -- damage in an index that is too large to be compared whole --------------------------------------


@pytest.fixture
def large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "HASHED_BYTES", 0)
    return folder


def flip(path: Path, at: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0.0, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("name", segments.NAMES)
def test_damage_is_named_by_verify_and_never_cited(large: Path, name: str, at: float) -> None:
    fake = FakeEmbedder()
    whole = Index.open(large, embedder=fake)
    texts = {passage.id: passage.text for passage in whole.passages}
    path = large / store.read_manifest(large).segments[2].name / name
    data = path.read_bytes()
    flip(path, at)
    complaint = ""
    try:
        index = Index.open(large, embedder=fake)
        for question in QUESTIONS:
            for hit in index.search(question, k=50):
                assert texts[hit.passage.id] == hit.passage.text
        for each in index.documents:
            assert each.text
    except DamagedIndexError as error:
        complaint = str(error)
    # The columns are compared when it is opened, and each document when it is decoded.
    assert complaint or name in (segments.VECTORS, segments.TERMS)
    assert not complaint or str(path.parent) in complaint or "`qa verify` names" in complaint
    findings = unsound(large)
    assert any(str(path) in each.where + each.what for each in findings)
    path.write_bytes(data)


def test_a_file_of_another_size_is_noticed_at_once(large: Path) -> None:
    for name in segments.NAMES:
        path = large / store.read_manifest(large).segments[1].name / name
        data = path.read_bytes()
        path.write_bytes(data[:-1])
        with pytest.raises(DamagedIndexError, match=name):
            Index.open(large, embedder=FakeEmbedder())
        path.write_bytes(data)
    Index.open(large, embedder=FakeEmbedder())


def test_damage_that_an_update_meets_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "HASHED_BYTES", 0)
    docs, folder = tmp_path / "docs", tmp_path / "index"
    files = {f"report{number}.md": article(number) for number in range(9)}
    fill(docs, files)

    def made(**more: bool) -> Index:
        return Assistant.from_documents(
            docs, model=FakeEmbedder(), reader="none", index_dir=folder, **more
        ).index

    made()
    [segment] = store.read_manifest(folder).segments
    flip(folder / segment.name / "vectors.npy", 0.9)
    shutil.rmtree(docs)
    fill(docs, files | {"report4.md": article(4, edition=2)})
    # Behind a checksum that is right it would never be found again.
    with pytest.raises(DamagedIndexError, match=r"vectors\.npy"):
        made()
    with pytest.warns(IndexRebuiltWarning, match=r"vectors\.npy"):
        mended = made(repair=True)
    assert dataclasses.replace(mended.documents[0]) == mended.documents[0]
    assert unsound(folder) == []


def test_words_that_lead_nowhere_are_damage_when_a_search_meets_them(large: Path) -> None:
    path = min(large.glob("segment-*/terms.bin"))
    size = path.stat().st_size
    found = arrays.unpack(path.read_bytes(), segments._TERM_TYPES)
    path.write_bytes(arrays.pack({**found, "rows": np.full_like(found["rows"], 255)}))
    assert path.stat().st_size == size
    index = Index.open(large, embedder=FakeEmbedder())
    with pytest.raises(DamagedIndexError, match="words are damaged; `qa verify` names the file"):
        index.search(" ".join(WORDS[:100]))
    assert any(str(path) in each.what for each in unsound(large))
