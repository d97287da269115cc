"""Neighbours against a full matrix, by blocks and by the index."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.search import cells, neighbours
from facecluster.cluster.search.neighbours import near_pairs, nearest


def scattered(rng: np.random.Generator, count: int, dimension: int = 8) -> np.ndarray:
    rows = rng.normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ROWS", 16)
    monkeypatch.setattr(neighbours, "COLUMNS", 20)
    monkeypatch.setattr(cells, "TILE", 4096)
    monkeypatch.setattr(cells, "BATCH", 50)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT", 0)
    monkeypatch.setattr(neighbours, "EXACT_WORK", 0)


def matrix(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    return 1 - rows.astype(float) @ others.T.astype(float)


def pairs_of(rows: np.ndarray, distance: float, photo: np.ndarray | None) -> dict:
    full = matrix(rows, rows)
    return {
        (i, j): full[i, j]
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if full[i, j] <= distance and (photo is None or photo[i] != photo[j])
    }


@pytest.mark.parametrize("count", [0, 1, 2, 57])
@pytest.mark.parametrize("with_photos", [False, True])
@pytest.mark.usefixtures("small_blocks")
def test_near_pairs_are_those_of_the_full_matrix(rng, count, with_photos) -> None:
    rows = scattered(rng, count)
    photo = rng.integers(0, 12, count).astype(np.int32) if with_photos else None
    first, second, gaps = near_pairs(rows, 0.6, photo)
    wanted = pairs_of(rows, 0.6, photo)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(wanted)
    assert gaps == pytest.approx([wanted[pair] for pair in sorted(wanted)], abs=1e-6)
    assert (first.dtype, second.dtype, gaps.dtype) == (np.int32, np.int32, np.float32)


@pytest.mark.usefixtures("small_blocks", "index")
def test_the_index_finds_most_pairs_and_no_false_one(rng) -> None:
    rows = scattered(rng, 3000)
    photo = rng.integers(0, 1000, 3000).astype(np.int32)
    first, second, gaps = near_pairs(rows, 0.1, photo)
    found = dict(zip(zip(first.tolist(), second.tolist(), strict=True), gaps, strict=True))
    full = matrix(rows, rows)
    i, j = np.nonzero(np.triu((full <= 0.1) & (photo[:, None] != photo), 1))
    wanted = set(zip(i.tolist(), j.tolist(), strict=True))
    assert list(found) == sorted(found)
    assert set(found) <= wanted
    assert len(found) >= 0.98 * len(wanted) > 1000
    assert gaps == pytest.approx(full[first, second], abs=1e-6)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.usefixtures("small_blocks")
def test_the_nearest_of_a_full_matrix(rng, count, own) -> None:
    others = scattered(rng, 53) * rng.uniform(0.3, 1, (53, 1)).astype(np.float32)  # means
    rows = others if own else scattered(rng, 40)
    full = matrix(rows, others)
    if own:
        np.fill_diagonal(full, np.inf)
    gaps, places = nearest(rows, others, count, own)
    wanted = np.argsort(full, axis=1, kind="stable")[:, :count]
    assert places.tolist() == wanted.tolist()
    assert gaps == pytest.approx(np.take_along_axis(full, wanted, 1), abs=1e-6)
    assert (gaps.dtype, places.dtype) == (np.float32, np.int64)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.usefixtures("small_blocks", "index")
def test_the_index_finds_most_of_the_nearest(rng, own) -> None:
    others = scattered(rng, 2000) * rng.uniform(0.8, 1, (2000, 1)).astype(np.float32)
    rows = others if own else scattered(rng, 500)
    full = matrix(rows, others)
    if own:
        np.fill_diagonal(full, np.inf)
    gaps, places = nearest(rows, others, 2, own)
    wanted = np.argsort(full, axis=1, kind="stable")[:, :2]
    assert (places == wanted).mean() > 0.98
    assert gaps == pytest.approx(np.take_along_axis(full, places, 1), abs=1e-6)


@pytest.mark.parametrize("by_index", [False, True])
def test_ties_go_to_the_lowest_place(monkeypatch, by_index) -> None:
    if by_index:
        monkeypatch.setattr(neighbours, "EXACT_WORK", 0)
    monkeypatch.setattr(neighbours, "COLUMNS", 3)
    others = np.tile(np.eye(2, dtype=np.float32), (50, 1))
    places = nearest(others[:2], others, 2)[1]
    assert places.tolist() == [[0, 2], [1, 3]]
    assert nearest(others, others, 1, exclude_self=True)[1][:4, 0].tolist() == [2, 3, 0, 1]


@pytest.mark.parametrize("count", [1, 5, 16, 17, 30, 60, 70])
@pytest.mark.parametrize("levels", [3, 40, 10_000])
def test_the_most_alike_of_each_line(rng, count, levels) -> None:
    similar = (rng.integers(0, levels, (50, 60)) / levels).astype(np.float32)
    similar[rng.random(similar.shape) < 0.1] = -np.inf
    names = np.sort(rng.permutation(500)[:60])
    wanted = np.argsort(-similar, axis=1, kind="stable")[:, :count]
    values = np.take_along_axis(similar, wanted, 1)
    alike, places = cells.top(similar.copy(), names, count)
    assert np.array_equal(alike[:, :60], values)
    there = np.isfinite(values)
    assert np.array_equal(places[:, :60][there], names[wanted][there])
    assert np.isneginf(alike[:, 60:]).all()
    assert (places[:, 60:] == -1).all()


@pytest.mark.parametrize("by_index", [False, True])
def test_fewer_than_asked_for(monkeypatch, by_index) -> None:
    if by_index:
        monkeypatch.setattr(neighbours, "EXACT_WORK", 0)
    two = np.eye(2, dtype=np.float32)
    gaps, places = nearest(two, two, 3, exclude_self=True)
    assert places.tolist() == [[1, -1, -1], [0, -1, -1]]
    assert gaps.tolist() == [[1, np.inf, np.inf]] * 2
    gaps, places = nearest(two, two[:0])
    assert (gaps.tolist(), places.tolist()) == ([[np.inf]] * 2, [[-1]] * 2)
    assert nearest(two[:0], two, 2)[0].shape == (0, 2)


@pytest.mark.parametrize("by_index", [False, True])
def test_the_same_with_any_number_of_cores(rng, monkeypatch, by_index) -> None:
    if by_index:
        monkeypatch.setattr(neighbours, "EXACT", 0)
        monkeypatch.setattr(neighbours, "EXACT_WORK", 0)
    rows = scattered(rng, 2500)
    found = []
    for cores in (1, 2, 5):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, n=cores: set(range(n)), raising=False)
        found.append([*near_pairs(rows, 0.2), *nearest(rows, rows, 2, exclude_self=True)])
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.usefixtures("index")
def test_the_input_is_left_alone(rng) -> None:
    rows = scattered(rng, 300)
    before = rows.copy()
    near_pairs(rows, 0.2)
    nearest(rows, rows)
    assert np.array_equal(rows, before)
