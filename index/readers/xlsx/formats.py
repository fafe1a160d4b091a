"""Numbers as a spreadsheet shows them: "12.5%", "1,234.00 €", "2024-05-31".

A format is up to four sections, for positive numbers, negative ones, zero and text, in the language
of ECMA-376, part 1, section 18.8.31.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import lru_cache

from index.readers.xlsx.dates import is_date_token, show_date

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy-mm-dd",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: '#,##0;-#,##0;"-"',
    42: '$#,##0;-$#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '$#,##0.00;-$#,##0.00;"-"',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
}
"""Formats that a file names by number. 14 and 22 are the reader's own short date, which differs from
machine to machine: they are shown as ISO 8601 has them."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|'
    r"\[(?P<elapsed>[hH]+|[mM]+|[sS]+)\]|\[(?P<condition>[<>=]+-?[\d.]+)\]|\[[^\]]*\]|"
    r"(?P<general>General)|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|AM/PM|am/pm|A/P|a/p)|"
    r"(?P<digits>[0#?]+|[.,]|[eE][+-](?=[0#?]))|(?P<slash>/)|(?P<percent>%)|(?P<literal>.)",
    re.DOTALL,
)
_MAX_FORMAT = 500
"""Characters of a format; Excel allows 255."""

_SIGNIFICANT = 11
"""As many digits a cell without a format shows at most."""

_MOST_DECIMALS = 30


@dataclass(frozen=True, slots=True)
class _Section:
    """One of a format's sections, as (what it is, its characters)."""

    tokens: tuple[tuple[str, str], ...]
    condition: str | None = None

    @property
    def is_date(self) -> bool:
        return any(is_date_token(kind) for kind, _ in self.tokens)


def show_number(text: str, code: str | None, *, from_1904: bool = False) -> str:
    """A number as a cell of a format shows it.

    Args:
        text: the number as the file has it: "0.125", "4.5E-3".
        code: the format, or None where the cell has none.
        from_1904: whether the workbook counts days from 1904 and not from 1900.

    Returns:
        What a person sees; the text itself where it is no number.
    """
    text = text.strip()
    if code is None and text.isdigit() and len(text) <= _SIGNIFICANT:
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 308:
        return text
    if code is None or code in ("General", "@", ""):
        return _general(value)
    sections = _sections(code[:_MAX_FORMAT])
    section, signed = _choose(sections, value)
    if section.is_date:
        shown = show_date(float(value), section.tokens, from_1904=from_1904)
        return _general(value) if shown is None else shown
    shown = _show(abs(value), section.tokens).strip()
    # A number that is rounded to nothing has no sign.
    return f"-{shown}" if signed and any(c in "123456789" for c in shown) else shown


def _general(value: Decimal) -> str:
    """A number in a cell without a format."""
    rounded = Decimal(f"{value:.{_SIGNIFICANT - 1}e}")
    if rounded == 0:
        return "0"
    if not -10 <= rounded.adjusted() < _SIGNIFICANT + 4:
        mantissa, _, exponent = f"{rounded:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03d}"
    if rounded.adjusted() >= _SIGNIFICANT and value == value.to_integral_value():
        return f"{value:f}".split(".")[0]
    plain = f"{rounded:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition = None
    for found in _TOKEN.finditer(code):
        kind = found.lastgroup
        if kind == "literal" and found[0] == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "condition":
            condition = found["condition"]
        elif kind in ("quoted", "escaped", "currency", "literal"):
            tokens.append(("literal", found[kind]))
        elif kind is not None:
            tokens.append((kind, found[kind]))
        elif found[0].startswith("_"):
            tokens.append(("literal", " "))
    sections.append(_Section(tuple(tokens), condition))
    return tuple(sections)


def _choose(sections: tuple[_Section, ...], value: Decimal) -> tuple[_Section, bool]:
    """The section for a number, and whether a minus goes in front of it."""
    if any(section.condition for section in sections[:2]):
        for section in sections[:3]:
            if section.condition is None or _holds(section.condition, value):
                return section, value < 0
        return sections[-1], value < 0
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], value < 0


def _holds(condition: str, value: Decimal) -> bool:
    sign = condition.rstrip("-.0123456789")
    try:
        limit = Decimal(condition[len(sign) :])
    except InvalidOperation:
        return False
    return {
        "<": value < limit,
        ">": value > limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }.get(sign, False)


def _show(value: Decimal, tokens: tuple[tuple[str, str], ...]) -> str:
    """A number without its sign, by the tokens of a section."""
    kinds = [kind for kind, _ in tokens]
    value = value.scaleb(2 * kinds.count("percent"))
    places = [index for index, (kind, _) in enumerate(tokens) if kind == "digits"]
    if "slash" in kinds and places:
        return _fraction(value, tokens)
    if not any(_is_placeholder(tokens[index][1]) for index in places):
        return "".join(_general(value) if kind == "general" else said for kind, said in tokens)
    first, last = places[0], places[-1]
    before = "".join(said for _, said in tokens[:first])
    after = "".join(said for _, said in tokens[last + 1 :])
    return before + _digits(value, tokens[first : last + 1]) + after


def _is_placeholder(said: str) -> bool:
    return said[0] in "0#?"


def _digits(value: Decimal, tokens: tuple[tuple[str, str], ...]) -> str:
    """The digits of a number where the format has "0", "#" and "?"."""
    pattern = "".join(said if kind == "digits" else "\0" for kind, said in tokens)
    mantissa, exponent = re.fullmatch(r"(.*?)([eE][+-][0#?]+)?\0*", pattern, re.DOTALL).groups()  # type: ignore[union-attr]
    whole, _, decimals = mantissa.partition(".")
    scale = len(mantissa) - len(mantissa.rstrip(","))
    value = value.scaleb(-3 * scale)
    if exponent:
        return _scientific(value, whole, decimals, exponent)
    most = min(sum(decimals.count(mark) for mark in "0#?"), _MOST_DECIMALS)
    with localcontext() as context:
        context.prec = 400
        rounded = value.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    left, _, right = f"{rounded:f}".partition(".")
    while len(right) > decimals.count("0") and right.endswith("0"):
        right = right[:-1]
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    literals = [said for kind, said in tokens if kind != "digits"]
    if "\0" in whole:
        left = _filled(left, whole, literals)
    elif re.search(r"[0#?],[,0#?]*[0#?]", whole):
        left = _grouped(left)
    return f"{left}.{right}" if right else left


def _grouped(digits: str) -> str:
    head = len(digits) % 3
    return ",".join(filter(None, [digits[:head], *re.findall("...", digits[head:])]))


def _filled(digits: str, pattern: str, literals: list[str]) -> str:
    """Digits between other characters, as in a telephone number: filled from the right."""
    marks = [mark for mark in pattern if mark in "0#?\0"]
    literals = literals[: marks.count("\0")]
    out: list[str] = []
    for mark in reversed(marks):
        if mark == "\0":
            out.append(literals.pop())
        elif digits:
            out.append(digits[-1])
            digits = digits[:-1]
    return digits + "".join(reversed(out))


def _scientific(value: Decimal, whole: str, decimals: str, exponent: str) -> str:
    places = sum(decimals.count(mark) for mark in "0#?")
    mantissa, _, power = f"{value:.{min(places, _MOST_DECIMALS)}E}".partition("E")
    number = int(power) if value else 0
    sign = "-" if number < 0 else ("+" if exponent[1] == "+" else "")
    return f"{mantissa}E{sign}{abs(number):0{exponent.count('0')}d}"


def _fraction(value: Decimal, tokens: tuple[tuple[str, str], ...]) -> str:
    """Like "2 3/4"."""
    slash = next(index for index, (kind, _) in enumerate(tokens) if kind == "slash")
    below = tokens[slash + 1][1] if slash + 1 < len(tokens) else "?"
    whole, rest = divmod(Fraction(value), 1)
    near = rest.limit_denominator(10 ** min(len(below), 3) - 1)
    if near == 1:
        whole, near = whole + 1, Fraction(0)
    parts = [str(whole)] if whole or not near else []
    return " ".join([*parts, *([f"{near.numerator}/{near.denominator}"] if near else [])])
