"""Neighbours against a full matrix."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster import graph


@pytest.mark.parametrize("count", [0, 1, 2, 57])
@pytest.mark.parametrize("with_photos", [False, True])
def test_near_pairs_are_those_of_the_full_matrix(people, rng, monkeypatch, count, with_photos):
    monkeypatch.setattr(graph.blocks, "__defaults__", (16,))
    rows = people([20, 20, 17])[0][rng.permutation(57)[:count]]
    photo = rng.integers(0, 12, count).astype(np.int32) if with_photos else None
    first, second = graph.near_pairs(rows, 0.1, photo)
    full = 1 - rows.astype(float) @ rows.T.astype(float)
    wanted = {
        (i, j)
        for i in range(count)
        for j in range(i + 1, count)
        if full[i, j] <= 0.1 and (photo is None or photo[i] != photo[j])
    }
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == wanted


def test_distances_stay_between_0_and_2() -> None:
    rows = np.array([[1, 0], [-1, 0]], np.float32) * np.float32(1.0000001)
    distances = graph.cosine_distances(rows, rows)
    assert distances.min() == 0
    assert distances.max() == 2


def test_blocks_cover_every_row_once() -> None:
    covered = np.concatenate([np.arange(10)[rows] for rows in graph.blocks(10, 3)])
    assert covered.tolist() == list(range(10))


def test_components_by_hand() -> None:
    first, second = np.array([0, 4], np.int32), np.array([2, 5], np.int32)
    groups = graph.components(7, first, second)
    assert [g.tolist() for g in groups] == [[0, 2], [1], [3], [4, 5], [6]]
    assert graph.components(0, first[:0], second[:0]) == []


def test_pairs_among_a_component() -> None:
    first = np.array([0, 2, 3, 3], np.int32)
    second = np.array([5, 6, 6, 9], np.int32)
    local = graph.pairs_among(np.array([2, 3, 6, 9]), first, second)
    assert [side.tolist() for side in local] == [[0, 1, 1], [2, 2, 3]]
