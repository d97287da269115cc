"""The false-accept table as a function and its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from facecluster.cluster.strangers import BOTH, FACES, PEOPLE, SHAPE, SMALLEST, USUAL, Strangers
from facecluster.evaluate.calibration.calibrate import far_table
from facecluster.evaluate.calibration.false_accepts import false_accepts

TABLE = ((1e-1, 0.12), (1e-2, 0.09), (1e-3, 0.07), (1e-4, 0.06))


def test_the_entries_of_the_table() -> None:
    strangers = Strangers(TABLE, 0.06)
    for rate, distance in TABLE:
        assert strangers.rates(distance) == pytest.approx(rate)
        assert strangers.limit(rate) == pytest.approx(distance)


def test_between_entries_as_the_rest_of_the_house_reads_tables() -> None:
    strangers = Strangers(TABLE, 0.06)
    for distance in np.linspace(0.06, 0.12, 13):
        known = false_accepts(TABLE, float(distance))
        assert known is not None
        assert strangers.rates(distance) == pytest.approx(known.rate)


def test_the_ends_go_on_in_the_outer_pieces() -> None:
    strangers = Strangers(TABLE, 0.06)
    assert strangers.limit(1e-5) == pytest.approx(0.05)
    assert strangers.rates(0.04) == pytest.approx(1e-6)
    assert strangers.rates(0.135) == pytest.approx(10**-0.5)
    assert strangers.rates(1.5) == 1
    assert strangers.limit(1e-30) == SMALLEST


@given(
    st.lists(st.floats(1e-7, 0.5), min_size=2, max_size=8, unique=True),
    st.lists(st.integers(1, 1500), min_size=8, max_size=8, unique=True),
    st.floats(1e-9, 0.9),
)
def test_never_nearer_for_a_larger_rate(rates, thousandths, rate) -> None:
    distances = [n / 1000 for n in thousandths]
    table = list(zip(sorted(rates, reverse=True), sorted(distances, reverse=True), strict=False))
    strangers = Strangers(table, 0.5)
    grid = strangers.rates(np.linspace(0, 2, 200))
    assert (np.diff(grid) >= 0).all()
    assert ((grid >= 0) & (grid <= 1)).all()
    assert strangers.limit(rate / 2) <= strangers.limit(rate)
    if SMALLEST < strangers.limit(rate) < 2:
        assert strangers.rates(strangers.limit(rate)) == pytest.approx(rate, rel=1e-4)


@pytest.mark.parametrize("table", [(), ((0.1, 0.3),), ((0.1, 0.3), (0.01, 0.3)), ((0.1, 0.0),)])
def test_a_poor_table_is_replaced_by_the_usual_shape(table) -> None:
    strangers = Strangers(table, 0.2)
    for rate, share in SHAPE:
        assert strangers.limit(rate) == pytest.approx(0.2 * share)


def test_wider() -> None:
    strangers = Strangers(TABLE, 0.06)
    wider = strangers.wider(2)
    assert wider.distance == pytest.approx(0.12)
    for rate in (0.3, 1e-2, 3e-4, 1e-6):
        assert wider.limit(rate) == pytest.approx(2 * strangers.limit(rate))


def test_a_measured_table_gives_the_share_of_strangers(people) -> None:
    rows, truth = people([3] * 60, spread=0.5, dimension=8)
    strangers = Strangers(far_table(rows, truth), 0.3)
    apart = truth[:, None] != truth[None]
    distances = (1 - rows @ rows.T)[apart]
    for rate in (0.1, 0.01):
        found = (distances <= strangers.limit(rate)).mean()
        assert found == pytest.approx(rate, rel=0.02)
    between = (distances <= strangers.limit(0.03)).mean()
    assert 0.01 < between < 0.1


def test_a_weak_model_is_told_by_its_own_distance() -> None:
    assert Strangers(TABLE, 0.06).ease == 1  # rate 1e-4
    weak = Strangers(TABLE, 0.09)  # rate 1e-2
    assert weak.ease == pytest.approx(10)
    assert weak.wider(1.5).ease == weak.ease
    assert Strangers((), 0.2).ease == 1


def drawn(strangers: Strangers, rng: np.random.Generator, count: int, times: float) -> np.ndarray:
    """Distances of pairs that are as near as the table says, or so many times more often."""
    rates = np.minimum(rng.random(count) / times, 1)
    return np.array([strangers.limit(rate) for rate in rates], np.float32)


def test_without_faces_that_share_a_photo_the_table_stands() -> None:
    strangers = Strangers(TABLE, 0.06)
    assert strangers.among(np.empty(0, np.float32), 100) is strangers


def test_what_is_usual_in_one_photo_changes_little(rng: np.random.Generator) -> None:
    strangers = Strangers(TABLE, 0.06)
    here = strangers.among(drawn(strangers, rng, 20_000, USUAL), 1000)
    for rate in (1e-1, 1e-2, 1e-3):
        assert here.limit(rate) == pytest.approx(strangers.limit(rate), abs=0.002)


def test_people_who_look_alike_make_it_stricter(rng: np.random.Generator) -> None:
    """Rates ten times the usual: what one in 1,000 was, one in 10,000 is."""
    strangers = Strangers(TABLE, 0.06)
    gaps = drawn(strangers, rng, 20_000, 10 * USUAL)
    here = strangers.among(gaps, 1000)
    assert here.limit(1e-2) == pytest.approx(strangers.limit(1e-3), abs=0.002)
    # A few such pairs among very many faces say little.
    hardly = strangers.among(gaps[:20], 100_000)
    assert hardly.limit(1e-2) > here.limit(1e-2)
    assert hardly.limit(1e-2) == pytest.approx(strangers.limit(1e-2), abs=0.002)


@given(st.lists(st.floats(1e-3, 1.9), max_size=60), st.integers(1, 10_000), st.floats(1e-9, 0.1))
def test_a_library_never_makes_it_laxer(gaps, faces, rate) -> None:
    strangers = Strangers(TABLE, 0.06)
    here = strangers.among(np.array(gaps, np.float32), faces)
    assert here.limit(rate) <= strangers.limit(rate) + 1e-9
    assert here.ease == strangers.ease
    assert here.distance == strangers.distance


def test_between_single_faces_is_the_table_itself() -> None:
    strangers = Strangers(TABLE, 0.06)
    alone = strangers.between(1, 1)
    for rate, distance in TABLE:
        assert alone.rates(distance) == pytest.approx(rate)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.05, 0.11))
def test_fewer_strangers_are_near_larger_groups(one, other, distance) -> None:
    strangers = Strangers(TABLE, 0.06)
    here = strangers.between(one, other)
    assert here.rates(distance) == pytest.approx(strangers.between(other, one).rates(distance))
    assert strangers.between(one + 1, other).rates(distance) < here.rates(distance)
    assert strangers.between(one + 1, other).limit(1e-3) > here.limit(1e-3)
    assert here.distance == strangers.distance


def test_means_of_normal_distances_follow_the_table_between_groups(rng) -> None:
    """Distances made of a share per pair of people, per face and per pair of faces."""
    one, other, pairs = 4, 3, 400_000
    table = [(float(rate), 1 + float(ndtri(rate)) / 10) for rate in 10.0 ** np.arange(-9, 0)]
    gaps = rng.normal(size=pairs) * np.sqrt(PEOPLE)
    for count in (one, other):
        gaps += rng.normal(size=(pairs, count)).mean(axis=1) * np.sqrt(FACES / 2)
    gaps += rng.normal(size=pairs) * np.sqrt(BOTH / (one * other))
    between = Strangers(table, 0.5).between(one, other)
    for share in (1e-3, 1e-2, 0.05):
        seen = (1 + gaps / 10 <= between.limit(share)).mean()
        assert seen == pytest.approx(share, rel=0.25)
