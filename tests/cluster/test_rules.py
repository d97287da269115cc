"""The same-photo rule and the sums that the clusterers share, against loops."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from facecluster.cluster.rules import (
    gaps_within,
    mean_distances,
    pairs_within,
    separate,
    sums,
    to_own_centre,
    unit,
)


def test_of_two_faces_in_one_photo_the_nearer_one_stays() -> None:
    rows = unit(np.array([[1, 0], [1, 0.1], [1, 0.9], [0, 1]], np.float32))
    labels = np.array([0, 0, 0, 1], np.int32)
    photo = np.array([7, 8, 8, 8], np.int32)
    assert separate(labels, rows, photo).tolist() == [0, 0, -1, 1]
    assert labels.tolist() == [0, 0, 0, 1]
    assert separate(labels, rows, None).tolist() == [0, 0, 0, 1]


def test_noise_is_not_a_group(rng) -> None:
    rows = unit(rng.normal(size=(5, 3)).astype(np.float32))
    labels = np.full(5, -1, np.int32)
    assert separate(labels, rows, np.zeros(5, np.int32)).tolist() == [-1] * 5
    assert to_own_centre(labels, rows).tolist() == [0] * 5


def test_pairs_within_photos(rng) -> None:
    photo = rng.integers(0, 6, 20).astype(np.int32)
    wanted = {(i, j) for i, j in combinations(range(20), 2) if photo[i] == photo[j]}
    assert set(pairs_within(photo)) == wanted
    assert list(pairs_within(photo[:0])) == []


def test_sums_and_distances_by_a_loop(rng) -> None:
    rows = unit(rng.normal(size=(40, 5)).astype(np.float32))
    labels = rng.integers(-1, 4, 40).astype(np.int32)
    total, gaps = sums(labels, rows), mean_distances(labels, rows)
    for group in range(4):
        assert total[group] == pytest.approx(rows[labels == group].sum(axis=0), abs=1e-5)
    for i, label in enumerate(labels):
        others = [j for j in range(40) if labels[j] == label and j != i and label >= 0]
        wanted = np.mean([1 - rows[i] @ rows[j] for j in others]) if others else 0
        assert gaps[i] == pytest.approx(wanted, abs=1e-5)


def test_a_row_of_zeros_stays() -> None:
    assert unit(np.zeros((1, 3), np.float32)).tolist() == [[0, 0, 0]]


def test_distances_inside_photos_against_a_loop(people, rng) -> None:
    rows, _ = people([5, 5, 5])
    photo = rng.integers(0, 5, 15).astype(np.int32)
    wanted = sorted(
        1 - float(rows[i] @ rows[j])
        for i in range(15)
        for j in range(i + 1, 15)
        if photo[i] == photo[j]
    )
    np.testing.assert_allclose(np.sort(gaps_within(rows, photo)), wanted, atol=1e-6)
    assert len(gaps_within(rows, None)) == len(gaps_within(rows, np.arange(15))) == 0
