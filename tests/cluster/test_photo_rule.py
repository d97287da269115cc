"""The photo rule, against loops over sets of photos."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.cluster.centroids import unit
from facecluster.cluster.photo_rule import (
    first_come,
    gaps_within,
    photo_keys,
    separate,
    share_photo,
)


def test_groups_in_photos_have_a_number_each(rng) -> None:
    labels, photo = rng.integers(-1, 3, (2, 50)).astype(np.int32)
    photo[0], labels[1] = np.iinfo(np.int32).max, np.iinfo(np.int32).max
    numbers = photo_keys(labels, photo)
    pairs = list(zip(labels.tolist(), photo.tolist(), strict=True))
    for i in range(50):
        assert [pairs[i] == pair for pair in pairs] == (numbers[i] == numbers).tolist()
    assert (numbers >> 32)[photo >= 0].tolist() == labels[photo >= 0].tolist()


def groups_of(rng: np.random.Generator, faces: int, photos: int) -> tuple[np.ndarray, np.ndarray]:
    """A group and a photo for each face, no photo twice in a group."""
    pairs = np.unique(
        np.stack([rng.integers(0, faces // 3, faces), rng.integers(0, photos, faces)]), axis=1
    )
    group = np.unique(pairs[0], return_inverse=True)[1]
    return group.astype(np.int32), pairs[1].astype(np.int32)


def photos_of(group: np.ndarray, photo: np.ndarray) -> list[set[int]]:
    return [set(photo[group == g].tolist()) for g in range(group.max() + 1)]


@given(seed=st.integers(0, 2**16), faces=st.integers(3, 80))
@settings(max_examples=60, deadline=None)
def test_shared_photos_are_those_of_two_sets(seed: int, faces: int) -> None:
    rng = np.random.default_rng(seed)
    group, photo = groups_of(rng, faces, faces)
    photo[photo == 0] = np.iinfo(np.int32).max
    first, second = np.triu_indices(group.max() + 1, 1)
    sets = photos_of(group, photo)
    wanted = [bool(sets[a] & sets[b]) for a, b in zip(first, second, strict=True)]
    assert share_photo(second, first, group, photo).tolist() == wanted
    shuffled = rng.permutation(len(group))
    assert share_photo(first, second, group[shuffled], photo[shuffled]).tolist() == wanted


def test_photos_are_compared_in_parts() -> None:
    group, photo = np.arange(5, dtype=np.int32), np.array([7, 8, 7, 8, 7], np.int32)
    first, second = np.triu_indices(5, 1)
    wanted = (photo[first] == photo[second]).tolist()
    assert share_photo(first, second, group, photo, at_once=2).tolist() == wanted


def test_a_group_in_a_photo_twice_shares_it_like_any_other() -> None:
    group, photo = np.array([0, 0, 1, 1, 2], np.int32), np.array([4, 4, 4, 5, 5], np.int32)
    first, second = np.triu_indices(3, 1)
    assert share_photo(first, second, group, photo).tolist() == [True, False, True]


@given(seed=st.integers(0, 2**16), faces=st.integers(12, 120), photos=st.integers(2, 60))
@settings(max_examples=100, deadline=None)
def test_who_comes_first_is_served_first(seed: int, faces: int, photos: int) -> None:
    rng = np.random.default_rng(seed)
    group, photo = groups_of(rng, faces, photos)
    order = rng.permutation(group.max() + 1).astype(np.int32)
    small, targets = order[len(order) // 4 :], order[: len(order) // 4 or 1]
    large = rng.choice(targets, len(small)).astype(np.int32)
    sets = photos_of(group, photo)
    taken: dict[int, set[int]] = {int(target): set() for target in targets}
    wanted = []
    for joiner, target in zip(small.tolist(), large.tolist(), strict=True):
        wanted.append(not sets[joiner] & taken[target])
        if wanted[-1]:
            taken[target] |= sets[joiner]
    assert first_come(small, large, group, photo).tolist() == wanted


def test_nobody_wants_to_join() -> None:
    nobody = np.empty(0, np.int32)
    one = np.zeros(1, np.int32)
    assert first_come(nobody, nobody, one, one).tolist() == []
    assert share_photo(nobody, nobody, one, one).tolist() == []


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


@pytest.mark.parametrize("at_once", [1, 6, 1000])
def test_distances_inside_photos_against_a_loop(people, rng, at_once: int) -> None:
    rows, _ = people([5, 5, 5])
    photo = rng.integers(0, 5, 15).astype(np.int32)
    wanted = sorted(
        1 - float(rows[i] @ rows[j])
        for i in range(15)
        for j in range(i + 1, 15)
        if photo[i] == photo[j]
    )
    np.testing.assert_allclose(np.sort(gaps_within(rows, photo, at_once)), wanted, atol=1e-6)
    assert len(gaps_within(rows, None)) == len(gaps_within(rows, np.arange(15))) == 0
    assert len(gaps_within(rows[:0], photo[:0])) == 0
