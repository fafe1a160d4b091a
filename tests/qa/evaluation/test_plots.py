"""The plots are well-formed and have the points that they should."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from qa.evaluation import plots

SVG = "{http://www.w3.org/2000/svg}"
JUDGED = [(0.0, False), (0.08, True), (0.65, True), (1.0, True), (0.95, False)]


def curve(svg: str) -> list[list[float]]:
    (line,) = ET.fromstring(svg).iter(f"{SVG}polyline")
    return [
        [float(number) for number in point.split(",")] for point in line.attrib["points"].split()
    ]


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_risk_and_coverage_has_a_point_for_each_question() -> None:
    svg = plots.risk_coverage_svg("a <set> & more", JUDGED)
    points = curve(svg)
    assert len(points) == len(list(ET.fromstring(svg).iter(f"{SVG}circle"))) == 5
    # The surest is right; of the two surest, one.
    assert points[0] == [plots.LEFT + (plots.RIGHT - plots.LEFT) / 5, plots.BOTTOM]
    assert points[1][1] == plots.TOP
    assert points[-1][0] == plots.RIGHT
    assert any("a <set> & more: risk and coverage (AURC" in text for text in words(svg))


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    svg = plots.risk_coverage_svg("long", [(n / 1001, n % 3 > 0) for n in range(1001)])
    points = curve(svg)
    assert len(points) == plots.MOST_POINTS
    assert points[-1][0] == plots.RIGHT
    assert len({x for x, _ in points}) > plots.MOST_POINTS / 2


def test_calibration_has_a_point_and_a_count_for_each_bin() -> None:
    svg = plots.calibration_svg("set", JUDGED)
    points = curve(svg)
    assert len(points) == 3
    assert len(list(ET.fromstring(svg).iter(f"{SVG}circle"))) == 3
    middle = (plots.TOP + plots.BOTTOM) / 2
    assert [y for _, y in points] == [middle, plots.TOP, middle]
    counts = [text for text in words(svg) if text.isdigit()]
    assert counts == ["2", "1", "2"]


def test_one_question_can_be_drawn() -> None:
    for judged in ([(1.0, True)], [(0.0, False)]):
        for draw in (plots.risk_coverage_svg, plots.calibration_svg):
            assert len(curve(draw("one", judged))) == 1
