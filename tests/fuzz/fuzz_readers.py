"""Coverage-guided fuzzing of every reader and of the chunker, for as long as one likes.

Not part of the test suite (tests/index/readers/test_fuzz.py is). To run it for ten minutes::

    pip install atheris
    python tests/fuzz/fuzz_readers.py /tmp/fuzz -max_total_time=600 -timeout=30 -rss_limit_mb=3000

The folder keeps what was tried; each fault that is found is printed once, with a file that shows
it in ``findings/`` below the folder, and the run goes on. Other options are libFuzzer's.

An input's first byte chooses the format. Of a format that is a ZIP archive inside, the second byte
chooses the part that the rest takes the place of: random changes to packed bytes reach no reader.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import pkgutil
import sys
import traceback
import zipfile
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests/index/readers"), str(ROOT / "tests/index")]

with atheris.instrument_imports(include=["index"]):
    import index.readers

    # Readers load when they are used; to be watched, they must load here.
    for module in pkgutil.walk_packages(index.readers.__path__, "index.readers."):
        importlib.import_module(module.name)
    from index import chunker, readers
    from index.readers.archives import is_archive
    from index.types import Document

# Not watched themselves.
from fakes import FakeEmbedder  # noqa: E402
from samples import SAMPLES  # noqa: E402
from test_fuzz import check  # noqa: E402

FORMATS = [name for name in SAMPLES if name in readers.SUFFIXES or is_archive(f"a{name}")]
_CHUNKER = chunker.Chunker(FakeEmbedder(max_tokens=32))
_seen: set[str] = set()


def package_of(suffix: str) -> dict[str, bytes] | None:
    """The parts of a format that is a ZIP archive inside."""
    data = SAMPLES[suffix]()
    if suffix == ".zip" or not data.startswith(b"PK"):
        return None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PACKAGES = {suffix: package_of(suffix) for suffix in FORMATS}


def file_of(data: bytes) -> tuple[bytes, str]:
    """The file that an input stands for, and its name ending."""
    suffix = FORMATS[data[0] % len(FORMATS)]
    parts = PACKAGES[suffix]
    if parts is None:
        return data[1:], suffix
    chosen = sorted(parts)[data[1] % len(parts)] if len(data) > 1 else ""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, data[2:] if name == chosen else content)
    return target.getvalue(), suffix


def seeds() -> list[bytes]:
    """An input for every sample and every part of one."""
    made = []
    for number, suffix in enumerate(FORMATS):
        parts = PACKAGES[suffix]
        if parts is None:
            made.append(bytes([number]) + SAMPLES[suffix]())
            continue
        for at, name in enumerate(sorted(parts)):
            made.append(bytes([number, at]) + parts[name])
    return made


def try_one(data: bytes) -> None:
    """Read an input's file and cut what it holds."""
    if not data:
        return
    content, suffix = file_of(data)
    try:
        for report in check(content, suffix):
            if report.document is not None:
                _cut(report.document)
    except Exception as error:  # noqa: BLE001 - what it is looking for
        _note(error, content, suffix)


def _cut(document: Document) -> None:
    for passage in _CHUNKER.split(document):
        assert passage.text.strip()
        assert _CHUNKER.embedded_text(passage).strip()


def _note(error: Exception, content: bytes, suffix: str) -> None:
    """Print a fault and keep its file, the first time it shows."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{suffix} {type(error).__name__} {where.filename}:{where.lineno} {str(error)[:60]}"
    if what in _seen:
        return
    _seen.add(what)
    name = f"{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
    (FINDINGS / name).write_bytes(content)
    print(f"\nFOUND {name}: {what}", file=sys.stderr)
    traceback.print_exception(error, limit=-4)


if __name__ == "__main__":
    folder = Path(sys.argv.pop(1))
    FINDINGS = folder / "findings"
    corpus = folder / "corpus"
    for each in (FINDINGS, corpus):
        each.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    atheris.Setup([sys.argv[0], str(corpus), *sys.argv[1:], "-max_len=20000"], try_one)
    atheris.Fuzz()
