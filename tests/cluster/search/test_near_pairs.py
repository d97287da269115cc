"""The pairs that are kept of many, against a slow loop over the pairs of each face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.cluster.search.cells import Cells
from facecluster.cluster.search.limits import BlockSizes, SearchLimits
from facecluster.cluster.search.near_pairs import NearPairs, Pairs, as_pairs
from facecluster.cluster.search.neighbours import add_all, near_pairs
from facecluster.cluster.search.points import with_scale

BLOCKS = BlockSizes(tile=16, cell=600, queries=70, new_pairs=20)


def limits(most: int, always: int = 30, by_index: bool = False, **other: int) -> SearchLimits:
    """Many blocks, and too many pairs at once. most: pairs of a face, always: of all."""
    limit = {"exact_faces": 0} if by_index else {}
    return SearchLimits(
        pairs_per_face=most,
        pairs_always=always,
        first_probes=(1, 3),
        blocks=BLOCKS,
        **limit,
        **other,
    )


def dyadic(rng: np.random.Generator, count: int, dimension: int = 6) -> np.ndarray:
    """Points whose distances are exact, so that many are equal."""
    rows = rng.integers(-2, 3, (count, dimension)) / 4
    return np.hstack([rows, rng.integers(3, 6, (count, 1)) / 4]).astype(np.float32)


def crowd(rng: np.random.Generator, count: int, alone: int) -> np.ndarray:
    """One person of `count` faces among `alone` others, in an order by chance."""
    rows = rng.normal(size=(count + alone, 24)) * 0.06
    rows[:count] += np.eye(24)[0]
    rows[count:] += rng.normal(size=(alone, 24))
    scale = rng.uniform(0.9, 1.1, (len(rows), 1))
    rows *= scale / np.linalg.norm(rows, axis=1, keepdims=True)
    return rng.permutation(np.hstack([rows, scale])).astype(np.float32)


def slow(
    near: dict[tuple[int, int], float], count: int, most: int, full: int, own: bool = False
) -> list[tuple[int, int]]:
    """The union of what each face wants; own: near holds each pair once for each face."""
    if len(near) <= max(full, most * count):
        return sorted({(min(pair), max(pair)) for pair in near})
    wanted = set()
    for face in range(count):
        mine = [
            (gap, abs(i - j), i + j - face, (min(i, j), max(i, j)))
            for (i, j), gap in near.items()
            if face == i or (face == j and not own)
        ]
        wanted |= {pair for *_, pair in sorted(mine)[:most]}
    return sorted(wanted)


def distances(points: np.ndarray) -> np.ndarray:
    scale = points[:, -1]
    return np.maximum(np.outer(scale, scale) - points[:, :-1] @ points[:, :-1].T, 0)


def near_ones(rows: np.ndarray, distance: float, photo: np.ndarray | None) -> dict:
    gaps = distances(rows)
    return {
        (i, j): gaps[i, j]
        for i in range(len(rows))
        for j in range(i + 1, len(rows))
        if gaps[i, j] <= distance and (photo is None or photo[i] != photo[j])
    }


def listed(found: Pairs) -> list[tuple[int, int]]:
    return list(zip(found[0].tolist(), found[1].tolist(), strict=True))


@given(
    seed=st.integers(0, 2**16),
    count=st.integers(0, 90),
    most=st.integers(1, 12),
    distance=st.sampled_from([0.25, 0.75, 1.0, 2.5]),
    with_photos=st.booleans(),
    full=st.sampled_from([0, 30, 10_000]),
)
@settings(max_examples=150, deadline=None)
def test_the_nearest_of_either_face(seed, count, most, distance, with_photos, full) -> None:
    rng = np.random.default_rng(seed)
    rows = dyadic(rng, count)
    photo = rng.integers(0, 30, count).astype(np.int32) if with_photos else None
    found = near_pairs(rows, distance, photo, limits(most, full))
    near = near_ones(rows, distance, photo)
    assert listed(found) == slow(near, count, most, full)
    assert found[2].tolist() == [near[pair] for pair in listed(found)]


@pytest.mark.parametrize("by_index", [False, True])
@pytest.mark.parametrize("most", [3, 8])
def test_a_crowd_among_others(rng, most, by_index) -> None:
    rows = crowd(rng, 160, 100)
    photo = rng.integers(0, 120, len(rows)).astype(np.int32)
    near = near_ones(rows, 0.2, photo)
    assert len(near) > 20 * len(rows)
    found = near_pairs(rows, 0.2, photo, limits(most, by_index=by_index))
    wanted = slow(near, len(rows), most, 30)
    assert len(wanted) < 0.5 * len(near)
    assert listed(found) == wanted  # the index of so few opens all cells
    assert found[2] == pytest.approx([near[pair] for pair in wanted], abs=1e-6)


@given(seed=st.integers(0, 2**16), most=st.integers(1, 8), distance=st.sampled_from([0.5, 1.0]))
@settings(max_examples=25, deadline=None)
def test_of_an_index_the_nearest_that_each_face_finds(seed, most, distance) -> None:
    rng = np.random.default_rng(seed)
    rows = dyadic(rng, 150)
    few = limits(most, probes=2)
    index = Cells(rows, few)
    opened = index._opened(rows, 2).reshape(-1, 2)
    assert len(index._inside) > 2
    gaps = distances(rows)
    near = {
        (i, int(j)): gaps[i, j]
        for i in range(len(rows))
        for cell in opened[i]
        for j in index._inside[cell]
        if i != j and gaps[i, j] <= distance
    }
    kept = NearPairs(len(rows), np.float32(-distance), both=False, limits=few)
    index.pairs(kept, None)
    assert listed(kept.pairs()) == slow(near, len(rows), most, 30, own=True)


@given(seed=st.integers(0, 2**16), most=st.integers(1, 6), both=st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_order_and_parts_give_the_same(seed, most, both) -> None:
    rng = np.random.default_rng(seed)
    one, other = (side.astype(np.int64) for side in np.triu_indices(30, 1))
    alike = -(rng.integers(0, 9, len(one)) / 8).astype(np.float32)
    outcomes = []
    for parts in (1, 4, 30):
        order = rng.permutation(len(one))
        kept = NearPairs(30, np.float32(-1), both, limits(most))
        for part in np.array_split(order, parts):
            kept.add(as_pairs(one[part], other[part], alike[part]))
        outcomes.append(kept.pairs())
    for outcome in outcomes[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(outcomes[0], outcome, strict=True))


@pytest.mark.parametrize("by_index", [False, True])
def test_no_pair_is_too_many_where_many_are_allowed(rng, by_index) -> None:
    rows = crowd(rng, 100, 20)
    many = limits(1, 1 << 40, by_index)
    assert listed(near_pairs(rows, 0.2, None, many)) == sorted(near_ones(rows, 0.2, None))


class Watched(NearPairs):
    """Remembers the most pairs that it ever held."""

    most_held = 0

    def _prune(self) -> None:
        self.most_held = max(self.most_held, self._held)
        super()._prune()


def test_never_many_more_pairs_are_held_than_kept(rng) -> None:
    rows = crowd(rng, 600, 0)
    kept = Watched(len(rows), np.float32(-0.2), limits=limits(4))
    add_all(kept, rows, None, BLOCKS.tile)
    found = kept.pairs()
    assert len(near_ones(rows, 0.2, None)) > 50_000
    assert 0 < kept.most_held < 3 * len(found[0]) + 16 * 16 + 30


def test_equal_faces_are_in_one_piece() -> None:
    rows = with_scale(np.tile(np.eye(3, dtype=np.float32)[:1], (200, 1)))
    first, second, _ = near_pairs(rows, 0.1, None, limits(4))
    assert set(second - first) <= {1, 2, 3, 4}
    assert set(zip(first.tolist(), second.tolist(), strict=True)) >= {
        (i, i + 1) for i in range(199)
    }
