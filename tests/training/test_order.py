"""Of several passages that are read for a question the right one is learned to come first."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

TRAINING = Path(__file__).parents[2] / "training"


class _Told(nn.Module):
    """Finds the passages as relevant as it is told."""

    def __init__(self, relevance: Tensor) -> None:
        super().__init__()
        self.relevance = relevance

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        nothing = torch.zeros(ids.shape)
        return nothing, nothing, self.relevance


def test_the_loss_of_the_order_is_the_cross_entropy_over_each_question_s_passages() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TRAINING))  # its modules are each other's neighbours
        from reader_items import Item, PackedBatch
        from train_reader import Losses
    right = Item([1, 2, 3, 4], 2, {2: 1.0}, {3: 1.0}, 1.0)
    wrong = Item([1, 2, 5, 6], 2, {0: 1.0}, {0: 1.0}, 0.0)
    # Of three passages the first is right, of two; where none is right, there is no order.
    batch = PackedBatch.of(
        [[right, wrong, wrong], [right, wrong], [wrong, wrong], [right]]
    ).tensors()
    relevance = torch.tensor([1.0, 2.0, -1.0, 0.5, 3.0, 4.0, -4.0, 0.0])
    losses = Losses(1.0, [], 0.0)
    losses(_Told(relevance), batch)
    first = torch.tensor([0])
    expected = [
        nn.functional.cross_entropy(relevance[None, a:b], first).item() for a, b in ((0, 3), (3, 5))
    ]
    assert losses.sums["order"].item() == pytest.approx(sum(expected) / 2, abs=1e-5)
