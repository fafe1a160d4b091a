"""Files become an index, and only what changed is embedded when it is brought up to date."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder, build_index
from numpy.typing import NDArray

from index import chunker, readers
from index.embedder import Progress
from index.embedders.packaged import PackagedEmbedder
from index.errors import NoDocumentsError
from index.index import Index
from index.indexing import index_documents
from index.types import Block, Document, Kind, Passage

LIGHTHOUSE = """The lighthouse at Cape Horrun

By Ada Quist
May 3, 2019

The lighthouse was restored after eleven years of work by the trust that owns it.

It stands on a cliff above the sea, and its lamp is seen from twenty miles away.
"""
MARKET = """# The market moves

The weekly market will be held on the green while the square is dug up for the pipe.

## Fees

The fee for a pitch falls from eighteen to twelve pounds until the market moves back.
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lighthouse.txt").write_text(LIGHTHOUSE)
    (folder / "market.md").write_text(MARKET)
    return folder


@pytest.fixture
def fake() -> FakeEmbedder:
    return FakeEmbedder()


def embedded_by(fake: FakeEmbedder, docs: Path, previous: Index | None) -> tuple[Index, list[str]]:
    """The next index, and the texts that were embedded for it."""
    before = len(fake.seen)
    index = build_index([docs], embedder=fake, previous=previous)
    seen = fake.seen[before:]
    assert index.embedded == len(seen)
    # It is what building it from nothing gives.
    anew = build_index([docs], embedder=FakeEmbedder())
    assert index.sources == anew.sources
    assert index.reports == anew.reports
    assert index.documents == anew.documents
    assert index.passages == anew.passages
    assert index.keys == anew.keys
    assert np.array_equal(index.dense.vectors, anew.dense.vectors)
    assert (index.words, index.acronyms) == (anew.words, anew.acronyms)
    for question in ("the lighthouse", "market fees", "lamp"):
        assert np.array_equal(index.lexical.scores(question), anew.lexical.scores(question))
    return index, seen


def texts(index: Index) -> list[str]:
    return [passage.text for passage in index.passages]


def reasons(index: Index) -> dict[str, str | None]:
    return {Path(report.path).name: report.problem for report in index.reports}


# -- the first time -------------------------------------------------------------------------------


def test_rows_passages_and_files_belong_together(docs: Path, fake: FakeEmbedder) -> None:
    index, seen = embedded_by(fake, docs, None)
    assert [document.title for document in index.documents] == [
        "The lighthouse at Cape Horrun",
        "The market moves",
    ]
    assert len(texts(index)) == 4
    assert texts(index)[3].startswith("The fee for a pitch")
    assert index.passages[3].section == "Fees"
    assert index.passages[0].author == "Ada Quist"
    assert [text.splitlines()[-1] for text in seen] == texts(index)
    assert seen[3].startswith("The market moves\n")
    assert len(index.dense) == len(index.lexical) == len(index.keys) == 4
    assert np.array_equal(index.dense.vectors, FakeEmbedder().embed(seen))
    assert [source.documents for source in index.sources] == [
        ((document.path, document.id),) for document in index.documents
    ]
    assert reasons(index) == {"lighthouse.txt": None, "market.md": None}


def test_progress_is_told(docs: Path, fake: FakeEmbedder) -> None:
    calls: list[tuple[int, int]] = []
    build_index([docs], embedder=fake, progress=lambda done, of: calls.append((done, of)))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_text_that_stands_twice_is_embedded_once(fake: FakeEmbedder) -> None:
    blocks = [Block(Kind.COMMENT, 0, 5), Block(Kind.COMMENT, 6, 11), Block(Kind.COMMENT, 12, 17)]
    document = Document.create(path="a", title="", text="Hear! What? Hear!", blocks=blocks)
    index = index_documents([document], embedder=fake)
    assert len(fake.seen) == index.embedded == 2
    assert len(index.passages) == len(index.dense) == 3
    assert np.array_equal(index.dense.vectors[0], index.dense.vectors[2])
    assert not np.array_equal(index.dense.vectors[0], index.dense.vectors[1])


# -- the next time --------------------------------------------------------------------------------


@pytest.fixture(params=["in memory", "opened"])
def first(request: pytest.FixtureRequest, docs: Path, fake: FakeEmbedder, tmp_path: Path) -> Index:
    index = build_index([docs], embedder=fake)
    if request.param == "in memory":
        return index
    index.save(tmp_path / "index")
    return Index.open(tmp_path / "index", embedder=fake)


def test_an_unchanged_folder_is_neither_read_nor_embedded(
    docs: Path, fake: FakeEmbedder, first: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, seen = embedded_by(fake, docs, first)
    assert seen == []
    assert index.dense is first.dense
    for path in docs.iterdir():
        os.utime(path, (1, 1))
    monkeypatch.setattr(readers, "read", lambda *_: pytest.fail("read again"))
    again = build_index([docs], embedder=fake, previous=index)
    assert again.dense is first.dense
    assert again.embedded == 0


def test_the_real_model_embeds_nothing_the_second_time(
    docs: Path,
    tmp_path: Path,
    embedder: PackagedEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = build_index([docs], embedder=embedder)
    assert index.embedded == 4
    index.save(tmp_path / "index")
    embed = embedder.embed
    seen: list[str] = []

    def counted(texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        seen.extend(texts)
        return embed(texts, progress)

    monkeypatch.setattr(embedder, "embed", counted)
    opened = Index.open(tmp_path / "index", embedder=embedder)
    again = build_index([docs], embedder=embedder, previous=opened)
    assert (again.embedded, seen) == (0, [])
    text = MARKET.replace("twelve pounds", "nine pounds")
    (docs / "market.md").write_text(text)
    changed = build_index([docs], embedder=embedder, previous=opened)
    assert changed.embedded == len(seen) == 1
    assert seen[0].endswith("nine pounds until the market moves back.")
    (hit,) = changed.search("What does a pitch cost?", k=1)
    assert "nine pounds" in hit.passage.text


def test_a_changed_file_has_only_its_changed_passages_embedded(
    docs: Path, fake: FakeEmbedder, first: Index
) -> None:
    text = LIGHTHOUSE.replace("twenty miles", "thirty miles")
    (docs / "lighthouse.txt").write_text(text)
    index, seen = embedded_by(fake, docs, first)
    assert len(seen) == 1
    assert "thirty miles" in seen[0]
    assert not any("twenty miles" in text for text in texts(index))


def test_a_paragraph_put_in_front_moves_the_others_without_embedding_them(
    docs: Path, fake: FakeEmbedder, first: Index
) -> None:
    new = "Nobody believed that the lamp would ever be lit again, least of all the keeper.\n\n"
    text = LIGHTHOUSE.replace("The lighthouse was restored", new + "The lighthouse was restored")
    (docs / "lighthouse.txt").write_text(text)
    index, seen = embedded_by(fake, docs, first)
    assert len(seen) == 1
    assert len(texts(index)) == 5


def test_an_added_file_alone_is_embedded(docs: Path, fake: FakeEmbedder, first: Index) -> None:
    (docs / "a.txt").write_text("Puffins nest in burrows\n\nTheir burrows are on the cliffs.\n")
    index, seen = embedded_by(fake, docs, first)
    assert seen
    assert all("burrows" in text for text in seen)
    assert index.documents[0].path == str(docs / "a.txt")


def test_a_removed_file_leaves_no_trace(
    docs: Path, fake: FakeEmbedder, first: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    (docs / "diary.txt").write_text(f"{LIGHTHOUSE}\n\nSaid zyzzyvaquux, and Zed Ypsilon Xerxes.\n")
    with_diary, _ = embedded_by(fake, docs, first)
    with_diary.save(folder)

    def traces() -> list[str]:
        files = [path for path in folder.rglob("*") if path.is_file()]
        found = [
            path.name
            for path in files
            for word in (b"zyzzyva", b"Xerxes", b"diary")
            if word in path.read_bytes()
        ]
        return sorted(set(found))

    assert traces() == ["columns.bin", "documents.jsonl", "manifest.json", "terms.bin"]
    (docs / "diary.txt").unlink()
    index, seen = embedded_by(fake, docs, Index.open(folder, embedder=fake))
    assert seen == []
    assert index.passages == first.passages
    index.save(folder)
    assert traces() == []


def test_a_renamed_file_has_nothing_embedded(docs: Path, fake: FakeEmbedder, first: Index) -> None:
    (docs / "lighthouse.txt").rename(docs / "zz.txt")
    index, seen = embedded_by(fake, docs, first)
    assert seen == []
    assert [Path(document.path).name for document in index.documents] == ["market.md", "zz.txt"]
    assert {Path(passage.document.path).name for passage in index.passages} == {
        "market.md",
        "zz.txt",
    }


def test_a_renamed_file_whose_title_is_its_name_is_embedded_under_the_new_one(
    docs: Path, fake: FakeEmbedder
) -> None:
    text = "It stands on a cliff above the sea, and its lamp is seen from twenty miles away.\n"
    (docs / "beacon.txt").write_text(text)
    index = build_index([docs], embedder=fake)
    (docs / "beacon.txt").rename(docs / "pharos.txt")
    _, seen = embedded_by(fake, docs, index)
    assert len(seen) == 1
    assert seen[0].startswith("pharos\n")


def test_swapped_names_give_swapped_documents(docs: Path, fake: FakeEmbedder, first: Index) -> None:
    (docs / "market.md").write_text(MARKET.replace("weekly", "monthly"))
    (docs / "other.md").write_text(MARKET)
    index, _ = embedded_by(fake, docs, first)
    (docs / "other.md").write_text(MARKET.replace("weekly", "monthly"))
    (docs / "market.md").write_text(MARKET)
    _, seen = embedded_by(fake, docs, index)
    assert seen == []


def test_another_way_of_cutting_cuts_anew(
    docs: Path, fake: FakeEmbedder, first: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunker, "CHUNKING", "another/1")

    def split(self: chunker.Chunker, document: Document) -> list[Passage]:
        whole = whole_split(self, document)
        return whole[:-1]

    whole_split = chunker.Chunker.split
    monkeypatch.setattr(chunker.Chunker, "split", split)
    index, seen = embedded_by(fake, docs, first)
    assert len(texts(index)) == 2
    assert seen == []  # what is embedded is known by its text


def test_another_way_of_reading_reads_anew(
    docs: Path, fake: FakeEmbedder, first: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = readers.read
    calls: list[Path] = []

    def counted(data: bytes, path: Path, *, password: str = "") -> Document:
        calls.append(path)
        return read(data.replace(b"twenty", b"forty"), path)

    monkeypatch.setattr(readers, "read", counted)
    assert build_index([docs], embedder=fake, previous=first).embedded == 0
    assert calls == []
    monkeypatch.setattr(readers, "READING", "another")
    index = build_index([docs], embedder=fake, previous=first)
    assert len(calls) == 2
    assert index.embedded == 1
    assert any("forty miles" in text for text in texts(index))


# -- the same content twice -----------------------------------------------------------------------


def test_the_same_content_twice_is_one_document(
    docs: Path, fake: FakeEmbedder, first: Index
) -> None:
    (docs / "copy").mkdir()
    (docs / "copy" / "of-it.txt").write_text(LIGHTHOUSE)
    index, seen = embedded_by(fake, docs, first)
    assert seen == []
    assert len(index.documents) == 2
    assert index.documents[0].also == (str(docs / "copy" / "of-it.txt"),)
    assert index.documents[1] == first.documents[1]
    assert [passage.id for passage in index.passages] == [each.id for each in first.passages]
    same = {Path(report.path).name: report.same_as for report in index.reports}
    assert same == {
        "lighthouse.txt": None,
        "market.md": None,
        "of-it.txt": str(docs / "lighthouse.txt"),
    }
    again, seen = embedded_by(fake, docs, index)
    assert again.dense is index.dense
    # Without the first, the copy stands for the content.
    (docs / "lighthouse.txt").unlink()
    index, seen = embedded_by(fake, docs, index)
    assert seen == []
    assert [Path(document.path).name for document in index.documents] == ["market.md", "of-it.txt"]


# -- what cannot be read --------------------------------------------------------------------------


def test_bad_files_are_reported_and_the_good_ones_indexed(docs: Path, fake: FakeEmbedder) -> None:
    (docs / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (docs / "empty.txt").write_text("")
    (docs / "sheet.xlsx").write_text("x")
    (docs / ".hidden.txt").write_bytes(bytes(range(256)) * 20)
    with (docs / "large.txt").open("wb") as file:
        file.truncate(50 * 2**20)
    index = build_index([docs, docs / "gone.txt"], embedder=fake)
    found = reasons(index)
    bad = {name: reason for name, reason in found.items() if reason}
    assert set(found) - set(bad) == {"lighthouse.txt", "market.md"}
    assert set(bad) == {"binary.txt", "empty.txt", "sheet.xlsx", "large.txt", "gone.txt"}
    assert bad["large.txt"] is not None
    assert "50 MB is over the limit of 20 MB" in bad["large.txt"]
    assert len(index.passages) == 4
    again = build_index([docs, docs / "gone.txt"], embedder=fake, previous=index)
    assert again.dense is index.dense
    assert again.reports == index.reports


def test_the_limit_on_a_files_size_is_the_callers(docs: Path, fake: FakeEmbedder) -> None:
    size = len(LIGHTHOUSE)
    assert len(MARKET) < size
    index = build_index([docs], embedder=fake, max_file_bytes=size - 1)
    assert [document.title for document in index.documents] == ["The market moves"]


def test_nothing_readable_names_every_file(tmp_path: Path, fake: FakeEmbedder) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "empty.txt").write_text(" \n")
    (tmp_path / "a" / "sheet.xlsx").write_text("x")
    gone = tmp_path / "gone.txt"
    with pytest.raises(NoDocumentsError) as raised:
        build_index([tmp_path / "a", gone], embedder=fake)
    lines = str(raised.value).splitlines()
    assert lines[0] == "none of these can be read:"
    assert sorted(line.strip().split(": ")[0] for line in lines[1:]) == sorted(
        [str(tmp_path / "a" / "empty.txt"), str(tmp_path / "a" / "sheet.xlsx"), str(gone)]
    )
    assert f"  {gone}: there is no such file or folder" in lines
    assert fake.seen == []


def test_one_unreadable_file_is_one_line(tmp_path: Path, fake: FakeEmbedder) -> None:
    with pytest.raises(NoDocumentsError) as raised:
        build_index([tmp_path / "gone"], embedder=fake)
    assert str(raised.value) == f"{tmp_path / 'gone'}: there is no such file or folder"


def test_an_empty_folder_is_named(tmp_path: Path, fake: FakeEmbedder) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".hidden.txt").write_text(LIGHTHOUSE)
    with pytest.raises(NoDocumentsError) as raised:
        build_index([tmp_path / "a"], embedder=fake)
    assert str(tmp_path / "a") in str(raised.value)


def test_an_empty_folder_holds_no_documents(tmp_path: Path, fake: FakeEmbedder) -> None:
    with pytest.raises(NoDocumentsError, match="no document to read: no file of a kind"):
        build_index([tmp_path], embedder=fake)
    with pytest.raises(NoDocumentsError):
        build_index([], embedder=fake)


def test_a_file_with_nothing_to_search_is_named(tmp_path: Path, fake: FakeEmbedder) -> None:
    path = tmp_path / "headings.md"
    path.write_text("# A title\n\n## A heading\n")
    with pytest.raises(NoDocumentsError) as raised:
        build_index([path], embedder=fake)
    assert str(path) in str(raised.value)


def test_documents_without_a_passage_are_no_index(fake: FakeEmbedder) -> None:
    document = Document.create(
        path="a.txt", title="", text="By me", blocks=[Block(Kind.BYLINE, 0, 5)]
    )
    with pytest.raises(NoDocumentsError, match="no paragraph, caption or comment to search"):
        index_documents([document], embedder=fake)
    with pytest.raises(NoDocumentsError):
        index_documents([], embedder=fake)


@pytest.mark.skipif(os.name == "nt", reason="names are not bytes there")
def test_a_file_whose_name_is_not_utf8_does_no_harm(
    docs: Path, fake: FakeEmbedder, tmp_path: Path
) -> None:
    with open(os.fsencode(docs) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123  # bytes
        file.write(LIGHTHOUSE.replace("eleven", "twelve").encode())
    index = build_index([docs], embedder=fake)
    index.save(tmp_path / "index")
    opened = Index.open(tmp_path / "index", embedder=fake)
    assert build_index([docs], embedder=fake, previous=opened).dense is opened.dense


@pytest.mark.skipif(os.name == "nt", reason="names are not bytes there")
def test_a_file_whose_name_is_not_utf8_can_be_embedded(
    docs: Path, embedder: PackagedEmbedder
) -> None:
    text = b"It stands on a cliff above the sea, and its lamp is seen from twenty miles away.\n"
    with open(os.fsencode(docs) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123  # bytes
        file.write(text)
    assert len(build_index([docs], embedder=embedder).documents) >= 2


def test_an_embedding_that_fails_is_not_swallowed(
    docs: Path, fake: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(fake, "embed", fail)
    with pytest.raises(MemoryError):
        build_index([docs], embedder=fake)


def test_the_seeds_are_indexed_whole(seeds: Path, fake: FakeEmbedder) -> None:
    index = build_index([seeds], embedder=fake)
    assert len(index.documents) >= 3
    assert {report.problem for report in index.reports} == {None}
    assert {"paragraph", "comment", "caption"} == {passage.kind for passage in index.passages}
