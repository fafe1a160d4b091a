"""Files are read in processes of their own: real ones, with readers that do their worst."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from index import readers
from index.errors import ArgumentError, WorkerError
from index.workers import FileReading, ReadingPool, ReadRequest, keeper

ROOT = Path(__file__).parent.parent.parent
MISBEHAVING = [sys.executable, str(Path(__file__).parent / "misbehaving.py")]
LIMIT = 1 << 20


@pytest.fixture(autouse=True)
def _findable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def files(folder: Path, *contents: str) -> list[ReadRequest]:
    """Files with these contents, in a folder."""
    requests = []
    for number, content in enumerate(contents):
        path = folder / f"{number:03}.txt"
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
        requests.append(ReadRequest(path, LIMIT))
    return requests


def pool(*, workers: int = 1, seconds: float = 20.0, megabytes: int = 1024) -> ReadingPool:
    return ReadingPool(workers=workers, seconds=seconds, megabytes=megabytes, command=MISBEHAVING)


def said(reading: FileReading) -> str:
    """The text of its only document, or the problem."""
    [report] = reading.reports
    assert (report.document is None) != (report.problem is None)
    assert report.path == reading.path
    return report.problem or report.document.text


def results(folder: Path, *contents: str, **limits: float) -> list[str]:
    with pool(**limits) as reading:
        return [said(each) for each in reading.read(files(folder, *contents))]


def process_of(reading: FileReading) -> int:
    return json.loads(reading.reports[0].document.title)["process"]


def is_running(process: int) -> bool:
    """Whether it lives; one that nobody has buried yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def soon(holds, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


# --- ordinary files -----------------------------------------------------------------------------


def test_readings_come_in_the_order_of_the_requests(tmp_path):
    contents = ["hang 0.3", *(f"file {number}" for number in range(100)), "hang 0.1", "last one"]
    assert results(tmp_path, *contents, workers=3) == contents


def test_a_reading_says_what_was_read(tmp_path):
    [request] = files(tmp_path, "hello there")
    os.utime(request.path, ns=(1, 1_700_000_000_123_456_789))
    with pool() as reading:
        [found] = reading.read([ReadRequest(request.path, 77, "secret")])
    assert found.path == str(request.path)
    assert found.sha256 == hashlib.sha256(b"hello there").hexdigest()
    assert (found.size, found.modified_ns) == (11, 1_700_000_000_123_456_789)
    document = found.reports[0].document
    assert json.loads(document.title)["password"] == "secret"
    assert json.loads(document.title)["max_bytes"] == 77
    [block] = document.blocks
    assert (block.kind, block.author, block.level, block.locator) == ("comment", "Ann", 1, "page 1")
    assert "secret" not in repr(ReadRequest(request.path, 77, "secret"))


def test_offsets_survive_characters_of_every_kind(tmp_path):
    text = "word \ud83d\ude00 \udfff😀\u2028\0 \x1f end"  # the first two are no pair in Python
    assert results(tmp_path, text) == [text]


def test_the_product_s_own_worker_reads_the_seeds(seeds, tmp_path):
    paths = sorted(seeds.glob("*.md")) + sorted(seeds.glob("*.txt"))
    with ReadingPool() as reading:
        found = list(reading.read(ReadRequest(path, LIMIT) for path in paths))

    assert len(found) == 3
    for each, path in zip(found, paths, strict=True):
        assert each.reports[0].document == readers.read(path.read_bytes(), path)


def test_no_module_is_taken_from_the_folder_that_the_program_runs_in(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('run by mistake')")
    (tmp_path / "lxml.py").write_text("raise SystemExit('run by mistake')")
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.chdir(tmp_path)
    with ReadingPool() as reading:
        found = reading.read_bytes(b"<p>A page that has some words.", "page.html", max_bytes=LIMIT)
    assert "A page that has some words." in said(found)


def test_an_upload_is_read_like_a_file():
    content = b"upload \xc3\xa4" * 1000
    with pool() as reading:
        found = reading.read_bytes(content, "up.txt", max_bytes=LIMIT, password="p")
        large = reading.read_bytes(content, "up.txt", max_bytes=100)
        strange = reading.read_bytes(content, "up.exe", max_bytes=LIMIT)
    assert said(found) == content.decode()
    assert (found.path, found.size, found.modified_ns) == ("up.txt", len(content), 0)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert "over the limit" in said(large)
    assert said(strange).startswith("not a format that is read")


def test_several_threads_share_a_pool(tmp_path):
    found: dict[int, str] = {}

    def upload(number: int) -> None:
        content = f"hang 0.1{number}".encode()
        found[number] = said(reading.read_bytes(content, "u.txt", max_bytes=LIMIT))

    with pool(workers=2) as reading:
        threads = [threading.Thread(target=upload, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {number: f"hang 0.1{number}" for number in range(6)}


def test_no_more_processes_than_files_and_none_for_no_file(tmp_path):
    with pool(workers=8) as reading:
        assert list(reading.read([])) == []
        assert reading._keepers == []
        found = list(reading.read(files(tmp_path, "hang 0.2", "hang 0.2")))
        assert len({process_of(each) for each in found}) == len(reading._keepers) == 2


def test_a_process_reads_many_files(tmp_path):
    with pool() as reading:
        found = list(reading.read(files(tmp_path, *["one"] * 50)))
    assert len({process_of(each) for each in found}) == 1


def test_two_files_are_read_at_once(tmp_path):
    for _ in range(5):
        with pool(workers=2) as reading:
            found = list(reading.read(files(tmp_path, "hang 0.2", "hang 0.2")))
        assert len({process_of(each) for each in found}) == 2


def test_an_archive_has_a_report_for_each_file_in_it():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("b.txt", "Some words.")
        archive.writestr("a.exe", b"MZ")
        archive.writestr("c/d.md", "# Other words")
    with ReadingPool() as reading:
        found = reading.read_bytes(target.getvalue(), "box.zip", max_bytes=LIMIT)
    assert [(each.path, each.document is not None) for each in found.reports] == [
        ("box.zip/a.exe", False),
        ("box.zip/b.txt", True),
        ("box.zip/c/d.md", True),
    ]


def test_files_are_asked_for_a_bounded_number_ahead(tmp_path):
    [request] = files(tmp_path, "one")
    asked = 0

    def requests():
        nonlocal asked
        for _ in range(1000):
            asked += 1
            yield request

    with pool() as reading:
        readings = reading.read(requests())
        next(readings)
        assert asked < 100
        readings.close()


def test_a_first_result_does_not_wait_for_later_requests(tmp_path):
    [request] = files(tmp_path, "one")

    def requests():
        yield request
        time.sleep(0.5)
        yield request
        pytest.fail("the first result was ready when this was asked for")

    with pool() as reading:
        assert said(next(reading.read(requests()))) == "one"


# --- files that misbehave -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("abort", "the program that reads it crashed (signal 6)"),
        ("segfault", "the program that reads it crashed (signal 11)"),
        ("exit 3", "the program that reads it ended before it was done (exit code 3)"),
        ("exit 0", "the program that reads it ended before it was done (exit code 0)"),
        ("killed", "the system stopped the program that reads it, perhaps for want of memory"),
        ("nonsense", "the program that reads it gave an answer that makes no sense"),
        ("misfit", "the program that reads it gave an answer that makes no sense"),
        ("nothing", "the program that reads it gave an answer that makes no sense"),
        ("raise", "it could not be read (KeyError: 'the table of contents')"),
        ("recurse", "it is nested too deeply to be read"),
        ("refuse", "it is written in invisible ink"),
    ],
)
def test_a_file_costs_itself_only(tmp_path, content, problem):
    others = ["before"] * 3, ["after"] * 20
    found = results(tmp_path, *others[0], content, *others[1])
    assert found == [*others[0], problem, *others[1]]


def test_a_crash_says_which_file_it_was(tmp_path):
    [request] = files(tmp_path, "abort")
    with pool() as reading:
        [found] = reading.read([request])
    assert found.sha256 == hashlib.sha256(b"abort").hexdigest()
    assert found.size == 5
    assert found.modified_ns == request.path.stat().st_mtime_ns


def test_a_crash_and_an_unexpected_error_are_logged(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="index"):
        results(tmp_path, "abort", "raise")
    crash, error = caplog.records
    assert "000.txt" in crash.getMessage()
    assert "Fatal Python error: Aborted" in crash.getMessage()
    assert "001.txt" in error.getMessage()
    assert "Traceback" in error.getMessage()
    assert "KeyError: 'the table of contents'" in error.getMessage()
    assert (error.levelno, error.name) == (logging.ERROR, "index.readers.mishaps")


def test_a_file_that_hangs_is_given_up(tmp_path):
    begun = time.monotonic()
    found = results(tmp_path, "one", "hang 60", "two", "freeze", "three", seconds=0.5)
    slow = "reading it took longer than 0.5 s; QA_FILE_SECONDS sets another limit"
    assert found == ["one", slow, "two", slow, "three"]
    assert time.monotonic() - begun < 5


def test_time_spent_waiting_for_another_file_does_not_count(tmp_path):
    contents = ["hang 0.25"] * 5
    assert results(tmp_path, *contents, seconds=0.8) == contents


def test_work_that_says_it_is_alive_may_take_longer(tmp_path):
    assert results(tmp_path, "work 1.4", seconds=0.8) == ["work 1.4"]


def test_work_that_says_it_is_alive_for_ever_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "HARD_LIMIT", 1.5)
    stopped = "reading it took longer than 1.2 s in all; QA_FILE_SECONDS sets another limit"
    assert results(tmp_path, "work 60", "after", seconds=0.8) == [stopped, "after"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_file_that_eats_memory_is_given_up(tmp_path):
    found = results(tmp_path, "one", "eat", "two", megabytes=512)
    eaten = "reading it took more than 512 MB of memory; QA_FILE_MEMORY_MB sets another limit"
    assert found == ["one", eaten, "two"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_memory_that_other_files_hold_is_not_blamed_on_one(tmp_path):
    contents = ["keep 150"] * 6
    assert results(tmp_path, *contents, megabytes=512) == contents


def test_a_crash_that_another_file_caused_is_not_blamed_on_one(tmp_path):
    note = tmp_path / "note"
    note.write_text("")
    contents = [f"break {note}", "fragile", "fragile"]
    assert results(tmp_path, *contents) == contents


def test_what_a_reader_prints_does_not_disturb(tmp_path, capfd):
    found = results(tmp_path, "print", "after")
    assert found == ["by a program", "after"]
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_cannot_start_is_an_error_and_no_file_s_problem(tmp_path, monkeypatch):
    monkeypatch.setenv("MISBEHAVE", "start")
    with pool() as reading, pytest.raises(WorkerError, match=r"libexample\.so"):
        list(reading.read(files(tmp_path, "one", "two")))
    gone = ReadingPool(command=[str(tmp_path / "no-such-program")])
    with gone, pytest.raises(WorkerError, match="cannot be started"):
        list(gone.read(files(tmp_path, "one")))


# --- the end ------------------------------------------------------------------------------------


def test_closing_the_iterator_stops_what_runs(tmp_path):
    note = tmp_path / "note"
    with pool(workers=2) as reading:
        readings = reading.read(files(tmp_path, "one", f"start {note}", *["hang 30"] * 40))
        next(readings)
        assert soon(lambda: note.exists() and len(note.read_text().split()) == 2)
        processes = [int(number) for number in note.read_text().split()]
        assert all(is_running(process) for process in processes)
        begun = time.monotonic()
        readings.close()
        assert soon(lambda: not any(is_running(process) for process in processes))
        # The pool is as good as new.
        assert said(reading.read_bytes(b"again", "a.txt", max_bytes=LIMIT)) == "again"
        assert time.monotonic() - begun < 5


def test_a_closed_pool_reads_no_more_and_leaves_nothing(tmp_path):
    reading = pool()
    [found] = reading.read(files(tmp_path, "one"))
    waiting: list[BaseException] = []

    def wait() -> None:
        try:
            reading.read_bytes(b"hang 30", "a.txt", max_bytes=LIMIT)
        except WorkerError as error:
            waiting.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.2)
    reading.close()
    reading.close()
    thread.join(5)
    assert len(waiting) == 1
    assert not is_running(process_of(found))
    with pytest.raises(WorkerError, match="closed"):
        list(reading.read(files(tmp_path, "one")))


PROGRAM = """
import sys
from pathlib import Path
from index.workers import ReadingPool, ReadRequest

paths = [Path(name) for name in sys.argv[2:]]
with ReadingPool(workers=2, command=[sys.executable, sys.argv[1]]) as pool:
    for reading in pool.read(ReadRequest(path, 1000) for path in paths):
        print(reading.reports[0].document.title, flush=True)
"""


def program(tmp_path: Path, *contents: str) -> subprocess.Popen[str]:
    """A program that reads these files, without a main guard."""
    script = tmp_path / "script.py"
    script.write_text(PROGRAM)
    paths = [str(request.path) for request in files(tmp_path, *contents)]
    return subprocess.Popen(
        [sys.executable, str(script), MISBEHAVING[1], *paths],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("content", ["hang 30", "freeze"])
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_a_program_that_is_stopped_leaves_no_process(tmp_path, content, by):
    note = tmp_path / "note"
    running = program(tmp_path, "one", content, f"start {note}")
    try:
        workers = {json.loads(running.stdout.readline())["process"]}
        assert soon(lambda: note.exists() and " " in note.read_text())
        workers |= {int(number) for number in note.read_text().split()}
        assert soon(lambda: all(is_running(process) for process in workers))
        time.sleep(0.1)
        running.send_signal(by)
        begun = time.monotonic()
        running.wait(10)
        assert time.monotonic() - begun < 1.5
        own = workers if by == signal.SIGINT else workers - {int(note.read_text().split()[1])}
        assert soon(lambda: not any(is_running(process) for process in own))
        if by == signal.SIGINT:
            assert running.stderr.read().strip().endswith("KeyboardInterrupt")
    finally:
        running.kill()
        running.communicate()


def test_a_program_that_ends_without_closing_the_pool_ends(tmp_path):
    code = (
        "import sys; from index.workers import ReadingPool\n"
        "pool = ReadingPool()\n"
        "print(pool.read_bytes(b'some words', 'a.txt', max_bytes=99).reports[0].document.text)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True
    )
    assert (done.stdout, done.stderr) == ("some words\n", "")


# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [{"workers": 0}, {"seconds": 0}, {"megabytes": 0}])
def test_limits_make_sense(limits):
    with pytest.raises(ArgumentError):
        ReadingPool(**limits)


def test_the_environment_sets_the_limits(monkeypatch, tmp_path):
    monkeypatch.setenv("QA_FILE_SECONDS", "1.5")
    monkeypatch.setenv("QA_FILE_MEMORY_MB", "700")
    limits = ReadingPool.from_environment()._limits
    assert (limits.seconds, limits.megabytes) == (1.5, 700)
    for value in ("soon", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("QA_FILE_SECONDS", value)
        with pytest.raises(ArgumentError, match="QA_FILE_SECONDS"):
            ReadingPool.from_environment()


# --- what is no file ----------------------------------------------------------------------------


def test_what_is_no_regular_file_is_refused_at_once(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo.txt")
    (tmp_path / "device.txt").symlink_to("/dev/zero")
    (tmp_path / "terminal.txt").symlink_to("/dev/tty")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "folder.txt").mkdir()
    listening = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    listening.bind("socket.txt")
    names = ["fifo", "device", "terminal", "socket", "dangling", "loop", "folder"]
    with listening, pool(seconds=2) as reading:
        requests = [ReadRequest(tmp_path / f"{name}.txt", LIMIT) for name in names]
        found = {Path(each.path).stem: said(each) for each in reading.read(requests)}
    assert found == {
        "fifo": "not a regular file",
        "device": "not a regular file",
        "terminal": "not a regular file",
        "socket": "not a regular file",
        "dangling": "there is no such file",
        "loop": "too many levels of symbolic links",
        "folder": "a folder, not a file",
    }
