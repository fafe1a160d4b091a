"""The reader as a network: the encoder of all-MiniLM-L6-v2 with heads for start, end and relevance."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn
from transformers import AutoModel


class ReaderModel(nn.Module):
    """One pass over a question and a passage.

    Args:
        encoder: folder of the encoder's weights.
        dropout: of the hidden states while learning.
    """

    def __init__(self, encoder: Path, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            encoder,
            attn_implementation="sdpa",
            add_pooling_layer=False,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
        )
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.relevance = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of start and end at every token, and of relevance.

        Args:
            ids: (B, T) the tokens ``[CLS] question [SEP] context passage [SEP]``.
            mask: (B, T) 1 for a token, 0 for padding.
            types: (B, T) 1 from behind the first ``[SEP]``, 0 before.

        Returns:
            (B, T), (B, T) and (B,). The first token stands for "no answer here".
        """
        states = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state  # (B, T, D)
        start, end = self.span(states).unbind(-1)
        return start, end, self.relevance(states[:, 0]).squeeze(-1)
