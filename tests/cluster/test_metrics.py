"""Metrics against scikit-learn where it has them, and against loops where it has not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.cluster import pair_confusion_matrix

from facecluster.cluster.metrics import bcubed, coverage, pairwise, without_noise

LABELS = st.lists(st.integers(-1, 4), min_size=1, max_size=24)
PAIRS = st.integers(1, 24).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-1, 4), min_size=n, max_size=n)] * 2)
)


def slow_bcubed(truth: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    """The definition, a face at a time."""
    precision, recall = [], []
    for i in range(len(truth)):
        group = {j for j in range(len(truth)) if found[j] == found[i]}
        person = {j for j in range(len(truth)) if truth[j] == truth[i]}
        precision.append(len(group & person) / len(group))
        recall.append(len(group & person) / len(person))
    return float(np.mean(precision)), float(np.mean(recall))


@given(PAIRS)
def test_bcubed_is_its_definition(labels: tuple[list[int], list[int]]) -> None:
    truth, found = labels
    score = bcubed(truth, found)
    slow = slow_bcubed(without_noise(truth), without_noise(found))
    assert (score.precision, score.recall) == pytest.approx(slow, abs=1e-12)


@given(PAIRS)
def test_pairwise_counts_what_scikit_learn_counts(labels: tuple[list[int], list[int]]) -> None:
    truth, found = map(without_noise, labels)
    (_, false_pairs), (missed, right) = pair_confusion_matrix(truth, found)
    score = pairwise(truth, found)
    made, there = right + false_pairs, right + missed
    assert score.precision == pytest.approx(right / made if made else 1.0)
    assert score.recall == pytest.approx(right / there if there else 1.0)


def test_pairwise_by_hand() -> None:
    # Groups {a a b} and {b}: three pairs made, one right; two pairs there, one found.
    score = pairwise([0, 0, 1, 1], [5, 5, 5, 9])
    assert (score.precision, score.recall) == (pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert score.f == pytest.approx(0.4)


@given(LABELS)
def test_the_truth_itself_is_perfect(labels: list[int]) -> None:
    assert bcubed(labels, labels).f == pytest.approx(1)
    assert pairwise(labels, labels).f == pytest.approx(1)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_faces_does_not_matter(labels, random) -> None:
    truth, found = map(np.array, labels)
    order = np.array(random.sample(range(len(truth)), len(truth)))
    for metric in (pairwise, bcubed):
        there, shuffled = metric(truth, found), metric(truth[order], found[order])
        assert there.precision == pytest.approx(shuffled.precision)
        assert there.recall == pytest.approx(shuffled.recall)


def test_noise_is_a_group_of_its_own() -> None:
    labels = without_noise([-1, 3, -1, 3])
    assert labels[1] == labels[3]
    assert len({labels[0], labels[1], labels[2]}) == 3
    alone = pairwise([0, 0, 0], [-1, -1, -1])
    assert (alone.precision, alone.recall, alone.f) == (1, 0, 0)


def test_coverage() -> None:
    assert coverage([-1, 0, 1, -1]) == 0.5
    assert coverage([]) == 1.0


def test_nothing_at_all() -> None:
    assert bcubed([], []).f == 1
    assert pairwise([], []).f == 1


def test_unequal_lengths_are_named() -> None:
    with pytest.raises(ValueError, match="truth has 2 labels, found has 1"):
        bcubed([0, 1], [0])
    with pytest.raises(ValueError, match="expected shape"):
        pairwise([[0], [1]], [0, 1])


def test_every_pair_by_a_loop(rng: np.random.Generator) -> None:
    truth, found = rng.integers(0, 6, 60), rng.integers(-1, 6, 60)
    both = there = made = 0
    for i, j in combinations(range(60), 2):
        same = truth[i] == truth[j]
        grouped = found[i] == found[j] and found[i] >= 0
        both, there, made = both + (same and grouped), there + same, made + grouped
    score = pairwise(truth, found)
    assert (score.precision, score.recall) == pytest.approx((both / made, both / there))
