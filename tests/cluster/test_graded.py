"""Average linkage with thresholds that grow: a loop over groups is the oracle."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.agglomerative import AverageLinkage
from facecluster.cluster.graded import CROWD, GRADES, JOIN, GradedLinkage
from facecluster.cluster.metrics import bcubed


def wide(rng: np.random.Generator, count: int) -> np.ndarray:
    rows = rng.normal(size=(count, 5)) + rng.normal(size=5) * 2
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def mean(rows: np.ndarray, one: list[int], other: list[int]) -> float:
    return float(np.mean([1 - rows[i].astype(float) @ rows[j] for i in one for j in other]))


def slow(rows: np.ndarray, distance: float, photo: np.ndarray | None) -> list[list[int]]:
    """Always the nearest pair of groups, pass by pass; then single faces, the nearest first."""

    def clash(one: list[int], other: list[int]) -> bool:
        return photo is not None and bool({photo[i] for i in one} & {photo[j] for j in other})

    groups = [[i] for i in range(len(rows))]
    for size, share in GRADES:
        while True:
            pairs = [
                (mean(rows, a, b), k)
                for k, (a, b) in enumerate(combinations(groups, 2))
                if min(len(a), len(b)) >= size and not clash(a, b)
            ]
            if not pairs or min(pairs)[0] > share * distance:
                break
            a, b = list(combinations(groups, 2))[min(pairs)[1]]
            groups = [g for g in groups if g is not a and g is not b] + [a + b]
    crowds = [list(g) for g in groups if len(g) >= CROWD]
    centres = [list(g) for g in crowds]
    wishes = sorted(
        (mean(rows, g, c), g[0], k) for g in groups if len(g) == 1 for k, c in enumerate(centres)
    )
    done: set[int] = set()
    for gap, face, k in wishes:
        if gap <= JOIN * distance and face not in done and not clash([face], crowds[k]):
            crowds[k].append(face)
            done.add(face)
    return crowds + [g for g in groups if len(g) < CROWD and g[0] not in done]


@given(seed=st.integers(0, 2**16), distance=st.floats(0.02, 0.4), with_photos=st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_same_groups_as_a_loop(seed: int, distance: float, with_photos: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = wide(rng, 26)
    photo = rng.integers(0, 18, 26).astype(np.int32) if with_photos else None
    labels = GradedLinkage(distance).fit(rows, photo).labels_
    wanted = np.empty(26, int)
    for number, group in enumerate(slow(rows, distance, photo)):
        wanted[group] = number
    assert adjusted_rand_score(wanted, labels) == 1


@given(seed=st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_two_faces_of_one_photo_are_never_one_person(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, photo = wide(rng, 80), rng.integers(0, 30, 80).astype(np.int32)
    labels = GradedLinkage(0.4).fit(rows, photo).labels_
    assert len({*zip(labels.tolist(), photo.tolist(), strict=True)}) == 80


def test_people_with_many_photos_stay_whole(people) -> None:
    """Two halves of one person, farther apart than single strangers may be."""
    rows, truth = people([40, 40, 1, 1, 1], spread=0.1)
    plain = AverageLinkage(0.095).fit(rows).labels_
    graded = GradedLinkage(0.095).fit(rows).labels_
    assert bcubed(truth, graded).f > bcubed(truth, plain).f
    assert bcubed(truth, graded).precision == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_faces(count: int) -> None:
    labels = GradedLinkage(0.1).fit(np.eye(4, dtype=np.float32)[:count]).labels_
    assert labels.tolist() == list(range(count))


def test_the_order_of_rows_does_not_matter(people, rng) -> None:
    rows, _ = people([1, 2, 3, 9, 30, 1, 1], spread=0.08)
    order = rng.permutation(len(rows))
    one, other = (GradedLinkage(0.08).fit(r).labels_ for r in (rows, rows[order]))
    assert adjusted_rand_score(one[order], other) == 1
