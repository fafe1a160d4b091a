"""``qa index`` and ``qa verify`` on real folders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.cli import main

ROOT = Path(__file__).parent.parent.parent
FERRY = "Ferry\n\nThe ferry sails at nine every morning.\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "drafts").mkdir(parents=True)
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "drafts" / "kiln.md").write_text("# Kiln\n\nThe kiln reached 900 degrees at noon.\n")
    return folder


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """``qa`` in this process; the exit code, stdout and stderr."""

    def run_main(*args: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*map(str, args), "--index-dir", str(tmp_path / "index")])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run_main


def test_patterns_say_what_is_indexed(run: Run, docs: Path) -> None:
    code, out, _ = run("index", docs, "--exclude", "drafts/")
    assert code == 0
    assert "1 passages of 1 documents" in out
    assert "kiln" not in out
    _, out, _ = run("index", docs, "--include", "*.md")
    assert "1 passages of 1 documents" in out
    assert "kiln.md" in out


def test_a_sound_index_is_verified(run: Run, docs: Path) -> None:
    run("index", docs)
    assert run("verify") == (
        0,
        "2 passages of 2 documents in 2 files: as its files say.\n"
        f"The index is in {docs.parent / 'index'}\n",
        "",
    )


def test_changed_files_are_no_fault_of_the_index(run: Run, docs: Path) -> None:
    run("index", docs)
    (docs / "ferry.txt").unlink()
    (docs / "drafts" / "kiln.md").write_text("# Kiln\n\nIt is cold.\n")
    code, out, _ = run("verify")
    assert code == 0
    assert f"{docs / 'ferry.txt'}: there is no such file; its text is still here" in out
    assert f"{docs / 'drafts' / 'kiln.md'}: changed since it was indexed" in out
    assert "as its files say; 2 files changed since." in out


def test_damage_is_found_and_mended(run: Run, docs: Path, tmp_path: Path) -> None:
    run("index", docs)
    [vectors] = (tmp_path / "index").glob("*/vectors.npy")
    data = bytearray(vectors.read_bytes())
    data[-7] ^= 64
    vectors.write_bytes(data)
    code, out, _ = run("verify", "--quick")
    assert code == 1
    assert f"{vectors}: changed since it was written" in out
    code, _, err = run("index", docs)
    assert code == 0
    assert "changed since it was written" in err
    assert run("verify")[0] == 0


def test_what_cannot_be_verified_is_an_error(run: Run, tmp_path: Path) -> None:
    code, out, err = run("verify")
    assert (code, out) == (1, "")
    assert err.startswith(f"qa: {tmp_path / 'index'}: no index here")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_a_folder_is_followed(docs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    command = [
        sys.executable,
        "-m",
        "qa",
        "index",
        str(docs),
        "--index-dir",
        str(folder),
        "--watch",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        try:
            next(line for line in lines if "following changes" in line)
            time.sleep(1)  # until the system watches
            (docs / "lido.txt").write_text("Lido\n\nThe lido opens at seven.\n")
            assert "1 passages embedded, 3 passages of 3 documents" in next(lines)
            (docs / "ferry.txt").unlink()
            assert "0 passages embedded, 2 passages of 2 documents" in next(lines)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert "Traceback" not in "".join(lines)
    assert not any(b"nine every morning" in path.read_bytes() for path in folder.rglob("*.*"))


def test_the_same_content_is_cited_under_all_its_names(docs: Path, tmp_path: Path) -> None:
    (docs / "copy.txt").write_text(FERRY)
    assistant = Assistant.from_documents(docs, index_dir=tmp_path / "index", reader="none")
    answer = assistant.ask("When does the ferry sail?")
    assert f"({docs / 'copy.txt'}, {docs / 'ferry.txt'})" in " ".join(str(answer).split())
    document = answer.to_dict()["citations"][0]["passage"]["document"]
    assert document["also"] == [str(docs / "ferry.txt")]
    named = assistant.ask("When does the ferry sail?", document="ferry.txt")
    assert named.citations == answer.citations
