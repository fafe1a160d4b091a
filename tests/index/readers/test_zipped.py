"""Archives: the parts that are asked for, within limits, whatever the archive claims."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from index.errors import ReadError
from index.readers import zipped
from index.readers.zipped import open_package, parse_xml


def archive(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return target.getvalue()


def read_parts(data: bytes, *names: str) -> None:
    package = open_package(data, "a.docx")
    for name in names:
        package.xml(name)


def reason(data: bytes, *names: str) -> str:
    with pytest.raises(ReadError) as caught:
        read_parts(data, *names)
    assert caught.value.path == "a.docx"
    return caught.value.reason


def test_parts_are_found_and_parsed() -> None:
    package = open_package(archive({"word/document.xml": "<a>b<!-- c --></a>", "dir/": ""}), "a")
    assert package.names == ("word/document.xml",)
    assert package.read("word/document.xml") == b"<a>b<!-- c --></a>"
    assert package.xml("/Word/Document.XML").text == "b"
    assert "word/document.xml" in package
    assert "word/other.xml" not in package


def test_backslashes_in_names_are_slashes() -> None:
    package = open_package(archive({"word\\document.xml": "<a/>"}), "a.docx")
    assert package.xml("word/document.xml").tag == "a"


def test_a_missing_part_is_named() -> None:
    assert "word/document.xml" in reason(archive({"x": "y"}), "word/document.xml")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello", "not a file of the format"),
        (archive({"x": "y" * 99})[:60], "not copied whole"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "before 2007"),
    ],
    ids=["nothing", "text", "cut", "old"],  # an archive has the time in it
)
def test_what_is_no_archive_is_refused(data: bytes, says: str) -> None:
    assert says in reason(data)


def test_an_encrypted_office_file_is_protected() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert reason(data + "EncryptedPackage".encode("utf-16-le")) == zipped.PROTECTED


def test_an_encrypted_part_is_protected() -> None:
    data = bytearray(archive({"x": "<a/>"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert reason(bytes(data), "x") == zipped.PROTECTED


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_packing_are_refused(method: int) -> None:
    assert "packed in a way" in reason(archive({"x": "<a/>"}, method), "x")


def test_a_damaged_part_is_refused() -> None:
    data = bytearray(archive({"x": "<a>some words</a>"}))
    data[40] ^= 0xFF
    assert "damaged" in reason(bytes(data), "x")


@pytest.mark.parametrize("position", [10, 12, 16, 20])
def test_a_directory_that_lies_is_refused(position: int) -> None:
    data = bytearray(archive({"x": "<a/>"}))
    end = data.index(b"PK\x05\x06")
    data[end + position : end + position + 2] = b"\xff\xff"
    try:
        content = open_package(bytes(data), "a.docx").read("x")
    except ReadError:
        return
    assert content == b"<a/>"  # a wrong count alone does no harm


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = archive({"x": bytes(30 * 1024 * 1024)})
    began = time.perf_counter()
    package = open_package(bomb, "a.docx")
    with pytest.raises(ReadError, match="unpacks to more"):
        package.read("x")
    assert time.perf_counter() - began < 0.1


def test_a_size_understated_unpacks_no_more_than_stated() -> None:
    data = bytearray(archive({"x": bytes(3 * 1024 * 1024)}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + at
        data[start : start + 4] = struct.pack("<I", 10)
    assert "damaged" in reason(bytes(data), "x")


def test_all_that_is_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MAX_TOTAL_BYTES", 1000)
    package = open_package(archive({"x": "y" * 600}), "a.docx")
    assert len(package.read("x")) == 600
    with pytest.raises(ReadError, match="unpacks to more"):
        package.read("x")


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MAX_MEMBERS", 5)
    assert "too many parts" in reason(archive({str(i): "" for i in range(6)}))
    monkeypatch.setattr(zipped, "_SLACK", 0)
    assert "too many parts" in reason(b"PK\x01\x02" * 6)


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a d="&c;">&c;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_entities_are_refused(encoding: str) -> None:
    with pytest.raises(ReadError, match="entities"):
        parse_xml(LAUGHS.encode(encoding), "a.docx")


def test_a_document_type_without_entities_is_read() -> None:
    assert (
        parse_xml(b'<!DOCTYPE ncx PUBLIC "-//x" "http://nowhere.test/x.dtd"><a/>', "a").tag == "a"
    )


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a>" * 9999, b"\x00\x01", b"<a>\x0b</a>"])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match="damaged"):
        parse_xml(data, "a.docx")
