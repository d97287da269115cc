"""Groupings as labels that can be compared."""

from __future__ import annotations

import numpy as np

from benchmarks.common.grouping import by_first


def test_equal_groups_are_told_by_their_first_row() -> None:
    np.testing.assert_array_equal(by_first(np.array([4, -1, 2, 4, 2])), [0, -1, 2, 0, 2])
