"""Files made to do harm: each is refused with a reason or read within limits, and nothing else.

They go through the real pool. The worker notes what its readers do besides; a server notes whether
anything is fetched; and a secret lies where the files look for it.
"""

from __future__ import annotations

import gzip
import io
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from referring import REFERRING
from samples import (
    SAMPLES,
    WORDS,
    docx_parts,
    epub_parts,
    odt_parts,
    pdf,
    pptx_parts,
    tarred,
    xlsx_parts,
    zipped,
)
from test_fuzz import fits, is_read

from index.types import FileReport
from index.workers import ReadingPool

ROOT = Path(__file__).parent.parent.parent.parent
SECRET = "the cellar key hangs behind the mirror"
MEGABYTE = 1 << 20


class Watch:
    """Reads files in a folder of its own and tells what else happened."""

    def __init__(self, folder: Path, pool: ReadingPool, address: str) -> None:
        self.pool = pool
        self.folder = folder
        self.address = address
        self.fetched: list[bytes] = []

    def read(self, data: bytes, name: str, *, max_bytes: int = 20 * MEGABYTE) -> list[FileReport]:
        """Read it, and check that this is all that happens."""
        (self.folder / "notes").write_bytes(b"")
        before = sorted(self.folder.rglob("*"))
        reading = self.pool.read_bytes(data, name, max_bytes=max_bytes)
        assert (self.folder / "notes").read_text() == ""
        assert sorted(self.folder.rglob("*")) == before
        assert self.fetched == []
        for report in reading.reports:
            assert (report.document is None) != (report.problem is None)
            if report.document is not None:
                fits(report.document)
                assert SECRET not in report.document.text + report.document.title
            else:
                plain(report.problem)
        return list(reading.reports)

    def text(self, data: bytes, name: str) -> str:
        [report] = self.read(data, name)
        assert report.document is not None, report.problem
        return report.document.text

    def problem(self, data: bytes, name: str) -> str:
        [report] = self.read(data, name)
        assert report.problem is not None
        return report.problem


def plain(problem: str) -> None:
    """It is one phrase for a person, and no reader failed."""
    assert "\n" not in problem
    assert problem[0].islower() or problem[0].isdigit()
    for fault in ("could not be read (", "crashed", "longer than", "the system stopped"):
        assert fault not in problem


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    folder = tmp_path_factory.mktemp("hostile")
    for name in ("notes", "secret.txt"):
        (folder / name).write_text(SECRET)
    (folder / "temporary").mkdir()
    command = [sys.executable, str(Path(__file__).parent / "watched_worker.py")]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as server:
        patch.setenv("WATCHED", str(folder / "notes"))
        patch.setenv("PYTHONPATH", path)
        patch.setenv("TMPDIR", str(folder / "temporary"))
        patch.chdir(folder)
        with ReadingPool(workers=1, seconds=20, command=command) as pool:
            watching = Watch(folder, pool, f"http://127.0.0.1:{server.getsockname()[1]}")
            threading.Thread(target=_serve, args=(server, watching), daemon=True).start()
            yield watching


def _serve(server: socket.socket, watching: Watch) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # it is closed: the tests are over
            return
        with connection:
            watching.fetched.append(b"somebody came")


def needs(*suffixes: str) -> pytest.MarkDecorator:
    """Parameters for those endings that are read."""
    return pytest.mark.parametrize("suffix", [each for each in suffixes if is_read(each)])


PARTS = {
    ".docx": (docx_parts, "word/document.xml"),
    ".xlsx": (xlsx_parts, "xl/worksheets/sheet1.xml"),
    ".pptx": (pptx_parts, "ppt/slides/slide1.xml"),
    ".odt": (odt_parts, "content.xml"),
    ".epub": (epub_parts, "one.xhtml"),
}


def package(suffix: str, text: str = WORDS, prologue: str = "") -> dict[str, str | bytes]:
    make, _ = PARTS[suffix]
    if suffix == ".docx":
        run = f'<w:p xmlns:w="x"><w:r><w:t>{text}</w:t></w:r></w:p>'.replace(' xmlns:w="x"', "")
        return make(run, prologue)
    return make(text, prologue)


def test_the_watch_sees_what_it_is_for(watch):
    """The tests below can fail: a connection and a note are seen."""
    socket.create_connection(("127.0.0.1", int(watch.address.rpartition(":")[2]))).close()
    until = time.monotonic() + 5
    while not watch.fetched and time.monotonic() < until:
        time.sleep(0.01)
    assert watch.fetched.pop() == b"somebody came"
    note = (
        "import sys, os, tempfile; sys.path.insert(0, sys.argv[1]); import watched_worker as w\n"
        "sys.addaudithook(w._note); tempfile.mkstemp(dir='.')\n"
    )
    subprocess.run([sys.executable, "-c", note, str(Path(__file__).parent)], check=True)
    noted = (watch.folder / "notes").read_text()
    assert "tempfile.mkstemp" in noted
    assert "open" in noted


# --- what swells --------------------------------------------------------------------------------


@needs(*PARTS)
def test_a_part_that_unpacks_to_a_thousand_times_its_size(watch, suffix):
    _, name = PARTS[suffix]
    parts = package(suffix)
    parts[name] = str(parts[name]).replace(WORDS, "a " * (12 * MEGABYTE))
    assert "unpacks to" in watch.problem(zipped(parts), f"bomb{suffix}")


@pytest.mark.parametrize("how", ["zip", "txt.gz", "tar.gz", "tar.bz2", "tar.xz"])
def test_an_archive_that_unpacks_to_a_thousand_times_its_size(watch, how):
    zeros = b"a" * (30 * MEGABYTE)
    if how == "zip":
        data = zipped({"a.txt": zeros})
    elif how == "txt.gz":
        data = gzip.compress(zeros, 1)
    else:
        data = tarred({"a.txt": zeros}, how.partition(".")[2])
    assert len(data) < MEGABYTE
    reports = watch.read(data, f"bomb.{how}")
    assert all(report.problem for report in reports)


def test_archives_in_archives(watch):
    data = zipped({"words.txt": WORDS})
    for depth in range(20):
        data = zipped({f"{depth}.zip": data})
    assert "archives within archives" in watch.problem(data, "deep.zip")
    wide = zipped({"words.txt": WORDS * 10_000})
    for _ in range(3):
        wide = zipped({f"{number}.zip": wide for number in range(30)})
    begun = time.monotonic()
    watch.read(wide, "wide.zip")
    assert time.monotonic() - begun < 20


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha '>" + "".join(
    f"<!ENTITY a{level + 1} '{f'&a{level};' * 10}'>" for level in range(12)
)


@needs(*PARTS, ".html", ".xhtml")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_entities_that_multiply(watch, suffix, encoding):
    prologue = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}]>'
    if suffix in PARTS:
        parts = package(suffix, "&a12;", prologue)
        name = PARTS[suffix][1]
        data = zipped(parts | {name: str(parts[name]).encode(encoding)})
    else:
        data = f"{prologue}<html><body><p>{WORDS}</p><p>&a12;</p></body></html>".encode(encoding)
    for report in watch.read(data, f"laughs{suffix}"):
        assert report.document is None or len(report.document.text) < 10_000


@needs(*PARTS, ".html", ".xhtml")
@pytest.mark.parametrize("kind", ["general", "parameter", "subset", "include", "stylesheet"])
def test_entities_and_files_from_outside(watch, suffix, kind):
    secret = (watch.folder / "secret.txt").as_uri()
    prologue = {
        "general": f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret}'><!ENTITY f SYSTEM '{watch.address}'>]>",
        "parameter": f"<!DOCTYPE x [<!ENTITY % p SYSTEM '{watch.address}/p.dtd'> %p;]>",
        "subset": f"<!DOCTYPE x SYSTEM '{watch.address}/x.dtd'>",
        "include": "",
        "stylesheet": f"<?xml-stylesheet href='{watch.address}/s.xsl' type='text/xsl'?>",
    }[kind]
    text = f"{WORDS} &e;&f;" if kind == "general" else WORDS
    if kind == "include":
        space = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
        text += f'<xi:include {space} parse="text" href="{secret}"/>'
    if suffix in PARTS:
        data = zipped(package(suffix, text, prologue))
    else:
        data = f"{prologue}<html><body><article><p>{text}</p></article></body></html>".encode()
    watch.read(data, f"outside{suffix}")


# --- names that lead out ------------------------------------------------------------------------

NAMES = [
    "../../out.txt",
    "/tmp/out.txt",
    "C:\\out.txt",
    "..\\out.txt",
    "a/../../out.txt",
    "~/o.txt",
]


@pytest.mark.parametrize("how", ["zip", "tar"])
def test_names_that_lead_out_of_an_archive(watch, how):
    files = {name: WORDS.encode() for name in NAMES}
    data = zipped(files) if how == "zip" else tarred(files)
    for report in watch.read(data, f"a.{how}"):
        assert report.path.startswith(f"a.{how}/")


@needs(*PARTS)
def test_names_that_lead_out_of_a_package(watch, suffix):
    data = zipped(package(suffix) | dict.fromkeys(NAMES, WORDS))
    assert WORDS in watch.text(data, f"names{suffix}")


@needs(".epub")
def test_a_book_whose_chapters_lie_outside(watch, suffix):
    parts = epub_parts()
    outside = f'href="one.xhtml"/><item id="d" href="{(watch.folder / "secret.txt").as_uri()}"/>'
    outside += '<item id="e" href="../../../../secret.txt" '
    parts["book.opf"] = (
        str(parts["book.opf"])
        .replace('href="one.xhtml" ', outside)
        .replace("</spine>", '<itemref idref="d"/><itemref idref="e"/></spine>')
    )
    watch.read(zipped(parts), f"outside{suffix}")


# --- what is referred to is not fetched, and nothing is run -------------------------------------


@needs(*REFERRING)
def test_nothing_is_fetched_or_run(watch, suffix):
    reports = watch.read(
        REFERRING[suffix](watch.address, watch.folder / "secret.txt"), f"links{suffix}"
    )
    assert reports[0].document is not None, reports[0].problem
    assert "nine years after the first stone was laid" in reports[0].document.text


# --- what is deep or long -----------------------------------------------------------------------

DEEP = {
    ".html": "<div>" * 100_000 + WORDS,
    ".xhtml": "<p><b>" * 5_000 + WORDS,
    ".json": "[" * 1_000_000,
    ".jsonl": '{"a":' * 500_000 + "1" + "}" * 500_000,
    ".ipynb": '{"cells":' + "[" * 500_000,
    ".md": "> " * 50_000 + WORDS,
    ".markdown": "".join("  " * level + "- a\n" for level in range(1000)),
    ".rst": "".join("  " * level + "* a\n\n" for level in range(1000)),
    ".rtf": "{\\rtf1 " + "{\\b " * 500_000 + WORDS,
    ".csv": '"' * 1_000_000,
    ".txt": "> " * 500_000,
    ".eml": "Subject: x\r\n"
    + "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'
        for level in range(2000)
    )
    + f"\r\n{WORDS}",
}


@needs(*DEEP)
def test_what_nests_without_end(watch, suffix):
    begun = time.monotonic()
    watch.read(DEEP[suffix].encode(), f"deep{suffix}")
    assert time.monotonic() - begun < 10


@needs(*PARTS)
def test_parts_that_nest_without_end(watch, suffix):
    element = {".docx": "w:p", ".xlsx": "is", ".pptx": "a:p", ".odt": "text:p", ".epub": "div"}[
        suffix
    ]
    text = f"<{element}>" * 50_000 + WORDS + f"</{element}>" * 50_000
    begun = time.monotonic()
    watch.read(zipped(package(suffix, text)), f"deep{suffix}")
    assert time.monotonic() - begun < 10


@needs(".pdf")
@pytest.mark.parametrize(
    "page",
    [
        "/X " + "[" * 100_000,
        "/Annots [3 0 R 3 0 R]",
        "/Parent 3 0 R",
        "/Contents 3 0 R",
        "/Kids [2 0 R]",
    ],
)
def test_objects_that_contain_themselves(watch, suffix, page):
    watch.read(
        pdf(WORDS, "/Pages 3 0 R /Outlines 1 0 R /First 1 0 R /Next 1 0 R", page), f"a{suffix}"
    )


@needs(".txt", ".md", ".html", ".csv", ".json", ".rst", ".rtf", ".eml")
def test_a_line_of_megabytes(watch, suffix):
    before = {
        ".rtf": "{\\rtf1 ",
        ".eml": "Subject: x\r\n\r\n",
        ".json": '[{"text": "',
        ".html": "<p>",
    }.get(suffix, "")
    after = {".json": '"}]', ".rtf": "}"}.get(suffix, "")
    data = f"{before}{'word ' * MEGABYTE}{after}".encode()
    begun = time.monotonic()
    [report] = watch.read(data, f"line{suffix}")
    assert report.document is not None, report.problem
    assert len(report.document.text) > 4 * MEGABYTE
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    "suffix", [".txt", ".md", ".html", ".csv", ".json", ".rst", ".rtf", ".eml"]
)
def test_text_that_is_not_utf_8(watch, suffix):
    if not is_read(suffix):
        return
    data = SAMPLES[suffix]()
    step = max(1, len(data) // 40)
    broken = b"".join(
        data[at : at + step] + b"\xc3\x28\xf0\x9f\xff" for at in range(0, len(data), step)
    )
    watch.read(broken, f"broken{suffix}")
    [report, *_] = watch.read(data.replace(b"bridge", b"br\xffdge\xc3"), f"broken{suffix}")
    assert report.document is not None, report.problem


@needs(*PARTS)
def test_parts_that_are_not_utf_8(watch, suffix):
    parts = package(suffix)
    name = PARTS[suffix][1]
    parts[name] = str(parts[name]).encode().replace(b"bridge", b"br\xffdge\xc3\x28")
    watch.read(zipped(parts), f"broken{suffix}")


def test_an_archive_s_names_that_are_not_utf_8(watch):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("ab.txt", WORDS)
    data = target.getvalue().replace(b"ab.txt", b"\xff\xfe.txt")
    assert WORDS in watch.text(data, "names.zip")
