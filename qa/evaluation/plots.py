"""Plots of what a confidence is worth, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from qa.evaluation.scoring import (
    BINS,
    Judged,
    area_under_risk_coverage,
    calibration_bins,
    expected_calibration_error,
    risk_coverage,
)

WIDTH, HEIGHT = 700, 520
"""Of a plot, in pixels."""

LEFT, RIGHT, TOP, BOTTOM = 80, 670, 60, 450
"""Where the axes are, in pixels from the left and from the top."""

MOST_POINTS = 400
"""A curve of more points is drawn with this many of them."""

BARS = 0.15
"""The highest bar of counts has this share of the plot's height."""

INK, FAINT, LINE = "#222222", "#dddddd", "#1f5fa8"


def risk_coverage_svg(name: str, judged: Sequence[Judged]) -> str:
    """The share of wrong answers among the surest, by how many of the questions are answered.

    Args:
        name: the data set's.
        judged: at least one.
    """
    points = risk_coverage(judged)
    highest = max(0.1, math.ceil(max(risk for _, risk in points) * 10) / 10)
    drawn = _thinned(points)
    places = " ".join(f"{_x(x):.1f},{_y(y / highest):.1f}" for x, y in drawn)
    curve = f'<polyline points="{places}" fill="none" stroke="{LINE}" stroke-width="2"/>'
    dots = [_dot(x, y / highest, 3) for x, y in drawn] if len(drawn) <= 2 * BINS else []
    title = f"{name}: risk and coverage (AURC {area_under_risk_coverage(judged):.3f})"
    return _svg(
        title,
        f"coverage: share of the {len(judged):,} questions answered, the surest first",
        "risk: share of these that is wrong",
        highest,
        [curve, *dots],
    )


def calibration_svg(name: str, judged: Sequence[Judged]) -> str:
    """The share of right answers by confidence, and how many answers have that confidence.

    Args:
        name: the data set's.
        judged: at least one.
    """
    bins = calibration_bins(judged)
    most = max(each.count for each in bins)
    drawn = []
    for each in bins:
        height = BARS * each.count / most
        left, middle = each.number / BINS, (each.number + 0.5) / BINS
        drawn.append(
            f'<rect x="{_x(left) + 4:.1f}" y="{_y(height):.1f}" width="{_x(1 / BINS) - LEFT - 8:.1f}"'
            f' height="{BOTTOM - _y(height):.1f}" fill="{FAINT}"/>'
        )
        drawn.append(_text(_x(middle), _y(height) - 4, f"{each.count:,}", size=12))
    drawn.append(
        f'<line x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{TOP}" stroke="#888888"'
        ' stroke-dasharray="6 5"/>'
    )
    places = " ".join(f"{_x(each.confidence):.1f},{_y(each.right):.1f}" for each in bins)
    drawn.append(f'<polyline points="{places}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    drawn += [_dot(each.confidence, each.right, 5) for each in bins]
    title = f"{name}: calibration (ECE {expected_calibration_error(judged):.3f})"
    return _svg(title, "confidence (bars: how many questions)", "share that is right", 1.0, drawn)


def _svg(title: str, across: str, up: str, highest: float, drawn: Sequence[str]) -> str:
    """A plot with its axes: 0…1 across, 0…``highest`` upwards."""
    middle = (TOP + BOTTOM) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_axes(highest),
        *drawn,
        _text((LEFT + RIGHT) / 2, 32, title, size=17),
        _text((LEFT + RIGHT) / 2, BOTTOM + 48, across),
        f'<g transform="rotate(-90 24 {middle})">{_text(24, middle, up)}</g>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(highest: float) -> list[str]:
    """Lines and numbers at every fifth of both axes, and the axes themselves."""
    parts = []
    for step in range(6):
        x, y = _x(step / 5), _y(step / 5)
        parts += [
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{FAINT}"/>',
            f'<line x1="{x:.1f}" y1="{BOTTOM}" x2="{x:.1f}" y2="{BOTTOM + 6}" stroke="{INK}"/>',
            _text(x, BOTTOM + 22, f"{step / 5:.1f}"),
            _text(LEFT - 10, y + 5, f"{highest * step / 5:.2f}", anchor="end"),
        ]
    parts.append(f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="{INK}"/>')
    return parts


def _thinned(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """At most :data:`MOST_POINTS` of the points, at equal distances, the last one included."""
    if len(points) <= MOST_POINTS:
        return points
    step = len(points) / MOST_POINTS
    return [points[math.ceil(step * number) - 1] for number in range(1, MOST_POINTS + 1)]


def _x(share: float) -> float:
    return LEFT + share * (RIGHT - LEFT)


def _y(share: float) -> float:
    return BOTTOM - share * (BOTTOM - TOP)


def _dot(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="{radius}" fill="{LINE}"/>'


def _text(x: float, y: float, words: str, *, size: int = 14, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}">'
        f"{escape(words)}</text>"
    )
