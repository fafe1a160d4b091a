"""How the page starts and ends, and who gets in."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from browsing import (
    ROOT,
    SLOW,
    Browser,
    Server,
    Visitor,
    called,
    expect,
    free_port,
    start,
    stop,
)

import app
from index.embedder import DEFAULT_MODEL
from qa.page.library import Library
from qa.page.options import ServeOptions
from qa.page.session import Sessions
from qa.reading.choose import ReaderNotUsedWarning


def test_the_page_is_up_at_once_and_says_that_it_is_loading(
    browser: Browser, documents: Path, tmp_path: Path
) -> None:
    server = start(tmp_path, "--documents", documents)
    try:
        print(f"page up after {server.seconds_to_200:.1f} s, load {os.getloadavg()[0]:.1f}")
        assert server.seconds_to_200 < 30
        visitor = Visitor(browser, server)
        expect(visitor.page.locator(".status.loading")).to_have_text(
            re.compile(
                r"^(Loading the model…|Indexing [\d,]+ of [\d,]+ passages(, about \d+ (s|min) left)?…)$"
            )
        )
        visitor.picture("loading")
        # Asked before it is ready, a question waits.
        assert "22 percent" in visitor.ask("what territory had IS lost?")
        expect(visitor.page.locator(".status.ready")).to_have_text(
            re.compile(r"ready: 5 documents, \d+ passages")
        )
        visitor.close()
    finally:
        begun = time.monotonic()
        status, said = stop(server.process)
    print(f"ended {time.monotonic() - begun:.1f} s after Ctrl-C")
    assert status == 0
    assert "Traceback" not in said
    assert server.url in said


def test_nothing_to_read_is_said_in_the_page(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    server = start(tmp_path / "cache", "--documents", tmp_path / "empty")
    try:
        visitor = Visitor(browser, server)
        expect(visitor.page.locator(".failure")).to_contain_text(
            "No document to read", timeout=SLOW
        )
        assert "No document to read" in visitor.ask("Anything?")
        visitor.picture("failed")
        visitor.close()
        assert server.process.poll() is None
    finally:
        status, said = stop(server.process)
    assert status == 0
    assert "Traceback" not in said


def test_a_reader_that_is_not_used_is_said_in_the_page(documents: Path, tmp_path: Path) -> None:
    library = Library([documents], DEFAULT_MODEL, str(tmp_path / "nowhere"), None)
    with pytest.warns(ReaderNotUsedWarning, match="there is no such folder"):  # for the terminal
        library._load()
    head = library.header()
    assert (
        "nowhere: there is no such folder; without the reader, answers are whole sentences.</p>"
        in head
    )
    assert head.count('<p class="note">') == 1
    assert 'class="status ready"' in head
    assert library.assistant().ask("what territory had IS lost?").answer.startswith("By current")


def test_without_a_reader_nothing_is_said(documents: Path) -> None:
    library = Library([documents], DEFAULT_MODEL, "none", None)
    library._load()
    assert 'class="note"' not in library.header()
    assert library.assistant().reader is None


def test_gradio_remembers_so_many_visitors_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call by a program is a visitor of its own to it."""
    made: list[Any] = []

    def page(library: Library, sessions: Sessions) -> tuple[Any, Any]:
        made.append(real(library, sessions))
        return made[0]

    real = app._page
    monkeypatch.setattr(app, "_page", page)
    monkeypatch.setattr(app, "MOST_SESSIONS", 3)
    monkeypatch.setattr(Library, "start", Library._load)
    monkeypatch.setenv("QA_CACHE_DIR", str(tmp_path))
    port = free_port()
    app._launch(ServeOptions(documents=(ROOT / "seeds",), port=port, reader="none"))
    blocks = made[0][0].blocks
    try:
        for _ in range(5):
            assert called(f"http://127.0.0.1:{port}", "documents", "")
        assert len(blocks.app.state_holder.session_data) == 3
    finally:
        blocks.close()


def test_sessions_do_not_mix(browser: Browser, server: Server) -> None:
    one, two = Visitor(browser, server).ready(), Visitor(browser, server).ready()
    one.ask("what territory had IS lost?")
    two.ask("How much is a new zip?")
    expect(one.page.locator(".question")).to_have_text(["what territory had IS lost?"])
    expect(two.page.locator(".question")).to_have_text(["How much is a new zip?"])
    one.close()
    two.close()


def test_with_passwords_nobody_else_gets_in(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("# visitors\nann:s3cret\n")
    server = start(tmp_path / "cache", "--auth", passwords, "--documents", ROOT / "seeds")
    try:
        for name, password, status in (
            ("ann", "wrong", 400),
            ("bob", "", 400),
            ("ann", "s3cret", 200),
        ):
            data = f"username={name}&password={password}".encode()
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(f"{server.url}/login", data, timeout=20) as reply:
                    got = reply.status
            except urllib.error.HTTPError as error:
                got = error.code
            assert got == status or (status == 400 and got in {401, 422}), (name, got)
            if status != 200 and password:
                assert time.monotonic() - begun >= 1
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.url}/gradio_api/info", timeout=10)
        assert refused.value.code == 401
    finally:
        status, said = stop(server.process)
    assert status == 0
    assert "a wrong password for 'ann'" in said
    assert "s3cret" not in said


def test_other_machines_get_in_with_passwords_only() -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: listening on 0.0.0.0 lets other machines in;")
    assert len(ran.stderr.splitlines()) == 1


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = subprocess.run(
            [sys.executable, str(ROOT / "app.py"), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert str(port) in ran.stderr
