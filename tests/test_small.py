"""What is installed without PyTorch and the page still answers; see requirements-small.txt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from index.readers.mishaps import reason_for

ROOT = Path(__file__).parent.parent

WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from qa.cli import main
main(sys.argv[1:])
"""

MISSING = {
    "torch",
    "sentence_transformers",
    "transformers",
    "gradio",
    "lxml",
    "trafilatura",
    "pypdfium2",
}


def qa(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = WITHOUT.replace("MISSING", repr(MISSING))
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"QA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )


def test_an_index_is_made_and_asked(tmp_path: Path, seeds: Path) -> None:
    done = qa(tmp_path, "ask", "what territory had IS lost?", "--json", "--documents", seeds)
    assert done.returncode == 0, done.stderr
    assert "22 percent" in json.loads(done.stdout)["text"]
    assert "Traceback" not in done.stderr


def test_a_file_whose_reader_has_no_library_says_so() -> None:
    error = ModuleNotFoundError("No module named 'lxml'", name="lxml")
    assert reason_for(error, "a.html") == (
        "reading it takes the Python package lxml, which is not installed"
    )


def test_what_it_takes_is_listed() -> None:
    """Each package of the list is one that the whole installation has, too."""
    lines = (ROOT / "requirements-small.txt").read_text().splitlines()
    names = {line.lower().replace("_", "-") for line in lines if line and not line.startswith("#")}
    pinned = (ROOT / "constraints.txt").read_text().lower().replace("_", "-")
    assert names <= {line.partition("==")[0] for line in pinned.splitlines()}
    assert not names & {name.replace("_", "-") for name in MISSING}
