"""The verification protocol against slow loops and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from facecluster.evaluate.verification import folds as v


@pytest.fixture
def pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Overlapping distances with ties, same flags and ten folds."""
    same = np.tile([True, False], 300)
    distances = np.round(rng.normal(np.where(same, 0.06, 0.14), 0.03), 2)
    return distances, same, np.repeat(np.arange(10), 60)


def slow_best(distances: np.ndarray, same: np.ndarray) -> int:
    """Most correct decisions that any threshold reaches, tried one by one."""
    cuts = [-1.0, *np.unique(distances)]
    return max(sum((d <= cut) == s for d, s in zip(distances, same, strict=True)) for cut in cuts)


def test_best_threshold_reaches_what_a_slow_search_finds(pairs) -> None:
    distances, same, _ = pairs
    threshold = v.best_threshold(distances, same)
    assert ((distances <= threshold) == same).sum() == slow_best(distances, same)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), st.booleans()), min_size=2, max_size=9
    )
)
def test_best_threshold_is_best_for_any_pairs(rows) -> None:
    distances = np.array([row[0] for row in rows])
    same = np.array([row[1] for row in rows])
    threshold = v.best_threshold(distances, same)
    assert ((distances <= threshold) == same).sum() == slow_best(distances, same)


def test_best_threshold_lies_between_two_distances() -> None:
    distances = np.array([0.1, 0.2, 0.4, 0.5])
    assert v.best_threshold(distances, np.array([1, 1, 0, 0], bool)) == pytest.approx(0.3)


def test_each_fold_is_judged_by_the_threshold_of_the_others() -> None:
    # The last fold is shifted by 0.5: the threshold of the others accepts none of its same pairs.
    distances = np.array([0.1, 0.3] * 4 + [0.6, 0.8])
    same = np.array([True, False] * 5)
    result = v.verify(distances, same, np.repeat(np.arange(5), 2))
    assert result.accuracy == pytest.approx(0.9)
    assert result.standard_error == pytest.approx(np.std([1, 1, 1, 1, 0.5], ddof=1) / np.sqrt(5))


def test_curve_figures_agree_with_sklearn(pairs) -> None:
    distances, same, folds = pairs
    result = v.verify(distances, same, folds)
    assert result.auc == pytest.approx(roc_auc_score(same, -distances), abs=1e-12)
    false, true, _ = roc_curve(same, -distances, drop_intermediate=False)
    for rate, accepted in result.tar:
        assert accepted == pytest.approx(true[false <= rate].max())
    grid = np.linspace(0, 1, 200_001)
    gap = grid - (1 - np.interp(grid, false, true))
    assert result.eer == pytest.approx(grid[np.argmin(np.abs(gap))], abs=1e-5)


def test_perfect_distances() -> None:
    distances, same = np.array([0.1, 0.9] * 4), np.array([True, False] * 4)
    result = v.verify(distances, same, np.repeat(np.arange(4), 2))
    assert (result.accuracy, result.auc, result.eer) == (1.0, 1.0, 0.0)
    assert all(accepted == 1.0 for _, accepted in result.tar)


def test_worst_distances() -> None:
    distances, same = np.array([0.9, 0.1] * 4), np.array([True, False] * 4)
    assert v.area_under_roc(distances, same) == 0.0
    assert v.equal_error_rate(distances, same) == 1.0
    assert v.true_accepts(distances, same, 1e-3) == 0.0


def test_order_of_pairs_does_not_matter(pairs, rng) -> None:
    order = rng.permutation(len(pairs[0]))
    assert v.verify(*(values[order] for values in pairs)) == v.verify(*pairs)


@pytest.mark.parametrize(
    ("same", "folds"),
    [([True] * 4, [0, 0, 1, 1]), ([False] * 4, [0, 0, 1, 1]), ([1, 0, 1, 0], [0] * 4)],
)
def test_what_cannot_be_judged_is_refused(same, folds) -> None:
    with pytest.raises(ValueError, match="two folds"):
        v.verify(np.arange(4) / 10, np.array(same, bool), np.array(folds))


def test_what_is_not_a_number_is_farther_than_all_others() -> None:
    distances = np.array([0.1, 0.2, np.nan, 0.3, np.nan])
    same = np.array([True, True, False, False, False])
    assert v.ranking(distances, same) == v.ranking(np.nan_to_num(distances, nan=2.0), same)
    assert v.area_under_roc(distances, same) == 1
