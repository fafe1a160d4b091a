"""What the reader learns from a batch, and how weights are read and averaged."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

TRAINING = Path(__file__).parents[2] / "training"


class _Told(nn.Module):
    """Finds the passages as relevant, and the question as much answered, as it is told."""

    def __init__(self, relevance: Tensor, answered: Tensor) -> None:
        super().__init__()
        self.relevance, self.answered = relevance, answered

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, ...]:
        nothing = torch.zeros(ids.shape)
        return nothing, nothing, self.relevance, self.answered


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
    losses(_Told(relevance, relevance), batch)
    first = torch.tensor([0])
    expected = [
        nn.functional.cross_entropy(relevance[None, a:b], first).item() for a, b in ((0, 3), (3, 5))
    ]
    assert losses.sums["order"].item() == pytest.approx(sum(expected) / 2, abs=1e-5)


def test_whether_a_question_is_answered_is_learned_from_people_alone() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TRAINING))
        from reader_items import Item, PackedBatch
        from train_reader import Losses
    answered = Item([1, 2, 3, 4], 2, {2: 1.0}, {3: 1.0}, 1.0)
    near_miss = Item([1, 5, 3, 4], 2, {0: 1.0}, {0: 1.0}, 0.0)
    batch = PackedBatch.of([[answered], [near_miss]]).tensors()
    said = torch.tensor([2.0, -1.0])
    fooled = _Told(torch.tensor([9.0, 9.0]), torch.tensor([9.0, 9.0]))
    losses = Losses(1.0, [fooled], taught=1.0)  # type: ignore[list-item]
    losses(_Told(torch.zeros(2), said), batch)
    marked = nn.functional.binary_cross_entropy_with_logits(said, torch.tensor([1.0, 0.0]))
    assert losses.sums["answered"].item() == pytest.approx(marked.item(), abs=1e-5)
    of_fooled = -nn.functional.logsigmoid(torch.zeros(1)).item()  # both relevant, as it says
    assert losses.sums["relevance"].item() == pytest.approx(of_fooled, abs=1e-3)


def test_where_there_are_three_heads_that_of_relevance_stands_for_the_fourth(
    tmp_path: Path,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TRAINING))
        from reader_model import read_weights
    file = tmp_path / "reader.pt"
    torch.save({"span.bias": torch.zeros(2), "relevance.0.bias": torch.ones(3)}, file)
    assert torch.equal(read_weights(file)["answered.0.bias"], torch.ones(3))
    torch.save({"relevance.0.bias": torch.ones(3), "answered.0.bias": torch.zeros(3)}, file)
    assert torch.equal(read_weights(file)["answered.0.bias"], torch.zeros(3))


def test_words_that_no_training_changed_are_the_very_same_in_a_mean(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TRAINING))
        from average_weights import averaged
    words = torch.randn(500, generator=torch.Generator().manual_seed(0))
    files = [tmp_path / f"{n}.pt" for n in range(3)]
    for n, file in enumerate(files):
        torch.save({"words": words, "span": torch.tensor([3.0 * n])}, file)
    assert not torch.equal((words + words + words) / 3, words)  # what rounding makes of it
    mean = averaged(files)
    assert torch.equal(mean["words"], words)
    assert mean["span"].item() == 3.0


def test_a_reader_with_twice_the_layers_begins_almost_as_it_was() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TRAINING))
        from deepen_reader import deepened, levels_of
        from reader_items import Item, packaged_tokenizer
        from reader_model import ReaderModel, layers_of, model_of
    tokenizer = packaged_tokenizer()
    texts = (
        "who keeps the keys?", "The keys are kept by Ann Ferrer, who lives behind the mill.",
        "It rained for a week, and nobody came.", "Entrance is free on the first Sunday of the month.",
    )  # fmt: skip
    asked, *passages = (tokenizer.encode(text, add_special_tokens=False).ids for text in texts)
    items = [
        Item([101, *asked, 102, *ids, 102], len(asked) + 2, {0: 1.0}, {0: 1.0}, 0.0)
        for ids in passages
    ]
    plain = ReaderModel().eval()
    levels = levels_of(plain, items, torch.device("cpu"))
    deeper = deepened(plain.state_dict(), levels)
    assert layers_of(deeper) == 2 * layers_of(plain.state_dict()) == 12
    read = model_of(deeper).eval()
    for item in items:
        ids = torch.tensor([item.ids])
        ones = torch.ones_like(ids)
        with torch.inference_mode():
            before, after = (model.states(ids, ones, ones) for model in (plain, read))
        alike = nn.functional.cosine_similarity(before, after, dim=-1)
        assert alike.mean() > 0.9
    # What is new adds nothing yet, and can learn to.
    added = deeper["encoder.encoder.layer.3.output.dense.weight"]
    assert not added.any()
    assert deeper["encoder.encoder.layer.3.intermediate.dense.weight"].any()
