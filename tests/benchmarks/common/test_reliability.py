"""How far chances can be believed: bins and ranks, by hand and by loops."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.common.reliability import calibration_error, curve, ranking


def chances(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_the_error_by_hand() -> None:
    sure = chances(0.0, 0.05, 0.62, 0.68, 1.0)
    so = np.array([False, False, True, False, True])
    # Bins: 0.025 against 0, 0.65 against 0.5, 1 against 1.
    assert calibration_error(sure, so) == pytest.approx((2 * 0.025 + 2 * 0.15) / 5)
    found = curve(sure, so)
    assert found.count.tolist() == [2, 2, 1]
    np.testing.assert_allclose(found.share, [0, 0.5, 1])


def test_the_error_as_a_loop_counts_it(rng: np.random.Generator) -> None:
    sure = rng.random(500).astype(np.float32)
    so = rng.random(500) < sure**2
    wanted = 0.0
    for low in range(10):
        inside = (sure >= low / 10) & (sure < (low + 1) / 10)
        wanted += inside.mean() * abs(sure[inside].mean() - so[inside].mean())
    assert calibration_error(sure, so) == pytest.approx(wanted, abs=1e-3)
    assert calibration_error(sure, rng.random(500) < sure) < wanted


def test_nothing_has_no_error_and_one_answer_no_ranking() -> None:
    nothing = np.empty(0, bool)
    assert np.isnan(calibration_error(chances(), nothing))
    assert np.isnan(ranking(chances(0.1, 0.2), np.ones(2, bool)))
    assert np.isnan(ranking(chances(), nothing))
    assert ranking(chances(0.1, 0.2, 0.3), np.array([False, True, True])) == 1
