"""Neighbours against a full matrix, by blocks and by the index."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facecluster.cluster.search import cells
from facecluster.cluster.search.limits import BlockSizes, SearchLimits
from facecluster.cluster.search.neighbours import near_pairs, nearest
from facecluster.cluster.search.points import with_scale

SMALL_BLOCKS = SearchLimits(blocks=BlockSizes(rows=16, columns=20, cell=4096, queries=50))


def index(limits: SearchLimits) -> SearchLimits:
    """The same, with an index for any number of faces."""
    return replace(limits, exact_faces=0, exact_comparisons=0)


def scattered(rng: np.random.Generator, count: int, dimension: int = 8) -> np.ndarray:
    """Points of faces whose scale differs."""
    rows = rng.normal(size=(count, dimension))
    scale = rng.uniform(0.7, 1.2, (count, 1))
    rows *= scale / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.hstack([rows, scale]).astype(np.float32)


def matrix(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    one, other = rows.astype(float), others.astype(float)
    return np.outer(one[:, -1], other[:, -1]) - one[:, :-1] @ other[:, :-1].T


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
def test_near_pairs_are_those_of_the_full_matrix(rng, count, with_photos) -> None:
    rows = scattered(rng, count)
    photo = rng.integers(0, 12, count).astype(np.int32) if with_photos else None
    first, second, gaps = near_pairs(rows, 0.6, photo, SMALL_BLOCKS)
    wanted = pairs_of(rows, 0.6, photo)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(wanted)
    assert gaps == pytest.approx([wanted[pair] for pair in sorted(wanted)], abs=1e-6)
    assert (first.dtype, second.dtype, gaps.dtype) == (np.int32, np.int32, np.float32)


def test_the_index_finds_most_pairs_and_no_false_one(rng) -> None:
    rows = scattered(rng, 3000)
    photo = rng.integers(0, 1000, 3000).astype(np.int32)
    first, second, gaps = near_pairs(rows, 0.1, photo, index(SMALL_BLOCKS))
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
def test_the_nearest_of_a_full_matrix(rng, count, own) -> None:
    others = scattered(rng, 53) * rng.uniform(0.3, 1, (53, 1)).astype(np.float32)  # means
    rows = others if own else scattered(rng, 40)
    full = matrix(rows, others)
    if own:
        np.fill_diagonal(full, np.inf)
    gaps, places = nearest(rows, others, count, own, SMALL_BLOCKS)
    wanted = np.argsort(full, axis=1, kind="stable")[:, :count]
    assert places.tolist() == wanted.tolist()
    assert gaps == pytest.approx(np.take_along_axis(full, wanted, 1), abs=1e-6)
    assert (gaps.dtype, places.dtype) == (np.float32, np.int64)


@pytest.mark.parametrize("own", [False, True])
def test_the_index_finds_most_of_the_nearest(rng, own) -> None:
    others = scattered(rng, 2000) * rng.uniform(0.8, 1, (2000, 1)).astype(np.float32)
    rows = others if own else scattered(rng, 500)
    full = matrix(rows, others)
    if own:
        np.fill_diagonal(full, np.inf)
    gaps, places = nearest(rows, others, 2, own, index(SMALL_BLOCKS))
    wanted = np.argsort(full, axis=1, kind="stable")[:, :2]
    assert (places == wanted).mean() > 0.98
    assert gaps == pytest.approx(np.take_along_axis(full, places, 1), abs=1e-6)


@pytest.mark.parametrize("by_index", [False, True])
def test_ties_go_to_the_lowest_place(by_index) -> None:
    limits = SearchLimits(blocks=BlockSizes(columns=3))
    limits = index(limits) if by_index else limits
    others = with_scale(np.tile(np.eye(2, dtype=np.float32), (50, 1)))
    places = nearest(others[:2], others, 2, limits=limits)[1]
    assert places.tolist() == [[0, 2], [1, 3]]
    places = nearest(others, others, 1, exclude_self=True, limits=limits)[1]
    assert places[:4, 0].tolist() == [2, 3, 0, 1]


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
def test_fewer_than_asked_for(by_index) -> None:
    limits = index(SearchLimits()) if by_index else SearchLimits()
    two = with_scale(np.eye(2, dtype=np.float32))
    gaps, places = nearest(two, two, 3, exclude_self=True, limits=limits)
    assert places.tolist() == [[1, -1, -1], [0, -1, -1]]
    assert gaps.tolist() == [[1, np.inf, np.inf]] * 2
    gaps, places = nearest(two, two[:0], limits=limits)
    assert (gaps.tolist(), places.tolist()) == ([[np.inf]] * 2, [[-1]] * 2)
    assert nearest(two[:0], two, 2, limits=limits)[0].shape == (0, 2)


@pytest.mark.parametrize("by_index", [False, True])
def test_the_same_with_any_number_of_cores(rng, monkeypatch, by_index) -> None:
    limits = index(SearchLimits()) if by_index else SearchLimits()
    rows = scattered(rng, 2500)
    found = []
    for cores in (1, 2, 5):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, n=cores: set(range(n)), raising=False)
        pairs = near_pairs(rows, 0.2, limits=limits)
        found.append([*pairs, *nearest(rows, rows, 2, exclude_self=True, limits=limits)])
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))


def test_the_input_is_left_alone(rng) -> None:
    rows = scattered(rng, 300)
    before = rows.copy()
    near_pairs(rows, 0.2, limits=index(SearchLimits()))
    nearest(rows, rows, limits=index(SearchLimits()))
    assert np.array_equal(rows, before)
