"""Metrics against scikit-learn where it has them, and against loops where it has not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import harmonic_mean

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


def together(labels: Sequence[int], i: int, j: int) -> bool:
    """Whether two faces are in one group, by the definition: -1 is nobody, not even its like."""
    return i == j or (labels[i] == labels[j] and labels[i] != -1)


def slow_bcubed(truth: Sequence[int], found: Sequence[int]) -> tuple[float, float]:
    """The definition, a face at a time."""
    precision, recall = [], []
    everybody = range(len(truth))
    for i in everybody:
        group = {j for j in everybody if together(found, i, j)}
        person = {j for j in everybody if together(truth, i, j)}
        precision.append(len(group & person) / len(group))
        recall.append(len(group & person) / len(person))
    return float(np.mean(precision)), float(np.mean(recall))


def slow_pairwise(truth: Sequence[int], found: Sequence[int]) -> tuple[float, float]:
    """The definition, a pair at a time."""
    pairs = list(combinations(range(len(truth)), 2))
    made = [together(found, i, j) for i, j in pairs]
    there = [together(truth, i, j) for i, j in pairs]
    both = sum(m and t for m, t in zip(made, there, strict=True))
    return both / sum(made) if any(made) else 1.0, both / sum(there) if any(there) else 1.0


@pytest.mark.parametrize(("metric", "slow"), [(bcubed, slow_bcubed), (pairwise, slow_pairwise)])
@given(labels=PAIRS)
def test_scores_are_their_definitions(metric, slow, labels: tuple[list[int], list[int]]) -> None:
    score = metric(*labels)
    assert (score.precision, score.recall) == pytest.approx(slow(*labels), abs=1e-12)


@given(PAIRS)
def test_f_is_the_harmonic_mean(labels: tuple[list[int], list[int]]) -> None:
    for metric in (pairwise, bcubed):
        score = metric(*labels)
        both = score.precision, score.recall
        assert min(both) >= 0
        assert max(both) <= 1 + 1e-12
        assert score.f == pytest.approx(harmonic_mean(both))


@given(PAIRS)
def test_precision_one_way_is_recall_the_other(labels: tuple[list[int], list[int]]) -> None:
    truth, found = labels
    for metric in (pairwise, bcubed):
        there, back = metric(truth, found), metric(found, truth)
        assert (there.precision, there.recall) == pytest.approx((back.recall, back.precision))


@given(PAIRS, st.permutations(range(6)))
def test_names_of_groups_do_not_matter(labels, names: list[int]) -> None:
    truth, found = labels
    renamed = [names[label] if label >= 0 else label for label in found]
    alone = [100 + i if label < 0 else label for i, label in enumerate(found)]
    for metric in (pairwise, bcubed):
        wanted = metric(truth, found)
        for score in (metric(truth, renamed), metric(truth, alone)):
            assert score.precision == pytest.approx(wanted.precision)
            assert score.recall == pytest.approx(wanted.recall)


@given(PAIRS)
def test_a_face_left_out_costs_recall_alone(labels: tuple[list[int], list[int]]) -> None:
    truth, found = labels
    without = [-1, *found[1:]]
    assert bcubed(truth, without).recall <= bcubed(truth, found).recall + 1e-12
    assert pairwise(truth, without).recall <= pairwise(truth, found).recall + 1e-12
    assert coverage(without) <= coverage(found)


@given(LABELS)
def test_without_noise_numbers_the_same_groups(labels: list[int]) -> None:
    numbered = without_noise(labels)
    assert sorted(set(numbered.tolist())) == list(range(len(set(numbered.tolist()))))
    for i, j in combinations(range(len(labels)), 2):
        assert (numbered[i] == numbered[j]) == together(labels, i, j)


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


def test_as_scikit_learn_counts_on_a_large_library(rng: np.random.Generator) -> None:
    # One person with most of the photos: the pairs pass 2^32.
    truth = np.where(rng.random(150_000) < 0.8, 0, rng.integers(1, 40_000, 150_000))
    found = np.where(rng.random(150_000) < 0.1, -1, truth)
    found[rng.integers(0, 150_000, 20_000)] = 3
    (_, false_pairs), (missed, right) = pair_confusion_matrix(truth, without_noise(found))
    score = pairwise(truth, found)
    assert score.precision == pytest.approx(right / (right + false_pairs), rel=1e-12)
    assert score.recall == pytest.approx(right / (right + missed), rel=1e-12)
