"""How quick the page is: until it is up, until something is seen, until an answer is.

    python benchmarks/page.py [--chromium /usr/bin/chromium]

Starts the page over ``seeds/`` in a process of its own and visits it in Chromium, each time without a
cache. Needs the package playwright.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "what territory had IS lost?",
    "Where was the lens hidden in the war?",
    "How long can members borrow tools?",
    "What did LTRich say?",
    "How do I cook pasta?",
    "and who calls the operation amateurish?",
    "what is this about?",
    "When does the market open?",
)
VISITS = 3


def main() -> None:
    """Print the times, each the median and the longest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        port = _free_port()
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "--port", str(port)],
            env={**os.environ, "QA_CACHE_DIR": cache},
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _show("start until the page is up", [_up(url) - begun])
            _show("start until it is ready, nothing kept", [_ready(browser, url) - begun])
            visits = [_visit(browser, url, number) for number in range(VISITS)]
        finally:
            process.terminate()
            process.wait()
    _show("first paint of a visit", [paint for paint, _ in visits])
    _show("question until its answer is seen, warm", [each for _, some in visits for each in some])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _up(url: str) -> float:
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return time.monotonic()
        except OSError:
            time.sleep(0.02)


def _ready(browser: Browser, url: str) -> float:
    page = browser.new_page()
    page.goto(url)
    page.locator(".status.ready").wait_for(timeout=120_000)
    now = time.monotonic()
    page.close()
    return now


def _visit(browser: Browser, url: str, number: int) -> tuple[float, list[float]]:
    """The first paint after the address was entered, and the time of each answer, in seconds.

    No visit asks in the words of another: an answer that is remembered comes at once.
    """
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.locator(".status.ready").wait_for()
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    times = []
    for turn, question in enumerate(QUESTIONS, 1):
        page.locator("#question textarea").fill(question + number * "?")
        begun = time.monotonic()
        page.keyboard.press("Enter")
        page.locator(f".turns > li:nth-child({turn}) .words").wait_for()
        times.append(time.monotonic() - begun)
    context.close()
    return paint / 1000, times


def _show(what: str, seconds: list[float]) -> None:
    longest = f", longest {max(seconds):.2f}" if len(seconds) > 1 else ""
    print(f"{what:42} {statistics.median(seconds):6.2f} s{longest}", flush=True)


if __name__ == "__main__":
    main()
