"""What speaks for and against a person being one, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.confidence.features import rarity
from facecluster.cluster.confidence.person_evidence import person_evidence
from facecluster.cluster.tuning import EvidenceLimits
from tests.support.angles import apart, at_angles


def test_a_person_splits_where_two_halves_meet(curve) -> None:
    # Two near 0, two near 60 and one odd face at 170 degrees, which does not hide the halves.
    rows = at_angles(0, 10, 60, 70, 170)
    gap = np.mean([apart(a) for a in (60, 70, 50, 60)])
    found = person_evidence(np.zeros(5, np.int32), rows, curve)
    assert found[0, 0] == pytest.approx(rarity(curve, np.array([gap]))[0], abs=1e-4)
    np.testing.assert_allclose(found[0, 1:], [1, np.log2(5), 2, 0, 0])


@pytest.mark.parametrize(
    ("degrees", "gap"),
    [
        ((0, 50), apart(50)),
        ((0, 50, 90), (apart(50) + apart(90)) / 2),  # 50 and 90 merge first
        ((0, 20, 60, 130), apart(20)),  # every face merges by itself: the first merge
    ],
)
def test_a_few_faces_split_by_hand(curve, degrees: tuple[float, ...], gap: float) -> None:
    rows, labels = at_angles(*degrees), np.zeros(len(degrees), np.int32)
    found = person_evidence(labels, rows, curve)
    assert found[0, 0] == pytest.approx(rarity(curve, np.array([gap]))[0], abs=1e-4)
    assert found[0, 1] == 0


def test_one_face_is_not_split(curve) -> None:
    found = person_evidence(np.array([0, -1], np.int32), at_angles(0, 5), curve)
    np.testing.assert_allclose(found[0], [7, 0, 0, 0, 0, 1])


def test_people_keep_their_rows(grouped, curve) -> None:
    labels, rows = grouped
    found = person_evidence(labels, rows, curve)
    for person in range(5):
        mine = labels == person
        alone = person_evidence(np.zeros(mine.sum(), np.int32), rows[mine], curve)
        np.testing.assert_allclose(found[person, :4], alone[0, :4], atol=1e-6)


def test_large_people_are_sampled_in_proportion(people, curve) -> None:
    rows, _ = people([30, 90])
    labels = np.zeros(120, np.int32)
    whole = person_evidence(labels, rows, curve)
    part = person_evidence(labels, rows, curve, EvidenceLimits(sample=40))
    assert 2 ** part[0, 1] == pytest.approx(30, abs=3)
    np.testing.assert_allclose(part[0, 0], whole[0, 0], atol=0.3)


@pytest.mark.parametrize("labels", [[], [-1, -1], [0, 0, -1]])
def test_next_to_nothing(curve, labels: list[int]) -> None:
    rows, given = at_angles(*range(len(labels))).reshape(-1, 2), np.array(labels, np.int32)
    people = max(labels, default=-1) + 1
    assert person_evidence(given, rows, curve).shape == (people, 6)
