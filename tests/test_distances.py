"""facecluster.distances against the formula in words, and against plain cosine distance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.distances import distances, lengths, paired_distances, scaled, units


def directions(count: int, width: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, width))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def formula(
    a: np.ndarray, b: np.ndarray, scale_a: np.ndarray, scale_b: np.ndarray
) -> list[list[float]]:
    """w_a w_b (1 - cos(a, b)), one pair after the other."""
    return [
        [
            float(scale_a[i]) * float(scale_b[j]) * (1 - float(np.dot(a[i].astype(float), b[j])))
            for j in range(len(b))
        ]
        for i in range(len(a))
    ]


@given(st.integers(0, 1000), st.floats(0.2, 5), st.floats(0.2, 5))
def test_both_forms_are_the_formula(seed: int, low: float, high: float) -> None:
    random = np.random.default_rng(seed)
    a, b = directions(5, seed=seed), directions(5, seed=seed + 1)
    scales = random.uniform(min(low, high), max(low, high), (2, 5)).astype(np.float32)
    wanted = np.array(formula(a, b, *scales))
    rows, others = scaled(a, scales[0]), scaled(b, scales[1])
    # A scale that is snapped to 1 is off by up to 1.5e-3 of itself.
    assert np.allclose(distances(rows, others), wanted, rtol=4e-3, atol=1e-4)
    assert np.allclose(paired_distances(rows, others), np.diag(wanted), rtol=4e-3, atol=1e-4)


def test_units_give_the_cosine_distance_to_the_bit() -> None:
    a, b = directions(40, 128), directions(30, 128, seed=1)
    assert np.array_equal(distances(a, b), np.clip(1.0 - a @ b.T, 0, 2))
    paired = 1.0 - (a[:30].astype(np.float64) * b).sum(axis=1)
    assert np.array_equal(paired_distances(a[:30], b), paired)
    assert units(a) is a


def test_lengths_of_rounding_are_one_and_others_are_kept() -> None:
    lengthy = np.array([1, 0.9995, 1.0009, 0.99, 1.01, 0.3, 3], np.float32)
    found = lengths(directions(7) * lengthy[:, None])
    assert found.dtype == np.float32
    assert found[:3].tolist() == [1, 1, 1]
    assert found[3:] == pytest.approx(lengthy[3:], rel=1e-5)


@pytest.mark.parametrize("scale", [0.99845, 0.9986, 0.999, 1, 1.001, 1.0014, 1.00151, 1.002])
def test_no_face_is_nearer_than_zero_to_itself(scale: float) -> None:
    rows = scaled(directions(6), np.full(6, scale, np.float32))
    assert np.abs(paired_distances(rows, rows)).max() < 1e-6
    assert distances(rows, rows).min() >= 0


def test_opposite_faces_are_twice_the_product_of_their_scales_apart() -> None:
    one = directions(1)
    both = scaled(np.concatenate([one, -one]), np.array([2, 0.5], np.float32))
    assert distances(both[:1], both[1:])[0, 0] == pytest.approx(2 * 2 * 0.5)


def test_a_row_of_zeros_is_near_nobody() -> None:
    rows = scaled(directions(3), np.array([1, 2, 3], np.float32))
    nothing = np.zeros((1, 8), np.float32)
    assert distances(nothing, rows)[0] == pytest.approx([1, 2, 3])
    assert paired_distances(nothing, nothing)[0] == 1


def test_units_undo_the_scale() -> None:
    rows = directions(5)
    assert np.allclose(units(scaled(rows, np.array([0.3, 0.9, 1, 1.2, 4], np.float32))), rows)


def test_no_rows_are_no_distances() -> None:
    none = np.empty((0, 8), np.float32)
    assert distances(none, directions(2)).shape == (0, 2)
    assert paired_distances(none, none).shape == (0,)
    assert units(none).shape == (0, 8)


def test_paired_distances_of_known_angles() -> None:
    a = np.array([[1, 0], [1, 0], [1, 0]], np.float32)
    b = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    np.testing.assert_allclose(paired_distances(a, b), [0, 1, 2])
