"""What every test shares: a cache of its own, and one embedding model for all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.embedders.packaged import PackagedEmbedder
from qa.offline import go_offline

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the processes share the processors
go_offline()  # before a test module imports what reads the settings once and for all

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's cache or settings, or another test's."""
    for name in [name for name in os.environ if name.startswith("QA_")]:
        if name not in ("QA_DATA", "QA_FAIL_ON_SKIP", "QA_CHROMIUM"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("QA_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def embedder() -> PackagedEmbedder:
    """The packaged model, loaded once."""
    return PackagedEmbedder()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The documents that come with the product."""
    return SEEDS


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failure where everything can be installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("QA_FAIL_ON_SKIP") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("tests were skipped, and QA_FAIL_ON_SKIP is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
