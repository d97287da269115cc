"""From a distance to how often strangers are that near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.evaluate.calibration.false_accepts import FalseAccepts, false_accepts, in_words

TABLE = ((0.1, 0.4), (0.01, 0.3), (0.001, 0.2))


@pytest.mark.parametrize(
    ("distance", "rate", "bound"),
    [
        (0.4, 0.1, "about"),
        (0.3, 0.01, "about"),
        (0.2, 0.001, "about"),
        (0.35, 10**-1.5, "about"),
        (0.225, 10**-2.75, "about"),
        (0.1999, 0.001, "fewer"),
        (0.0, 0.001, "fewer"),
        (0.41, 0.1, "more"),
    ],
)
def test_by_hand(distance: float, rate: float, bound: str) -> None:
    found = false_accepts(TABLE, distance)
    assert found is not None
    assert found.rate == pytest.approx(rate)
    assert found.bound == bound


def test_no_table_says_nothing() -> None:
    assert false_accepts((), 0.1) is None
    assert "does not say" in in_words(None)


def test_one_row() -> None:
    table = ((0.01, 0.3),)
    assert false_accepts(table, 0.3) == FalseAccepts(pytest.approx(0.01), "about")
    assert false_accepts(table, 0.29) == FalseAccepts(0.01, "fewer")
    assert false_accepts(table, 0.31) == FalseAccepts(0.01, "more")


def test_rates_that_share_a_distance_count_as_the_largest() -> None:
    table = ((0.1, 0.4), (0.01, 0.3), (0.001, 0.3))
    assert false_accepts(table, 0.3) == FalseAccepts(pytest.approx(0.01), "about")
    assert false_accepts(table, 0.2) == FalseAccepts(0.01, "fewer")


@given(st.floats(0, 2), st.floats(0, 2))
def test_nearer_is_never_more_frequent(one: float, other: float) -> None:
    near, far = sorted((one, other))
    first, second = false_accepts(TABLE, near), false_accepts(TABLE, far)
    assert first is not None
    assert second is not None
    assert first.rate <= second.rate * (1 + 1e-12)


@pytest.mark.parametrize(
    ("rate", "bound", "sentence"),
    [
        (1 / 12345, "about", "About 1 in 12,000 pairs of different people is this near."),
        (1e-6, "fewer", "Fewer than 1 in 1,000,000 pairs of different people are this near."),
        (0.1, "more", "More than 1 in 10 pairs of different people are this near."),
        (1 / 999.9, "about", "About 1 in 1,000 pairs of different people is this near."),
        (0.4, "about", "About 1 in 2.5 pairs of different people is this near."),
        (0.25, "more", "More than 1 in 4 pairs of different people are this near."),
    ],
)
def test_in_words(rate: float, bound: str, sentence: str) -> None:
    assert in_words(FalseAccepts(rate, bound)) == sentence


def test_classes_instead_of_people() -> None:
    assert "different classes" in in_words(FalseAccepts(0.01, "about"), "classes")
