"""From faces to people: gates, numbering, reasons, and what must not change the result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import Gate, Tuning
from facecluster.config import METHODS, ClusterConfig
from facecluster.records import FaceTable, Grouping, Reason

DISTANCE = 0.08
GATE = Gate()


def table(rows: np.ndarray, photo: np.ndarray | None = None, size: float = 100) -> FaceTable:
    """Faces with these embeddings, each in a photo of its own unless told otherwise."""
    count = len(rows)
    photo = np.arange(count) if photo is None else photo
    boxes = np.tile(np.array([0, 0, size, size * 1.3], np.float32), (count, 1))
    ones = np.ones(count, np.float32)
    return FaceTable(
        photo=photo.astype(np.int32),
        ordinal=np.zeros(count, np.int32),
        boxes=boxes,
        landmarks=np.zeros((count, 5, 2), np.float32),
        scores=ones,
        clarity=np.zeros((count, 3), np.float32),
        consistency=ones,
        embeddings=rows.astype(np.float32),
    )


def find(faces: FaceTable, quality: np.ndarray | None = None, **settings: object) -> Grouping:
    good = np.ones(len(faces), np.float32) if quality is None else quality.astype(np.float32)
    return find_people(faces, good, ClusterConfig(**settings), FalseAcceptCurve((), DISTANCE))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_clear_people(people, method) -> None:
    rows, truth = people([3, 8, 20, 12])
    found = find(table(rows), method=method)
    assert adjusted_rand_score(truth, found.labels) == 1
    assert found.people == 4


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_faces_does_not_change_who_is_who(people, rng, method) -> None:
    rows, _ = people([3, 8, 20, 12, 1, 1])
    order = rng.permutation(len(rows))
    one, other = find(table(rows), method=method), find(table(rows[order]), method=method)
    assert adjusted_rand_score(one.labels[order], other.labels) == 1


@pytest.mark.parametrize("method", METHODS)
def test_the_same_run_twice_is_the_same(people, method) -> None:
    rows, _ = people([3, 8, 20], spread=0.1)
    one, other = (find(table(rows), method=method, seed=4) for _ in range(2))
    assert one.labels.tolist() == other.labels.tolist()
    assert np.array_equal(one.distance, other.distance, equal_nan=True)


def test_people_are_numbered_by_photos_then_faces(people) -> None:
    rows, truth = people([2, 5, 9])
    found = find(table(rows))
    assert [np.bincount(truth[found.labels == p]).argmax() for p in range(3)] == [2, 1, 0]


def test_fewer_photos_than_wanted_are_no_person(people) -> None:
    rows, truth = people([2, 3, 6])
    found = find(table(rows), min_photos=3)
    assert found.people == 2
    assert {found.reasons[i] for i in np.nonzero(truth == 0)[0]} == {Reason.ALONE}
    # Many faces in one photo are still one photo.
    photo = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert find(table(rows, photo), allow_twice=True).people == 2
    assert find(table(rows, photo), min_photos=1, allow_twice=True).people == 3


def test_fewer_people_than_asked_for_is_said(people) -> None:
    rows, _ = people([6, 6, 1])
    found = find(table(rows), method="kmeans", people=3)
    assert found.people == 2
    assert "3 groups, of which 2 are people" in found.notes[-1]
    assert find(table(rows), method="kmeans", people=3, min_photos=1).notes == ()


def test_poor_faces_join_people_but_make_none(people) -> None:
    rows, _ = people([6, 6])
    quality = np.ones(12)
    quality[[0, 1]] = GATE.trusted - 0.01
    quality[6:] = 0.1
    found = find(table(rows), quality)
    assert found.people == 1
    assert set(found.labels[:6]) == {0}
    assert {found.reasons[i] for i in range(6, 12)} == {Reason.POOR}
    assert found.core.tolist() == [False, False] + [True] * 4 + [False] * 6


def test_a_place_where_poor_faces_meet_is_no_person(people) -> None:
    rows, _ = people([14, 6])
    quality = np.ones(20)
    quality[3:14] = 0.4  # three good faces draw eleven poor ones
    quality[18:] = 0.4  # four good faces draw two
    found = find(table(rows), quality)
    assert found.people == 1
    assert set(found.labels[14:]) == {0}
    assert {found.reasons[i] for i in range(3, 14)} == {Reason.POOR}
    assert {found.reasons[i] for i in range(3)} == {Reason.ALONE}


def test_small_faces_are_left_out_of_everything(people) -> None:
    rows, _ = people([4])
    faces = table(rows)
    faces.boxes[0, 2:] = (19, 30)
    found = find(faces)
    assert found.labels.tolist() == [-1, 0, 0, 0]
    assert found.reasons[0] is Reason.SMALL
    assert found.nearest[0] == -1
    assert np.isnan(found.distance[0])
    assert find(faces, min_face=19).labels.tolist() == [0] * 4


@pytest.mark.parametrize("method", METHODS)
def test_two_faces_of_one_photo_are_two_people(people, method) -> None:
    """Twins are in many photos together; a person who is twice in one: twice/test_rule.py."""
    rows, _ = people([12, 12], spread=0.06)
    photo = np.append(np.arange(12) // 2, np.arange(12, 24))
    found = find(table(rows, photo), method=method, people=2 if method == "kmeans" else None)
    first, second = found.labels[0:12:2], found.labels[1:12:2]
    assert ((first != second) | (first < 0)).all()
    left = np.nonzero(found.labels[:12] < 0)[0]
    assert {found.reasons[twin] for twin in left} <= {Reason.TWICE, Reason.ALONE}
    allowed = find(table(rows, photo), method=method, allow_twice=True)
    assert allowed.labels[0] == allowed.labels[1] >= 0


def test_distance_to_the_own_and_to_the_nearest_centre(people) -> None:
    rows, _ = people([5, 5, 1])
    found = find(table(rows))
    for i in range(10):
        members = rows[found.labels == found.labels[i]].sum(axis=0)
        centre = members / np.linalg.norm(members)
        assert found.distance[i] == pytest.approx(1 - rows[i] @ centre, abs=1e-5)
        assert found.nearest[i] == found.labels[i]
    assert found.labels[10] == -1
    assert found.nearest[10] in (0, 1)
    assert found.distance[10] > DISTANCE


@pytest.mark.parametrize("method", METHODS)
def test_the_users_distance_wins(people, method) -> None:
    rows, _ = people([6, 6])
    tight = find(table(rows), method=method, distance=1e-4)
    assert tight.people == 0
    assert tight.threshold < find(table(rows), method=method).threshold
    assert find(table(rows), method=method, distance=1.9).people == 1


@pytest.mark.parametrize("method", ["agglomerative", "hdbscan", "kmeans"])
def test_a_single_distance_is_taken_as_it_is(people, method) -> None:
    rows, _ = people([6, 6])
    assert find(table(rows), method=method, distance=0.12).threshold == pytest.approx(0.12)


@pytest.mark.parametrize("method", METHODS)
def test_without_a_distance_the_models_table_decides(people, method) -> None:
    """More faces, more strangers to mix up: the reach gets smaller."""
    few, many = (people(sizes)[0] for sizes in ([6, 6], [6, 6] + [1] * 2000))
    one, other = (find(table(rows), method=method).threshold for rows in (few, many))
    assert other <= one
    if method != "auto":  # whose reach follows from the people, not from the faces
        assert other < one


def test_poor_faces_stay_where_strangers_are_few(people) -> None:
    """However wide the user's distance is."""
    rows, _ = people([30], spread=0.01)
    edge = rows.mean(axis=0) / np.linalg.norm(rows.mean(axis=0))
    aside = np.zeros(64, np.float32)
    aside[0] = 1
    aside -= (aside @ edge) * edge
    aside /= np.linalg.norm(aside)
    far = 1.1 * FalseAcceptCurve((), DISTANCE).limit(GATE.poor_rate)
    beside = ((1 - far) * edge + np.sqrt(1 - (1 - far) ** 2) * aside).astype(np.float32)
    faces = table(np.concatenate([rows, beside[None]]))
    poor = np.append(np.ones(30), 0.5)
    wide = {"method": "agglomerative", "distance": 1.3 * far}
    assert find(faces, **wide).labels[30] == 0
    assert find(faces, poor, **wide).labels[30] == -1


@pytest.mark.parametrize(
    ("gate", "people_found", "placed"),
    [
        (GATE, 1, 6),
        (Gate(trusted=0.0), 2, 12),
        (Gate(trusted=1.1), 0, 0),
        (Gate(most_poor=0.2), 0, 0),
    ],
)
def test_the_gate_can_be_moved(people, gate: Gate, people_found: int, placed: int) -> None:
    rows, _ = people([6, 6])
    quality = np.ones(12, np.float32)
    quality[[0, 1]], quality[6:] = GATE.trusted - 0.01, 0.1
    curve = FalseAcceptCurve((), DISTANCE)
    found = find_people(table(rows), quality, ClusterConfig(), curve, Tuning(gate=gate))
    assert found.people == people_found
    assert (found.labels >= 0).sum() == placed


def test_no_faces() -> None:
    for method in METHODS:
        found = find(table(np.empty((0, 8), np.float32)), method=method)
        assert (found.people, len(found.labels)) == (0, 0)


def test_the_input_is_left_alone(people) -> None:
    rows, _ = people([5, 5])
    faces = table(rows)
    copy = replace(faces, embeddings=faces.embeddings.copy(), boxes=faces.boxes.copy())
    find(faces)
    assert np.array_equal(faces.embeddings, copy.embeddings)
    assert np.array_equal(faces.boxes, copy.boxes)
