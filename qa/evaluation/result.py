"""What an evaluation gives: figures, and what became of each question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.types import FileReport
from qa.answer import Answer
from qa.evaluation.scoring import Grade, Judged

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
    """The first right text's among the texts found, from 1; None when none was found or nothing
    was searched."""
    seconds: float
    """How long the user would have waited."""
    answer: Answer
    answer_rank: int | None = None
    """The first right text's in the answer's order of passages, from 1; None as for ``rank``."""
    gold: tuple[str, ...] = ()
    """The right answers; empty when there is none or none is known."""
    grade: Grade | None = None
    """How good the answer's words are; None when that is not known."""
    right: bool | None = None
    """Whether the answer is given and what was expected; None when nothing was."""
    best_right: bool | None = None
    """Whether the best words, given or withheld, are right; None when that is not known."""
    right_text: str = ""
    """The text that has the answer, or that an unanswerable question was written for; may be
    empty."""


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
    reports: Sequence[FileReport] = field(default=(), repr=False)
    """What became of each file, when the documents were the user's."""
    off_topic: tuple[Outcome, ...] = field(default=(), repr=False)
    """What became of the questions that were asked of an article that they are not about."""

    @property
    def stages(self) -> list[str]:
        """The stages that were timed, in their order."""
        return list(dict.fromkeys(name for each in self.outcomes for name in each.answer.seconds))

    def seconds(self, percent: float, stage: str | None = None) -> float:
        """The time that so many percent of the questions took at most, in all or in a stage."""
        import numpy as np

        times = [
            outcome.seconds if stage is None else outcome.answer.seconds[stage]
            for outcome in self.outcomes
            if stage is None or stage in outcome.answer.seconds
        ]
        return float(np.percentile(times, percent))


def judged(outcomes: Sequence[Outcome]) -> list[Judged]:
    """The confidence of each question's best words, and whether they are right, where known.

    Empty when no answerable question's words can be judged: the others say little by themselves.
    """
    known = [
        (outcome, outcome.best_right) for outcome in outcomes if outcome.best_right is not None
    ]
    answerable = any(outcome.answerable for outcome in outcomes)
    if answerable and not any(outcome.answerable for outcome, _ in known):
        return []
    return [(outcome.answer.confidence, right) for outcome, right in known]
