"""What is removed leaves no byte behind: not a word, not a name, not a vector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from collections_of_files import CountingEmbedder, article, fill, unsound
from fakes import ReadHere

from index import builder, store
from index.errors import NoDocumentsError
from index.index import Index
from index.lexical import tokenize
from qa import kept
from qa.assistant import Assistant

PAGE = """<!doctype html><html lang="en"><head><title>Zquonk harbour reopens</title>
<meta name="author" content="Vexilla Thrumbold"></head><body><article>
<h1>Zquonk harbour reopens</h1>
<p class="byline">By Vexilla Thrumbold</p>
<h2>What Gribblex found</h2>
<p>The harbour reopened on Monday after the wumplefitz was repaired by a team of nine people.</p>
<p>The Krandal Ostrich Zoo (KOZ) had lent the pump, and its keeper was thanked by the mayor.</p>
</article>
<section id="comments" class="comments"><h3>Comments</h3>
<div class="comment"><span class="comment-author">Jorvikka77</span>
<p class="comment-body">Nobody ever asked the snorfblatt what it thought about all of this.</p></div>
</section></body></html>
"""
SECRETS = (
    "Zquonk",
    "Vexilla",
    "Thrumbold",
    "Gribblex",
    "wumplefitz",
    "Krandal",
    "Ostrich",
    "snorfblatt",
    "Jorvikka",
    "pelunder",  # the file's name
)
"""Words of the title, the author, a heading, the text, a name, a comment, its author, the file."""
OTHERS = {f"report{number}.md": article(number) for number in range(20)}
HARMLESS = PAGE
for _word in SECRETS:
    HARMLESS = HARMLESS.replace(_word, "Plain")


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def built(*arguments: object, **more: object) -> Index:
        return builder.build_index(*arguments, reader=ReadHere(), **more)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "build_index", built)


def bring_up_to_date(docs: Path, folder: Path) -> Index:
    return Assistant.from_documents(
        docs, model=CountingEmbedder(), reader="none", index_dir=folder
    ).index


def spellings(word: str) -> list[bytes]:
    """A word as it may lie in a file: in several encodings, cases, and as it is searched."""
    forms = {word, word.lower(), word.upper(), *tokenize(word), word[::-1]}
    return [
        form.encode(encoding)
        for form in forms
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")
    ]


def traces(folder: Path, index: Index, name: str) -> dict[str, set[str]]:
    """What of a document lies in any file of a folder, and in which."""
    document = next(each for each in index.entries if name in each.document.path)
    wanted = {word: spellings(word) for word in SECRETS}
    wanted["its id"] = [document.document.id.encode(), bytes.fromhex(document.document.id)]
    wanted["its passages' keys"] = [
        spelt for key in document.keys for spelt in (key.encode(), bytes.fromhex(key))
    ]
    wanted["its place in the store"] = [store.digest(document).encode()]
    for kind in (np.float32, np.float64, np.float16):
        rows = [row.astype(kind).tobytes() for row in document.vectors]
        wanted[f"its vectors as {kind.__name__}"] = rows
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        data += str(path.relative_to(folder)).encode()
        for what, spelt in wanted.items():
            if any(each in data for each in spelt):
                found.setdefault(what, set()).add(path.name)
    return found


@pytest.fixture
def with_it(tmp_path: Path) -> tuple[Path, Path, Index]:
    """The documents, their index's folder, and the index with the document that is to go."""
    docs, folder = tmp_path / "docs", tmp_path / "index"
    fill(docs, OTHERS | {"pelunder.html": PAGE})
    index = bring_up_to_date(docs, folder)
    found = traces(folder, index, "pelunder")
    # All of it is there: a search that finds nothing later is one that can find.
    assert {*SECRETS, "its id", "its passages' keys", "its vectors as float32"} <= set(found)
    assert "terms.bin" in found["wumplefitz"]
    assert found["pelunder"] == {"documents.jsonl", "columns.bin", store.MANIFEST}
    return docs, folder, index


def removed(path: Path) -> None:
    path.unlink()


def changed(path: Path) -> None:
    path.write_text(HARMLESS)
    path.rename(path.with_name("plain.html"))


@pytest.mark.parametrize("change", [removed, changed])
def test_nothing_is_left_of_a_document(
    with_it: tuple[Path, Path, Index], change: Callable[[Path], None]
) -> None:
    docs, folder, index = with_it
    change(docs / "pelunder.html")
    after = bring_up_to_date(docs, folder)
    assert len(after.documents) == len(list(docs.iterdir()))
    assert traces(folder, index, "pelunder") == {}
    assert unsound(folder) == []


def test_nothing_is_left_of_it_where_other_segments_stay(
    with_it: tuple[Path, Path, Index], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    docs, _, index = with_it
    monkeypatch.setattr(store, "SEGMENT_PASSAGES", 8)
    monkeypatch.setattr(store, "SMALL", 4)
    folder = tmp_path / "in-parts"
    bring_up_to_date(docs, folder)
    before = {each.name for each in store.read_manifest(folder).segments}
    (docs / "pelunder.html").unlink()
    bring_up_to_date(docs, folder)
    stayed = before & {each.name for each in store.read_manifest(folder).segments}
    assert len(stayed) >= len(before) - 2 > 2  # its own, and a small one that joined what was left
    assert traces(folder, index, "pelunder") == {}
    assert unsound(folder) == []


def test_nothing_is_left_of_what_a_killed_process_was_writing(
    with_it: tuple[Path, Path, Index],
) -> None:
    docs, folder, index = with_it
    entry = next(each for each in index.entries if "pelunder" in each.document.path)
    stray = store._write_segment(folder, [entry], 64)
    (docs / "pelunder.html").unlink()
    bring_up_to_date(docs, folder)
    assert not (folder / stray.name).exists()
    assert traces(folder, index, "pelunder") == {}
    # Also where nothing else is to be done.
    store._write_segment(folder, [entry], 64)
    assert traces(folder, index, "pelunder") != {}
    bring_up_to_date(docs, folder)
    assert traces(folder, index, "pelunder") == {}


def test_a_copy_elsewhere_keeps_the_words_and_not_the_name(
    with_it: tuple[Path, Path, Index],
) -> None:
    docs, folder, index = with_it
    (docs / "pelunder.html").rename(docs / "other.html")
    bring_up_to_date(docs, folder)
    found = traces(folder, index, "pelunder")
    assert "pelunder" not in found
    assert "wumplefitz" in found
    assert unsound(folder) == []


def test_nothing_is_left_when_every_file_has_gone(with_it: tuple[Path, Path, Index]) -> None:
    docs, folder, index = with_it
    (folder / "own.txt").write_text("the user's")
    away = docs.rename(docs.with_name("away"))
    with pytest.raises(NoDocumentsError, match="there is no such file or folder"):
        bring_up_to_date(docs, folder)
    # A disk that is not there now may be there tomorrow.
    assert unsound_but_own(folder) == []
    assert traces(folder, index, "pelunder") != {}
    docs.mkdir()
    with pytest.raises(NoDocumentsError):
        bring_up_to_date(docs, folder)
    assert traces(folder, index, "pelunder") == {}
    assert {path.name for path in folder.iterdir()} - {store.LOCK} == {"own.txt"}
    away.rename(docs / "back")
    assert bring_up_to_date(docs, folder).embedded == index.embedded


def unsound_but_own(folder: Path) -> list[str]:
    return [each.what for each in unsound(folder) if not each.where.endswith("own.txt")]
