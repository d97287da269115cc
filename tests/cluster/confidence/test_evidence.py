"""What speaks for and against a grouping, against slow loops and cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.confidence import evidence
from facecluster.cluster.confidence.evidence import (
    face_evidence,
    pair_evidence,
    person_evidence,
    surprise,
)
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.strangers import Strangers

STRANGERS = Strangers(((1e-1, 1.2), (1e-2, 1.0), (1e-3, 0.8), (1e-4, 0.6)), 0.7)


def at_angles(*degrees: float) -> np.ndarray:
    turned = np.radians(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def apart(degrees: float) -> float:
    return float(1 - np.cos(np.radians(degrees)))


@pytest.fixture
def grouped(people, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Labels of five people and of nobody, shuffled, with embeddings far from clear."""
    rows, truth = people([2, 3, 5, 9, 4, 6], spread=0.8)
    order = rng.permutation(len(rows))
    labels = np.where(truth == 5, -1, truth).astype(np.int32)
    return labels[order], rows[order]


def mean_between(labels: np.ndarray, rows: np.ndarray, a: int, b: int) -> float:
    every = [
        1 - float(rows[i] @ rows[j])
        for i in np.nonzero(labels == a)[0]
        for j in np.nonzero(labels == b)[0]
        if i != j
    ]
    return float(np.mean(every))


def test_surprise_is_the_rarity_in_powers_of_ten() -> None:
    found = surprise(STRANGERS, np.array([0.6, 0.8, 0.9, 2.0, np.nan, -50]))
    np.testing.assert_allclose(found, [4, 3, 2.5, 0, 0, 9], atol=1e-9)


def test_faces_are_as_far_as_a_slow_loop_says(grouped, monkeypatch) -> None:
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
    found = face_evidence(labels, rows, STRANGERS)
    np.testing.assert_allclose(found[:, 0], surprise(STRANGERS, wanted_own), atol=1e-4)
    np.testing.assert_allclose(found[:, 1], surprise(STRANGERS, wanted_other), atol=1e-4)
    np.testing.assert_allclose(found[:, 2], np.log2(size))
    np.testing.assert_allclose(found[:, 3], np.minimum(np.log2(size), 2))
    np.testing.assert_allclose(found[:, 4:], np.log2([[5, 7]] * len(found)))
    monkeypatch.setattr(evidence, "blocks", lambda count: blocks(count, 4))
    np.testing.assert_allclose(face_evidence(labels, rows, STRANGERS), found, atol=1e-4)


def test_the_only_person_has_nobody_beside_it() -> None:
    found = face_evidence(np.zeros(3, np.int32), at_angles(0, 1, 2), STRANGERS)
    assert found[:, 1].tolist() == [0, 0, 0]
    assert found[:, 4:].tolist() == [[0, 0]] * 3


def test_a_person_splits_where_two_halves_meet() -> None:
    # Two near 0, two near 60 and one odd face at 170 degrees, which does not hide the halves.
    rows = at_angles(0, 10, 60, 70, 170)
    gap = np.mean([apart(a) for a in (60, 70, 50, 60)])
    found = person_evidence(np.zeros(5, np.int32), rows, STRANGERS)
    assert found[0, 0] == pytest.approx(surprise(STRANGERS, np.array([gap]))[0], abs=1e-4)
    np.testing.assert_allclose(found[0, 1:], [1, np.log2(5), 2, 0, 0])


@pytest.mark.parametrize(
    ("degrees", "gap"),
    [
        ((0, 50), apart(50)),
        ((0, 50, 90), (apart(50) + apart(90)) / 2),  # 50 and 90 join first
        ((0, 20, 60, 130), apart(20)),  # every face joins by itself: the first joining
    ],
)
def test_a_few_faces_split_by_hand(degrees: tuple[float, ...], gap: float) -> None:
    rows, labels = at_angles(*degrees), np.zeros(len(degrees), np.int32)
    found = person_evidence(labels, rows, STRANGERS)
    assert found[0, 0] == pytest.approx(surprise(STRANGERS, np.array([gap]))[0], abs=1e-4)
    assert found[0, 1] == 0


def test_one_face_is_not_split() -> None:
    found = person_evidence(np.array([0, -1], np.int32), at_angles(0, 5), STRANGERS)
    np.testing.assert_allclose(found[0], [7, 0, 0, 0, 0, 1])


def test_people_keep_their_rows(grouped) -> None:
    labels, rows = grouped
    found = person_evidence(labels, rows, STRANGERS)
    for person in range(5):
        mine = labels == person
        alone = person_evidence(np.zeros(mine.sum(), np.int32), rows[mine], STRANGERS)
        np.testing.assert_allclose(found[person, :4], alone[0, :4], atol=1e-6)


def test_large_people_are_sampled_in_proportion(people, monkeypatch) -> None:
    rows, _ = people([30, 90])
    labels = np.zeros(120, np.int32)
    whole = person_evidence(labels, rows, STRANGERS)
    monkeypatch.setattr(evidence, "SAMPLE", 40)
    part = person_evidence(labels, rows, STRANGERS)
    assert 2 ** part[0, 1] == pytest.approx(30, abs=3)
    np.testing.assert_allclose(part[0, 0], whole[0, 0], atol=0.3)


def test_pairs_are_as_far_as_a_slow_loop_says(grouped, monkeypatch) -> None:
    monkeypatch.setattr(evidence, "FAR", 1.0)
    labels, rows = grouped
    pairs, found = pair_evidence(labels, rows, None, STRANGERS)
    gaps = np.array([[mean_between(labels, rows, a, b) for b in range(5)] for a in range(5)])
    assert len(pairs) >= 5 * 3 / 2
    assert (pairs[:, 0] < pairs[:, 1]).all()
    for (a, b), row in zip(pairs.tolist(), found, strict=True):
        third = min(gaps[x, c] for x in (a, b) for c in range(5) if c not in (a, b))
        distances = np.array([gaps[a, b], third, (gaps[a, a] + gaps[b, b]) / 2])
        np.testing.assert_allclose(row[:3], surprise(STRANGERS, distances), atol=1e-4)
        sizes = sorted(int((labels == x).sum()) for x in (a, b))
        np.testing.assert_allclose(row[3:], np.log2([*sizes, 5]))


def test_pairs_are_the_nearest_and_not_too_far() -> None:
    labels = np.repeat(np.arange(6), 2).astype(np.int32)
    rows = at_angles(*np.repeat([0, 1, 2, 3, 4, 120], 2).tolist())
    pairs, _ = pair_evidence(labels, rows, None, STRANGERS)
    found = {tuple(pair) for pair in pairs.tolist()}
    assert {(0, 1), (1, 2), (2, 3), (3, 4)} <= found
    assert (0, 4) not in found  # neither is one of the other's three nearest
    assert not any(5 in pair for pair in found)  # farther than the table is asked about


def test_people_who_share_a_photo_are_no_pair() -> None:
    labels = np.array([0, 0, 1, 1, 2, 2, -1], np.int32)
    rows = at_angles(0, 1, 2, 3, 4, 5, 6)
    photo = np.array([0, 1, 1, 2, 3, 4, 4], np.int32)
    pairs, found = pair_evidence(labels, rows, photo, STRANGERS)
    assert pairs.tolist() == [[0, 2], [1, 2]]
    assert len(found) == 2
    assert pair_evidence(labels, rows, None, STRANGERS)[0].tolist() == [[0, 1], [0, 2], [1, 2]]


def test_who_shares_a_photo_against_a_loop(grouped, rng, monkeypatch) -> None:
    monkeypatch.setattr(evidence, "FAR", 1.0)
    labels, rows = grouped
    every = {tuple(pair) for pair in pair_evidence(labels, rows, None, STRANGERS)[0].tolist()}
    kept = 0
    for photos in (4, 10, 25, 60, 200):
        photo = rng.integers(0, photos, len(labels)).astype(np.int32)
        seen = [set(photo[labels == person].tolist()) for person in range(5)]
        found = pair_evidence(labels, rows, photo, STRANGERS)[0].tolist()
        assert {tuple(p) for p in found} == {p for p in every if not seen[p[0]] & seen[p[1]]}
        kept += len(found)
    assert 0 < kept < 5 * len(every)


def test_two_people_have_no_third() -> None:
    labels = np.array([0, 0, 1, 1], np.int32)
    _, found = pair_evidence(labels, at_angles(0, 0, 5, 5), None, STRANGERS)
    np.testing.assert_allclose(found[0, 1:], [0, 7, 1, 1, 1], atol=1e-6)


@pytest.mark.parametrize("labels", [[], [-1, -1], [0, 0, -1]])
def test_next_to_nothing(labels: list[int]) -> None:
    rows, given = at_angles(*range(len(labels))).reshape(-1, 2), np.array(labels, np.int32)
    placed, people = sum(label >= 0 for label in labels), max(labels, default=-1) + 1
    pairs, found = pair_evidence(given, rows, np.arange(len(labels), dtype=np.int32), STRANGERS)
    assert (pairs.shape, found.shape) == ((0, 2), (0, 6))
    assert person_evidence(given, rows, STRANGERS).shape == (people, 6)
    if placed:
        assert face_evidence(given, rows, STRANGERS).shape == (placed, 6)
