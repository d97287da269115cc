"""What speaks for and against two people being one, against slow loops and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.confidence.features import rarity
from facecluster.cluster.confidence.pair_evidence import pair_evidence
from facecluster.cluster.tuning import EvidenceLimits
from tests.support.angles import at_angles

EVERY = EvidenceLimits(far=1.0)  # pairs of people, however far apart


def mean_between(labels: np.ndarray, rows: np.ndarray, a: int, b: int) -> float:
    every = [
        1 - float(rows[i] @ rows[j])
        for i in np.nonzero(labels == a)[0]
        for j in np.nonzero(labels == b)[0]
        if i != j
    ]
    return float(np.mean(every))


def test_pairs_are_as_far_as_a_slow_loop_says(grouped, curve) -> None:
    labels, rows = grouped
    pairs, found = pair_evidence(labels, rows, None, curve, EVERY)
    gaps = np.array([[mean_between(labels, rows, a, b) for b in range(5)] for a in range(5)])
    assert len(pairs) >= 5 * 3 / 2
    assert (pairs[:, 0] < pairs[:, 1]).all()
    for (a, b), row in zip(pairs.tolist(), found, strict=True):
        third = min(gaps[x, c] for x in (a, b) for c in range(5) if c not in (a, b))
        distances = np.array([gaps[a, b], third, (gaps[a, a] + gaps[b, b]) / 2])
        np.testing.assert_allclose(row[:3], rarity(curve, distances), atol=1e-4)
        sizes = sorted(int((labels == x).sum()) for x in (a, b))
        np.testing.assert_allclose(row[3:], np.log2([*sizes, 5]))


def test_pairs_are_the_nearest_and_not_too_far(curve) -> None:
    labels = np.repeat(np.arange(6), 2).astype(np.int32)
    rows = at_angles(*np.repeat([0, 1, 2, 3, 4, 120], 2).tolist())
    pairs, _ = pair_evidence(labels, rows, None, curve)
    found = {tuple(pair) for pair in pairs.tolist()}
    assert {(0, 1), (1, 2), (2, 3), (3, 4)} <= found
    assert (0, 4) not in found  # neither is one of the other's three nearest
    assert not any(5 in pair for pair in found)  # farther than the table is asked about


def test_people_who_share_a_photo_are_not_a_pair(curve) -> None:
    labels = np.array([0, 0, 1, 1, 2, 2, -1], np.int32)
    rows = at_angles(0, 1, 2, 3, 4, 5, 6)
    photo = np.array([0, 1, 1, 2, 3, 4, 4], np.int32)
    pairs, found = pair_evidence(labels, rows, photo, curve)
    assert pairs.tolist() == [[0, 2], [1, 2]]
    assert len(found) == 2
    assert pair_evidence(labels, rows, None, curve)[0].tolist() == [[0, 1], [0, 2], [1, 2]]


def test_who_shares_a_photo_against_a_loop(grouped, rng, curve) -> None:
    labels, rows = grouped
    every = {tuple(pair) for pair in pair_evidence(labels, rows, None, curve, EVERY)[0].tolist()}
    kept = 0
    for photos in (4, 10, 25, 60, 200):
        photo = rng.integers(0, photos, len(labels)).astype(np.int32)
        seen = [set(photo[labels == person].tolist()) for person in range(5)]
        found = pair_evidence(labels, rows, photo, curve, EVERY)[0].tolist()
        assert {tuple(p) for p in found} == {p for p in every if not seen[p[0]] & seen[p[1]]}
        kept += len(found)
    assert 0 < kept < 5 * len(every)


def test_two_people_have_no_third(curve) -> None:
    labels = np.array([0, 0, 1, 1], np.int32)
    _, found = pair_evidence(labels, at_angles(0, 0, 5, 5), None, curve)
    np.testing.assert_allclose(found[0, 1:], [0, 7, 1, 1, 1], atol=1e-6)


@pytest.mark.parametrize("labels", [[], [-1, -1], [0, 0, -1]])
def test_next_to_nothing(curve, labels: list[int]) -> None:
    rows, given = at_angles(*range(len(labels))).reshape(-1, 2), np.array(labels, np.int32)
    pairs, found = pair_evidence(given, rows, np.arange(len(labels), dtype=np.int32), curve)
    assert (pairs.shape, found.shape) == ((0, 2), (0, 6))
