"""What the first entries of a list catch, by hand."""

from __future__ import annotations

import numpy as np

from benchmarks.confidence.lists import Caught, caught_mixed, caught_splits


def chances(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_mixed_people_are_sought_among_the_least_sure() -> None:
    so = np.array([True, False, False, True])
    assert caught_mixed(chances(0.1, 0.2, 0.3, 0.9), so, entries=2) == Caught(1, 2, 1, 2)


def test_a_pair_mends_a_split_once() -> None:
    pairs = np.array([[0, 1], [1, 2], [0, 2], [3, 4], [3, 5]])
    so = np.array([True, True, True, False, True])
    sure = chances(0.9, 0.8, 0.7, 0.6, 0.01)
    # One person was found as 0, 1 and 2: two splits, which three right pairs mend; the last pair is
    # too unsure to be shown.
    assert caught_splits(sure, so, pairs, 3, least=0.05) == Caught(2, 3, 3, 4)
    none = caught_splits(chances(), np.empty(0, bool), np.empty((0, 2), np.int64), 0, least=0.05)
    assert none == Caught(0, 0, 0, 0)
