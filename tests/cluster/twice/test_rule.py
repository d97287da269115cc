"""A person who is twice in a photo stays one; twins, who often are, stay two."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.base import Sightings
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.cluster.tuning import DEFAULT, Tuning, TwiceTuning
from facecluster.cluster.twice.rule import TwiceRule, without
from facecluster.config import METHODS, ClusterConfig
from facecluster.records import FaceTable, Grouping
from facecluster.rules import FaceRules

DISTANCE, SPREAD = 0.08, 0.06  # cosine; as wide as people are in photos
CURVE = FalseAcceptCurve((), DISTANCE)


def find(
    rows: np.ndarray,
    photo: np.ndarray,
    tuning: Tuning = DEFAULT,
    rules: FaceRules | None = None,
    **settings: object,
) -> Grouping:
    count = len(rows)
    ones = np.ones(count, np.float32)
    faces = FaceTable(
        photo=photo.astype(np.int32),
        ordinal=np.zeros(count, np.int32),
        boxes=np.tile(np.array([0, 0, 100, 130], np.float32), (count, 1)),
        landmarks=np.zeros((count, 5, 2), np.float32),
        scores=ones,
        clarity=np.zeros((count, 3), np.float32),
        consistency=ones,
        embeddings=rows.astype(np.float32),
    )
    return find_people(faces, ones, ClusterConfig(**settings), CURVE, tuning, rules=rules)


def folders(found: Grouping, truth: np.ndarray, photo: np.ndarray, who: int) -> list[int]:
    """How many photos of somebody are in each folder that has several."""
    own = found.labels[truth == who]
    shown = [len(set(photo[truth == who][own == label])) for label in set(own) - {-1}]
    return [count for count in shown if count > 1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("own", "times"), [(40, 2), (40, 4), (30, 9), (8, 4), (5, 3), (3, 2)])
def test_one_collage_leaves_its_owner_whole(people, method, own, times) -> None:
    rows, truth = people([own + times, 20, 6, 3, 1, 1], spread=SPREAD)
    photo = np.arange(len(rows))
    photo[:times] = 0
    found = find(rows, photo, method=method)
    whole = folders(found, truth, photo, 0)
    assert len(whole) == 1
    assert whole[0] >= 0.9 * (own + 1)
    owner = np.bincount(found.labels[(truth == 0) & (found.labels >= 0)]).argmax()
    assert owner in found.labels[:times]
    assert found.confidence is not None
    assert found.confidence.people[owner] > 0.9


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("own", "times"), [(40, 2), (40, 4), (30, 9)])
def test_among_very_many_faces_the_pieces_are_joined(people, method, own, times) -> None:
    """A second grouping would take too long there."""
    rows, truth = people([own + times, 20, 6, 3, 1, 1], spread=SPREAD)
    photo = np.arange(len(rows))
    photo[:times] = 0
    tuning = Tuning(twice=TwiceTuning(sheets=(), faces=10))
    whole = folders(find(rows, photo, tuning, method=method), truth, photo, 0)
    assert [count >= 0.8 * (own + 1) for count in whole] == [True]


@pytest.mark.parametrize("method", METHODS)
def test_a_mixed_collage_and_a_sheet_leave_all_whole(people, method) -> None:
    rows, truth = people([20, 20, 12, 12], spread=SPREAD)
    photo = np.arange(len(rows))
    photo[[0, 1, 20, 21]] = 0  # two people twice
    photo[[2, 3, 4, 22, 23, 24, 40, 41, 42, 52]] = 1  # three people three times, and one once
    found = find(rows, photo, method=method)
    for who, least in enumerate((15, 15, 9, 11)):
        assert [count >= least for count in folders(found, truth, photo, who)] == [True]


@pytest.mark.parametrize("method", METHODS)
def test_mirrors_and_strips_leave_their_owner_whole(people, rng, method) -> None:
    """Nearly the same face four times, in every other photo."""
    rows, truth = people([12, 12, 4], spread=SPREAD)
    again = np.repeat(rows[:6], 3, axis=0) + rng.normal(size=(18, 64)) * np.sqrt(0.01 / 64)
    again /= np.linalg.norm(again, axis=1, keepdims=True)
    rows = np.concatenate([rows, again])
    photo = np.concatenate([np.arange(28), np.repeat(np.arange(6), 3)])
    truth = np.append(truth, np.zeros(18, int))
    found = find(rows, photo, method=method)
    assert [count >= 11 for count in folders(found, truth, photo, 0)] == [True]


def shared(people, own: int, both: int, alike: float) -> tuple[np.ndarray, ...]:
    """Two people with `own` photos each and `both` of the two; `alike` farther apart than two
    faces of either."""
    many = own + both
    rows, truth = people([2 * many, 8], spread=SPREAD)
    rows[many : 2 * many, 0] += np.float32(np.sqrt(2 * alike))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    truth = np.append(np.repeat([0, 1], many), np.full(8, 2))
    photo = np.arange(len(rows))
    photo[own + both : own + 2 * both] = photo[:both]
    return rows, truth, photo


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("alike", [0.0, 0.02, 0.05])
@pytest.mark.parametrize(("own", "both"), [(0, 10), (4, 8), (15, 15)])
def test_twins_who_are_often_together_stay_two(people, method, own, both, alike) -> None:
    rows, _, photo = shared(people, own, both, alike)
    found = find(rows, photo, method=method)
    first, second = found.labels[:both], found.labels[own + both : own + 2 * both]
    assert ((first != second) | (first < 0)).all()


@pytest.mark.parametrize("method", METHODS)
def test_siblings_in_one_photo_do_not_take_each_other_apart(people, method) -> None:
    rows, truth, photo = shared(people, 20, 1, 0.2)
    found = find(rows, photo, method=method)
    for who in (0, 1):
        assert [count > 15 for count in folders(found, truth, photo, who)] == [True]
    assert found.labels[0] != found.labels[21]


def test_pieces_that_only_photos_keep_apart_are_listed(people) -> None:
    rows, _, photo = shared(people, 15, 15, 0.0)
    found = find(rows, photo)
    assert found.confidence is not None
    pairs = found.confidence.pairs.tolist()
    owners = {int(found.labels[face]) for face in range(60)} - {-1}
    listed = {person for pair in pairs for person in pair}
    assert len(owners) > 1
    assert owners <= listed


def test_the_rule_is_the_photo_where_nobody_is_twice(people) -> None:
    rows, truth = people([6, 6, 6], spread=SPREAD)
    photo = np.tile(np.arange(6), 3).astype(np.int32)
    rule = TwiceRule(rows, photo, np.ones(18, bool), CURVE)
    assert not rule.learn(truth.astype(np.int32))
    assert rule.photo.tolist() == photo.tolist()


def test_photos_without_the_rule_have_faces_of_their_own() -> None:
    photo = np.array([3, 0, 3, 1, 1, 7], np.int32)
    apart = without(photo, np.array([3, 7]))
    assert apart[[1, 3, 4]].tolist() == [0, 1, 1]
    assert len(set(apart.tolist())) == 5
    assert photo.tolist() == [3, 0, 3, 1, 1, 7]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("own", [30, 40])
def test_what_is_joined_is_never_two_named_people(people, method, own) -> None:
    """The pieces of somebody whom a collage shows nine times, two of which were named."""
    rows, _ = people([own + 9, 20, 6, 3, 1, 1], spread=SPREAD)
    photo = np.arange(len(rows))
    photo[:9] = 0
    tuning = Tuning(twice=TwiceTuning(sheets=(), faces=10))
    same = np.full(len(rows), -1, np.int32)
    same[[12, 20]] = 0, 1
    nothing = np.zeros(len(rows), bool)
    rules = FaceRules(same, np.empty((0, 2), np.int32), nothing, same >= 0)
    found = find(rows, photo, tuning, method=method, rules=rules)
    assert 0 <= found.labels[12] != found.labels[20] >= 0


def test_groups_that_were_seen_together_are_not_joined() -> None:
    rows = np.eye(4, dtype=np.float32)
    rule = TwiceRule(rows, np.arange(4, dtype=np.int32), np.ones(4, bool), CURVE)
    rule._people = np.array([0, 0, 1, 1], np.int32)
    labels = np.arange(4, dtype=np.int32)
    assert rule.joined(labels).tolist() == [0, 0, 1, 1]
    more = Sightings(np.array([0, 1, 0, 2], np.int32), np.array([9, 9, 10, 10], np.int32))
    found = rule.joined(labels, more)
    assert found[0] != found[1]
    assert found[2] == found[3]
