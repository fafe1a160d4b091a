"""Bytes to text: find the encoding, refuse what is not text, settle on one newline."""

from __future__ import annotations

import codecs
import re

from index.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_BINARY_FORMATS = (
    b"\x89PNG",
    b"\xff\xd8\xff",  # JPEG
    b"GIF87a",
    b"GIF89a",
    b"%PDF-",
    b"PK\x03\x04",  # ZIP, and with it docx, odt, epub
    b"\x7fELF",
    b"\x1f\x8b",  # gzip
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\x00",
    b"\xd0\xcf\x11\xe0",  # old Office
    b"SQLite format 3\x00",
    b"\xca\xfe\xba\xbe",
)

_SAMPLE = 64 * 1024
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_WESTERN = re.compile(
    r"[\x00-\x7fÀ-ÖØ-öø-ÿŒœŸŠšŽž‘’‚“”„–—…•€£¥§°©®™«»‹›ªº²³½¼¾·×¿¡´`¨\xa0]*",
)
_NOT_WESTERN = re.compile(r"[À-ÿ]{4}|\w[¿¡²³½¼¾×«»€£¥§©®¨]\w")


def decode(data: bytes, path: str) -> str:
    r"""Decode a text file whose encoding is not known.

    A byte order mark decides; then UTF-8, if the bytes are valid; then what charset-normalizer
    finds in a sample. Newlines become ``\n``, the mark goes, a stray NUL becomes a space.

    Args:
        data: the file's bytes.
        path: the file's name, for the error.

    Raises:
        ReadError: the file is empty, or binary.
    """
    if not data.strip():
        raise ReadError(path, "the file is empty")
    text = _text(data, path)
    if _is_binary(text):
        raise _binary(path)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    if not text.strip():
        raise ReadError(path, "the file is empty")
    return text


def _binary(path: str) -> ReadError:
    return ReadError(path, "this is a binary file, not text")


def _text(data: bytes, path: str) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data.startswith(_BINARY_FORMATS):
        raise _binary(path)
    wide = _wide_encoding(data)
    if wide is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        sample = _sample(data, error.start)
    if _is_mostly_utf8(sample):
        return data.decode("utf-8", "replace")
    return _legacy(data, sample, path)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: in every other byte the same few values, as in an alphabet's block."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    if len(sample) < 4 or 0 not in sample or len(data) % 2:
        return None
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        highs, lows = sample[high::2], sample[low::2]
        constant = highs.count(0) + sum(highs.count(page) for page in (3, 4, 5, 6, 0x20))
        if highs.count(0) and constant > 0.9 * len(highs) and lows.count(0) < 0.02 * len(lows):
            return encoding
    return None


def _sample(data: bytes, first: int) -> bytes:
    """The beginning and the lines around the first byte that is not UTF-8."""
    if len(data) <= 2 * _SAMPLE or first < _SAMPLE:
        return _whole_lines(data, 0)
    return _whole_lines(data, 0) + _whole_lines(data, max(0, first - _SAMPLE // 2))


def _whole_lines(data: bytes, start: int) -> bytes:
    """About `_SAMPLE` bytes, cut after line ends: a character of several bytes stays whole."""
    if start:
        start = data.find(b"\n", start, start + _SAMPLE // 2) + 1 or start - start % 2
    end = min(len(data), start + _SAMPLE)
    if end < len(data):
        end = data.rfind(b"\n", start, end) + 1 or end
    return data[start:end]


def _is_mostly_utf8(sample: bytes) -> bool:
    """A UTF-8 text with a few broken bytes, as after a careless cut."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    return whole > 10 * broken


def _legacy(data: bytes, sample: bytes, path: str) -> str:
    """Decode what is neither UTF-8 nor marked."""
    encoding = _detect(sample)
    if encoding is None or not encoding.startswith("utf_16"):
        controls = len(sample) - len(sample.translate(None, _CONTROLS))
        if controls > max(2, 0.03 * len(sample)):
            raise _binary(path)
    if encoding is None and len(sample) > 32 and not _is_western(sample):
        raise _binary(path)
    # A sample cannot promise that the whole file fits: what does not is shown as such.
    return data.decode(encoding or "cp1252", "replace")


def _detect(sample: bytes) -> str | None:
    # Western text is also valid in the code pages of its neighbours, which charset-normalizer
    # often prefers on a page or less ("Noël" in Windows-1250 is another word).
    if _is_western(sample):
        return "cp1252"
    from charset_normalizer import from_bytes  # takes long to load and is rarely needed

    best = from_bytes(sample).best()
    return None if best is None else best.encoding


def _is_western(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return _WESTERN.fullmatch(text) is not None and _NOT_WESTERN.search(text) is None


def _is_binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) > max(2, 0.05 * len(sample))
