"""Quality of the HTML reader: main text kept, frame dropped, readers' comments found.

    python benchmarks/html_comments.py FOLDER [--misses]

FOLDER holds saved pages and ``gold.json``: a list of ``{file, url, must_contain,
must_not_contain, comments}``, each of the last three a list of strings (the form of
trafilatura's own evaluation). White space is ignored when strings are compared.
"""

from __future__ import annotations

import argparse
import html
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ReadError
from index.readers.html import read_html
from index.types import Document, Kind

NOT_BODY = (Kind.COMMENT, Kind.BOILERPLATE, Kind.CREDIT)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader made of a page."""

    body: str
    comments: str
    count: int = 0
    """Comments found."""
    signed: int = 0
    """Of these, comments with an author."""


@dataclass(slots=True)
class Score:
    """Counts over a folder."""

    wanted: int = 0
    kept: int = 0
    unwanted: int = 0
    leaked: int = 0
    comments: int = 0
    found: int = 0
    count: int = 0
    signed: int = 0
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    @property
    def must_contain(self) -> float:
        """Share of the wanted strings that are in the body, 0…1."""
        return self.kept / max(self.wanted, 1)

    @property
    def must_not_contain(self) -> float:
        """Share of the unwanted strings that are in the body, 0…1."""
        return self.leaked / max(self.unwanted, 1)

    @property
    def comment_recall(self) -> float:
        """Share of the comment strings that are in comments, 0…1."""
        return self.found / max(self.comments, 1)


@dataclass(frozen=True, slots=True)
class Result:
    """Scores of the product's reader and of trafilatura alone on the same pages."""

    pages: int
    absent: int
    """Comment strings that are nowhere in the saved files, so that no reader can find them."""
    reader: Score
    baseline: Score


def evaluate_folder(folder: Path) -> Result:
    """Measure both readers on every page of a folder.

    Args:
        folder: saved pages and their ``gold.json``.

    Returns:
        The counts.

    Raises:
        OSError: ``gold.json`` or a page cannot be read.
    """
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    reader, baseline = Score(), Score()
    absent = 0
    for record in gold:
        data = (folder / record["file"]).read_bytes()
        source = squeeze(data.decode("utf-8", "replace")) + squeeze(
            data.decode("cp1252", "replace")
        )
        absent += sum(squeeze(text) not in source for text in record["comments"])
        _score(reader, record, data, with_reader)
        _score(baseline, record, data, with_trafilatura)
    return Result(len(gold), absent, reader, baseline)


def with_reader(data: bytes, name: str) -> Extraction:
    """Read a page as the product does."""
    try:
        document = read_html(data, name)
    except ReadError:
        return Extraction("", "")
    comments = [block for block in document.blocks if block.kind is Kind.COMMENT]
    return Extraction(
        _joined(document, lambda kind: kind not in NOT_BODY),
        _joined(document, lambda kind: kind is Kind.COMMENT),
        len(comments),
        sum(block.author is not None for block in comments),
    )


def with_trafilatura(data: bytes, name: str) -> Extraction:
    """Read a page with trafilatura alone."""
    import trafilatura

    found = trafilatura.bare_extraction(data, with_metadata=False)
    if found is None or isinstance(found, dict):
        return Extraction("", "")
    return Extraction(found.text or "", found.comments or "")


def squeeze(text: str) -> str:
    """A string without white space and with character references resolved."""
    return "".join(html.unescape(text).split())


def _joined(document: Document, wanted: Callable[[Kind], bool]) -> str:
    return "\n".join(
        document.text[block.start : block.end] for block in document.blocks if wanted(block.kind)
    )


def _score(
    score: Score,
    record: dict[str, list[str]],
    data: bytes,
    read: Callable[[bytes, str], Extraction],
) -> None:
    name = str(record["file"])
    begin = time.perf_counter()
    page = read(data, name)
    score.seconds += time.perf_counter() - begin
    body, comments = squeeze(page.body), squeeze(page.comments)
    score.count += page.count
    score.signed += page.signed
    score.wanted += len(record["must_contain"])
    score.unwanted += len(record["must_not_contain"])
    score.comments += len(record["comments"])
    lost = _absent(record["must_contain"], body)
    leaked = [text for text in record["must_not_contain"] if squeeze(text) in body]
    unfound = _absent(record["comments"], comments)
    score.kept += len(record["must_contain"]) - len(lost)
    score.leaked += len(leaked)
    score.found += len(record["comments"]) - len(unfound)
    for kind, texts in (("lost", lost), ("leaked", leaked), ("comment", unfound)):
        score.misses.extend(f"{kind:8}{name}: {text}" for text in texts)


def _absent(texts: Iterable[str], where: str) -> list[str]:
    return [text for text in texts if squeeze(text) not in where]


def _row(name: str, score: Score) -> str:
    return (
        f"{name:<20}{score.must_contain:>13.1%}{score.must_not_contain:>17.1%}"
        f"{score.comment_recall:>14.1%}{score.count:>10}{score.signed:>10}{score.seconds:>9.1f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="saved pages and gold.json")
    parser.add_argument("--misses", action="store_true", help="list every string missed")
    arguments = parser.parse_args()
    result = evaluate_folder(arguments.folder)
    print(
        f"{'':<20}{'must contain':>13}{'must not contain':>17}{'comments':>14}"
        f"{'found':>10}{'signed':>10}{'seconds':>9}"
    )
    print(_row("reader", result.reader))
    print(_row("trafilatura alone", result.baseline))
    possible = result.reader.comments - result.absent
    print(
        f"{result.pages} pages, {result.reader.comments} comment strings; {result.absent} of them "
        f"are not in the files: {result.reader.found / max(possible, 1):.1%} of the rest."
    )
    if arguments.misses:
        print(*result.reader.misses, sep="\n")
        print("Missed by trafilatura alone, in the main text:")
        print(
            *(miss for miss in result.baseline.misses if not miss.startswith("comment")), sep="\n"
        )


if __name__ == "__main__":
    main()
