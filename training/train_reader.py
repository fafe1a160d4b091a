"""Trains the reader on the examples of ``reader_examples.py``.

    python training/train_reader.py --examples FOLDER --out FOLDER
    python training/train_reader.py --examples FOLDER --out FOLDER --teachers one/reader.pt two/reader.pt

Started again with the same arguments it goes on from its last checkpoint. ``log.jsonl`` has the losses
and, from time to time, figures on the validation examples; ``reader.pt``, written at the end, the average
of the weights over the last steps, which is what is exported. With teachers it learns, beside what people marked, what
several readers that were trained before think on average of every passage.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from measure_reader import Checks
from reader_items import PER_LAP, Batch, Course, Examples
from reader_model import (
    ReaderModel,
    half_precision,
    learned_parameters,
    model_of,
    open_weights,
    read_weights,
)
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

WARM_UP = 0.06
"""The share of the training in which the rate rises to its highest."""
LOGGED = 50
"""Steps that a line of the log stands for."""


class Losses:
    """What a batch is learned by, and the sums of it since the log was written last.

    Args:
        relevance: weight of the relevance beside the span, and of the question being answered.
        teachers: readers whose opinion is learned.
        taught: how much theirs counts, people's marks having the rest.
    """

    def __init__(self, relevance: float, teachers: Sequence[ReaderModel], taught: float) -> None:
        self._relevance, self._teachers = relevance, teachers
        self._taught = taught if teachers else 0.0
        self.sums: dict[str, Tensor] = {}

    def __call__(self, model: ReaderModel, batch: Batch) -> Tensor:
        """The sum of the losses of span, relevance, order of a question's passages, and answered or not."""
        # No answer starts in the question; the first token stays, for "no answer here".
        readable = batch.types.bool() & batch.mask.bool()
        readable[:, 0] = True
        starts, ends, relevant = self._targets(batch, readable)
        start, end, relevance, answered = (
            each.float() for each in model(batch.ids, batch.mask, batch.types)
        )
        span = torch.zeros((), device=start.device)
        for logits, target in ((start, starts), (end, ends)):
            logits = logits.masked_fill(~readable, -1e4)
            span = span - (target * F.log_softmax(logits, -1)).sum(-1).mean() / 2
        relevant_loss = F.binary_cross_entropy_with_logits(relevance, relevant)
        # Of a question's passages the right one: the cross-entropy over all that were read for it.
        gaps = relevance[batch.worse] - relevance[batch.better]
        others = torch.zeros_like(relevance).index_add(0, batch.better, gaps.clamp(max=30).exp())
        order = others.log1p().sum() / max(1, int(others.count_nonzero()))
        # What people say, and no reader before: those took many a near-miss for answered.
        answered_loss = F.binary_cross_entropy_with_logits(answered, batch.relevant)
        named = {
            "span": span, "relevance": relevant_loss, "order": order, "answered": answered_loss,
        }  # fmt: skip
        for name, loss in named.items():
            self.sums[name] = self.sums.get(name, torch.zeros_like(loss)) + loss.detach()
        return span + self._relevance * (relevant_loss + 0.5 * order + answered_loss)

    @torch.no_grad()
    def _targets(self, batch: Batch, readable: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What people marked, mixed with the mean of what the teachers say."""
        if not self._taught:
            return batch.starts, batch.ends, batch.relevant
        marked = [batch.starts, batch.ends, batch.relevant]
        said = [torch.zeros_like(each) for each in marked]
        for teacher in self._teachers:
            start, end, relevance, _ = teacher(batch.ids, batch.mask, batch.types)
            for n, logits in enumerate((start, end)):
                said[n] += logits.float().masked_fill(~readable, -1e4).softmax(-1)
            said[2] += relevance.float().sigmoid()
        starts, ends, relevant = (
            torch.lerp(own, of_teachers / len(self._teachers), self._taught)
            for own, of_teachers in zip(marked, said, strict=True)
        )
        return starts, ends, relevant


class Run:
    """A training: the model, its average, the optimizer, and where it stands."""

    def __init__(self, options: argparse.Namespace) -> None:
        torch.manual_seed(options.seed)
        self.options = options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        started = read_weights(options.start) if options.start else None
        model = model_of(started, options.dropout) if started else ReaderModel(options.dropout)
        self.model = model.to(self.device)
        self.optimizer = torch.optim.AdamW(
            learned_parameters(self.model), lr=options.rate, betas=(0.9, 0.98), fused=True
        )
        self._learned = [p for group in self.optimizer.param_groups for p in group["params"]]
        self.average = AveragedModel(
            self.model, multi_avg_fn=get_ema_multi_avg_fn(options.average), use_buffers=False
        )
        teachers = [open_weights(path, self.device) for path in options.teachers]
        self.losses = Losses(options.relevance, teachers, options.taught)
        self.chunk = self.steps = self.tokens = 0
        self._checkpoint = options.out / "checkpoint.pt"

    def resume(self) -> None:
        """Go on from the last checkpoint, where there is one."""
        if not self._checkpoint.exists():
            return
        kept = torch.load(self._checkpoint, weights_only=True)
        self.model.load_state_dict(kept["model"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.average.load_state_dict(kept["average"])
        self.chunk, self.steps, self.tokens = kept["chunk"], kept["steps"], kept["tokens"]
        print(f"going on from step {self.steps}", flush=True)

    def save_reader(self) -> None:
        """Write the averaged weights, whole or not at all."""
        _save(self.options.out / "reader.pt", self.average.module.state_dict())

    def save(self) -> None:
        """Write a checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "chunk": self.chunk,
            "steps": self.steps,
            "tokens": self.tokens,
        }
        _save(self._checkpoint, state)

    def step(self, batch: Batch, rate: float) -> None:
        """Learn from a batch."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with half_precision(self.device):
            loss = self.losses(self.model, batch.to(self.device))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update_parameters(self.model)
        self.steps += 1
        self.tokens += batch.ids.numel()


def learn(options: argparse.Namespace, examples: Examples, checks: Checks) -> None:
    """Train from the start or from the last checkpoint."""
    options.out.mkdir(parents=True, exist_ok=True)
    deadline = Deadline(options.minutes)
    per_lap = PER_LAP | dict(_source_and_times(given) for given in options.per_lap)
    course = Course(examples, options.laps, options.batch_tokens, options.seed, per_lap)
    chunks = len(course.chunks())
    run = Run(options)
    run.resume()
    print(f"{chunks} chunks in {options.laps} laps, on {run.device}", flush=True)
    run.model.train()
    with (options.out / "log.jsonl").open("a", encoding="utf-8", buffering=1) as log:
        saved = began = time.monotonic()
        tokens = run.tokens
        for chunk in course.read(run.chunk, options.processes):
            for n, packed in enumerate(chunk):
                done = max((run.chunk + n / len(chunk)) / chunks, deadline.gone())
                run.step(packed.tensors(), rate_at(done) * options.rate)
                if run.steps % LOGGED == 0:
                    row = {name: total.item() / LOGGED for name, total in run.losses.sums.items()}
                    run.losses.sums.clear()
                    speed = (run.tokens - tokens) / (time.monotonic() - began)
                    row |= {"step": run.steps, "done": done, "tokens": run.tokens, "speed": speed}
                    began, tokens = time.monotonic(), run.tokens
                    log.write(json.dumps(row) + "\n")
            run.chunk += 1
            over = done >= 1 or run.chunk == chunks
            if over or time.monotonic() - saved > 60 * options.every:
                found = checks.measure(run.average.module, run.device)
                row = {"step": run.steps, "tokens": run.tokens, "done": done} | found
                log.write(json.dumps(row) + "\n")
                print(json.dumps({k: round(v, 4) for k, v in row.items()}), flush=True)
                run.save()
                saved = began = time.monotonic()
                tokens = run.tokens
            if over:
                run.save_reader()
                break


class Deadline:
    """For a machine that is lent for some minutes: the course ends with them."""

    def __init__(self, minutes: float | None) -> None:
        self._began, self._minutes = time.monotonic(), minutes

    def gone(self) -> float:
        """The share of the time that has gone; 0 where there is no end."""
        return (time.monotonic() - self._began) / 60 / self._minutes if self._minutes else 0.0


def rate_at(done: float) -> float:
    """The share of the highest rate: up along a straight line, then down along another."""
    return max(0.002, min(done / WARM_UP + 0.01, (1 - done) / (1 - WARM_UP)))


def _source_and_times(given: str) -> tuple[str, float]:
    """The two parts of "wiki=0.5"."""
    source, _, times = given.partition("=")
    if source not in PER_LAP:
        raise SystemExit(f"no source {source!r}; there are {', '.join(PER_LAP)}")
    return source, float(times)


def _save(path: Path, state: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def options_from(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of a training, from the command line or from words."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True, help="of reader_examples.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to start from; default: the packaged")
    parser.add_argument(
        "--teachers", type=Path, nargs="*", default=[], help="weights to learn from"
    )
    parser.add_argument("--taught", type=float, default=0.7, help="how much the teachers count")
    parser.add_argument("--laps", type=int, default=6, help="times the table's reads")
    parser.add_argument(
        "--per-lap", nargs="*", default=[], metavar="SOURCE=TIMES", help="instead of the table's"
    )
    parser.add_argument("--minutes", type=float, help="end after these, whatever is left")
    parser.add_argument("--rate", type=float, default=4e-4, help="highest learning rate")
    parser.add_argument("--batch-tokens", type=int, default=16_000)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument(
        "--relevance", type=float, default=0.7, help="weight beside the span's loss"
    )
    parser.add_argument("--average", type=float, default=0.998, help="decay of the average")
    parser.add_argument("--every", type=float, default=10, help="minutes between checkpoints")
    parser.add_argument("--processes", type=int, default=2, help="that put batches together")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(words)


def main() -> None:
    """Read the options and the examples, and learn."""
    options = options_from()
    checks = Checks(Examples(options.examples / "validation.jsonl"))
    learn(options, Examples(options.examples / "train.jsonl"), checks)


if __name__ == "__main__":
    main()
