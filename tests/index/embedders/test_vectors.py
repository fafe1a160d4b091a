"""Vectors are what they should be, whichever library runs the model."""

from __future__ import annotations

import random
import threading
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedder import DEFAULT_MODEL, INT8_MODEL, Embedder
from index.embedders import open_embedder
from index.embedders.packaged import PackagedEmbedder
from index.embedders.sentence_transformer import SentenceTransformerEmbedder


@cache
def sentence_transformer() -> SentenceTransformerEmbedder:
    """The packaged model as sentence-transformers runs it, loaded once."""
    return SentenceTransformerEmbedder()


@cache
def in_integers() -> PackagedEmbedder:
    """The packaged model in integers of eight bits, loaded once."""
    return PackagedEmbedder("int8")


@pytest.fixture(params=["ONNX Runtime", "sentence-transformers"])
def either(request: pytest.FixtureRequest, embedder: PackagedEmbedder) -> Embedder:
    return embedder if request.param == "ONNX Runtime" else sentence_transformer()


def states_of_tokens(text: str) -> NDArray[np.float32]:
    (output,) = sentence_transformer()._model.encode(
        [text], output_value=None, show_progress_bar=False
    )
    states: NDArray[np.float32] = output["token_embeddings"].numpy()
    return states


# -- the same vectors -----------------------------------------------------------------------------


def thousand_texts() -> list[str]:
    """Texts of one word to more than the model reads, in several scripts, with marks and numbers."""
    chance = random.Random(3)
    words = "the fire Café 1,204 won't IS-held 你好 Überzug mid-2016 £3.50 antidisestablishment 😀 «la» н_а".split()
    lengths = [0, 1, 1, 1, 2, 2, 3, 3, 5, 8, 13]
    texts = [" ".join(chance.choices(words, k=chance.choice(lengths))) for _ in range(992)]
    return texts + [" ".join(chance.choices(words, k=length)) for length in range(20, 340, 40)]


def test_a_thousand_texts_get_sentence_transformers_vectors(embedder: PackagedEmbedder) -> None:
    texts = thousand_texts()
    assert len(texts) == 1000
    cosines = (embedder.embed(texts) * sentence_transformer().embed(texts)).sum(axis=1)
    assert cosines.min() > 0.9999


def test_the_same_tokens_are_counted(embedder: PackagedEmbedder) -> None:
    for text in thousand_texts()[-100:]:
        assert embedder.count_tokens(text) == sentence_transformer().count_tokens(text)


def test_the_same_words_get_the_same_vectors(embedder: PackagedEmbedder) -> None:
    texts = thousand_texts()[-20:]
    theirs = sentence_transformer().embed_words(texts)
    for mine, other in zip(embedder.embed_words(texts), theirs, strict=True):
        assert mine.words == other.words
        assert np.allclose(mine.word_vectors, other.word_vectors, atol=1e-4)


def test_integers_of_eight_bits_come_near(embedder: PackagedEmbedder) -> None:
    """On made-up texts; on paragraphs the mean cosine is .997."""
    texts = thousand_texts()[-100:]
    cosines = (embedder.embed(texts) * in_integers().embed(texts)).sum(axis=1)
    print(f"least {cosines.min():.4f}, mean {cosines.mean():.4f}")
    assert cosines.min() > 0.96
    assert cosines.mean() > 0.99
    for mine, other in zip(
        embedder.embed_words(texts[:20]), in_integers().embed_words(texts[:20]), strict=True
    ):
        assert mine.words == other.words
        assert ((mine.word_vectors * other.word_vectors).sum(axis=1) > 0.9).all()


def test_alone_or_among_others_a_text_has_one_vector() -> None:
    texts = thousand_texts()[-30:]
    assert np.array_equal(in_integers().embed(texts[-3:]), in_integers().embed(texts)[-3:])


def test_another_precision_is_another_model(embedder: PackagedEmbedder) -> None:
    assert embedder.fingerprint == sentence_transformer().fingerprint
    assert embedder.fingerprint != in_integers().fingerprint
    named = open_embedder(INT8_MODEL)
    assert (named.name, named.fingerprint) == (INT8_MODEL, in_integers().fingerprint)
    assert open_embedder().name == embedder.name == DEFAULT_MODEL


# -- what any model is to do ----------------------------------------------------------------------


def test_no_texts_give_no_vectors(either: Embedder) -> None:
    vectors = either.embed([])
    assert vectors.shape == (0, 384)
    assert vectors.dtype == np.float32
    assert either.embed_words([]) == []


def test_vectors_have_unit_length_and_the_order_of_the_texts(
    either: Embedder,
) -> None:
    # Short and long in turn, over more than one batch: some sort them by length.
    texts = [f"Text {number} " + "is long " * (number * 7 % 11) for number in range(73)]
    calls: list[tuple[int, int]] = []
    vectors = either.embed(texts, progress=lambda done, of: calls.append((done, of)))
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for row in (0, 1, 2, 20, len(texts) - 1):
        assert np.allclose(vectors[row], either.embed([texts[row]])[0], atol=1e-5)
    assert len(calls) > 1
    assert calls == sorted(calls)
    assert calls[-1] == (len(texts), len(texts))


def test_vectors_tell_meaning(either: Embedder) -> None:
    question, right, wrong = either.embed(
        [
            "How much land did the group lose?",
            "IS has lost 22 percent of its territory.",
            "Cook the pasta in salted water.",
        ]
    )
    assert question @ right > question @ wrong + 0.2


def test_tokens_are_the_models_own(either: Embedder) -> None:
    assert either.count_tokens("") == 2  # [CLS] and [SEP]
    assert either.count_tokens("hello world") == 4
    assert either.count_tokens("Donaudampfschifffahrt") > 6
    assert either.count_tokens("你好世界") == 6
    assert either.count_tokens("word " * 1000) == 1002  # beyond what the model reads


def test_a_question_typed_in_a_broken_locale(either: Embedder) -> None:
    assert either.count_tokens("caf\udce9") > 2


# -- vectors of words -----------------------------------------------------------------------------

WORDY = [
    "what territory had IS lost?",
    "!!! ...",
    "",
    "  Naïve  Café-goers 你好 😀 antidisestablishmentarianism ",
    "A text of some length, whose end is far from where it begins. " * 3,
    "Überraschung im E\u0301lyse\u0301e.",
]


def test_the_vector_of_the_text_is_embeds(either: Embedder) -> None:
    found = either.embed_words(WORDY)
    expected = either.embed(WORDY)
    assert len(found) == len(WORDY)
    for words, vector in zip(found, expected, strict=True):
        assert np.allclose(words.vector, vector, atol=1e-5)
        assert np.isclose(np.linalg.norm(words.vector), 1, atol=1e-5)


def test_words_are_slices_of_the_text_in_order(either: Embedder) -> None:
    for text, found in zip(WORDY, either.embed_words(WORDY), strict=True):
        position = 0
        for word in found.words:
            assert word
            start = text.index(word, position)
            assert not text[position:start].strip()
            position = start + len(word)
        assert not text[position:].strip()


def test_the_words_are_the_tokenizers(either: Embedder) -> None:
    question, marks, empty, *_ = either.embed_words(WORDY)
    assert question.words == ("what", "territory", "had", "IS", "lost", "?")
    assert marks.words == ("!", "!", "!", ".", ".", ".")
    assert empty.words == ()
    assert empty.word_vectors.shape == (0, 384)


def test_word_vectors_have_unit_length_and_depend_on_context(
    either: Embedder,
) -> None:
    texts = [
        "He sat on the bank of the river.",
        "He took money to the bank.",
        "The bank lent money.",
    ]
    found = either.embed_words([*texts, *WORDY])
    for words in found:
        assert words.word_vectors.shape == (len(words.words), 384)
        assert np.allclose(np.linalg.norm(words.word_vectors, axis=1), 1, atol=1e-5)
    river, money, lender = (words.word_vectors[words.words.index("bank")] for words in found[:3])
    assert money @ lender > river @ money


def test_a_words_vector_is_the_mean_of_its_tokens(either: Embedder) -> None:
    text = "They saw antidisestablishmentarianism grow."
    tokens = states_of_tokens(text)
    (found,) = either.embed_words([text])
    assert found.words == ("They", "saw", "antidisestablishmentarianism", "grow", ".")
    # [CLS] They saw anti … ism grow . [SEP]
    expected = [tokens[1], tokens[2], tokens[3:-3].mean(axis=0), tokens[-3], tokens[-2]]
    for vector, of_tokens in zip(found.word_vectors, expected, strict=True):
        assert np.allclose(vector, of_tokens / np.linalg.norm(of_tokens), atol=1e-5)


def test_words_beyond_the_window_are_left_out(either: Embedder) -> None:
    (found,) = either.embed_words(["word " * 300])
    assert found.words == ("word",) * 254
    assert found.word_vectors.shape == (254, 384)


# -- threads --------------------------------------------------------------------------------------


def test_threads_share_a_model(either: Embedder) -> None:
    """The tokenizer is one object, whose truncation some libraries switch with every call."""
    long, short = "word " * 400, "another text"
    expected = either.embed([long]), either.embed_words([short])[0].words
    wrong: list[object] = []

    def work() -> None:
        for _ in range(10):
            if either.count_tokens(long) != 402:
                wrong.append("tokens")
            if not np.allclose(either.embed([long]), expected[0], atol=1e-5):
                wrong.append("vector")
            if either.embed_words([short])[0].words != expected[1]:
                wrong.append("words")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
