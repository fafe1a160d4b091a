"""Nothing underneath may reach for the network, unless the user names a model that is out there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.embedder import DEFAULT_MODEL, INT8_MODEL
from qa.offline import go_offline, is_remote
from qa.reading.choose import DEFAULT_READER

VARIABLES = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "GRADIO_ANALYTICS_ENABLED",
    "DISABLE_TELEMETRY",
    "HF_HUB_DISABLE_TELEMETRY",
    "ORT_DISABLE_TELEMETRY",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without the variables, and leave none behind."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "to be restored")
        monkeypatch.delenv(name)


def test_everything_is_switched_off_by_default() -> None:
    go_offline()
    assert [os.environ.get(name) for name in VARIABLES] == ["1", "1", "False", "1", "1", "1"]


def test_the_packaged_model_and_a_folder_need_no_hub(tmp_path: Path) -> None:
    for model in (DEFAULT_MODEL, INT8_MODEL, DEFAULT_READER, "none", str(tmp_path)):
        assert not is_remote(model)
        go_offline(model)
        assert os.environ.pop("HF_HUB_OFFLINE") == "1"


def test_a_remote_model_may_be_fetched_but_telemetry_stays_off() -> None:
    assert is_remote("BAAI/bge-small-en-v1.5")
    go_offline("BAAI/bge-small-en-v1.5")
    assert "HF_HUB_OFFLINE" not in os.environ
    assert "TRANSFORMERS_OFFLINE" not in os.environ
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


@pytest.mark.parametrize(
    "models",
    [
        ("all-MiniLM-L6-v2", "deepset/minilm-uncased-squad2"),
        ("BAAI/bge-small-en-v1.5", "document-qa-reader"),
        ("BAAI/bge-small-en-v1.5", "none"),
    ],
)
def test_one_remote_model_of_two_may_be_fetched(models: tuple[str, str]) -> None:
    assert [is_remote(model) for model in models].count(True) == 1
    go_offline(*models)
    assert "HF_HUB_OFFLINE" not in os.environ
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    go_offline()
    assert os.environ["HF_HUB_OFFLINE"] == "0"
    assert os.environ["TRANSFORMERS_OFFLINE"] == "1"


def test_importing_changes_no_environment() -> None:
    code = "import os; before = dict(os.environ); import qa.cli; assert before == dict(os.environ)"
    subprocess.run([sys.executable, "-c", code], check=True)
