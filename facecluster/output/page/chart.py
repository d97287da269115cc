"""The scatter plot of the page: where each dot goes and which colour it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facecluster.records import Reason
from facecluster.report.records import Point, Report

WIDTH, LEAST, MOST, MARGIN = 1000, 380, 640, 24
COLOURS = 10  # people with a colour of their own; style sheet classes k0 to k9
_DRAWN_FIRST = {"none": 0, "other": 1}  # the people with a colour lie on top


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dot:
    """A face at `x`, `y` of the drawing. kind: the style sheet's class. title: shown on hover."""

    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LegendRow:
    """Who has the colour of `kind`, and with how many faces."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChartView:
    """The drawing, `width` by `height`, dots in the order of drawing, each of that `radius`.

    share: how much of the variance both axes hold, in %. drawn: how many faces `of` how many.
    """

    width: int
    height: int
    radius: int
    dots: list[Dot]
    legend: list[LegendRow]
    share: int
    drawn: int
    of: int


def chart_view(report: Report, labels: Mapping[int, str]) -> ChartView | None:
    """The map of faces; None with fewer than three. labels: what to call each person, by id."""
    cloud = report.scatter
    if len(cloud.points) < 3:
        return None
    height, places = _placed(cloud.points)
    kinds = _kinds(report)
    dots = []
    for point, (x, y) in zip(cloud.points, places, strict=True):
        face = report.faces[point.face]
        who = labels[face.person] if face.person else "Unsure"
        dots.append(Dot(x, y, kinds[face.person], f"{who} · {face.photo}"))
    dots.sort(key=lambda dot: _DRAWN_FIRST.get(dot.kind, 2))
    return ChartView(
        width=WIDTH,
        height=height,
        radius=6 if len(dots) <= 800 else 4,
        dots=dots,
        legend=_legend(report, labels, kinds),
        share=round(100 * sum(cloud.explained)),
        drawn=len(dots),
        of=cloud.of,
    )


def _placed(points: Sequence[Point]) -> tuple[int, list[tuple[float, float]]]:
    """The height of the drawing, and where in it each point goes.

    Both axes have the same scale, so distances on the paper can be compared.
    """
    xs, ys = [point.x for point in points], [point.y for point in points]
    first, highest = min(xs), max(ys)
    wide, high = max(max(xs) - first, 1e-6), max(highest - min(ys), 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST - 2 * MARGIN) / high)
    height = max(LEAST, round(high * scale) + 2 * MARGIN)
    left, top = (WIDTH - wide * scale) / 2, (height - high * scale) / 2
    return height, [
        (round(left + (x - first) * scale, 1), round(top + (highest - y) * scale, 1))
        for _, x, y in points
    ]


def _kinds(report: Report) -> dict[int | None, str]:
    """The style of each person's dots: the first few have a colour of their own."""
    kinds: dict[int | None, str] = {None: "none"}
    for rank, person in enumerate(report.people):
        kinds[person.id] = f"k{rank}" if rank < COLOURS else "other"
    return kinds


def _legend(
    report: Report, labels: Mapping[int, str], kinds: Mapping[int | None, str]
) -> list[LegendRow]:
    rows = [
        LegendRow(kinds[person.id], labels[person.id], person.face_count)
        for person in report.people[:COLOURS]
    ]
    drawn = Counter(kinds[face.person] for face in report.faces if face.reason != Reason.SMALL)
    for kind, label in (("other", "Other people"), ("none", "Unsure")):
        if drawn[kind]:
            rows.append(LegendRow(kind, label, drawn[kind]))
    return rows
