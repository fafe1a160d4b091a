"""Dates and times of a spreadsheet, which are numbers of days, as its formats show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_LAST_DAY = 2_958_466
"""The day after 31 December 9999."""

_LEAP_BUG = 60
"""Spreadsheets count a 29 February 1900, which there was not: earlier days are off by one."""


def is_date_token(kind: str) -> bool:
    """Whether a token of a format shows a part of a date or a duration."""
    return kind in ("date", "elapsed")


def show_date(days: float, tokens: Sequence[tuple[str, str]], *, from_1904: bool) -> str | None:
    """A date by the tokens of a format; None where the number is no date."""
    places = max((len(said) - said.find(".") - 1 for said in _fractions(tokens)), default=0)
    seconds = round(days * 86_400, min(places, 3))
    if any(kind == "elapsed" for kind, _ in tokens):
        return "".join(_elapsed(seconds, tokens)).strip()
    if not 0 <= days < _LAST_DAY:
        return None
    base = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    if not from_1904 and days < _LEAP_BUG:
        base += timedelta(days=1)
    try:
        moment = base + timedelta(seconds=seconds)
    except OverflowError:
        return None
    halves = any(kind == "date" and said[0] in "aA" for kind, said in tokens)
    parts = [
        _part(moment, said, halves=halves, minutes=_is_minutes(tokens, index))
        if kind == "date"
        else said
        for index, (kind, said) in enumerate(tokens)
    ]
    return "".join(parts).strip()


def show_iso(text: str) -> str:
    """A date that the file has as text, "2024-05-31T00:00:00", without a time of midnight."""
    day, _, time = text.strip().partition("T")
    time = time.rstrip("Z")
    return day if time.startswith("00:00:00") or not time else f"{day} {time}"


def _fractions(tokens: Sequence[tuple[str, str]]) -> list[str]:
    return [said for kind, said in tokens if kind == "date" and "." in said]


def _is_minutes(tokens: Sequence[tuple[str, str]], index: int) -> bool:
    """Whether an "m" stands for minutes: behind an hour, or before seconds."""
    if tokens[index][1][0] not in "mM":
        return False
    before = [said for kind, said in tokens[:index] if is_date_token(kind)]
    after = [said for kind, said in tokens[index + 1 :] if is_date_token(kind)]
    return bool((before and before[-1][0] in "hH") or (after and after[0][0] in "sS"))


def _part(moment: datetime, said: str, *, halves: bool, minutes: bool) -> str:
    letter, count = said[0].lower(), len(said)
    if letter == "y":
        return f"{moment.year:04d}" if count > 2 else f"{moment.year % 100:02d}"
    if letter == "a":
        half = "AM" if moment.hour < 12 else "PM"
        return half if count > 3 else half[0]
    if letter == "s":
        whole = said.partition(".")[0]
        places = len(said) - len(whole) - 1
        fraction = f"{moment.microsecond:06d}"[: max(0, places)]
        return f"{moment.second:0{min(len(whole), 2)}d}" + (f".{fraction}" if fraction else "")
    if letter == "h":
        hour = (moment.hour % 12 or 12) if halves else moment.hour
        return f"{hour:0{min(count, 2)}d}"
    if letter == "m" and not minutes:
        return _named(_MONTHS[moment.month - 1], moment.month, count)
    if letter == "m":
        return f"{moment.minute:0{min(count, 2)}d}"
    return _named(_DAYS[moment.weekday()], moment.day, count)


def _named(name: str, number: int, count: int) -> str:
    if count == 5:
        return name[0]
    if count > 3:
        return name
    return name[:3] if count == 3 else f"{number:0{count}d}"


def _elapsed(seconds: float, tokens: Sequence[tuple[str, str]]) -> list[str]:
    """A duration: "[h]:mm" goes beyond 24 hours."""
    whole = abs(int(seconds))
    parts = ["-"] if seconds < 0 else []
    for kind, said in tokens:
        letter, width = said[:1].lower(), min(len(said.partition(".")[0]), 2)
        if kind == "elapsed":
            parts.append(f"{whole // {'h': 3600, 'm': 60, 's': 1}[letter]:0{width}d}")
        elif kind == "date" and letter in "hms":
            unit = {"h": whole // 3600 % 24, "m": whole // 60 % 60, "s": whole % 60}[letter]
            parts.append(f"{unit:0{width}d}")
        elif kind != "date":
            parts.append(said)
    return parts
