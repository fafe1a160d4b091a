"""What the repository says of itself is true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_s_python_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    code, _of_the_api = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QA_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "22 percent" in done.stdout


def test_the_readme_s_commands_have_a_help(tmp_path: Path) -> None:
    [block] = re.findall(r"## In a terminal\n\n```sh\n(.*?)```", README, flags=re.DOTALL)
    named = set(re.findall(r"^qa (\w+)", block, flags=re.MULTILINE))
    assert named == {"ask", "index", "verify", "chat", "serve", "evaluate"}
    for command in sorted(named):
        done = subprocess.run(
            [sys.executable, "-m", "qa", command, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_the_changelog_begins_with_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)[1] == project["version"]


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("index", "qa|app|gradio"),
        ("qa", "app|faiss|bm25s|torch|sentence_transformers"),
    ],
)
def test_imports_point_one_way(folder: str, forbidden: str) -> None:
    """app.py → qa → index; qa names no engine, and but for its page no widgets."""
    for path in (ROOT / folder).rglob("*.py"):
        if path.name == "cli.py":
            continue  # "qa serve" starts the page
        names = forbidden if path.parent.name == "page" else f"{forbidden}|gradio"
        imports = rf"^\s*(?:from|import) (?:{names})\b"
        assert not re.findall(imports, path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {
        re.split(r"==", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    extras = project["optional-dependencies"]
    named = {
        re.split(r"[\[<>=]", name)[0].lower().replace("_", "-")
        for name in [*project["dependencies"], *extras["test"], *extras["evaluate"]]
    }
    assert named - pinned == {"document-qa"}
