"""Verifying an index finds whatever is not as its files say, also where all checksums are right."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from collections_of_files import CountingEmbedder, article, fill, unsound, update
from fakes import FakeEmbedder, ReadHere, build_index

from index import arrays, chunker, readers, segments, store
from index import manifest as manifest_module
from index.entries import IndexedDocument, Record
from index.errors import DamagedIndexError, StoreError
from index.index import Index
from index.terms import TermTable
from index.types import Document, FileReport
from index.verify import Finding, Verified, verify
from index.workers import FileReading, ReadRequest
from qa.assistant import Assistant

FILES = {
    "a.md": article(1).replace("report 1", "the Oxen Xylem Company (OXC) in report 1"),
    "b.md": article(2),
    "notes.txt": "The lamp is lit at dusk.\n\nThe keeper goes home at dawn.\n",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kept")
    fill(root / "docs", FILES)
    update(root / "docs", root / "index", CountingEmbedder())
    return root


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """An index that a test may spoil; its files are not to be touched."""
    shutil.copytree(kept / "index", tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def docs(folder: Path) -> Path:
    """The files of an index, that a test may change, and their index in ``folder``."""
    docs = folder.parent / "docs"
    fill(docs, FILES)
    shutil.rmtree(folder)
    update(docs, folder, CountingEmbedder())
    return docs


def check(folder: Path, **more: Any) -> Verified:
    return verify(folder, embedder=FakeEmbedder(), reader=ReadHere(), **more)


def test_what_was_saved_is_sound(folder: Path) -> None:
    assert check(folder) == Verified(3, 6, 3, ())
    assert check(folder, quick=True) == Verified(3, 6, 3, ())


# -- lies that every checksum confirms ------------------------------------------------------------

Entries = list[IndexedDocument]
Change = Callable[[Entries], Sequence[IndexedDocument]]


def saved_as(folder: Path, entries: Sequence[IndexedDocument], **facts: Any) -> None:
    """Save exactly these documents, whatever they are, with checksums that are right."""
    manifest = store.read_manifest(folder)
    for segment in manifest.segments:
        shutil.rmtree(folder / segment.name)
    segment = store._write_segment(folder, entries, manifest.facts.dimension)
    changed = store.Manifest(
        dataclasses.replace(manifest.facts, **facts), segment.documents, [segment]
    )
    store._draft(folder, changed).replace(folder / store.MANIFEST)


def hashed_again(folder: Path) -> None:
    """Have the manifest say what the segments' files are now."""
    manifest = store.read_manifest(folder)
    segments = [
        dataclasses.replace(
            each,
            files={
                name: hashlib.sha256((folder / each.name / name).read_bytes()).hexdigest()
                for name in each.files
            },
            sizes={name: (folder / each.name / name).stat().st_size for name in each.files},
        )
        for each in manifest.segments
    ]
    draft = store._draft(folder, dataclasses.replace(manifest, segments=segments))
    draft.replace(folder / store.MANIFEST)


def opened(folder: Path) -> Index:
    return Index.open(folder, embedder=FakeEmbedder())


def with_document(entry: IndexedDocument, **changed: Any) -> IndexedDocument:
    """The same with facts of its document changed; the document's id stays."""
    return entry.named(dataclasses.replace(entry.document, **changed))


def with_passage(entry: IndexedDocument, **changed: Any) -> IndexedDocument:
    first, *others = entry.passages
    return dataclasses.replace(entry, passages=(dataclasses.replace(first, **changed), *others))


def with_terms(entry: IndexedDocument, **changed: Any) -> IndexedDocument:
    return dataclasses.replace(entry, terms=dataclasses.replace(entry.terms, **changed))


def with_vector(entry: IndexedDocument, vector: Any) -> IndexedDocument:
    vectors = entry.vectors.copy()
    vectors[0] = vector
    return dataclasses.replace(entry, vectors=vectors)


def shifted(document: Document) -> dict[str, Any]:
    first, *others = document.blocks
    return {"blocks": (dataclasses.replace(first, end=first.end - 1), *others)}


def foreign_counts(terms: TermTable) -> dict[str, Any]:
    counts = terms.counts.copy()
    counts[-1] += 1
    return {"counts": counts}


def other_marks(terms: TermTable) -> dict[str, Any]:
    return {"in_body": ~terms.in_body}


def another_word(terms: TermTable) -> dict[str, Any]:
    used = int(terms.ids[-1])
    changed = [*terms.terms]
    changed[used] = "zyzzyva"
    return {"terms": tuple(changed)}


LIES: dict[str, tuple[Callable[[IndexedDocument, IndexedDocument], IndexedDocument], str]] = {
    "a passage's offset": (
        lambda one, _: with_passage(one, end=one.passages[0].end - 1),
        "its passages are not those of its text",
    ),
    "a passage's author": (
        lambda one, _: with_passage(one, author="Somebody Else"),
        "its passages are not those of its text",
    ),
    "a passage's heading": (
        lambda one, _: with_passage(one, section="Of another chapter"),
        "its passages are not those of its text",
    ),
    "a passage's place": (
        lambda one, _: with_passage(one, locator="page 7"),
        "its passages are not those of its text",
    ),
    "a missing passage": (
        lambda one, _: dataclasses.replace(
            one,
            passages=one.passages[1:],
            keys=one.keys[1:],
            vectors=one.vectors[1:],
            terms=one.terms.rows(1, len(one.terms)),
        ),
        "its passages are not those of its text",
    ),
    "a block's offset": (
        lambda one, _: with_document(one, **shifted(one.document)),
        "it is not what was read from its file",
    ),
    "blocks that overlap": (
        lambda one, _: with_document(one, blocks=one.document.blocks * 2),
        "it is not what was read from its file",
    ),
    "a word of the text": (
        lambda one, _: with_document(one, text=one.document.text.replace("says", "owes")),
        "it is not what was read from its file",
    ),
    "the title": (
        lambda one, _: with_document(one, title="Another"),
        "it is not what was read from its file",
    ),
    "the author": (
        lambda one, _: with_document(one, author="Somebody Else"),
        "it is not what was read from its file",
    ),
    "the date": (
        lambda one, _: with_document(one, date="May 3, 2019"),
        "it is not what was read from its file",
    ),
    "the file": (
        lambda one, other: with_document(one, path=other.document.path),
        "no file is known to hold it",
    ),
    "another file of the same content": (
        lambda one, other: with_document(one, also=(other.document.path,)),
        "no file is known to hold it",
    ),
    "a vector of another passage": (
        lambda one, other: with_vector(one, other.vectors[0]),
        "a vector is not that of its passage",
    ),
    "a vector that is too long": (
        lambda one, _: with_vector(one, one.vectors[0] * 2),
        "a vector is not that of its passage",
    ),
    "a vector that is none": (
        lambda one, _: with_vector(one, np.nan),
        "a vector is not that of its passage",
    ),
    "the text that a vector belongs to": (
        lambda one, other: dataclasses.replace(one, keys=(other.keys[0], *one.keys[1:])),
        "a vector belongs to another text",
    ),
    "a word's count": (
        lambda one, _: with_terms(one, **foreign_counts(one.terms)),
        "its words are not those of its text",
    ),
    "where words stand": (
        lambda one, _: with_terms(one, **other_marks(one.terms)),
        "its words are not those of its text",
    ),
    "a word": (
        lambda one, _: with_terms(one, **another_word(one.terms)),
        "its words are not those of its text",
    ),
    "the vocabulary": (
        lambda one, _: dataclasses.replace(one, words=(*one.words, "zyzzyva")),
        "its vocabulary is not that of its text",
    ),
    "a name": (
        lambda one, _: dataclasses.replace(
            one, names=dataclasses.replace(one.names, used=frozenset({"ZYX"}))
        ),
        "its vocabulary is not that of its text",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found(folder: Path, lie: str) -> None:
    change, what = LIES[lie]
    one, other, last = opened(folder).entries
    saved_as(folder, [change(one, other), other, last])
    assert len(opened(folder).entries) == 3  # opening it does not tell
    found = check(folder).findings
    assert what in [each.what for each in found]
    assert not any(each.outdated for each in found)
    assert all(str(folder) in each.where for each in found if each.what == what)


def test_a_lie_is_mended_by_building_anew(docs: Path, folder: Path) -> None:
    one, other, last = opened(folder).entries
    saved_as(folder, [with_vector(one, other.vectors[0]), other, last])
    assert [each.what for each in unsound(folder)] == ["a vector is not that of its passage"]
    Assistant.from_documents(
        docs, model=FakeEmbedder(), reader="none", index_dir=folder, rebuild=True
    )
    assert unsound(folder) == []


def test_a_quick_look_leaves_out_what_takes_long(docs: Path, folder: Path) -> None:
    one, other, last = opened(folder).entries
    saved_as(folder, [with_vector(one, other.vectors[0]), other, last])
    (docs / "a.md").unlink()
    assert check(folder, quick=True).findings == ()
    assert len(check(folder).findings) == 2


def test_a_document_of_no_file_is_found(folder: Path) -> None:
    index = opened(folder)
    sources = store.read_manifest(folder).facts.sources
    saved_as(folder, index.entries, sources=sources[1:])
    path = index.documents[0].path
    assert check(folder).findings == (Finding(f"{folder}: {path}", "no file is known to hold it"),)


def test_a_file_without_its_document_is_found(folder: Path) -> None:
    index = opened(folder)
    saved_as(folder, index.entries[1:])
    path = index.documents[0].path
    assert check(folder).findings == (Finding(path, "what was read from it is not in the index"),)


def test_a_document_that_the_index_has_not_is_found(folder: Path) -> None:
    manifest = store.read_manifest(folder)
    fewer = dataclasses.replace(manifest, documents=manifest.documents[1:])
    store._draft(folder, fewer).replace(folder / store.MANIFEST)
    assert Finding(str(folder), "a segment has a document that the index has not") in (
        check(folder).findings
    )
    more = dataclasses.replace(manifest, documents=[*manifest.documents, "0" * 32])
    store._draft(folder, more).replace(folder / store.MANIFEST)
    assert check(folder).findings == (Finding(str(folder), "1 documents are missing"),)


def test_a_document_in_two_segments_is_found(folder: Path) -> None:
    manifest = store.read_manifest(folder)
    [segment] = manifest.segments
    copy = f"{store.SEGMENT_PREFIX}{'0' * 16}"
    shutil.copytree(folder / segment.name, folder / copy)
    both = dataclasses.replace(
        manifest, segments=[segment, dataclasses.replace(segment, name=copy)]
    )
    store._draft(folder, both).replace(folder / store.MANIFEST)
    assert check(folder).findings == (
        Finding(str(folder / copy), "it has a document of another segment"),
    )


# -- bytes that belong to nothing -----------------------------------------------------------------


def with_arrays(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """A file of arrays, some of them changed."""
    types = segments._COLUMN_TYPES if path.name == segments.COLUMNS else segments._TERM_TYPES
    found = arrays.unpack(path.read_bytes(), types)
    path.write_bytes(arrays.pack(found | change(found)))
    return path


def one_more(strings: str, starts: str, word: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A table of strings with one more at its end."""

    def change(found: dict[str, Any]) -> dict[str, Any]:
        table = arrays.StringTable.of([*arrays.StringTable(found[strings], found[starts]), word])
        return {strings: table.data, starts: table.starts}

    return change


def unused_word(segment: Path) -> Path:
    return with_arrays(segment / "terms.bin", one_more("words", "word_starts", "zyzzyva"))


def unused_initials(segment: Path) -> Path:
    return with_arrays(segment / "terms.bin", one_more("initials", "initial_starts", "ZYX"))


def unused_author(segment: Path) -> Path:
    return with_arrays(segment / "columns.bin", one_more("names", "name_starts", "Zed Zyzzyva"))


def other_kinds(segment: Path) -> Path:
    return with_arrays(segment / "columns.bin", lambda found: {"kinds": found["kinds"] * 0})


def other_signs(segment: Path) -> Path:
    return with_arrays(segment / "columns.bin", lambda found: {"signs": ~found["signs"]})


def another_field(segment: Path) -> Path:
    path = segment / "documents.jsonl"
    first, *others = path.read_text().splitlines(keepends=True)
    changed = json.dumps(
        json.loads(first) | {"before": "what it said before"},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    lines = [f"{changed}\n".encode(), *(line.encode() for line in others)]
    path.write_bytes(b"".join(lines))

    def change(_: dict[str, Any]) -> dict[str, Any]:
        digests = b"".join(hashlib.sha256(line).digest() for line in lines)
        return {
            "line_starts": np.cumsum([0, *map(len, lines)]),
            "line_digests": np.frombuffer(digests, np.uint8).reshape(len(lines), -1),
        }

    with_arrays(segment / "columns.bin", change)
    return path


def bytes_behind_arrays(segment: Path) -> Path:
    path = segment / "terms.bin"
    with path.open("ab") as file:
        file.write(b"what it said before")
    return path


def bytes_behind(segment: Path) -> Path:
    path = segment / "vectors.npy"
    with path.open("ab") as file:
        file.write(np.ones(64, np.float32).tobytes())
    return path


@pytest.mark.parametrize(
    "add",
    [
        unused_word,
        unused_initials,
        unused_author,
        other_kinds,
        other_signs,
        another_field,
        bytes_behind_arrays,
        bytes_behind,
    ],
)
def test_bytes_of_no_document_are_found(folder: Path, add: Callable[[Path], Path]) -> None:
    [segment] = store.read_manifest(folder).segments
    path = add(folder / segment.name)
    hashed_again(folder)
    assert len(opened(folder).entries) == 3
    what = "it has something that is of no document of it"
    found = check(folder).findings
    assert Finding(str(path), what) in found
    # A line that is changed has another checksum in the columns.
    others = [Finding(str(path.with_name("columns.bin")), what)] if add is another_field else []
    assert [each for each in found if each.where != str(path)] == others


@pytest.mark.parametrize(
    "name",
    [
        f"{store.SEGMENT_PREFIX}0123456789abcdef/documents.jsonl",
        "manifest.json.draft",
        "<segment>/more.jsonl",
        "<segment>/below/vectors.npy",
    ],
)
def test_what_a_killed_process_left_is_found_and_removed(folder: Path, name: str) -> None:
    [segment] = store.read_manifest(folder).segments
    path = folder / name.replace("<segment>", segment.name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("what a document said")
    [finding] = check(folder).findings
    assert path == Path(finding.where) or Path(finding.where) in path.parents
    assert finding.what == "left over from a process that was killed; the next save removes it"
    store.sweep(folder)
    assert not path.exists()
    assert check(folder).findings == ()


def test_another_file_is_named_and_left_alone(folder: Path) -> None:
    path = folder / "terms.bin"
    path.write_text("[]")
    assert check(folder).findings == (
        Finding(str(path), "no part of the index; a save leaves it alone"),
    )
    store.sweep(folder)
    assert path.exists()


def test_what_is_being_written_is_not_taken_for_left_over(folder: Path) -> None:
    stray = folder / f"{store.SEGMENT_PREFIX}0123456789abcdef"
    held, done = threading.Event(), threading.Event()

    def writer() -> None:
        with store._locked(folder):
            stray.mkdir()
            held.set()
            done.wait(5)
            stray.rmdir()

    thread = threading.Thread(target=writer)
    thread.start()
    held.wait(5)
    threading.Timer(0.3, done.set).start()
    assert check(folder).findings == ()
    thread.join()


def test_a_save_meanwhile_is_no_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = opened(folder)
    read_stored = store.read_stored
    saved = []

    def interrupted(place: Path, segment: store.StoredSegment) -> dict[str, Record]:
        if not saved:
            saved.append(place)
            facts = store.read_manifest(folder).facts
            store.write(folder, index.records, facts, anew=True)
        return read_stored(place, segment)

    monkeypatch.setattr(store, "read_stored", interrupted)
    assert check(folder).findings == ()
    assert saved


# -- a manifest that leads elsewhere --------------------------------------------------------------


@pytest.mark.parametrize("name", ["..", "../docs", "/tmp", "", "segment-../../docs", "segment-x"])
def test_a_manifest_names_nothing_outside_its_folder(folder: Path, name: str) -> None:
    manifest = store.read_manifest(folder)
    segment = dataclasses.replace(manifest.segments[0], name=name)
    store._draft(folder, dataclasses.replace(manifest, segments=[segment])).replace(
        folder / store.MANIFEST
    )
    with pytest.raises(DamagedIndexError, match="names files that are none of an index's"):
        store.read_manifest(folder)


def test_what_a_link_leads_to_is_not_removed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "own.txt").write_text("the user's")
    [segment] = store.read_manifest(folder).segments
    (folder / segment.name).rename(tmp_path / "moved")
    shutil.copytree(tmp_path / "moved", elsewhere, dirs_exist_ok=True)
    (folder / segment.name).symlink_to(elsewhere)
    stray = folder / f"{store.SEGMENT_PREFIX}0123456789abcdef"
    stray.symlink_to(elsewhere)
    store.sweep(folder)
    assert not stray.is_symlink()
    assert (elsewhere / "own.txt").read_text() == "the user's"


@pytest.mark.parametrize("field", ["facts", "segments", "documents"])
def test_a_manifest_without_its_fields_is_damaged(folder: Path, field: str) -> None:
    path = folder / store.MANIFEST
    _, index, sources = path.read_bytes().split(b"\n", 2)
    facts = json.loads(index)
    del facts[field]
    body = json.dumps(facts).encode() + b"\n" + sources
    path.write_bytes(manifest_module._with_head(body))
    with pytest.raises(DamagedIndexError, match=r"manifest\.json: damaged"):
        store.read_manifest(folder)


# -- tables that would mislead a search -----------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda t: {"rows": np.full_like(t["rows"], 200)},
        lambda t: {"rows": t["rows"].astype(np.float64)},
        lambda t: {"counts": t["counts"][:-1]},
        lambda t: {"posting_starts": t["posting_starts"][::-1].copy()},
        lambda t: {"posting_starts": t["posting_starts"] + 1},
        lambda t: {"in_body": t["in_body"].reshape(1, -1)},
        lambda t: {"found_in": t["found_in"][1:]},
        lambda t: {"lengths": t["lengths"][1:]},
        lambda t: {"term_starts": t["term_starts"] + 1},
        lambda t: {"word_starts": t["word_starts"][::-1].copy()},
    ],
)
def test_what_is_no_table_of_words_is_damage(
    folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    [segment] = store.read_manifest(folder).segments
    with_arrays(folder / segment.name / "terms.bin", change)
    assert_damaged(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: {"line_starts": c["line_starts"][:-1]},
        lambda c: {"line_digests": c["line_digests"][1:]},
        lambda c: {"passage_starts": c["passage_starts"][::-1].copy()},
        lambda c: {"label_starts": c["label_starts"] * 2},
        lambda c: {"kinds": c["kinds"] + 100},
        lambda c: {"authors": c["authors"] + 100},
        lambda c: {"keys": c["keys"][:, :8].copy()},
        lambda c: {"comment_documents": np.array([3]), "comment_authors": np.array([-1], "i4")},
        lambda c: {"signs": c["signs"][:, 1:].copy()},
    ],
)
def test_columns_that_do_not_fit_are_damage(
    folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    [segment] = store.read_manifest(folder).segments
    with_arrays(folder / segment.name / "columns.bin", change)
    assert_damaged(folder)


def assert_damaged(folder: Path) -> None:
    """Also where every checksum is right."""
    [segment] = store.read_manifest(folder).segments
    hashed_again(folder)
    with pytest.raises(DamagedIndexError, match=segment.name):
        opened(folder)
    assert check(folder).findings[0].where == str(folder / segment.name)


def test_what_are_no_vectors_is_damage(folder: Path) -> None:
    [segment] = store.read_manifest(folder).segments
    path = folder / segment.name / "vectors.npy"
    vectors = np.load(path)
    for wrong in (vectors.astype(np.float64), vectors[0], vectors[1:]):
        np.save(path, wrong)
        hashed_again(folder)
        with pytest.raises(DamagedIndexError, match=segment.name):
            opened(folder)
    np.save(path, vectors[:, :-1].copy())
    hashed_again(folder)
    assert "its vectors are not of the index's length" in [
        each.what for each in check(folder).findings
    ]


# -- files that have changed since ----------------------------------------------------------------


def test_files_that_changed_are_told_apart_from_damage(docs: Path, folder: Path) -> None:
    (docs / "a.md").write_text(article(3))
    (docs / "b.md").unlink()
    found = check(folder).findings
    assert {Path(each.where).name: each.outdated for each in found} == {"a.md": True, "b.md": True}
    assert found[0].what == "changed since it was indexed"
    assert found[1].what.endswith("; its text is still here")


def test_a_file_that_was_touched_is_the_same(docs: Path, folder: Path) -> None:
    os.utime(docs / "a.md")
    assert check(folder).findings == ()


def test_a_file_that_is_read_otherwise_is_found(
    docs: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = readers.read
    with monkeypatch.context() as patch:
        patch.setattr(
            readers,
            "read",
            lambda data, *a, **k: read(data.replace(b"dusk", b"noon"), *a, **k),
        )
        build_index([docs], embedder=FakeEmbedder()).save(folder)
    assert check(folder).findings == (
        Finding(str(docs / "notes.txt"), "reading it anew gives another document"),
    )


def test_a_file_that_cannot_be_read_as_it_was_then_is_no_damage(docs: Path, folder: Path) -> None:
    class Locked(ReadHere):
        def read(self, requests: Iterable[ReadRequest]) -> Iterator[FileReading]:
            for reading in super().read(requests):
                report = FileReport(reading.path, problem="protected by a password")
                yield dataclasses.replace(reading, reports=(report,))

    found = verify(folder, embedder=FakeEmbedder(), reader=Locked()).findings
    assert {each.what for each in found} == {
        "it is the same, but cannot be read as it was then: protected by a password"
    }
    assert all(each.outdated for each in found)


def test_the_password_reaches_the_reading(folder: Path) -> None:
    asked: list[str] = []

    class Listening(ReadHere):
        def read(self, requests: Iterable[ReadRequest]) -> Iterator[FileReading]:
            for request in requests:
                asked.append(request.password)
                yield from super().read([request])

    assert verify(folder, embedder=FakeEmbedder(), reader=Listening(), password="x").findings == ()
    assert asked == ["x"] * 3


def test_another_way_of_cutting_is_not_compared(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunker, "CHUNKING", "another/1")
    assert check(folder).findings == ()


def test_what_cannot_be_verified_is_an_error(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(StoreError, match="no index here"):
        check(tmp_path / "none")
    (folder / store.MANIFEST).write_text("{}")
    with pytest.raises(DamagedIndexError):
        check(folder)
