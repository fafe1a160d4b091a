"""What the tests of the page share: one server, whose reader is told what to find, and one browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, HOSTILE, ROOT, Server, Visitor, playwright, start, stop
from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(ROOT / "seeds", folder, dirs_exist_ok=True)
    (folder / "zorblax<img src=x onerror=alert(5)>.txt").write_text(HOSTILE)
    (folder / "broken.txt").write_bytes(bytes(range(256)) * 40)
    return folder


@pytest.fixture(scope="session")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "said" / "feedback.jsonl"


@pytest.fixture(scope="session")
def server(
    documents: Path, feedback: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    os.environ["QA_FEEDBACK"] = str(feedback)
    running = start(tmp_path_factory.mktemp("cache"), "--documents", documents, fake_reader=True)
    del os.environ["QA_FEEDBACK"]
    yield running
    if running.process.poll() is None:
        stop(running.process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; QA_CHROMIUM may name one")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Visitor]:
    visiting = Visitor(browser, server).ready()
    yield visiting
    visiting.close()
