"""What speaks for and against a face being of its person, against slow loops."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.confidence.face_evidence import face_evidence
from facecluster.cluster.confidence.features import rarity
from facecluster.cluster.search.limits import BlockSizes, SearchLimits
from tests.support.angles import at_angles


def test_faces_are_as_far_as_a_slow_loop_says(grouped, curve) -> None:
    labels, rows = grouped
    wanted = []
    for i in np.nonzero(labels >= 0)[0]:
        gaps = []
        for person in range(5):
            others = [j for j in np.nonzero(labels == person)[0] if j != i]
            gaps.append(np.mean([1 - float(rows[i] @ rows[j]) for j in others]))
        own = gaps.pop(labels[i])
        wanted.append([own, min(gaps), (labels == labels[i]).sum()])
    wanted_own, wanted_other, size = np.array(wanted).T
    found = face_evidence(labels, rows, curve)
    np.testing.assert_allclose(found[:, 0], rarity(curve, wanted_own), atol=1e-4)
    np.testing.assert_allclose(found[:, 1], rarity(curve, wanted_other), atol=1e-4)
    np.testing.assert_allclose(found[:, 2], np.log2(size))
    np.testing.assert_allclose(found[:, 3], np.minimum(np.log2(size), 2))
    np.testing.assert_allclose(found[:, 4:], np.log2([[5, 7]] * len(found)))
    small = SearchLimits(blocks=BlockSizes(rows=4))
    again = face_evidence(labels, rows, curve, search=small)
    np.testing.assert_allclose(again, found, atol=1e-4)


def test_the_only_person_has_nobody_beside_it(curve) -> None:
    found = face_evidence(np.zeros(3, np.int32), at_angles(0, 1, 2), curve)
    assert found[:, 1].tolist() == [0, 0, 0]
    assert found[:, 4:].tolist() == [[0, 0]] * 3


def test_next_to_nothing(curve) -> None:
    labels = np.array([0, 0, -1], np.int32)
    assert face_evidence(labels, at_angles(0, 1, 2), curve).shape == (2, 6)
