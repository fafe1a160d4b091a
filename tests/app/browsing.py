"""The page's server in a process of its own, and a visitor in a real Chromium."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page, StorageState, expect  # noqa: E402

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "test-output"
CHROMIUM = os.environ.get("QA_CHROMIUM") or "/usr/bin/chromium"
SLOW = 120_000  # ms: loading the models on a busy machine
expect.set_options(
    timeout=30_000
)  # not Playwright's 5 s: what must appear may be read by a process

KNOWN_ERROR = re.compile(
    r"TypeError: Cannot read properties of undefined \(reading '0'\)\n +at \S+/assets/"
)
"""Of Gradio 6.31's dropdown, when its choices become fewer while they are shown; it shows them anew."""

HOSTILE = """Zorblax report <b id="injected">bold</b>

The zorblax engine <script>alert("one")</script><img src="http://evil.example/i.png" \
onerror="alert(2)"> burns ![pixel](http://evil.example/p.png) and [fuel](javascript:alert(3)) \
${alert(4)} {{value}} at 900 degrees.

1 comment

Zorblax engines are loud, whatever <iframe src="http://evil.example"></iframe> they say.

Posted by <i id="injected">Mallory</i> | Report as abusive
"""

WITH_FAKE_READER = f"""
import sys, time
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "qa")!r}]
import app
from fake_reader import FakeReader
from qa.reading import choose
class Unhurried(FakeReader):
    def read(self, question, passages):
        time.sleep(5 * ("slowly" in question))
        return super().read(question, passages)
choose._open = lambda name: Unhurried({{
    "territory": "22 percent",
    "lens hidden": "potato field",
    "new zip": "6 pounds",
    "zorblax": "900 degrees",
    "amateurish": "LTRich",
}})
app.main()
"""


@dataclass
class Server:
    url: str
    process: subprocess.Popen[str]
    seconds_to_200: float


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def start(cache: Path, *arguments: str | Path, fake_reader: bool = False) -> Server:
    program = ["-c", WITH_FAKE_READER] if fake_reader else [str(ROOT / "app.py")]
    port = free_port()
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *program, "--port", str(port), *map(str, arguments)],
        env={
            "QA_COLLECTIONS": str(cache / "collections"),
            **os.environ,
            "QA_CACHE_DIR": str(cache),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    while time.monotonic() - begun < 60:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                assert reply.status == 200
            return Server(url, process, time.monotonic() - begun)
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.05)
    stop(process)
    pytest.fail("the page was not up within 60 s")


def stop(process: subprocess.Popen[str]) -> tuple[int, str]:
    """What Ctrl-C does; the exit status and what was said on stderr."""
    process.send_signal(signal.SIGINT)
    try:
        _, said = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, said


def called(url: str, name: str, *arguments: object) -> object:
    """What a program gets that calls an endpoint without keeping a session."""
    calls = f"{url}/gradio_api/call/{name}"
    body = json.dumps({"data": arguments}).encode()
    request = urllib.request.Request(calls, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        event = json.loads(reply.read())["event_id"]
    with urllib.request.urlopen(f"{calls}/{event}") as reply:
        told = reply.read().decode()
    kind, _, data = told.strip().rpartition("\n\n")[2].partition("\n")
    assert kind == "event: complete", told
    return json.loads(data.removeprefix("data: "))[0]


class Visitor:
    """One browser session, and what it must never see."""

    def __init__(
        self,
        browser: Browser,
        server: Server,
        width: int = 1280,
        scheme: str = "light",
        link: str = "",
        state: StorageState | None = None,
        calm: bool = False,
        start: bool = True,
    ):
        """Open the page.

        Args:
            browser: where.
            server: whose page.
            width: of the window, in pixels.
            scheme: the colours that the visitor's system has.
            link: of the address, what follows the server's.
            state: what the browser kept of an earlier visit.
            start: whether to open the page at once.
            calm: whether it is one of many: Gradio draws each page 60 times a second, even an idle one,
                which is too much for two cores.
        """
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, storage_state=state
        )
        if calm:
            self.context.add_init_script(
                "window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 500)"
            )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.outside: list[str] = []
        self.alarms: list[str] = []
        self.page.on("request", lambda request: self._record(request.url, server.url))
        self.page.on(
            "dialog", lambda dialog: (self.alarms.append(dialog.message), dialog.dismiss())
        )
        self.page.on("pageerror", lambda error: self._take_error(error.stack or str(error)))
        if start:
            self.page.goto(server.url + link, timeout=SLOW)

    def _record(self, url: str, own: str) -> None:
        if not url.startswith((own, "data:", "blob:")):
            self.outside.append(url)

    def _take_error(self, error: str) -> None:
        if not KNOWN_ERROR.match(error):
            self.alarms.append(error)

    def ready(self) -> Visitor:
        expect(self.page.locator(".status.ready")).to_be_visible(timeout=SLOW)
        return self

    def ask(self, question: str) -> str:
        """Ask with the keyboard and wait for the answer."""
        before = self.page.locator(".answer").count()
        self.page.locator("#question textarea").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".answer")).to_have_count(before + 1, timeout=SLOW)
        words = self.answer()
        if not self.page.locator(".answer").last.locator(".message").count():
            self.passages(question)
        return words

    def answer(self) -> str:
        last = self.page.locator(".answer").last.locator(".words, .message")
        expect(last).to_be_visible(timeout=SLOW)
        return last.inner_text()

    def turn(self, number: int, question: str) -> None:
        """Wait until a turn has a question, and an answer to it."""
        turn = self.page.locator(".turns > li").nth(number - 1)
        expect(turn.locator(".question")).to_have_text(question, timeout=SLOW)
        expect(turn.locator(".words, .message")).to_be_visible(timeout=SLOW)

    def passages(self, question: str) -> None:
        """Wait until the passages shown are a question's: they come a moment after its answer."""
        expect(self.page.locator("#evidence h2 .for")).to_have_text(f"for “{question}”")

    def only(self, part: str, text: str) -> None:
        """Expect parts of the passages shown, all with one text and at least one."""
        parts = self.page.locator(f"#evidence {part}")
        expect(parts.first).to_have_text(text)
        expect(parts.filter(has_not_text=text)).to_have_count(0)

    def open_documents(self) -> None:
        self.page.get_by_role("button", name=re.compile("^Documents")).click()
        expect(self.page.locator("#documents .qa.documents")).to_be_visible()

    def remove(self, title: str) -> None:
        """Remove a document, which asks once whether it is meant."""
        item = self.page.locator(".qa.documents li", has_text=title)
        item.get_by_role("button", name=f"Remove {title}").click()
        item.locator("button.sure").click()
        expect(self.page.locator(".qa.documents")).not_to_contain_text(title, timeout=SLOW)

    def copy(self, button: str) -> str:
        """Click on a button that copies; what it copied. An update may take the button's place meanwhile."""
        for _ in range(5):
            self.page.get_by_role("button", name=button, exact=True).click()
            try:
                expect(self.page.get_by_role("button", name="Copied")).to_be_visible(timeout=1500)
            except AssertionError:
                continue
            return str(self.page.evaluate("navigator.clipboard.readText()"))
        pytest.fail(f"{button} does not copy")

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def close(self) -> None:
        assert self.outside == [], self.outside
        assert self.alarms == [], self.alarms
        assert self.page.locator("#injected, iframe").count() == 0
        self.context.close()
