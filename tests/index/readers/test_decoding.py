import random
import time

import pytest

from index.errors import ReadError
from index.readers.decoding import decode

GERMAN = "Der Bürgermeister von Köln sagte: “Das ist schön” — und ging ins Café.\n"
RUSSIAN = "Президент сказал, что всё хорошо и будет лучше.\n"
JAPANESE = "東京は今日も晴れでした。大統領はそう言った。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain words\n", "ascii"),
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        ("Le café est fermé à Noël.", "latin-1"),
        ("It’s time – “now”, he said.", "cp1252"),
        ("Zażółć gęślą jaźń, powiedział prezydent.", "cp1250"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "utf-16"),
        (JAPANESE, "shift_jis"),
    ],
)
def test_every_encoding_gives_the_same_text(text, encoding):
    assert decode(text.encode(encoding), "a.txt") == text


def test_a_file_with_a_mark_in_big_endian_order(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xfe\xff" + GERMAN.encode("utf-16-be"))
    assert decode(file.read_bytes(), str(file)) == GERMAN


def test_newlines_become_one_kind():
    assert decode(b"a\r\nb\rc\nd", "a.txt") == "a\nb\nc\nd"


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", " \n".encode("utf-16")]
)
def test_an_empty_file_is_refused(data):
    with pytest.raises(ReadError) as caught:
        decode(data, "a.txt")
    assert caught.value.reason == "the file is empty"
    assert caught.value.path == "a.txt"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0",
        bytes(4000),
        *(random.Random(seed).randbytes(3000) for seed in range(10)),
        random.Random(7).randbytes(200_001),
    ],
    ids=lambda data: repr(data[:6]),
)
def test_a_binary_file_is_refused(data):
    with pytest.raises(ReadError, match="this is a binary file, not text"):
        decode(data, "a.txt")


def test_a_stray_control_character_is_no_reason_to_refuse():
    assert decode(b"one\x0ctwo", "a.txt") == "one\x0ctwo"
    assert decode(b"one\0two three", "a.txt") == "one two three"


def test_a_few_broken_bytes_do_not_change_the_encoding():
    data = ("Größe, Übung, Äpfel, Öl, süß. " * 30).encode() + b"\xc3"
    assert decode(data, "a.txt").startswith("Größe, Übung")


@pytest.mark.parametrize(
    ("line", "encoding"), [(RUSSIAN, "cp1251"), (GERMAN, "utf-8"), (GERMAN, "cp1252")]
)
def test_fifty_megabytes_take_seconds(line, encoding):
    data = line.encode(encoding)
    data *= 50_000_000 // len(data)
    began = time.perf_counter()
    assert decode(data, "a.txt").startswith(line)
    assert time.perf_counter() - began < 10


def test_the_first_foreign_letter_may_come_late():
    data = b"A line of plain words that goes on.\n" * 50_000 + "Er heißt Jürgen.\n".encode("cp1252")
    assert decode(data, "a.txt").endswith("Er heißt Jürgen.\n")
