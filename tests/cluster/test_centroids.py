"""Sums, centres and distances of groups, against loops."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.centroids import mean_distances, sums, to_own_centre, unit


def test_sums_and_distances_by_a_loop(rng) -> None:
    scale = rng.uniform(0.6, 1.5, (40, 1)).astype(np.float32)
    rows = unit(rng.normal(size=(40, 70)).astype(np.float32)) * scale
    labels = rng.integers(-1, 4, 40).astype(np.int32)
    total, gaps = sums(labels, rows), mean_distances(labels, rows)
    for group in range(4):
        assert total[group, :-1] == pytest.approx(rows[labels == group].sum(axis=0), abs=1e-5)
        assert total[group, -1] == pytest.approx(scale[labels == group].sum(), abs=1e-5)
    for i, label in enumerate(labels):
        others = [j for j in range(40) if labels[j] == label and j != i and label >= 0]
        wanted = np.mean([scale[i] * scale[j] - rows[i] @ rows[j] for j in others]) if others else 0
        assert gaps[i] == pytest.approx(wanted, abs=1e-5)


def test_noise_has_no_centre(rng) -> None:
    rows = unit(rng.normal(size=(5, 3)).astype(np.float32))
    assert to_own_centre(np.full(5, -1, np.int32), rows).tolist() == [2] * 5


def test_distances_to_the_centre_by_a_loop(rng) -> None:
    scale = rng.uniform(0.6, 1.5, 30).astype(np.float32)
    rows = unit(rng.normal(size=(30, 8)).astype(np.float32)) * scale[:, None]
    labels = rng.integers(0, 3, 30).astype(np.int32)
    gaps = to_own_centre(labels, rows)
    for i, label in enumerate(labels):
        total = rows[labels == label].sum(axis=0)
        cosine = rows[i] @ total / (scale[i] * np.linalg.norm(total))
        wanted = scale[i] * scale[labels == label].mean() * (1 - cosine)
        assert gaps[i] == pytest.approx(wanted, abs=1e-5)


def test_a_row_of_zeros_stays() -> None:
    assert unit(np.zeros((1, 3), np.float32)).tolist() == [[0, 0, 0]]


def test_sums_of_groups_without_anybody() -> None:
    rows = np.eye(3, dtype=np.float32)
    assert sums(np.array([2, -1, 2], np.int32), rows).sum(axis=1).tolist() == [0, 0, 4]
    assert sums(np.full(3, -1, np.int32), rows).shape == (0, 4)
