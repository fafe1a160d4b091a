"""How sure an answer must be to be given."""

from __future__ import annotations

from typing import Literal, get_args

from index.errors import ArgumentError

Caution = Literal["cautious", "balanced", "eager"]
"""Cautious when a wrong answer does harm, eager when none does."""

CAUTIONS: tuple[Caution, ...] = get_args(Caution)


def check_caution(caution: str) -> Caution:
    """A caution by its name.

    Raises:
        ArgumentError: there is none of that name.
    """
    for known in CAUTIONS:
        if caution == known:
            return known
    raise ArgumentError(f"unknown caution {caution!r}; it is one of {', '.join(CAUTIONS)}")
