"""The drawing of the map of faces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from facecluster.output.page.chart import chart_view
from facecluster.records import PhotoRow, Reason
from facecluster.report.build import build_report
from facecluster.report.records import Point, Scatter
from tests.support.made_albums import RUN, make_faces, make_grouping


def test_chart_keeps_dots_inside_and_leaves_out_tiny_charts():
    photos = [PhotoRow(f"{i}.jpg", str(i), 1) for i in range(30)]
    grouping = make_grouping([i % 15 for i in range(30)], [Reason.PLACED] * 30)
    report = build_report(Path("/"), photos, make_faces(range(30)), grouping, RUN)
    points = tuple(Point(i, float(np.cos(i)), float(np.sin(i) * 5)) for i in range(30))
    cloud = Scatter("pca", 30, (0.2, 0.1), points)
    labels = {i: f"Person {i}" for i in range(1, 16)}
    chart = chart_view(replace(report, scatter=cloud), labels)
    assert chart is not None
    assert all(0 < dot.x < chart.width and 0 < dot.y < chart.height for dot in chart.dots)
    assert [row.kind for row in chart.legend] == [f"k{i}" for i in range(10)] + ["other"]
    assert chart.legend[-1].count == 10
    assert chart.share == 30
    few = replace(report, scatter=replace(cloud, points=points[:2]))
    assert chart_view(few, {}) is None
