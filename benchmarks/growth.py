"""How an index grows: opening, searching and memory from a thousand passages to a million.

    python benchmarks/growth.py [--sizes 1000 10000 100000 1000000] [--svg growth.svg]

Texts are made up, of about 60 words as frequent as in a language (Zipf's law without its commonest words,
which a search leaves out). Vectors are drawn around 4,000 directions, so that they are clustered as those
of real texts are; a question is the vector of a passage with noise, and six of its words. Documents have
ten passages, of which the last is a comment. An index is written a segment at a time, through the same
calls that add documents to one that is there. Opening and searching are measured in a process of their
own, on a disk cache that is warm; embedding the question is no part of it and is printed apart. A million
passages take some 3 GB of disk, in the system's folder for temporary files.

Recall is the share of the ten best of all passages, each with the search's own score, that the search
finds; without the index's limits on what is compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.acronyms import Names
from index.embedder import Progress, WordVectors
from index.embedders import open_embedder
from index.entries import IndexedDocument
from index.fusion import fuse
from index.index import Index
from index.lexical import tokenize
from index.ranking import best
from index.spelling import MINIMUM_LETTERS
from index.tables import SEGMENT_PASSAGES
from index.terms import TermTable
from index.types import Block, Document, Filter, Kind, Passage

DIMENSION = 384
DIRECTIONS = 4_000
NEAR = 1.0
"""Noise of a passage beside its direction: two of the same direction have a cosine of about 0.5."""
ASKED = 0.8
"""Noise of a question beside its passage: they have a cosine of about 0.78."""
VOCABULARY = 30_000
COMMONEST = 30
"""So many of the commonest words are left out, as stop words are."""
PASSAGE_WORDS = 60
DOCUMENT_PASSAGES = 10
AUTHORS = 1_000
SEARCHES = 500
JUDGED = 100
"""So many searches are compared with the exact ones."""
SYLLABLES = [a + b for a in "bdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]


class NoModel:
    """In the place of a model: vectors are drawn, and never embedded."""

    name, fingerprint, dimension, max_tokens = "drawn", "drawn", DIMENSION, 256

    def count_tokens(self, text: str) -> int:
        """As if every word were a token."""
        return len(text.split()) + 2

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """It is not done here."""
        raise NotImplementedError

    def embed_words(self, texts: Sequence[str]) -> list[WordVectors]:
        """It is not done here."""
        raise NotImplementedError


class MadeUp:
    """Documents that are made up, the same in every run."""

    def __init__(self) -> None:
        self._draw = np.random.default_rng(0)
        chance = random.Random(0)
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
        self.words = np.array(list(words))
        self._long = {word for word in words if len(word) >= MINIMUM_LETTERS}
        stems = {stem: None for word in words for stem in tokenize(word)}
        self._stems = tuple(stems)
        places = {stem: place for place, stem in enumerate(stems)}
        self._stem_of = np.array([places[tokenize(word)[0]] for word in words], np.int64)
        weights = 1 / (np.arange(VOCABULARY) + COMMONEST)
        self._shares = np.cumsum(weights / weights.sum())
        self._directions = unit(self._draw.standard_normal((DIRECTIONS, DIMENSION), np.float32))
        self._made = 0

    def documents(self, passages: int) -> tuple[list[IndexedDocument], NDArray[np.int64]]:
        """Some more documents, and the words of each of their passages: (passages, words)."""
        drawn = np.searchsorted(self._shares, self._draw.random((passages, PASSAGE_WORDS)))
        ids = np.minimum(drawn, VOCABULARY - 1)
        vectors = noisy(
            self._directions[self._draw.integers(DIRECTIONS, size=passages)], NEAR, self._draw
        )
        table = self._table(ids)
        made = []
        for start in range(0, passages, DOCUMENT_PASSAGES):
            end = min(start + DOCUMENT_PASSAGES, passages)
            made.append(self._document(ids[start:end], vectors[start:end], table.rows(start, end)))
        return made, ids

    def _table(self, ids: NDArray[np.int64]) -> TermTable:
        """What ``index.lexical.term_table`` counts, counted in one go."""
        rows = np.repeat(np.arange(len(ids)), ids.shape[1])
        cells, counts = np.unique(
            rows * len(self._stems) + self._stem_of[ids].ravel(), return_counts=True
        )
        starts = np.searchsorted(cells // len(self._stems), np.arange(len(ids) + 1))
        return TermTable(
            self._stems,
            starts.astype(np.int64),
            (cells % len(self._stems)).astype(np.int32),
            counts.astype(np.int32),
            np.ones(len(cells), np.bool_),
        )

    def _document(
        self, ids: NDArray[np.int64], vectors: NDArray[np.float32], terms: TermTable
    ) -> IndexedDocument:
        number, self._made = self._made, self._made + 1
        texts = [" ".join(some.tolist()) for some in self.words[ids]]
        author = f"Reader {number % AUTHORS}"
        blocks, at = [], 0
        for place, text in enumerate(texts):
            comment = place == DOCUMENT_PASSAGES - 1
            kind, by = (Kind.COMMENT, author) if comment else (Kind.PARAGRAPH, None)
            blocks.append(Block(kind, at, at + len(text), by))
            at += len(text) + 2
        document = Document.create(
            path=f"made/{number:06}.txt",
            title=f"Report {number} on {self.words[ids[0, 0]]}",
            text="\n\n".join(texts),
            blocks=blocks,
        )
        return IndexedDocument(
            document,
            tuple(
                Passage(document, each.kind, each.start, each.end, each.author) for each in blocks
            ),
            tuple(hashlib.sha256(text.encode()).hexdigest() for text in texts),
            vectors,
            terms,
            tuple(sorted(self._long & set(self.words[np.unique(ids)].tolist()))),
            Names({}, frozenset(), frozenset()),
        )


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors of length 1 in the same directions."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def noisy(
    vectors: NDArray[np.float32], much: float, draw: np.random.Generator
) -> NDArray[np.float32]:
    """Unit vectors with noise of so much of their length."""
    noise = unit(draw.standard_normal(vectors.shape, np.float32))
    return unit(vectors + np.float32(much) * noise)


def build(folder: Path, passages: int) -> float:
    """Write an index of so many passages and questions to it, and say how many seconds that took.

    Making up what is written is not counted.
    """
    made_up, seconds = MadeUp(), 0.0
    draw = np.random.default_rng(1)
    vectors, words = [], []
    size = SEGMENT_PASSAGES - SEGMENT_PASSAGES % DOCUMENT_PASSAGES
    for done in range(0, passages, size):
        count = min(size, passages - done)
        documents, ids = made_up.documents(count)
        asked = draw.choice(count, -(-SEARCHES * count // passages), replace=False)
        stacked = np.concatenate([document.vectors for document in documents])
        vectors.append(noisy(stacked[asked], ASKED, draw))
        words += [" ".join(draw.choice(made_up.words[ids[row]], 6, replace=False)) for row in asked]
        begun = time.perf_counter()
        before = Index.open(folder, embedder=NoModel()).records if done else ()
        Index.of([*before, *documents], NoModel()).save(folder)
        seconds += time.perf_counter() - begun
    order = draw.permutation(len(words))[:SEARCHES]
    np.savez(
        folder.with_suffix(".npz"),
        vectors=np.concatenate(vectors)[order],
        words=np.array(words)[order],
    )
    return seconds


def questions(folder: Path) -> list[tuple[NDArray[np.float32], str]]:
    """The questions to an index: their vectors and their words."""
    with np.load(folder.with_suffix(".npz"), allow_pickle=False) as found:
        return list(zip(found["vectors"], map(str, found["words"]), strict=True))


def search(folder: Path) -> dict[str, object]:
    """Open an index and search it, and say what that took and found."""
    asked = questions(folder)
    begun = time.perf_counter()
    index = Index.open(folder, embedder=NoModel())
    opened = time.perf_counter() - begun
    begun = time.perf_counter()
    found_by(index, *asked[0])
    first = time.perf_counter() - begun
    seconds, found = [], []
    for vector, words in asked:
        begun = time.perf_counter()
        found.append(found_by(index, vector, words))
        seconds.append(time.perf_counter() - begun)
    memory = most_memory()
    filtered = []
    for number, (vector, words) in enumerate(asked[:JUDGED]):
        only = Filter(kinds=("comment",)) if number % 2 else Filter(author=f"Reader {number}")
        begun = time.perf_counter()
        found_by(index, vector, words, only)
        filtered.append(time.perf_counter() - begun)
    return {
        "open": opened,
        "first": first,
        "p50": float(np.percentile(seconds, 50)),
        "p95": float(np.percentile(seconds, 95)),
        "filtered": float(np.percentile(filtered, 95)),
        "memory": memory,
        "found": found[:JUDGED],
    }


def most_memory() -> int:
    """The most memory that this process has had, files that are mapped included, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what resource says on Linux may be its parent's
        [line] = [each for each in status.read_text().splitlines() if each.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def found_by(
    index: Index, vector: NDArray[np.float32], words: str, only: Filter | None = None
) -> list[str]:
    """The ids of the ten best passages."""
    allowed = index.allowed(only or Filter())
    hits = index.nearest(vector, [index.adapt(words)], k=10, allowed=allowed)
    return [hit.passage.id for hit in hits]


def exact(folder: Path) -> list[list[str]]:
    """The ids of the ten best passages of all, by the same score."""
    index = Index.open(folder, embedder=NoModel())
    vectors = index.dense.vectors
    found = []
    for vector, words in questions(folder)[:JUDGED]:
        scores = fuse(vectors @ vector, index.lexical.scores(index.adapt(words)))
        found.append([index.tables.passage_id(int(row)) for row in best(scores, 10)])
    return found


def in_a_process(what: str, folder: Path) -> object:
    """What one of the functions above comes to in a process of its own."""
    command = [sys.executable, __file__, f"--{what}", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measured(passages: int, parent: Path) -> dict[str, float]:
    """The figures of an index of so many passages."""
    folder = parent / f"index-{passages}"
    built = build(folder, passages)
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    figures = in_a_process("search", folder)
    assert isinstance(figures, dict)
    wanted = in_a_process("exact", folder)
    assert isinstance(wanted, list)
    pairs = zip(figures.pop("found"), wanted, strict=True)
    recall = np.mean([len(set(some) & set(all_of_them)) / 10 for some, all_of_them in pairs])
    return {"passages": passages, "build": built, "disk": disk, "recall": float(recall), **figures}


def embedding_seconds() -> float:
    """How long the packaged model takes for a question."""
    model = open_embedder()
    model.embed(["Is it loaded?"])
    seconds = []
    for number in range(20):
        begun = time.perf_counter()
        model.embed([f"what territory had IS lost in {number}?"])
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))


def row(figures: dict[str, float]) -> str:
    """A line of the table."""
    return (
        f"| {figures['passages']:,} | {figures['build']:.1f} | {figures['disk'] / 1e6:,.0f}"
        f" | {figures['open']:.3f} | {figures['first'] * 1e3:.0f} | {figures['p50'] * 1e3:.1f}"
        f" | {figures['p95'] * 1e3:.1f} | {figures['filtered'] * 1e3:.1f}"
        f" | {figures['memory'] / 1e6:,.0f} | {figures['recall']:.3f} |"
    )


# -- the plot ---------------------------------------------------------------------------------------

WIDTH, HEIGHT = 900, 380
LEFT, RIGHT, TOP, BOTTOM, GAP = 70, 50, 50, 60, 120


def svg(rows: Sequence[dict[str, float]]) -> str:
    """Latency and memory over size, both axes logarithmic."""
    wide = (WIDTH - LEFT - RIGHT - GAP) / 2
    panels = [
        panel(LEFT, wide, "p95 of a search, ms", rows, "p95", 1e3),
        panel(LEFT + wide + GAP, wide, "memory, MB", rows, "memory", 1e-6),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="14" role="img">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(panels)}</svg>\n'
    )


def panel(
    left: float, wide: float, title: str, rows: Sequence[dict[str, float]], key: str, unit_: float
) -> str:
    """One curve with its axes."""
    sizes = [np.log10(each["passages"]) for each in rows]
    heights = [np.log10(each[key] * unit_) for each in rows]
    low, high = np.floor(min(heights)), np.ceil(max(heights) + 1e-9)
    span = max(sizes) - min(sizes) or 1

    def x(value: float) -> float:
        return left + wide * (value - min(sizes)) / span

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / max(high - low, 1)

    parts = [f'<text x="{left}" y="{TOP - 20}" font-size="16">{escape(title)}</text>']
    for power in range(int(low), int(high) + 1):
        parts.append(
            f'<line x1="{left}" y1="{y(power):.1f}" x2="{left + wide}" y2="{y(power):.1f}"'
            f' stroke="#dddddd"/><text x="{left - 8}" y="{y(power) + 5:.1f}" text-anchor="end">'
            f"{10.0**power:,g}</text>"
        )
    places = [(x(size), y(height)) for size, height in zip(sizes, heights, strict=True)]
    for (across, up), each in zip(places, rows, strict=True):
        side = "start" if across == left else "middle"  # beside the axis' own numbers
        parts.append(
            f'<circle cx="{across:.1f}" cy="{up:.1f}" r="4" fill="#1f5fa8"/>'
            f'<text x="{across:.1f}" y="{up - 10:.1f}" text-anchor="{side}" font-size="12">'
            f"{each[key] * unit_:,.0f}</text>"
            f'<text x="{across:.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">'
            f"{each['passages']:,.0f}</text>"
        )
    line = " ".join(f"{across:.1f},{up:.1f}" for across, up in places)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    parts.append(
        f'<text x="{left + wide / 2:.1f}" y="{HEIGHT - 12}" text-anchor="middle">passages</text>'
    )
    return "".join(parts)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10**n for n in range(3, 7)])
    parser.add_argument("--svg", type=Path, help="where to draw latency and memory over size")
    parser.add_argument("--search", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--exact", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.search:
        print(json.dumps(search(options.search)))
        return
    if options.exact:
        print(json.dumps(exact(options.exact)))
        return
    print(f"{os.cpu_count()} processors; embedding a question: {embedding_seconds() * 1e3:.0f} ms")
    print(
        "| passages | written in s | disk MB | open s | first search ms | p50 ms | p95 ms"
        " | filtered p95 ms | memory MB | recall@10 |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    rows = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as parent:
            rows.append(measured(size, Path(parent)))
        print(row(rows[-1]), flush=True)
    if options.svg:
        options.svg.write_text(svg(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
