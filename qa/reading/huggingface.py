"""Any question-answering model of the Hugging Face kind: the seam to transformers."""

from __future__ import annotations

import logging
import textwrap
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.types import Passage
from qa.reading.reader import NO_SPAN, Reading, Span, context_of, likeliest
from qa.reading.spans import best_spans, trimmed

WINDOW, OVERLAP = 384, 128
QUESTION_TOKENS = 64
"""A longer question is cut: it would leave no room for the passage."""


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
        self._lock = threading.Lock()
        path = Path(name).expanduser()
        if not name or (not path.is_dir() and (path.is_absolute() or name[0] in ".~")):
            raise ModelError(f"{name or 'the reader'}: there is no such folder")
        try:
            missing = self._load(str(path) if path.is_dir() else name)
        except Exception as error:  # of many kinds: files, weights, settings, a missing library
            raise ModelError(
                f"{name}: cannot be used as a question-answering model ({_reason(error)})"
            ) from error
        if missing:
            raise ModelError(
                f"{name}: was not trained to answer questions (it has no {', '.join(missing[:2])})"
            )
        if not self._tokenizer.is_fast:
            raise ModelError(f"{name}: its tokenizer cannot tell where words stand")

    def _load(self, source: str) -> list[str]:
        """Load the tokenizer and the model; the names of the weights that it lacks."""
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
        from transformers.utils import logging as said

        said.disable_progress_bar()  # type: ignore[no-untyped-call]
        before = said.get_verbosity()
        said.set_verbosity(logging.ERROR)  # what is missing is said here, and in one line
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(source)
            model: Any
            model, loaded = AutoModelForQuestionAnswering.from_pretrained(
                source, output_loading_info=True
            )
        finally:
            said.set_verbosity(before)
        self._model = model.float().eval().requires_grad_(False)
        positions = getattr(model.config, "max_position_embeddings", None) or WINDOW
        self._window = min(WINDOW, int(self._tokenizer.model_max_length), int(positions))
        return sorted(loaded["missing_keys"])

    @property
    def name(self) -> str:
        """As the user named it."""
        return self._name

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read each passage for the question."""
        with self._lock:  # the tokenizer is shared, and truncation a setting of it
            asked = self._cut(question)
            return [self._read(asked, passage) for passage in passages]

    def _cut(self, question: str) -> str:
        """The question's first words, as many as are read."""
        offsets = self._tokenizer(
            question,
            add_special_tokens=False,
            truncation=True,
            max_length=min(QUESTION_TOKENS, self._window // 4),
            return_offsets_mapping=True,
        )["offset_mapping"]
        return question[: offsets[-1][1]] if offsets else question

    def _read(self, question: str, passage: Passage) -> Reading:
        context = context_of(passage)
        text, shift = passage.document.text, passage.start - len(context)
        spans: list[Span] = []
        for start, end, offsets, in_text in self._windows(question, context + passage.words):
            readable = in_text & (offsets[:, 0] >= len(context))
            for first, last, score in best_spans(start, end, readable):
                place = trimmed(text, int(offsets[first, 0]) + shift, int(offsets[last, 1]) + shift)
                if any(character.isalnum() for character in text[slice(*place)]):
                    spans.append(Span(text[slice(*place)], *place, score))
        kept = likeliest(spans)
        relevance = kept[0].score if kept else NO_SPAN
        return Reading(passage, kept, relevance, relevance)

    def _windows(
        self, question: str, text: str
    ) -> Iterator[
        tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_]]
    ]:
        """For each part of a text: the logits of start and end, the offsets, what is text."""
        from transformers import BatchEncoding

        encoded = self._tokenizer(
            question,
            text,
            truncation="only_second",
            max_length=self._window,
            stride=min(OVERLAP, self._window // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        places = encoded.pop("offset_mapping")
        encoded.pop("overflow_to_sample_mapping")
        for row, offsets in enumerate(places):
            # One at a time: not every tokenizer can pad.
            one = {name: values[row] for name, values in encoded.items()}
            output = self._model(**BatchEncoding(one, tensor_type="pt", prepend_batch_axis=True))
            in_text = np.array([part == 1 for part in encoded.sequence_ids(row)], np.bool_)
            yield (
                output.start_logits[0].numpy(),
                output.end_logits[0].numpy(),
                np.array(offsets, np.int64),
                in_text,
            )


def _reason(error: Exception) -> str:
    """An error in one line: the libraries' own run over several, with advice on other matters."""
    first = str(error).strip().partition("\n")[0] or type(error).__name__
    return textwrap.shorten(first, 200, placeholder=" …").rstrip(".")
