import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from index import loading
from index.errors import ReadError
from index.loading import load, loaded


def reason(path: Path, max_bytes: int = 100) -> str:
    with pytest.raises(ReadError) as refused:
        load(path, max_bytes=max_bytes)
    assert refused.value.path == str(path)
    return refused.value.reason


def test_a_file_comes_with_what_tells_it_from_others(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"hello\r\n")
    os.utime(path, ns=(5, 7))
    file = load(path, max_bytes=7)
    assert (file.data, file.size, file.modified_ns) == (b"hello\r\n", 7, 7)
    assert file.sha256 == hashlib.sha256(b"hello\r\n").hexdigest()
    assert loaded(b"hello\r\n", "a.txt", max_bytes=7).sha256 == file.sha256


def test_one_byte_too_many(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345678")
    assert "set QA_MAX_FILE_MB" in reason(path, 7)
    with pytest.raises(ReadError, match="over the limit"):
        loaded(b"12345678", "a.txt", max_bytes=7)


def test_a_gigabyte_of_nothing_is_refused_by_its_size(tmp_path):
    path = tmp_path / "sparse.txt"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    begun = time.monotonic()
    assert reason(path, 20 << 20).startswith("1024 MB is over the limit of 20 MB a file")
    assert time.monotonic() - begun < 0.5


def test_a_file_that_grows_is_read_up_to_where_it_ended(tmp_path, monkeypatch):
    path = tmp_path / "log.txt"
    path.write_bytes(b"one\n" * 10)
    read = os.read

    def read_and_write(descriptor: int, size: int) -> bytes:
        with path.open("ab") as file:
            file.write(b"two\n" * 1000)
        return read(descriptor, size)

    monkeypatch.setattr(loading, "_CHUNK", 6)
    monkeypatch.setattr(os, "read", read_and_write)
    file = load(path, max_bytes=1000)
    assert file.data == b"one\n" * 10
    assert file.size == 40
    assert file.sha256 == hashlib.sha256(file.data).hexdigest()


def test_a_file_that_shrinks_is_read_as_far_as_it_goes(tmp_path, monkeypatch):
    path = tmp_path / "log.txt"
    path.write_bytes(b"one\n" * 10)
    read = os.read

    def truncate_and_read(descriptor: int, size: int) -> bytes:
        os.truncate(path, 8)
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", truncate_and_read)
    assert load(path, max_bytes=1000).data == b"one\none\n"


def test_a_pipe_that_takes_a_file_s_place_does_not_hang(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"words")
    looked_at = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda *_, **__: looked_at)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(reason(path)), daemon=True)
    thread.start()
    thread.join(5)
    assert found == ["not a regular file"]


def test_what_is_not_there_or_closed_or_no_name(tmp_path, monkeypatch):
    assert reason(tmp_path / "gone.txt") == "there is no such file"
    assert reason(tmp_path) == "a folder, not a file"
    assert "null" in reason(Path("a\0b.txt"))
    assert reason(Path("n" * 300 + ".txt")) == "file name too long"

    def closed(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.txt").write_bytes(b"words")
    monkeypatch.setattr(os, "open", closed)
    assert reason(tmp_path / "a.txt") == "this file may not be read (permission denied)"
