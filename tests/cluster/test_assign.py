"""Leftover faces join the group that is nearest on average."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.cluster.assign import Assigner
from facecluster.cluster.base import Sightings


def test_same_choice_as_a_loop(people, rng) -> None:
    rows, truth = people([10, 10, 10], spread=0.4)
    labels = truth.astype(np.int32)
    late = np.sort(rng.choice(30, 12, replace=False))
    labels[late] = -1
    assigner = Assigner(rows, labels, None)
    assigner.place(late, 0.5)
    for i in late:
        gaps = [
            np.mean([1 - rows[i] @ rows[j] for j in np.nonzero(labels == g)[0]]) for g in (0, 1, 2)
        ]
        wanted = int(np.argmin(gaps)) if min(gaps) <= 0.5 else -1
        assert assigner.labels[i] == wanted
    assert (labels[late] == -1).all()  # the input is left alone


def test_two_of_one_photo_do_not_join_the_same_person(people) -> None:
    rows, _ = people([4, 1, 1], spread=0.01)
    rows[5] = rows[4] = rows[0]
    rows[5, 0] += 0.2
    rows[5] /= np.linalg.norm(rows[5])
    labels = np.array([0, 0, 0, 0, -1, -1], np.int32)
    photo = np.array([0, 1, 2, 3, 9, 9], np.int32)
    assigner = Assigner(rows, labels, photo)
    assigner.place(np.array([5, 4]), 0.5)
    assert assigner.labels.tolist() == [0, 0, 0, 0, 0, -1]  # the nearer one got the place


def test_a_person_who_is_in_the_photo_already_is_closed(people) -> None:
    rows, _ = people([3, 3])
    rows[5] = rows[0]
    labels = np.array([0, 0, 0, 1, 1, -1], np.int32)
    photo = np.array([0, 1, 2, 3, 4, 0], np.int32)
    assigner = Assigner(rows, labels, photo)
    assigner.place(np.array([5]), 0.5)
    assert assigner.labels[5] == -1


def test_the_second_choice_counts_when_the_first_is_closed() -> None:
    near, far, face = [1, 0, 0], [0.9, 0.436, 0], [0.99, 0.141, 0]
    rows = np.array([near, far, face], np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.array([0, 1, -1], np.int32)
    photo = np.array([5, 6, 5], np.int32)
    assigner = Assigner(rows, labels, photo)
    assigner.place(np.array([2]), 0.5)
    assert assigner.labels.tolist() == [0, 1, 1]


def test_nothing_to_do() -> None:
    rows = np.eye(3, dtype=np.float32)
    assigner = Assigner(rows, np.full(3, -1, np.int32), None)
    assigner.place(np.arange(3), 2.0)
    assert assigner.labels.tolist() == [-1, -1, -1]
    assigner.place(np.empty(0, np.int64), 2.0)


def by_a_loop(assigner: Assigner, photo, late: np.ndarray, distance: float) -> np.ndarray:
    """One wish after the other, the nearest first."""
    labels = assigner.labels.copy()
    taken = set() if photo is None else {(g, p) for g, p in zip(labels, photo, strict=True)}
    gaps, faces, groups = assigner._wishes(late, distance)
    for wish in np.lexsort((groups, faces, gaps)):
        face, group = int(faces[wish]), int(groups[wish])
        if labels[face] >= 0:
            continue
        if photo is not None:
            if (group, photo[face]) in taken:
                continue
            taken.add((group, photo[face]))
        labels[face] = group
    return labels


@pytest.mark.parametrize("photos", [None, 4, 15, 60])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_as_one_wish_after_the_other(people, photos: int | None, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, truth = people([20] * 6, spread=0.9)
    rows[rng.choice(120, 20)] = rows[7]  # with ties
    labels = np.where(rng.random(120) < 0.4, truth, -1).astype(np.int32)
    photo = None if photos is None else rng.integers(0, photos, 120).astype(np.int32)
    assigner = Assigner(rows, labels, photo)
    for late, distance in ((rng.choice(120, 60, False), 0.7), (np.arange(120), 0.9)):
        wanted = by_a_loop(assigner, photo, late, distance)
        assigner.place(late, distance)
        assert assigner.labels.tolist() == wanted.tolist()
    assert (labels < 0).sum() > (assigner.labels < 0).sum()


def test_a_face_that_was_seen_with_somebody_tries_its_next_choice() -> None:
    """Beside its photo: with the first group, or with another face that is nearer to it."""
    rows = np.eye(4, dtype=np.float32)[[0, 1, 0, 0]]
    rows[2:] += np.array([[0, 0.5, 0, 0], [0, 0.6, 0, 0]], np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.array([0, 1, -1, -1], np.int32)
    for pairs, wanted in (
        ([], [0, 0]),
        ([0, 2], [1, 0]),
        ([0, 3], [0, 1]),
        ([2, 3], [0, 1]),
        ([0, 2, 1, 2], [-1, 0]),
        ([0, 2, 0, 3, 2, 3], [-1, 1]),
    ):
        places = np.repeat(np.arange(len(pairs) // 2, dtype=np.int32) + 4, 2)
        more = Sightings(np.array(pairs, np.int32), places)
        for photo in (None, np.arange(4, dtype=np.int32)):
            assigner = Assigner(rows, labels, photo, more=more)
            assigner.place(np.array([2, 3]), 2.0)
            assert assigner.labels[2:].tolist() == wanted
