"""What an evaluation gives: figures, and what became of each question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.types import FileReport
from qa.answer import Answer

Watch = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over questions."""

    name: str
    value: float
    of: int
    """How many questions it is the mean of."""
    right: int | None = None
    """Of how many it is true, when it is a share."""

    @classmethod
    def share(cls, name: str, verdicts: Sequence[bool]) -> Metric:
        """The share of questions of which something is true; there must be at least one."""
        return cls(name, sum(verdicts) / len(verdicts), len(verdicts), sum(verdicts))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    id: str
    question: str
    answerable: bool
    rank: int | None
    """The first right text's among the texts found, from 1; None when none was found."""
    seconds: float
    """How long the user would have waited."""
    answer: Answer | None = None
    """None when only the search was measured."""
    right: bool | None = None
    """Whether the answer is what was expected; None when nothing was."""


@dataclass(frozen=True, slots=True)
class Result:
    """The evaluation of one data set."""

    name: str
    available: int
    """How many questions the set has, of which those in ``outcomes`` were asked."""
    passages: int
    embedded: int
    """How many of the passages had to be embedded, and were not kept from an earlier run."""
    metrics: tuple[Metric, ...]
    outcomes: tuple[Outcome, ...] = field(repr=False)
    reports: tuple[FileReport, ...] = field(default=(), repr=False)
    """What became of each file, when the documents were the user's."""

    def seconds(self, percent: float) -> float:
        """The time that so many percent of the questions took at most."""
        import numpy as np

        return float(np.percentile([outcome.seconds for outcome in self.outcomes], percent))
