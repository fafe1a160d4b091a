"""What users import, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

import qa

NAMES = [
    "NO_ANSWER",
    "Answer",
    "ArgumentError",
    "Assistant",
    "Basis",
    "Block",
    "Citation",
    "Conversation",
    "DamagedIndexError",
    "Document",
    "Error",
    "FileReport",
    "FormatError",
    "Hit",
    "IndexNotKeptWarning",
    "IndexRebuiltWarning",
    "Kind",
    "ModelError",
    "ModelMismatchError",
    "NoDocumentsError",
    "Passage",
    "ReadError",
    "ReaderNotUsedWarning",
    "Score",
    "StoreError",
    "ask",
    "set_documents",
]


def test_the_public_names_are_these_and_all_exist() -> None:
    assert sorted(qa.__all__) == sorted(NAMES)
    for name in NAMES:
        assert getattr(qa, name) is not None
    assert set(NAMES) <= set(dir(qa))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        qa.nothing_of_the_kind  # noqa: B018


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_qa_loads_nothing_heavy() -> None:
    heavy = {"torch", "numpy", "faiss", "gradio", "transformers", "sentence_transformers", "bm25s"}
    heavy |= {"onnxruntime", "tokenizers"}
    assert not heavy & _modules_after("import qa; qa.Answer; qa.NO_ANSWER; qa.Kind")


def test_importing_qa_takes_less_than_three_tenths_of_a_second() -> None:
    code = "import time; t = time.perf_counter(); import qa; print(time.perf_counter() - t)"
    times = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        times.append(float(done.stdout))
        time.sleep(0.05)
    assert min(times) < 0.3
