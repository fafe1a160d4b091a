"""Whatever happens to a byte or a file of an index is noticed, named, and mended from the files."""

from __future__ import annotations

import dataclasses
import os
import random
import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from collections_of_files import (
    CountingEmbedder,
    ReadOnce,
    article,
    assert_same,
    fill,
    unsound,
    update,
)
from fakes import FakeEmbedder

from index import arrays, builder, store
from index.embedders.packaged import PackagedEmbedder
from index.errors import DamagedIndexError, FormatError, StoreError
from index.index import Index
from qa import kept
from qa.assistant import Assistant
from qa.kept import IndexRebuiltWarning

ROOT = Path(__file__).parents[2]
SMALL = 1_000
"""Of a file with at most so many bytes, each is flipped; of a larger one a sample."""
SAMPLED = 200
FILES = {f"report{number}.md": article(number) for number in range(9)}


@pytest.fixture(autouse=True)
def _segments_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SEGMENT_PASSAGES", 6)
    monkeypatch.setattr(store, "SMALL", 2)


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process: starting others takes longer than all the rest."""

    def built(*arguments: object, **more: object) -> Index:
        return builder.build_index(*arguments, reader=ReadOnce(), **more)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "build_index", built)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    fill(tmp_path / "docs", FILES)
    return tmp_path / "docs"


@pytest.fixture
def folder(docs: Path, tmp_path: Path) -> Path:
    update(docs, tmp_path / "index", CountingEmbedder())
    assert len(store.read_manifest(tmp_path / "index").segments) == 3
    return tmp_path / "index"


def parts(folder: Path) -> list[Path]:
    """The manifest and every file of every segment."""
    found = [folder / store.MANIFEST]
    found += sorted(folder.glob(f"{store.SEGMENT_PREFIX}*/*"))
    assert len(found) == 1 + 4 * len(store.read_manifest(folder).segments)
    return found


def complaint(folder: Path) -> str:
    with pytest.raises((DamagedIndexError, FormatError)) as raised:
        Index.open(folder, embedder=FakeEmbedder())
    return str(raised.value)


def names(message: str, path: Path) -> bool:
    """Whether a message names a file; the manifest's head may say another version."""
    return str(path) in message or (
        path.name == store.MANIFEST and message.startswith(str(path.parent)) and "format" in message
    )


def test_any_flipped_byte_is_noticed_and_its_file_named(folder: Path) -> None:
    chance = random.Random(11)
    for path in parts(folder):
        data = path.read_bytes()
        places = list(range(len(data)))
        if len(data) > SMALL:
            places = chance.sample(places, SAMPLED)
        for at in places:
            flipped = data[at] ^ (1 << chance.randrange(8))
            path.write_bytes(data[:at] + bytes([flipped]) + data[at + 1 :])
            # Opening begins with this, and with the next: all of it, for every byte, takes minutes.
            with pytest.raises((DamagedIndexError, FormatError)) as raised:
                check(folder)
            assert names(str(raised.value), path)
        assert names(complaint(folder), path)
        path.write_bytes(data)
    assert unsound(folder) == []


def check(folder: Path) -> None:
    manifest = store.read_manifest(folder)
    for segment in manifest.segments:
        store.check_files(folder, segment)


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def extended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")


def of_another_segment(path: Path) -> None:
    others = [each for each in sorted(path.parents[1].glob(f"*/{path.name}")) if each != path]
    if others:
        shutil.copyfile(others[-1], path)
    else:
        path.write_bytes(b"{}")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage", [removed, emptied, cut_short, extended, of_another_segment, a_folder]
)
def test_any_damaged_file_is_named_and_mended(
    docs: Path, folder: Path, read_once: None, damage: Callable[[Path], None]
) -> None:
    wanted = Index.open(folder, embedder=FakeEmbedder())
    for place in range(len(parts(folder))):
        path = parts(folder)[place]
        manifest = store.read_manifest(folder)
        taken = [
            segment.passages
            for segment in manifest.segments
            if segment.name == path.parent.name or path.name == store.MANIFEST
        ]
        damage(path)
        if damage is removed and path.name == store.MANIFEST:
            assert not store.exists(folder)
        elif damage is a_folder and path.name == store.MANIFEST:
            path.rmdir()
            assert not store.exists(folder)
        else:
            assert names(complaint(folder), path)
            with pytest.raises(StoreError):  # it is the user's to say that it is to be mended
                Assistant.from_documents(docs, model=FakeEmbedder(), index_dir=folder)
        fake = CountingEmbedder()
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            mended = Assistant.from_documents(
                docs, model=fake, reader="none", index_dir=folder, repair=True
            )
        if store.MANIFEST not in path.name:
            assert [str(path) in str(each.message) for each in said] == [True]
            assert said[0].category is IndexRebuiltWarning
        # Only what the damage took is embedded again.
        assert len(fake.seen) == sum(taken)
        assert_same(mended.index, wanted)
        assert_same(Index.open(folder, embedder=FakeEmbedder()), wanted)
        assert unsound(folder) == []


def test_damage_of_what_is_no_longer_a_file_is_mended_too(
    docs: Path, folder: Path, read_once: None
) -> None:
    manifest = store.read_manifest(folder)
    segment = manifest.segments[0]
    for entry in store.read_stored(folder, segment).values():
        Path(entry.document.path).unlink()
    (folder / segment.name / "vectors.npy").unlink()
    fake = CountingEmbedder()
    with pytest.warns(IndexRebuiltWarning):
        Assistant.from_documents(docs, model=fake, reader="none", index_dir=folder, repair=True)
    assert fake.seen == []
    assert unsound(folder) == []
    assert len(Index.open(folder, embedder=fake).documents) == len(list(docs.iterdir()))


def test_what_is_left_may_hold_nothing_to_search(
    docs: Path, tmp_path: Path, read_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SEGMENT_PASSAGES", 1)
    fill(docs, {"a.md": article(1), "headings.md": "# Only\n\n## Headings\n"})
    folder = tmp_path / "index"
    wanted = update(docs, folder, CountingEmbedder())
    for segment in store.read_manifest(folder).segments:
        if segment.passages:
            (folder / segment.name / "terms.bin").unlink()
    with pytest.warns(IndexRebuiltWarning):
        made = Assistant.from_documents(
            docs, model=FakeEmbedder(), reader="none", index_dir=folder, repair=True
        )
    assert_same(made.index, wanted)
    assert unsound(folder) == []


def test_the_real_model_mends_and_cites_what_the_files_say(
    tmp_path: Path, embedder: PackagedEmbedder
) -> None:
    docs, folder = tmp_path / "docs", tmp_path / "index"
    fill(
        docs,
        {
            "lamp.txt": "The lamp of the lighthouse was lit again on the fourth of May.\n",
            "market.txt": "The fee for a pitch at the market is twelve pounds a week.\n",
        },
    )
    Assistant.from_documents(docs, model=embedder, index_dir=folder)
    [segment, *_] = store.read_manifest(folder).segments
    path = folder / segment.name / "documents.jsonl"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"twelve pounds", b"eleven pound."))
    assert path.read_bytes() != data
    assert str(path) in complaint_of(folder, embedder)
    with pytest.warns(IndexRebuiltWarning, match=re.escape(str(path))):
        made = Assistant.from_documents(docs, model=embedder, index_dir=folder, repair=True)
    answer = made.ask("What does a pitch at the market cost?")
    assert "twelve pounds" in str(answer)
    assert "eleven" not in str(answer)
    assert Index.open(folder, embedder=embedder).documents == made.index.documents


def complaint_of(folder: Path, embedder: PackagedEmbedder) -> str:
    with pytest.raises(DamagedIndexError) as raised:
        Index.open(folder, embedder=embedder)
    return str(raised.value)


# -- no code comes out of an index ----------------------------------------------------------------

_unpickled: list[str] = []


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "pickle.find_class":
        _unpickled.append(repr(arguments))


@pytest.fixture
def unpickled() -> Iterator[list[str]]:
    """What was unpickled while a test ran. A hook stays for as long as the process lives."""
    if not getattr(sys, "_qa_hears_pickles", False):
        sys.addaudithook(_heard)
        sys._qa_hears_pickles = True  # type: ignore[attr-defined]
    _unpickled.clear()
    yield _unpickled
    _unpickled.clear()


def test_opening_never_unpickles(folder: Path, unpickled: list[str], tmp_path: Path) -> None:
    import pickle

    import numpy as np

    Index.open(folder, embedder=FakeEmbedder()).search("report 1")
    assert unsound(folder) == []
    assert unpickled == []
    # Nor where somebody put a pickle there, with checksums that are right.
    manifest = store.read_manifest(folder)
    marker = tmp_path / "ran"
    harmful = np.array([_Harmful(marker)], dtype=object)
    for name in ("vectors.npy", "columns.bin", "terms.bin"):
        path = folder / manifest.segments[0].name / name
        data = path.read_bytes()
        if name.endswith("npy"):
            np.save(path, harmful, allow_pickle=True)
        else:
            path.write_bytes(arrays.pack({"labels": harmful}))
        segments = [described_again(folder, each) for each in manifest.segments]
        store._draft(folder, store.Manifest(manifest.facts, manifest.documents, segments)).replace(
            folder / store.MANIFEST
        )
        with pytest.raises(DamagedIndexError, match=manifest.segments[0].name):
            Index.open(folder, embedder=FakeEmbedder())
        assert unsound(folder)[0].where == str(folder / manifest.segments[0].name)
        path.write_bytes(data)
    assert not marker.exists()
    assert unpickled == []
    # The ear does hear.
    pickle.loads(pickle.dumps(_Harmful(marker)))
    assert unpickled
    assert marker.exists()


def described_again(folder: Path, segment: store.StoredSegment) -> store.StoredSegment:
    """A segment as the manifest has it, with its files as they are now."""
    paths = {name: folder / segment.name / name for name in segment.files}
    return dataclasses.replace(
        segment,
        files={name: store._sha256(path) for name, path in paths.items()},
        sizes={name: path.stat().st_size for name, path in paths.items()},
    )


class _Harmful:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> object:
        return Path.touch, (self.marker,)


def test_no_source_can_unpickle() -> None:
    wrong = re.compile(
        r"allow_pickle\s*=\s*True|^\s*(import|from) (pickle|marshal|shelve|dill|joblib|cloudpickle)\b"
        r"|torch\.load\(|read_pickle",
        re.MULTILINE,
    )
    sources = [*ROOT.glob("index/**/*.py"), *ROOT.glob("qa/**/*.py"), ROOT / "app.py"]
    assert len(sources) > 50
    assert [str(path) for path in sources if wrong.search(path.read_text(encoding="utf-8"))] == []
    # And every array that is read says that it is none.
    for path in sources:
        for call in re.findall(r"np\.load\([^)]*\)", path.read_text(encoding="utf-8")):
            assert "allow_pickle=False" in call, path
