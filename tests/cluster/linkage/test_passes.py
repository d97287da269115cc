"""Merging and joining against loops over groups."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.linkage.passes import Joining, merge_groups


def library(
    seed: int, with_photos: bool, faces: int = 90
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Labels, embeddings and photos; no group has a photo twice, and sizes differ a lot."""
    rng = np.random.default_rng(seed)
    sizes = rng.geometric(0.25, faces)
    labels = np.repeat(np.arange(faces), sizes)[:faces]
    photo = np.concatenate([
        rng.permutation(20)[: (labels == g).sum()] for g in range(labels.max() + 1)
    ])  # fmt: skip
    labels, photo = labels[: len(photo)].astype(np.int32), photo.astype(np.int32)
    rows = rng.normal(size=(len(labels), 5)) + rng.normal(size=5) * 2
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return labels, rows, photo if with_photos else None


def mean(rows: np.ndarray, one: list[int], other: list[int]) -> float:
    return 1 - float((rows[one].astype(float) @ rows[other].T.astype(float)).mean())


def faces_of(labels: np.ndarray) -> list[list[int]]:
    return [np.nonzero(labels == g)[0].tolist() for g in range(labels.max() + 1)]


def numbered(groups: list[list[int]], count: int) -> np.ndarray:
    labels = np.empty(count, int)
    for number, group in enumerate(groups):
        labels[group] = number
    return labels


def clash(photo: np.ndarray | None, one: list[int], other: list[int]) -> bool:
    return photo is not None and bool(set(photo[one].tolist()) & set(photo[other].tolist()))


@given(
    seed=st.integers(0, 2**16),
    distance=st.floats(0.02, 0.5),
    size=st.integers(1, 4),
    with_photos=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_nearest_groups_merge_first(seed, distance, size, with_photos) -> None:
    labels, rows, photo = library(seed, with_photos, 40)
    groups = faces_of(labels)
    while True:
        pairs = [
            (mean(rows, a, b), i, j)
            for i, a in enumerate(groups)
            for j, b in enumerate(groups[:i])
            if min(len(a), len(b)) >= size and not clash(photo, a, b)
        ]
        if not pairs or min(pairs)[0] > distance:
            break
        _, i, j = min(pairs)
        groups[j] = groups[j] + groups.pop(i)
    found = merge_groups(labels, rows, photo, size, distance)
    assert adjusted_rand_score(numbered(groups, len(rows)), found) == 1


@given(
    seed=st.integers(0, 2**16),
    distance=st.floats(0.02, 1.0),
    crowd=st.integers(2, 8),
    most=st.none() | st.integers(1, 4),
    with_photos=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_small_groups_join_one_after_the_other(seed, distance, crowd, most, with_photos) -> None:
    """A group that is refused takes no place from those behind it."""
    labels, rows, photo = library(seed, with_photos)
    groups = faces_of(labels)
    most = crowd - 1 if most is None else min(most, crowd - 1)
    joining = Joining(labels, rows, photo, crowd, most)
    large = [g for g in range(len(groups)) if len(groups[g]) >= crowd]
    wishes = sorted(
        min((mean(rows, groups[g], groups[c]), g, c) for c in large)
        for g in range(len(groups))
        if large and len(groups[g]) <= most
    )
    for gap, small, into in wishes:
        if gap <= distance and not clash(photo, groups[small], groups[into]):
            groups[into] = groups[into] + groups[small]
            groups[small] = []
    assert joining.crowds == len(large)
    assert np.allclose(np.sort(joining.gaps[np.isfinite(joining.gaps)]), [w[0] for w in wishes],
                       atol=1e-6)  # fmt: skip
    wanted = numbered([group for group in groups if group], len(rows))
    assert adjusted_rand_score(wanted, joining.join(distance)) == 1


def test_who_is_refused_blocks_nobody() -> None:
    """The first takes photo 1; the second, in 1 and 2, must stay; so 2 is free for the third."""
    rows = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0.99, 0.14], [0.98, 0.2], [0.98, 0.2],
                     [0.95, 0.31]], np.float32)  # fmt: skip
    labels = np.array([0, 0, 0, 0, 1, 2, 2, 3], np.int32)
    photo = np.array([5, 6, 7, 8, 1, 1, 2, 2], np.int32)
    assert Joining(labels, rows, photo, 4).join(0.1).tolist() == [0, 0, 0, 0, 0, 1, 1, 0]


def test_without_crowds_nothing_joins() -> None:
    labels, rows = np.arange(3, dtype=np.int32), np.eye(3, dtype=np.float32)
    joining = Joining(labels, rows, None, 2)
    assert np.isinf(joining.gaps).all()
    assert joining.join(2.0).tolist() == [0, 1, 2]
