"""Which files a path names, and what becomes of each."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index import readers
from index.files import find_files, read_file
from index.types import FileReport

TEXT = "The lighthouse was restored.\n\nIt stands on a cliff above the sea.\n"


def write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, **limits: int) -> FileReport:
    return read_file(path, {}, **{"max_bytes": 10**6} | limits)[1]


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
    assert problem.problem.startswith("not a format that is read (.txt, ")


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
    source, report = read_file(path, {}, max_bytes=10**6)
    assert source is not None
    assert report.document is not None
    assert source.path == report.path == report.document.path == str(path)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.document == report.document.id
    assert (report.problem, report.same_as) == (None, None)


def test_a_known_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt")
    source, report = read_file(path, {}, max_bytes=10**6)
    assert source is not None
    assert report.document is not None
    known = {(source.path, source.sha256): report.document}
    monkeypatch.setattr(readers, "read", lambda *_: pytest.fail("read again"))
    assert read_file(path, known, max_bytes=10**6) == (source, report)
    write(path, TEXT + "More.")
    with pytest.raises(pytest.fail.Exception, match="read again"):
        read_file(path, known, max_bytes=10**6)


@pytest.mark.parametrize(
    "name", ["empty.txt", "blank.md", "binary.txt", "binary.html", "picture.png"]
)
def test_what_holds_no_text_is_reported(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = {"empty": b"", "blank": b" \n\t\n", "picture": b"words"}
    path.write_bytes(content.get(path.stem, bytes(range(256)) * 40))
    source, report = read_file(path, {}, max_bytes=10**6)
    assert source is None
    assert report.document is None
    assert report.path == str(path)
    assert report.problem
    assert str(path) not in report.problem  # the report has it already


def test_a_file_over_the_limit_is_reported_and_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.txt")
    size = path.stat().st_size
    assert read(path, max_bytes=size).problem is None
    with path.open("ab") as file:
        file.truncate(50 * 2**20)  # takes no room on the disk
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("loaded"))
    report = read(path, max_bytes=20 * 2**20)
    assert report.document is None
    assert report.problem is not None
    assert report.problem.startswith("50 MB is over the limit of 20 MB a file; set QA_MAX_FILE_MB")


def test_a_file_that_is_gone_or_a_folder_is_reported(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.txt").problem == "there is no such file"
    (tmp_path / "folder.txt").mkdir()
    assert read(tmp_path / "folder.txt").problem == "not a regular file"
    broken = tmp_path / "broken.txt"
    broken.symlink_to(tmp_path / "gone.txt")
    assert find_files([tmp_path])[0] == [broken]
    assert read(broken).problem == "there is no such file"


FORBIDDEN = """
import os, sys
sys.path[:0] = sys.argv[1:3]
if os.getuid() == 0:
    import index.readers.decoding, index.readers.plain  # while it may
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
from pathlib import Path
from index.files import find_files, read_file
for named in sys.argv[3:]:
    files, problems = find_files([named])
    reports = [*problems, *(read_file(file, {}, max_bytes=10**6)[1] for file in files)]
    for report in reports:
        print(report.path, report.problem, sep="|")
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_reported_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    code = (
        "import sys; from pathlib import Path; from index.files import read_file;"
        "print(read_file(Path(sys.argv[1]), {}, max_bytes=99)[1].problem)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "pipe.txt")]
    root = Path(__file__).parents[2]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=5)
    except subprocess.TimeoutExpired:
        pytest.fail("it waits")
    assert done.returncode == 0
    assert done.stdout.strip() not in ("", "None")
