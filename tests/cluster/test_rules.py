"""The same-photo rule and the sums that the clusterers share, against loops."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster import rules
from facecluster.cluster.rules import (
    gaps_within,
    mean_distances,
    seats,
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


def test_groups_in_photos_have_a_number_each(rng) -> None:
    labels, photo = rng.integers(-1, 3, (2, 50)).astype(np.int32)
    photo[0], labels[1] = np.iinfo(np.int32).max, np.iinfo(np.int32).max
    numbers = seats(labels, photo)
    pairs = list(zip(labels.tolist(), photo.tolist(), strict=True))
    for i in range(50):
        assert [pairs[i] == pair for pair in pairs] == (numbers[i] == numbers).tolist()
    assert (numbers >> 32)[photo >= 0].tolist() == labels[photo >= 0].tolist()


def test_sums_and_distances_by_a_loop(rng) -> None:
    rows = unit(rng.normal(size=(40, 70)).astype(np.float32))
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


def test_sums_of_groups_without_anybody() -> None:
    rows = np.eye(3, dtype=np.float32)
    assert sums(np.array([2, -1, 2], np.int32), rows, 4).sum(axis=1).tolist() == [0, 0, 2, 0]
    assert sums(np.full(3, -1, np.int32), rows).shape == (0, 3)


@pytest.mark.parametrize("at_once", [1, 6, 1000])
def test_distances_inside_photos_against_a_loop(people, rng, monkeypatch, at_once: int) -> None:
    monkeypatch.setattr(rules, "ROWS_AT_ONCE", at_once)
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
    assert len(gaps_within(rows[:0], photo[:0])) == 0
