"""Any question-answering model of the Hugging Face kind: the seam to transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import ModelError
from index.types import Passage
from qa.reading.reader import NO_SPAN, Reading, Span, context_of
from qa.reading.spans import MOST, best_spans, trimmed

WINDOW, OVERLAP = 384, 128


class HuggingFaceReader:
    """Reads with a model that has a head for extractive question answering.

    Such a model says nothing of a passage's relevance: the best answer's margin stands for it, and
    the confidence is only as good as that comparison.

    Args:
        name: a folder, or a model's name on the hub.

    Raises:
        ModelError: there is no such model, or it does not answer questions.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        path = Path(name).expanduser()
        source = str(path) if path.is_dir() else name
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(source)
            self._model: Any
            self._model, loaded = AutoModelForQuestionAnswering.from_pretrained(
                source, output_loading_info=True
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{name}: not a question-answering model: {error}") from error
        if missing := sorted(loaded["missing_keys"]):
            raise ModelError(
                f"{name}: was not trained to answer questions (it has no {', '.join(missing[:2])})"
            )
        if not self._tokenizer.is_fast:
            raise ModelError(f"{name}: its tokenizer cannot tell where words stand")
        self._model.eval()

    @property
    def name(self) -> str:
        """As the user named it."""
        return self._name

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage for the question."""
        return [self._read(question, passage) for passage in passages]

    def _read(self, question: str, passage: Passage) -> Reading:
        import torch

        context = context_of(passage)
        longest = min(WINDOW, int(self._tokenizer.model_max_length))
        encoded = self._tokenizer(
            question,
            context + passage.text,
            truncation="only_second",
            max_length=longest,
            stride=min(OVERLAP, longest // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").numpy()  # (windows, T, 2)
        encoded.pop("overflow_to_sample_mapping")
        with torch.inference_mode():
            output = self._model(**encoded)
        spans: list[Span] = []
        for row in range(len(offsets)):
            in_text = np.array([part == 1 for part in encoded.sequence_ids(row)])
            readable = in_text & (offsets[row, :, 0] >= len(context))
            start, end = output.start_logits[row].numpy(), output.end_logits[row].numpy()
            for first, last, score in best_spans(start, end, readable):
                shift = passage.start - len(context)
                text = passage.document.text
                place = trimmed(
                    text, int(offsets[row, first, 0]) + shift, int(offsets[row, last, 1]) + shift
                )
                if place[0] < place[1]:
                    spans.append(Span(text[slice(*place)], *place, score))
        spans.sort(key=lambda span: (-span.score, span.start))
        kept: list[Span] = []
        for span in spans:
            if all(span.end <= other.start or other.end <= span.start for other in kept):
                kept.append(span)
        relevance = kept[0].score if kept else NO_SPAN
        return Reading(passage, tuple(kept[:MOST]), relevance)
