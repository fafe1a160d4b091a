"""The worst errors, to be read by a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa.answer import Answer
from qa.evaluation.result import Outcome, Result
from qa.evaluation.scoring import best_words
from qa.terminal import printable

MOST_WRONG, MOST_REFUSED = 30, 20
"""How many wrong answers and wrong refusals of a data set are listed."""

MOST_CHARACTERS = 1500
"""A longer text is cut."""


def as_markdown(results: Sequence[Result]) -> str:
    """The surest wrong answers of each data set, then its surest wrong refusals.

    Questions whose right answers are not known are left out, unless they have none.
    """
    parts = ["# The worst errors"]
    for result in results:
        wrong, refused = wrong_answers(result.outcomes), wrong_refusals(result.outcomes)
        parts += [f"## {_plain(result.name)}", *_listed("Wrong answers", wrong, MOST_WRONG)]
        parts += _listed("Refused, though there is an answer", refused, MOST_REFUSED)
    return "\n\n".join(parts) + "\n"


def wrong_answers(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What was answered and is wrong, or should not have been answered; the surest first."""
    wrong = [each for each in outcomes if not each.answer.abstained and each.best_right is False]
    return _surest_first(wrong)


def wrong_refusals(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What has an answer and was refused; the surest first."""
    return _surest_first(each for each in outcomes if each.answerable and each.answer.abstained)


def _surest_first(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda each: -each.answer.confidence)


def _listed(heading: str, outcomes: Sequence[Outcome], most: int) -> list[str]:
    """A section: its heading with how many there are, and the first ones."""
    if not outcomes:
        return [f"### {heading}: none"]
    first = f", the {most} surest" if len(outcomes) > most else ""
    parts = [f"### {heading}: {len(outcomes):,}{first}"]
    return parts + [_entry(number, each) for number, each in enumerate(outcomes[:most], 1)]


def _entry(number: int, outcome: Outcome) -> str:
    answer = outcome.answer
    lines = [
        f"{number}. **{_plain(outcome.question)}**",
        f"   - right: {_right(outcome)}",
        f"   - {'withheld' if answer.abstained else 'given'}: {_plain(best_words(answer)) or '–'}"
        f" (confidence {answer.confidence:.2f})",
        f"   - taken from: {_source(answer)}",
    ]
    if outcome.right_text:
        label = "right passage" if outcome.answerable else "was asked about"
        lines.append(f"   - {label}: {_plain(outcome.right_text)}")
    return "\n".join(lines)


def _right(outcome: Outcome) -> str:
    if not outcome.answerable:
        return "there is no answer"
    return " · ".join(map(_plain, outcome.gold)) or "not known"


def _source(answer: Answer) -> str:
    """The passage that the answer is from, or the nearest one, after its document's title."""
    if answer.citations:
        passage = answer.citations[0].passage
    elif answer.hits:
        passage = answer.hits[0].passage
    else:
        return "nothing was found"
    title = _plain(passage.document.title)
    return f"*{title}*: {_plain(passage.text)}" if title else _plain(passage.text)


def _plain(text: str) -> str:
    """Words on one line in which Markdown sees no mark-up."""
    line = " ".join(printable(text).split())
    if len(line) > MOST_CHARACTERS:
        line = line[:MOST_CHARACTERS].rsplit(maxsplit=1)[0] + " …"
    return _MARKUP.sub(r"\\\g<0>", line)


_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&$]")
