"""What a start and a question cost, in counts that do not depend on the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from index.embedders.packaged import PackagedEmbedder
from qa.assistant import Assistant
from qa.reading.packaged import PackagedReader

ROOT = Path(__file__).parent.parent
QUESTION = "what territory had IS lost?"

ASK_AND_TELL = """
import json, sys
from qa.cli import main
try:
    main(["ask", sys.argv[1], "--json", "--documents", sys.argv[2]])
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

NOT_TO_ASK_WITH = {
    *("torch", "transformers", "sentence_transformers", "onnx", "huggingface_hub"),
    *("gradio", "fastapi", "uvicorn", "httpx", "pandas", "matplotlib", "sklearn", "scipy"),
    *("lxml", "trafilatura", "pypdfium2", "olefile", "markdown_it", "watchfiles"),
}
"""Libraries that answering from an index has no use for."""

MOST_MODULES = 650
"""525 today, of which 130 are this program's own and 100 the command line's library."""


def test_a_question_to_an_existing_index_loads_little(seeds: Path, tmp_path: Path) -> None:
    environment = os.environ | {"QA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ASK_AND_TELL, QUESTION, str(seeds)]
    for _ in ("indexing", "asking"):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=True
        )
    assert "22 percent" in json.loads(done.stdout)["text"]
    modules = json.loads(done.stderr.splitlines()[-1])
    assert not NOT_TO_ASK_WITH & {name.partition(".")[0] for name in modules}
    assert len(modules) < MOST_MODULES


def test_reopening_embeds_nothing(seeds: Path, embedder: PackagedEmbedder) -> None:
    first = Assistant.from_documents(seeds, model=embedder, reader="none")
    assert first.index.embedded == len(first.index.passages) > 50
    again = Assistant.from_documents(seeds, model=embedder, reader="none")
    assert again.index.embedded == 0


def test_a_question_takes_so_many_passes_of_the_models(
    seeds: Path, embedder: PackagedEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant.from_documents(seeds, model=embedder)
    assistant.ask(QUESTION)
    passes: Counter[str] = Counter()
    embed, read = PackagedEmbedder._run, PackagedReader._read

    def embedded(self: PackagedEmbedder, *arguments: object) -> object:
        passes["embedder"] += 1
        return embed(self, *arguments)

    def was_read(self: PackagedReader, *arguments: object) -> object:
        passes["reader"] += 1
        return read(self, *arguments)

    monkeypatch.setattr(PackagedEmbedder, "_run", embedded)
    monkeypatch.setattr(PackagedReader, "_read", was_read)
    assistant.ask("Where was the lens hidden in the war?")
    assert passes["reader"] <= 10
    assert passes["embedder"] <= 60, "the question, and the sentences of five passages"
