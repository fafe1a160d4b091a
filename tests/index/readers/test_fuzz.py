"""Whatever bytes a file has: a document whose blocks fit its text, or a reason; nothing else."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from samples import ALIASES, SAMPLES

from index import readers
from index.readers import containers
from index.readers.archives import is_archive
from index.types import Document, FileReport

PACKAGES = [name for name, make in SAMPLES.items() if make().startswith(b"PK") and name != ".zip"]
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def is_read(suffix: str) -> bool:
    return is_archive(f"a{suffix}") or suffix in readers.SUFFIXES


SUFFIXES = [suffix for suffix in SAMPLES if is_read(suffix)]


def check(data: bytes, suffix: str) -> list[FileReport]:
    """Read it; a fault in a reader shows as "it could not be read"."""
    reports = containers.read_all(data, f"folder/file{suffix}", max_bytes=1 << 20)
    assert reports
    for report in reports:
        assert (report.document is None) != (report.problem is None)
        if report.document is None:
            assert report.problem[0].islower() or report.problem[0].isdigit(), report.problem
            assert not report.problem.startswith("it could not be read ("), report.problem
            continue
        fits(report.document)
    return reports


def fits(document: Document) -> None:
    """Its blocks are in order, within the text, and begin and end with words."""
    position = 0
    assert document.blocks
    assert document.title.strip()
    for block in document.blocks:
        assert position <= block.start < block.end <= len(document.text)
        words = document.text[block.start : block.end]
        assert words.strip()
        position = block.end
    assert document.text.strip()


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes with some changed, left out or said twice, and perhaps the end cut off."""
    made = bytearray(data)
    for _ in range(draw(st.integers(0, 6))):
        if not made:
            break
        at = draw(st.integers(0, len(made) - 1))
        until = min(len(made), at + draw(st.integers(1, 20)))
        what = draw(st.sampled_from(["bit", "bytes", "out", "twice"]))
        if what == "bit":
            made[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "bytes":
            made[at:until] = draw(st.binary(max_size=8))
        elif what == "out":
            del made[at:until]
        else:
            made[at:at] = made[at:until] * draw(st.integers(1, 30))
    if draw(st.booleans()):
        del made[draw(st.integers(0, len(made))) :]
    return bytes(made)


def test_every_format_has_a_sample():
    known = set(SAMPLES) | set(ALIASES)
    assert [suffix for suffix in readers.SUFFIXES if suffix not in known] == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_samples_are_read(suffix):
    reports = check(SAMPLES[suffix](), suffix)
    texts = [report.document.text for report in reports if report.document]
    assert len(texts) == len(reports)
    assert any("bridge" in text for text in texts)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_random_bytes(suffix):
    @FEW
    @given(st.binary(max_size=2000))
    @example(b"")
    @example(b"\0" * 1000)
    @example(b"\xff\xfe")
    @example(SAMPLES[suffix]()[:4])
    def run(data: bytes) -> None:
        check(data, suffix)

    run()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_files(suffix):
    @FEW
    @given(damaged(SAMPLES[suffix]()))
    def run(data: bytes) -> None:
        check(data, suffix)

    run()


@pytest.mark.parametrize("suffix", [suffix for suffix in PACKAGES if suffix in SUFFIXES])
def test_packages_whose_parts_are_damaged(suffix):
    with zipfile.ZipFile(io.BytesIO(SAMPLES[suffix]())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    @FEW
    @given(st.data())
    def run(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(parts)))
        changed = parts | {name: data.draw(damaged(parts[name]))}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for part, content in changed.items():
                archive.writestr(part, content)
        check(target.getvalue(), suffix)

    run()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_another_format(suffix):
    for other in SAMPLES.values():
        check(other(), suffix)
