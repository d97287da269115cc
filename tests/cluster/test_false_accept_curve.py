"""The false-accept table as a function and its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from facecluster.cluster.false_accept_curve import SMALLEST, FalseAcceptCurve, narrowing
from facecluster.cluster.tuning import CurveTuning
from facecluster.evaluate.calibration.calibrate import far_table
from facecluster.evaluate.calibration.false_accepts import false_accepts

TABLE = ((1e-1, 0.12), (1e-2, 0.09), (1e-3, 0.07), (1e-4, 0.06))
TUNING = CurveTuning()
USUAL = TUNING.usual


def test_the_entries_of_the_table() -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    for rate, distance in TABLE:
        assert curve.rates(distance) == pytest.approx(rate)
        assert curve.limit(rate) == pytest.approx(distance)


def test_between_entries_as_the_rest_of_the_house_reads_tables() -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    for distance in np.linspace(0.06, 0.12, 13):
        known = false_accepts(TABLE, float(distance))
        assert known is not None
        assert curve.rates(distance) == pytest.approx(known.rate)


def test_the_ends_go_on_in_the_outer_pieces() -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    assert curve.limit(1e-5) == pytest.approx(0.05)
    assert curve.rates(0.04) == pytest.approx(1e-6)
    assert curve.rates(0.135) == pytest.approx(10**-0.5)
    assert curve.rates(1.5) == 1
    assert curve.limit(1e-30) == SMALLEST


@given(
    st.lists(st.floats(1e-7, 0.5), min_size=2, max_size=8, unique=True),
    st.lists(st.integers(1, 1500), min_size=8, max_size=8, unique=True),
    st.floats(1e-9, 0.9),
)
def test_never_nearer_for_a_larger_rate(rates, thousandths, rate) -> None:
    distances = [n / 1000 for n in thousandths]
    table = list(zip(sorted(rates, reverse=True), sorted(distances, reverse=True), strict=False))
    curve = FalseAcceptCurve(table, 0.5)
    grid = curve.rates(np.linspace(0, 2, 200))
    assert (np.diff(grid) >= 0).all()
    assert ((grid >= 0) & (grid <= 1)).all()
    assert curve.limit(rate / 2) <= curve.limit(rate)
    if SMALLEST < curve.limit(rate) < 2:
        assert curve.rates(curve.limit(rate)) == pytest.approx(rate, rel=1e-4)


@pytest.mark.parametrize("table", [(), ((0.1, 0.3),), ((0.1, 0.3), (0.01, 0.3)), ((0.1, 0.0),)])
def test_a_poor_table_is_replaced_by_the_usual_shape(table) -> None:
    curve = FalseAcceptCurve(table, 0.2)
    for rate, share in TUNING.shape:
        assert curve.limit(rate) == pytest.approx(0.2 * share)


def test_wider() -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    wider = curve.wider(2)
    assert wider.distance == pytest.approx(0.12)
    for rate in (0.3, 1e-2, 3e-4, 1e-6):
        assert wider.limit(rate) == pytest.approx(2 * curve.limit(rate))


def test_a_measured_table_gives_the_share_of_strangers(people) -> None:
    rows, truth = people([3] * 60, spread=0.5, dimension=8)
    curve = FalseAcceptCurve(far_table(rows, truth), 0.3)
    apart = truth[:, None] != truth[None]
    distances = (1 - rows @ rows.T)[apart]
    for rate in (0.1, 0.01):
        found = (distances <= curve.limit(rate)).mean()
        assert found == pytest.approx(rate, rel=0.02)
    between = (distances <= curve.limit(0.03)).mean()
    assert 0.01 < between < 0.1


def test_a_weak_model_is_told_by_its_own_distance() -> None:
    assert FalseAcceptCurve(TABLE, 0.06).tolerance == 1  # rate 1e-4
    weak = FalseAcceptCurve(TABLE, 0.09)  # rate 1e-2
    assert weak.tolerance == pytest.approx(10)
    assert weak.wider(1.5).tolerance == weak.tolerance
    assert FalseAcceptCurve((), 0.2).tolerance == 1


def drawn(
    curve: FalseAcceptCurve, rng: np.random.Generator, count: int, times: float
) -> np.ndarray:
    """Distances of pairs that are as near as the table says, or so many times more often."""
    rates = np.minimum(rng.random(count) / times, 1)
    return np.array([curve.limit(rate) for rate in rates], np.float32)


def test_without_faces_that_share_a_photo_the_table_stands() -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    assert curve.among(np.empty(0, np.float32), 100) is curve


def test_what_is_usual_in_one_photo_changes_little(rng: np.random.Generator) -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    here = curve.among(drawn(curve, rng, 20_000, USUAL), 1000)
    for rate in (1e-1, 1e-2, 1e-3):
        assert here.limit(rate) == pytest.approx(curve.limit(rate), abs=0.002)


def test_people_who_look_alike_make_it_stricter(rng: np.random.Generator) -> None:
    """Rates ten times the usual: what one in 1,000 was, one in 10,000 is."""
    curve = FalseAcceptCurve(TABLE, 0.06)
    gaps = drawn(curve, rng, 20_000, 10 * USUAL)
    here = curve.among(gaps, 1000)
    assert here.limit(1e-2) == pytest.approx(curve.limit(1e-3), abs=0.002)
    # A few such pairs among very many faces say little.
    hardly = curve.among(gaps[:20], 100_000)
    assert hardly.limit(1e-2) > here.limit(1e-2)
    assert hardly.limit(1e-2) == pytest.approx(curve.limit(1e-2), abs=0.002)


@given(st.lists(st.floats(1e-3, 1.9), max_size=60), st.integers(1, 10_000), st.floats(1e-9, 0.1))
def test_a_library_never_makes_it_laxer(gaps, faces, rate) -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    here = curve.among(np.array(gaps, np.float32), faces)
    assert here.limit(rate) <= curve.limit(rate) + 1e-9
    assert here.tolerance == curve.tolerance
    assert here.distance == curve.distance


def test_between_single_faces_is_the_table_itself() -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    alone = curve.between(1, 1)
    for rate, distance in TABLE:
        assert alone.rates(distance) == pytest.approx(rate)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.05, 0.11))
def test_fewer_strangers_are_near_larger_groups(one, other, distance) -> None:
    curve = FalseAcceptCurve(TABLE, 0.06)
    here = curve.between(one, other)
    assert here.rates(distance) == pytest.approx(curve.between(other, one).rates(distance))
    assert curve.between(one + 1, other).rates(distance) < here.rates(distance)
    assert curve.between(one + 1, other).limit(1e-3) > here.limit(1e-3)
    assert here.distance == curve.distance


def test_means_of_normal_distances_follow_the_table_between_groups(rng) -> None:
    """Distances made of a share per pair of people, per face and per pair of faces."""
    one, other, pairs = 4, 3, 400_000
    table = [(float(rate), 1 + float(ndtri(rate)) / 10) for rate in 10.0 ** np.arange(-9, 0)]
    gaps = rng.normal(size=pairs) * np.sqrt(TUNING.of_people)
    for count in (one, other):
        gaps += rng.normal(size=(pairs, count)).mean(axis=1) * np.sqrt(TUNING.of_faces / 2)
    gaps += rng.normal(size=pairs) * np.sqrt(TUNING.of_both / (one * other))
    between = FalseAcceptCurve(table, 0.5).between(one, other)
    for share in (1e-3, 1e-2, 0.05):
        seen = (1 + gaps / 10 <= between.limit(share)).mean()
        assert seen == pytest.approx(share, rel=0.25)


def test_other_numbers_make_another_curve() -> None:
    """They also count in what becomes of the curve."""
    tuning = CurveTuning(
        shape=((1e-1, 2.0), (1e-3, 1.0)), good_rate=1e-4, of_people=0.5, of_faces=0.5, of_both=0.0
    )
    curve = FalseAcceptCurve((), 0.1, tuning=tuning)
    assert curve.limit(1e-1) == pytest.approx(0.2)
    assert curve.tolerance == pytest.approx(10)
    assert narrowing(2, 2, tuning) == pytest.approx(np.sqrt(0.75))
    wanted = curve.between(2, 2).limit(1e-3)
    assert curve.wider(2.0).between(2, 2).limit(1e-3) == pytest.approx(2 * wanted)
    assert wanted != pytest.approx(FalseAcceptCurve((), 0.1).between(2, 2).limit(1e-3))
