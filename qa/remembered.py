"""Answers that were given, to be given again when the same is asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from qa.answer import Answer

MOST = 256
"""So many are remembered; an answer takes some kilobytes beside the documents that it cites."""


class Remembered:
    """The answers to the last questions over one index, which does not change. Safe to share by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, asked: Hashable) -> Answer | None:
        """The answer to exactly this, if it was among the last."""
        with self._lock:
            if asked not in self._answers:
                return None
            self._answers.move_to_end(asked)
            return self._answers[asked]

    def put(self, asked: Hashable, answer: Answer) -> None:
        """Remember an answer; the one that was asked for longest ago is forgotten."""
        with self._lock:
            self._answers[asked] = answer
            self._answers.move_to_end(asked)
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
