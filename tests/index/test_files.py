"""Which files a path names, and what becomes of each."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from fakes import ReadHere

from index.files import Selection, Source, find_files
from index.types import FileReport
from index.workers import FileReading, ReadRequest

TEXT = "The lighthouse was restored.\n\nIt stands on a cliff above the sea.\n"


def write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def reading(path: Path, max_bytes: int = 10**6) -> FileReading:
    [found] = ReadHere().read([ReadRequest(path, max_bytes)])
    return found


def read(path: Path, max_bytes: int = 10**6) -> FileReport:
    [report] = reading(path, max_bytes).reports
    return report


# -- finding --------------------------------------------------------------------------------------


def test_a_folder_stands_for_all_below_it_in_a_fixed_order(tmp_path: Path) -> None:
    names = ["b.txt", "a.md", "c/z.html", "c/a/b.TXT", "a/x.htm", "d.markdown"]
    for name in names:
        write(tmp_path / name)
    files, problems = find_files([tmp_path])
    found = [path.relative_to(tmp_path).as_posix() for path in files]
    assert found == ["a.md", "b.txt", "d.markdown", "a/x.htm", "c/z.html", "c/a/b.TXT"]
    assert problems == []


def test_hidden_files_and_folders_are_left_out_unless_named(tmp_path: Path) -> None:
    shown = write(tmp_path / "a.txt")
    hidden = write(tmp_path / ".secret.txt")
    below = write(tmp_path / ".git" / "b.txt")
    assert find_files([tmp_path]) == ([shown], [])
    assert find_files([hidden, below.parent]) == ([hidden, below], [])


def test_a_format_that_is_not_read_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    picture = write(tmp_path / "b.png")
    files, (problem,) = find_files([tmp_path])
    assert len(files) == 1
    assert problem.path == str(picture)
    assert problem.document is None
    assert problem.problem is not None
    assert problem.problem == "not a format that is read"


def test_a_missing_path_is_reported_and_the_others_are_found(tmp_path: Path) -> None:
    good = write(tmp_path / "a.txt")
    files, (problem,) = find_files([tmp_path / "missing.txt", good])
    assert files == [good]
    assert problem == FileReport(
        str(tmp_path / "missing.txt"), problem="there is no such file or folder"
    )


def test_a_file_is_found_once_under_its_first_name(tmp_path: Path) -> None:
    real = write(tmp_path / "x" / "real.txt")
    link = tmp_path / "x" / "a-link.txt"
    link.symlink_to(real)
    assert find_files([real, real, tmp_path / "x", tmp_path])[0] == [real]
    assert find_files([tmp_path])[0] == [link]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    file = write(tmp_path / "docs" / "a.txt")
    (tmp_path / "docs" / "loop").symlink_to(tmp_path)
    assert find_files([tmp_path / "docs"]) == ([file], [])
    (tmp_path / "named").symlink_to(tmp_path / "docs")
    assert find_files([tmp_path / "named"])[0] == [tmp_path / "named" / "a.txt"]


def test_names_as_text_and_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = write(tmp_path / "docs" / "a.txt")
    assert find_files(["~/docs", str(file)]) == ([file], [])


def test_nothing_named_is_nothing_found(tmp_path: Path) -> None:
    assert find_files([]) == ([], [])
    assert find_files([tmp_path]) == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        "a\0b.txt",
        "x" * 300 + ".txt",
        "~nobody-of-this-name/a.txt",
    ],
)
def test_impossible_names_are_reported(name: str) -> None:
    files, problems = find_files([name])
    assert files == []
    assert [problem.path for problem in problems] == [name]


# -- reading --------------------------------------------------------------------------------------


def test_a_file_is_read_with_its_hash(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    found = reading(path)
    [report] = found.reports
    assert report.document is not None
    assert found.path == report.path == report.document.path == str(path)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (report.problem, report.same_as) == (None, None)


def test_what_is_remembered_of_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    found = reading(path)
    just_now = Source.of(found, found.modified_ns + 10**9)
    assert not just_now.is_of(path.stat())  # it may change again within the clock's tick
    later = Source.of(found, found.modified_ns + 3 * 10**9)
    assert later.is_of(path.stat())
    assert later.documents == ((str(path), found.reports[0].document.id),)  # type: ignore[union-attr]
    assert Source.from_facts(json.loads(json.dumps(asdict(later)))) == later
    os.utime(path, (1, 1))
    assert not later.is_of(path.stat())
    moved = later.at("b.txt", path.stat(), time.time_ns())
    assert moved.path == moved.documents[0][0] == "b.txt"
    assert moved.is_of(path.stat())
    bad = Source.of(reading(write(tmp_path / "empty.txt", "")), time.time_ns())
    assert bad.documents == ()
    assert bad.problems == ((str(tmp_path / "empty.txt"), "the file is empty"),)


@pytest.mark.parametrize(
    "name", ["empty.txt", "blank.md", "binary.txt", "binary.html", "picture.png"]
)
def test_what_holds_no_text_is_reported(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = {"empty": b"", "blank": b" \n\t\n", "picture": b"words"}
    path.write_bytes(content.get(path.stem, bytes(range(256)) * 40))
    report = read(path)
    assert report.document is None
    assert report.path == str(path)
    assert report.problem
    assert str(path) not in report.problem  # the report has it already


def test_a_file_over_the_limit_is_reported_and_not_loaded(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    size = path.stat().st_size
    assert read(path, max_bytes=size).problem is None
    with path.open("ab") as file:
        file.truncate(50 * 2**20)  # takes no room on the disk
    report = read(path, max_bytes=20 * 2**20)
    assert report.document is None
    assert report.problem is not None
    assert report.problem.startswith("50 MB is over the limit of 20 MB a file; set QA_MAX_FILE_MB")


def test_a_file_that_is_gone_or_a_folder_is_reported(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.txt").problem == "there is no such file"
    (tmp_path / "folder.txt").mkdir()
    assert read(tmp_path / "folder.txt").problem == "a folder, not a file"
    broken = tmp_path / "broken.txt"
    broken.symlink_to(tmp_path / "gone.txt")
    assert find_files([tmp_path])[0] == [broken]
    assert read(broken).problem == "there is no such file"


FORBIDDEN = """
import os, sys
sys.path[:0] = sys.argv[1:3]
if os.getuid() == 0:
    import gitignore_parser, index.files, index.loading  # while it may
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
from pathlib import Path
from index.errors import ReadError
from index.files import find_files
from index.loading import load
for named in sys.argv[3:]:
    files, problems = find_files([named])
    for report in problems:
        print(report.path, report.problem, sep="|")
    for file in files:
        try:
            load(file, max_bytes=10**6)
            print(file, None, sep="|")
        except ReadError as error:
            print(error.path, error.reason, sep="|")
"""


def as_nobody(folder: Path, *names: str) -> list[str]:
    """The reports on some paths for someone who may do only what everyone may."""
    folder.chmod(0o755)
    root = str(Path(__file__).parents[2])
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    # From within: the folders above are pytest's, and for their owner alone.
    command = [sys.executable, "-c", FORBIDDEN, root, packages, *names]
    done = subprocess.run(
        command, check=True, cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="permissions work otherwise there")
def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "good.txt")
    write(tmp_path / "docs" / "forbidden.txt").chmod(0)
    assert as_nobody(tmp_path, "docs") == [
        "docs/forbidden.txt|this file may not be read (permission denied)",
        "docs/good.txt|None",
    ]


@pytest.mark.skipif(os.name == "nt", reason="permissions work otherwise there")
@pytest.mark.parametrize(
    "named",
    [
        "docs",
        "docs/closed",
        "docs/closed/a.txt",
    ],
)
def test_a_folder_that_may_not_be_read_is_reported(tmp_path: Path, named: str) -> None:
    write(tmp_path / "docs" / "good.txt")
    closed = write(tmp_path / "docs" / "closed" / "a.txt").parent
    closed.chmod(0)
    try:
        reports = as_nobody(tmp_path, named)
    finally:
        closed.chmod(0o755)
    problems = [line for line in reports if line.startswith("docs/closed")]
    assert len(problems) == 1
    assert "permission" in problems[0]


# -- choosing -------------------------------------------------------------------------------------


def names(folder: Path, **selected: object) -> list[str]:
    files, problems = find_files([folder], Selection(**selected))  # type: ignore[arg-type]
    assert problems == []
    return [file.relative_to(folder).as_posix() for file in files]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("a.txt", "b.md", "drafts/c.md", "notes/d.md", "notes/old/e.md", ".trash/f.md"):
        write(folder / name)
    return folder


def test_patterns_choose_files(project: Path) -> None:
    assert names(project, include=("*.md",)) == [
        "b.md",
        "drafts/c.md",
        "notes/d.md",
        "notes/old/e.md",
    ]
    assert names(project, include=("/notes/",)) == ["notes/d.md", "notes/old/e.md"]
    assert names(project, exclude=("drafts/", "old/")) == ["a.txt", "b.md", "notes/d.md"]
    assert names(project, include=("*.md",), exclude=("**/old/*",)) == [
        "b.md",
        "drafts/c.md",
        "notes/d.md",
    ]


def test_what_git_ignores_is_left_out(project: Path) -> None:
    write(project / ".gitignore", "drafts/\n*.txt\n!a.txt\n")
    write(project / "notes" / ".gitignore", "/old/\n")
    assert names(project) == ["a.txt", "b.md", "notes/d.md"]
    assert names(project, ignored=True) == [
        "a.txt",
        "b.md",
        ".trash/f.md",
        "drafts/c.md",
        "notes/d.md",
        "notes/old/e.md",
    ]


def test_a_link_out_of_the_folder_is_not_followed(project: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.txt")
    (project / "out.txt").symlink_to(outside)
    (project / "in.txt").symlink_to(project / "notes" / "d.md")
    assert "out.txt" not in names(project)
    assert "in.txt" in names(project)
    assert find_files([project / "out.txt"])[0] == [
        project / "out.txt"
    ]  # named itself, it is taken
