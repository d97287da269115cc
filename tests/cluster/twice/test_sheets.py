"""Collages, strips and mirrors, told by the faces of a photo alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.tuning import Tuning, TwiceTuning
from facecluster.cluster.twice.sheets import sheets

CURVE = FalseAcceptCurve((), 0.08)


def in_photos(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts).astype(np.int32)


def test_a_person_many_times_is_a_collage_and_strangers_are_none(people) -> None:
    rows, _ = people([4, 1, 1, 1, 1, 9], spread=0.04)
    assert sheets(rows, in_photos(4, 4, 9), CURVE).tolist() == [0, 2]


def test_several_people_several_times_are_a_sheet(people) -> None:
    rows, _ = people([2, 2, 2, 2, 1, 1], spread=0.04)
    assert sheets(rows, in_photos(8, 2), CURVE).tolist() == [0]


@pytest.mark.parametrize(("apart", "twice"), [(0.0, True), (0.01, True), (0.05, False)])
def test_two_alike_are_twins_unless_it_is_the_same_picture(people, rng, apart, twice) -> None:
    rows, _ = people([1, 1, 1])
    away = rng.normal(size=64)
    again = rows[0] + np.sqrt(2 * apart) * away / np.linalg.norm(away)
    rows = np.concatenate([rows, again[None] / np.linalg.norm(again)]).astype(np.float32)
    assert sheets(rows, in_photos(4), CURVE).tolist() == [0] * twice


@pytest.mark.parametrize("again", [1, 2, 4])
def test_against_average_linkage_in_each_photo(people, rng, again) -> None:
    rows, _ = people([12, 12, 12], spread=0.08)
    rows, photo = rows[rng.permutation(36)], in_photos(7, 1, 9, 8, 11)
    distance = CURVE.limit(1e-4)
    wanted = []
    for number in (0, 2, 3, 4):
        tree = linkage(rows[photo == number], "average", metric="cosine")
        groups = fcluster(tree, distance, "distance")
        if len(groups) - groups.max() >= again:
            wanted.append(number)
    tuning = Tuning(twice=TwiceTuning(sheets=((1e-4, again),)))
    assert sheets(rows, photo, CURVE, tuning).tolist() == wanted
    assert len(wanted) > 0


def test_nobody() -> None:
    nothing = np.empty((0, 8), np.float32)
    assert len(sheets(nothing, np.empty(0, np.int32), CURVE)) == 0
    assert len(sheets(np.eye(8, dtype=np.float32), np.arange(8, dtype=np.int32), CURVE)) == 0
