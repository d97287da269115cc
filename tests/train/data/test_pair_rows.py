"""Drawn pairs, and listed pairs as rows."""

from __future__ import annotations

import time
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import FaceclusterError
from facecluster.evaluate.verification.pair_lists import Pairs
from facecluster.train.data.pair_rows import draw_folds, draw_kinds, draw_pairs, rows_of
from facecluster.train.records import RowPairs
from tests.support.made_sets import pictures_of


def check(pairs: RowPairs, labels: np.ndarray, rows: np.ndarray) -> None:
    """What holds for every draw."""
    assert np.isin(pairs.first, rows).all()
    assert np.isin(pairs.second, rows).all()
    assert np.array_equal(labels[pairs.first] == labels[pairs.second], pairs.same)
    unordered = {
        frozenset(p) for p in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    }
    assert len(unordered) == len(pairs)
    assert all(len(pair) == 2 for pair in unordered)
    for kind in (True, False):
        assert len(set(np.bincount(pairs.fold[pairs.same == kind]).tolist())) == 1
    assert (np.diff(pairs.fold) >= 0).all()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=9),
    st.integers(1, 120),
    st.integers(1, 12),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_balanced_without_repeats(
    counts: list[int], each: int, folds: int, seed: int, random: Random
) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    order = list(range(len(labels)))
    random.shuffle(order)
    labels = labels[order]
    rows = np.array(sorted(random.sample(order, max(2, len(order) * 3 // 4))), np.int64)
    everything = [labels[a] == labels[b] for a, b in combinations(rows.tolist(), 2)]
    most = min(each, sum(everything), len(everything) - sum(everything))
    if most < 2:
        with pytest.raises(FaceclusterError, match="too few pictures to draw pairs"):
            draw_pairs(labels, rows, each, seed, folds)
        return
    pairs = draw_pairs(labels, rows, each, seed, folds)
    check(pairs, labels, rows)
    made = min(folds, most)
    assert pairs.same.sum() == (~pairs.same).sum() == most - most % made
    assert pairs.fold.max() == made - 1
    again = draw_pairs(labels, rows, each, seed, folds)
    assert np.array_equal(pairs.first, again.first)
    assert np.array_equal(pairs.second, again.second)


def test_all_pairs_can_be_drawn() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    pairs = draw_kinds(labels, np.arange(6), 99, 99, 0, 1)
    check(pairs, labels, np.arange(6))
    assert pairs.same.sum() == 4
    assert (~pairs.same).sum() == 11


def test_same_pairs_are_spread_over_the_classes() -> None:
    labels = np.repeat([0, 1, 2, 3], [500, 20, 3, 10])
    pairs = draw_pairs(labels, np.arange(len(labels)), 150, 0)
    same = np.bincount(labels[pairs.first[pairs.same]])
    assert same[2] == 3  # all that there are
    assert sorted(same.tolist()) == [3, 45, 51, 51]


def test_different_pairs_are_uniform() -> None:
    labels = np.repeat(np.arange(3), 2)
    drawn = np.zeros((6, 6))
    for seed in range(400):
        pairs = draw_kinds(labels, np.arange(6), 3, 3, seed, 1)
        far = ~pairs.same
        drawn[pairs.first[far], pairs.second[far]] += 1
    drawn += drawn.T
    counts = drawn[labels[:, None] != labels]
    assert counts.min() > 60  # 100 are expected of each of the twelve
    assert counts.max() < 140


def test_both_kinds_in_their_own_number() -> None:
    labels = np.repeat(np.arange(5), 10)
    pairs = draw_folds(labels, (7, 20), 4, 0)
    check(pairs, labels, np.arange(50))
    assert np.bincount(pairs.fold[pairs.same]).tolist() == [7] * 4
    assert np.bincount(pairs.fold[~pairs.same]).tolist() == [20] * 4
    assert pairs.same[:27].tolist() == [True] * 7 + [False] * 20


def test_many_pictures_take_little_time() -> None:
    labels = np.random.default_rng(0).integers(0, 8000, 100_000)
    start = time.perf_counter()
    pairs = draw_pairs(labels, np.arange(100_000), 20_000, 0)
    assert time.perf_counter() - start < 5
    check(pairs, labels, np.arange(100_000))
    assert len(pairs) == 40_000


def test_one_huge_class_among_small_ones() -> None:
    labels = np.repeat([0, 1], [60_000, 2])
    pairs = draw_pairs(labels, np.arange(len(labels)), 1000, 0)
    check(pairs, labels, np.arange(len(labels)))
    assert pairs.same.sum() == 1000


def listed(*pairs: tuple[str, str]) -> Pairs:
    first, second = zip(*pairs, strict=True)
    same = np.array([a.split("/")[0] == b.split("/")[0] for a, b in pairs])
    return Pairs(first, second, same, np.zeros(len(pairs), np.int64))


def test_rows_are_found_without_padding_and_extension() -> None:
    pictures = pictures_of([0, 0, 1])
    object.__setattr__(pictures, "names", ("a/a_0001.png", "a/x.y.jpg", "b/deep/b_2.jpg"))
    found = rows_of(listed(("a/a_1.jpg", "a/x.y"), ("a/a_0001", "b/deep/b_2.webp")), pictures)
    assert found.first.tolist() == [0, 0]
    assert found.second.tolist() == [1, 2]
    assert found.same.tolist() == [True, False]


def test_an_exact_name_wins_over_its_twin() -> None:
    pictures = pictures_of([0, 0, 1])
    object.__setattr__(pictures, "names", ("a/a_0001.jpg", "a/a_0001.png", "b/b_0001.jpg"))
    assert rows_of(listed(("a/a_0001.png", "b/b_0001.jpg")), pictures).first.tolist() == [1]


def test_absent_pictures_are_named() -> None:
    pictures = pictures_of([0, 0, 1])
    with pytest.raises(
        FaceclusterError, match=r"2 pictures that made by hand .*: c9/1.jpg, c9/2.jpg"
    ):
        rows_of(listed(("c9/2.jpg", "c9/1.jpg"), (pictures.names[0], "c9/2.jpg")), pictures)
