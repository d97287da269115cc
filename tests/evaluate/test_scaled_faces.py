"""What distances decide is decided by w_a w_b (1 - cos) where faces have a scale; by loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.neighbors import KNeighborsClassifier

from facecluster.cluster.metrics import bcubed
from facecluster.distances import paired_distances
from facecluster.evaluate.calibration.calibrate import BINS, far_table
from facecluster.evaluate.calibration.thresholds import CUT, grouping_distance
from facecluster.evaluate.people.compare import compare
from facecluster.evaluate.people.identify import identify
from facecluster.evaluate.people.known_people import Known
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.evaluate.verification.protocol import figures


@pytest.fixture
def labelled(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows with their scale, the scale, and the person: 40 people of 6 faces, half of them crowded
    around one place."""
    person = np.repeat(np.arange(40), 6)
    crowded = np.arange(40) % 2 == 0
    centres = rng.normal(size=(40, 16)) * np.where(crowded, 0.5, 1.5)[:, None] + 1
    rows = centres[person] + rng.normal(size=(240, 16)) * np.where(crowded, 0.15, 0.5)[person, None]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scale = np.where(crowded, 1.6, 0.8)[person] * rng.uniform(0.9, 1.1, 240)
    return (rows * scale[:, None]).astype(np.float32), scale, person


def matrix(rows: np.ndarray, scale: np.ndarray) -> np.ndarray:
    exact = rows.astype(float) / scale[:, None]
    count = len(rows)
    found = np.zeros((count, count))
    for i in range(count):
        for j in range(count):
            found[i, j] = scale[i] * scale[j] * (1 - float(exact[i] @ exact[j]))
    return found


def test_the_table_counts_scaled_distances(labelled) -> None:
    rows, scale, person = labelled
    strangers = matrix(rows, scale)[person[:, None] < person[None]]
    table = far_table(rows, person)
    assert [rate for rate, _ in table] == [0.1, 0.01, 0.001]
    for rate, edge in table:
        assert np.mean(strangers <= edge - 2 / BINS) <= rate < np.mean(strangers <= edge + 4 / BINS)


def test_the_grouping_distance_is_that_of_average_linkage_on_scaled_distances(labelled) -> None:
    rows, scale, person = labelled
    apart = np.maximum(matrix(rows, scale), 0)
    np.fill_diagonal(apart, 0)

    def f(cut: float) -> float:
        made = AgglomerativeClustering(
            None, distance_threshold=cut, metric="precomputed", linkage="average"
        )
        return bcubed(person, made.fit_predict(apart).astype(np.int64)).f

    found = grouping_distance(rows, person)
    same = person[:, None] == person[None]
    upper = np.triu(np.ones_like(same), 1)
    limit = np.quantile(apart[~same & upper], CUT.most_strangers)
    assert f(found) >= max(f(cut) for cut in np.linspace(0.01, limit, 40)) - 0.01
    assert f(found) > 0.95


def test_compare_and_verification_tell_scaled_distances(labelled) -> None:
    rows, scale, person = labelled
    wanted = matrix(rows, scale)
    none = np.zeros((3, 4), np.float32)
    one = Faces(none, none[:, 0], none[:, 0], rows[:3])
    other = Faces(none, none[:, 0], none[:, 0], rows[3:6])
    found = compare(one, other, 0.1, ((0.1, 0.5), (0.01, 0.05)))
    assert found.distances == pytest.approx(wanted[:3, 3:6], abs=1e-5)
    first, second = np.triu_indices(len(rows), 1)
    apart = paired_distances(rows[first], rows[second])
    assert apart == pytest.approx(wanted[first, second], abs=1e-5)
    same = person[first] == person[second]
    plain = 1 - (rows / scale[:, None] @ (rows / scale[:, None]).T)[first, second]
    fold = np.arange(len(first)) % 10
    # The scales of these faces are made to help; the figures must show it.
    assert figures(apart, same, fold, 0.1).eer < figures(plain, same, fold, 0.1).eer


def test_names_are_given_by_scaled_distances(labelled) -> None:
    rows, scale, person = labelled
    train = np.arange(len(rows)) % 3 != 0
    known = Known(tuple(f"{i:02}" for i in range(40)), person[train], rows[train])
    probes = rows[~train]
    none = np.zeros((len(probes), 4), np.float32)
    faces = Faces(none, none[:, 0], np.ones(len(probes), np.float32), probes)
    answers = identify(faces, known, 3, threshold=2.0, allow_twice=True)
    apart = np.maximum(matrix(rows, scale), 0)
    peer = KNeighborsClassifier(3, weights="distance", metric="precomputed")
    peer.fit(apart[np.ix_(train, train)], person[train])
    wanted = peer.predict(apart[np.ix_(~train, train)])
    assert [answer.person for answer in answers] == wanted.tolist()
    assert [answer.distance for answer in answers] == pytest.approx(
        [
            apart[~train][i, train][person[train] == answer.person].min()
            for i, answer in enumerate(answers)
        ],
        abs=1e-5,
    )


def test_one_scale_for_all_only_stretches_the_distances(labelled) -> None:
    rows, scale, person = labelled
    units = (rows / scale[:, None]).astype(np.float32)
    before, after = far_table(units, person), far_table(units * np.float32(1.1), person)
    for (rate, one), (same, other) in zip(before, after, strict=True):
        assert rate == same
        assert other == pytest.approx(1.21 * one, abs=4 / BINS)
    wider = grouping_distance(units * np.float32(1.1), person)
    assert wider == pytest.approx(1.21 * grouping_distance(units, person), rel=1e-3)
    strict = replace(CUT, most_strangers=1e-9)
    assert grouping_distance(units, person, tuning=strict) < grouping_distance(units, person)
