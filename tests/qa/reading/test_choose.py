"""Which reader is used, and what becomes of one that cannot be."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from qa.reading import choose, packaged
from qa.reading.choose import DEFAULT_READER, NO_READER, ReaderNotUsedWarning, open_reader


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Readers are kept for the process; no test sees another's."""
    choose._open.cache_clear()


def packaged_file(monkeypatch: pytest.MonkeyPatch, file: Path, sha256: str | None) -> None:
    """Have another file stand for the packaged reader's."""

    class Elsewhere(packaged.PackagedReader):
        def __init__(self) -> None:
            super().__init__(file, sha256)

    monkeypatch.setattr(packaged, "PackagedReader", Elsewhere)


def test_none_is_none_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_reader(NO_READER) is None


@pytest.mark.parametrize(
    ("content", "sha256", "says"),
    [
        (None, "0" * 64, "cannot be read"),
        (b"", "0" * 64, "has SHA-256 e3b0c4"),
        (b"not a model", "0" * 64, "install the program anew"),
        (b"not a model", None, "ONNX Runtime cannot use"),
    ],
)
def test_a_packaged_file_that_cannot_be_used_is_a_warning(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: bytes | None,
    sha256: str | None,
    says: str,
) -> None:
    file = tmp_path / "reader.onnx"
    if content is not None:
        file.write_bytes(content)
    packaged_file(monkeypatch, file, sha256)
    with pytest.warns(ReaderNotUsedWarning, match=says) as caught:
        assert open_reader(DEFAULT_READER) is None
    message = str(caught[0].message)
    assert message.startswith(f"{file}: ")
    assert message.endswith("; without the reader, answers are whole sentences")


def test_a_reader_that_was_not_there_is_looked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packaged_file(monkeypatch, tmp_path / "none.onnx", None)
    for _ in range(2):
        with pytest.warns(ReaderNotUsedWarning, match=r"none\.onnx"):
            assert open_reader(DEFAULT_READER) is None


def test_a_reader_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []

    class Empty:
        def __init__(self) -> None:
            loaded.append(self)

    monkeypatch.setattr(packaged, "PackagedReader", Empty)
    assert open_reader(DEFAULT_READER) is open_reader(DEFAULT_READER) is loaded[0]
    assert len(loaded) == 1
    choose._open.cache_clear()


def test_any_other_name_is_another_model_s(tmp_path: Path) -> None:
    with pytest.warns(ReaderNotUsedWarning, match="there is no such folder"):
        assert open_reader(str(tmp_path / "nowhere")) is None


def test_a_library_that_is_not_there_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def __init__(self) -> None:
            raise ImportError("no module named onnxruntime")

    monkeypatch.setattr(packaged, "PackagedReader", Missing)
    with pytest.warns(ReaderNotUsedWarning, match="onnxruntime"):
        assert open_reader(DEFAULT_READER) is None
