"""Histograms and histories show the numbers that they are given."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from facecluster.train.history import EpochRow
from facecluster.train.plots.draw import distance_histograms, loss_and_accuracy
from facecluster.train.plots.history import course
from tests.support.figures import WIDTH, drawn, row, texts

NAN = math.nan


def bars(figure: Figure) -> list[StepPatch]:
    return [p for p in figure.axes[0].patches if isinstance(p, StepPatch) and p.get_fill()]


@given(
    same=st.lists(st.floats(0, 2, width=32), min_size=1, max_size=30),
    different=st.lists(st.floats(0, 2, width=32), min_size=1, max_size=30),
)
@settings(max_examples=25, deadline=None)
def test_histograms_hold_every_pair_once(same: list[float], different: list[float]) -> None:
    kinds = [np.array([*v, NAN, np.inf], dtype=np.float32) for v in (same, different)]
    for patch, values in zip(
        bars(distance_histograms(*kinds, 0.5)), (same, different), strict=True
    ):
        shares, edges, _ = patch.get_data()
        assert shares.sum() == pytest.approx(100)
        assert edges[0] <= min(values)
        assert max(values) <= edges[-1] * (1 + 1e-6)
        # Slow count, bar by bar; where a value is on an edge it is in the bar to its right.
        counts = [
            sum(a <= v < b or (v == b == edges[-1]) for v in values) for a, b in pairwise(edges)
        ]
        np.testing.assert_allclose(shares * len(values) / 100, counts, atol=1e-9)


def test_the_threshold_tells_its_errors() -> None:
    same, different = np.array([0.1, 0.2, 0.5, 0.6]), np.array([0.5, 0.9, 1.0])
    said = texts(distance_histograms(same, different, 0.5))
    assert "threshold 0.500: accepts 33.3 % of different, rejects 25.0 % of same" in said
    assert "4 same pairs" in said
    assert "1 different pair\n" in texts(distance_histograms(same, np.array([0.3]), None)) + "\n"


def test_distances_that_are_all_one_value_or_none() -> None:
    drawn(distance_histograms(np.array([0.3]), np.array([0.3]), 0.3))
    nothing = distance_histograms(np.array([NAN]), np.zeros(0), NAN)
    drawn(nothing)
    assert "no distances to show" in texts(nothing)


def lines(figure: Figure, place: int) -> dict[str, np.ndarray]:
    found = {str(line.get_label()): line.get_xydata() for line in figure.axes[place].lines}
    return {name: data for name, data in found.items() if not name.startswith("_")}


def test_history_shows_the_rows() -> None:
    rows = [row(1, accuracy=0.7), row(2, best=True, accuracy=0.9), row(3, accuracy=NAN)]
    figure = loss_and_accuracy(rows)
    drawn(figure)
    loss = lines(figure, 0)["mean of the epoch"]
    np.testing.assert_allclose(loss, [[1, 1], [2, 1 / 2], [3, 1 / 3]])
    accuracy = lines(figure, 2)["verification accuracy"]
    np.testing.assert_allclose(accuracy, [[1, 70], [2, 90], [3, NAN]])
    assert "best: 2" in texts(figure)
    assert [axes.get_xlabel() for axes in figure.axes] == ["epoch"] * 4


def test_stages_are_marked_and_part_the_loss() -> None:
    rows = [row(1, "arcface", loss=15.0), row(2, "arcface", loss=9.0), row(3, "triplet", loss=0.1)]
    figure = loss_and_accuracy(rows)
    drawn(figure)
    assert {"arcface", "triplet"} <= set(texts(figure).split("\n"))
    assert figure.axes[0].get_yscale() == "log"
    epochs, losses = course(rows, "loss", whole=False)
    np.testing.assert_array_equal(epochs, [1, 2, 2.5, 3])
    np.testing.assert_array_equal(losses, [15, 9, NAN, 0.1])
    np.testing.assert_array_equal(course(rows, "accuracy", whole=True)[0], [1, 2, 3])
    marks = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in marks] == [2.5]


@pytest.mark.parametrize(
    "rows",
    [
        [row(1)],
        [row(7, best=True), row(8)],
        [row(i, loss=NAN, positive=NAN, negative=NAN, accuracy=NAN, auc=NAN, holdout_accuracy=NAN,
             eer=NAN, tar_1e2=NAN, tar_1e3=NAN, active=NAN) for i in (1, 2)],
        [row(1, loss=math.inf), row(2, loss=-1.0), row(3, loss=0.0)],
        [row(i, "abcde"[i % 5]) for i in range(1, 200)],
    ],
    ids=["one epoch", "resumed", "nothing measured", "odd losses", "many stages"],
)  # fmt: skip
def test_any_history_can_be_drawn(rows: list[EpochRow]) -> None:
    assert drawn(loss_and_accuracy(rows)).width == WIDTH


def test_no_history_is_said() -> None:
    assert "no epoch has ended yet" in texts(loss_and_accuracy([]))
