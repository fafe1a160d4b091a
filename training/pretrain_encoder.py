"""Takes the encoder back to single words, before it learns to read.

    python training/pretrain_encoder.py --examples FOLDER --out encoder.pt

all-MiniLM-L6-v2 learned to put a whole text into one vector. Here it guesses hidden words again: of
questions and the passages that answer them, side by side, so that a hidden word of the one can be found in
the other. No mark of an answer is looked at. The weights are those of ``ReaderModel`` without its heads.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from reader_items import PER_LAP, Batch, Course, Examples, packaged_tokenizer
from reader_model import ReaderModel, half_precision, learned_parameters
from torch import Tensor, nn
from torch.nn import functional as F
from train_reader import LOGGED, Deadline, rate_at

HIDDEN = 0.2
"""The share of the words that are hidden."""
READ = {
    "wiki",
    "squad",
    "nq",
    "reddit",
    "amazon_reviews",
    "written",
    "written-comment",
    "own",
    "own-comment",
    "squad-near",
}
"""Sources: those whose texts are as people wrote them."""


class WordGuesser(nn.Module):
    """The encoder, and what makes words of its vectors again.

    Args:
        dropout: of the hidden states while learning.
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.reader = ReaderModel(dropout)
        width = self.reader.encoder.config.hidden_size
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        words = self.reader.encoder.get_input_embeddings().weight
        self.bias = nn.Parameter(torch.zeros(len(words)))

    def forward(self, ids: Tensor, batch: Batch, hidden: Tensor) -> Tensor:
        """The loss over the hidden tokens; ``ids`` and ``hidden`` are (B, T)."""
        states = self.reader.states(ids, batch.mask, batch.types)[hidden]  # (H, D)
        words = self.reader.encoder.get_input_embeddings().weight
        logits = F.linear(self.transform(states), words, self.bias.to(states.dtype))  # (H, V)
        return F.cross_entropy(logits.float(), batch.ids[hidden])


class Hiding:
    """Hides whole words: most behind ``[MASK]``, some behind another word, some not at all."""

    def __init__(self, device: torch.device) -> None:
        tokenizer = packaged_tokenizer()
        size = tokenizer.get_vocab_size()
        words = [tokenizer.id_to_token(n) for n in range(size)]
        self._inside = torch.tensor([word.startswith("##") for word in words], device=device)
        self._mask, self._size = tokenizer.token_to_id("[MASK]"), size
        self._special = torch.tensor(
            [tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]", "[PAD]")], device=device
        )

    def __call__(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """The tokens with some hidden, and which; both (B, T)."""
        word = (~self._inside[ids]).cumsum(-1)  # (B, T) the number of a token's word
        hidden = torch.rand(ids.shape, device=ids.device).gather(-1, word - 1) < HIDDEN
        hidden &= ~torch.isin(ids, self._special)
        way = torch.rand(ids.shape, device=ids.device)
        other = torch.randint(self._size, ids.shape, device=ids.device)
        shown = torch.where(way < 0.8, self._mask, torch.where(way < 0.9, other, ids))
        return torch.where(hidden, shown, ids), hidden


def pretrain(options: argparse.Namespace, examples: Examples) -> None:
    """Guess hidden words, and write the encoder."""
    torch.manual_seed(options.seed)
    deadline = Deadline(options.minutes)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    per_lap = {source: float(source in READ) for source in PER_LAP}
    course = Course(examples, options.laps, options.batch_tokens, options.seed, per_lap)
    chunks = len(course.chunks())
    model, hiding = WordGuesser(options.dropout).to(device), Hiding(device)
    optimizer = torch.optim.AdamW(
        learned_parameters(model), lr=options.rate, betas=(0.9, 0.98), fused=True
    )
    model.train()
    began, tokens, steps, total = time.monotonic(), 0, 0, torch.zeros((), device=device)
    for number, chunk in enumerate(course.read(0, options.processes)):
        for n, packed in enumerate(chunk):
            done = max((number + n / len(chunk)) / chunks, deadline.gone())
            for group in optimizer.param_groups:
                group["lr"] = rate_at(done) * options.rate
            batch = packed.tensors().to(device)
            with half_precision(device):
                loss = model(*_hidden(hiding, batch))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            total += loss.detach()
            steps, tokens = steps + 1, tokens + batch.ids.numel()
            if steps % (4 * LOGGED) == 0:
                speed = tokens / (time.monotonic() - began)
                mean = total.item() / (4 * LOGGED)
                print(
                    f"step {steps}, {done:.0%}: loss {mean:.3f}, {speed:,.0f} tokens/s", flush=True
                )
                total.zero_()
        if done >= 1:
            break
    torch.save(model.reader.state_dict(), options.out)


def _hidden(hiding: Hiding, batch: Batch) -> tuple[Tensor, Batch, Tensor]:
    ids, hidden = hiding(batch.ids)
    return ids, batch, hidden


def options_from(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The options, from the command line or from words."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True, help="of reader_examples.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--laps", type=int, default=6)
    parser.add_argument("--minutes", type=float, help="end after these, whatever is left")
    parser.add_argument("--rate", type=float, default=5e-4, help="highest learning rate")
    parser.add_argument("--batch-tokens", type=int, default=24_000)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(words)


def main() -> None:
    """Read the options and the examples, and pretrain."""
    options = options_from()
    pretrain(options, Examples(options.examples / "train.jsonl"))


if __name__ == "__main__":
    main()
