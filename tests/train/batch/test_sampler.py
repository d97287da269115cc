"""Batches of P classes x K pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.train.batch.sampler import PKSampler

sizes = st.lists(st.integers(1, 23), min_size=2, max_size=9)


def labelled(counts: list[int], seed: int) -> np.ndarray:
    """So many pictures of each class, mixed, with numbers that have gaps."""
    labels = np.repeat(3 * np.arange(len(counts)) + 5, counts).astype(np.int64)
    return np.random.default_rng(seed).permutation(labels)


@settings(deadline=None)
@given(sizes, st.integers(2, 6), st.integers(2, 6), st.integers(0, 1000))
def test_every_batch_has_p_classes_of_k_pictures(counts, classes, pictures, seed) -> None:
    labels = labelled(counts, seed)
    sampler = PKSampler(labels, classes, pictures, seed)
    batches = list(sampler.epoch(seed))
    assert len(batches) == sampler.batches_per_epoch
    assert sampler.classes == min(classes, len(counts))
    for batch in batches:
        assert batch.dtype == np.int64
        groups = batch.reshape(sampler.classes, pictures)
        of = labels[groups]
        assert (of == of[:, :1]).all()
        assert len(set(of[:, 0])) == sampler.classes
        for group, label in zip(groups, of[:, 0], strict=True):
            have = int((labels == label).sum())
            assert len(set(group.tolist())) == min(have, pictures)


@settings(deadline=None)
@given(sizes, st.integers(2, 6), st.integers(2, 6), st.integers(0, 1000))
def test_every_picture_comes_up_unless_its_class_would_be_twice_in_a_batch(
    counts, classes, pictures, seed
) -> None:
    labels = labelled(counts, seed)
    sampler = PKSampler(labels, classes, pictures, seed)
    seen = np.bincount(np.concatenate(list(sampler.epoch(0))), minlength=len(labels))
    for label in np.unique(labels):
        own = seen[labels == label]
        groups = -(-len(own) // pictures)
        if groups <= sampler.batches_per_epoch:
            assert own.min() >= 1
        else:
            assert own.sum() == sampler.batches_per_epoch * pictures
            assert own.max() == 1


def test_equal_classes_that_fit_come_up_exactly_once() -> None:
    labels = labelled([20] * 12, 0)
    sampler = PKSampler(labels, 6, 4, 0)
    assert sampler.batches_per_epoch == 10
    rows = np.concatenate(list(sampler.epoch(3)))
    assert sorted(rows.tolist()) == list(range(240))


def test_an_epoch_is_a_function_of_seed_and_number() -> None:
    labels = labelled([9, 14, 3, 30, 8], 1)

    def epoch(seed: int, number: int) -> list[list[int]]:
        return [batch.tolist() for batch in PKSampler(labels, 3, 4, seed).epoch(number)]

    used = PKSampler(labels, 3, 4, 7)
    for number in range(3):
        list(used.epoch(number))
    assert [batch.tolist() for batch in used.epoch(5)] == epoch(7, 5)
    assert len({str(epoch(seed, number)) for seed in range(3) for number in range(3)}) == 9


def test_a_large_class_shows_other_pictures_each_epoch() -> None:
    labels = labelled([1000, 10, 10], 0)
    sampler = PKSampler(labels, 2, 5, 0)
    large = labels == 5
    seen = [set(np.concatenate(list(sampler.epoch(n))).tolist()) for n in range(8)]
    assert sampler.batches_per_epoch == 102
    assert all(len(rows & set(np.flatnonzero(large))) == 510 for rows in seen)
    assert len(set.union(*seen)) > 0.99 * len(labels)


def test_classes_meet_all_others_and_are_spread_over_the_epoch() -> None:
    labels = labelled([40] * 30, 0)
    batches = [labels[batch].reshape(8, 4)[:, 0] for batch in PKSampler(labels, 8, 4, 0).epoch(0)]
    met = {(a, b) for batch in batches for a in batch for b in batch if a < b}
    assert len(met) > 0.85 * 30 * 29 / 2  # 38 batches of 28 pairs; 435 pairs of classes
    places = {label: [i for i, b in enumerate(batches) if label in b] for label in set(labels)}
    assert all(min(p) < 15 and max(p) > 22 for p in places.values())


@pytest.mark.parametrize(("rows", "classes", "pictures"), [(0, 2, 2), (4, 0, 2), (4, 2, 0)])
def test_nothing_to_draw_is_an_error(rows: int, classes: int, pictures: int) -> None:
    with pytest.raises(ValueError, match="a sampler needs"):
        PKSampler(np.zeros(rows, np.int64), classes, pictures, 0)
