"""How often strangers are near, counted pair by pair."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.alike.accepts import RATE, TWICE, Nearness, Rate, interval, times
from facecluster.distances import distances, units

KINDS = np.repeat(["white men", "asian women", "0 to 2 years"], (30, 20, 10))


def faces(seed: int, scaled: bool = False) -> np.ndarray:
    """Unit rows; those of small children nearer to each other. scaled: of different lengths."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(len(KINDS), 8))
    rows[-10:] = rows[-10] + 0.2 * rows[-10:]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows * (random.uniform(0.5, 2, (len(KINDS), 1)) if scaled else 1)).astype(np.float32)


@pytest.mark.parametrize("scaled", [False, True])
def test_rates_are_those_of_a_count_pair_by_pair(scaled: bool) -> None:
    rows = faces(1, scaled)
    near, apart = Nearness(rows, KINDS), distances(rows, rows)
    found = dict(near.rates(0.6, 0))
    assert list(found) == ["0 to 2 years", "white men", "asian women"]  # the order of KINDS
    for kind, rate in found.items():
        mine = np.nonzero(kind == KINDS)[0]
        pairs = [(a, b) for a, b in itertools.combinations(mine, 2) if near.counted[a, b]]
        hits = sum(bool(apart[pair] <= 0.6) for pair in pairs)
        assert (rate.count, near.pairs(kind)) == (hits, len(pairs))
        assert rate.within == pytest.approx(hits / len(pairs))
        assert near.pairs(kind) + near.twice(kind) == len(mine) * (len(mine) - 1) // 2
        every = [(a, b) for a in mine for b in range(len(KINDS)) if near.counted[a, b]]
        assert rate.against == pytest.approx(np.mean([apart[pair] <= 0.6 for pair in every]))
        assert 0 <= rate.low <= rate.within <= rate.high <= 1


def test_the_limit_is_that_of_the_reference_alone() -> None:
    rows = faces(2)
    men = distances(rows[:30], rows[:30])[np.triu_indices(30, 1)]
    assert Nearness(rows, KINDS).limit() == pytest.approx(float(np.quantile(men, RATE)), rel=1e-5)
    alone = Nearness(rows[30:], KINDS[30:])  # without any: of all
    assert 0 <= alone.limit() <= 2
    assert (Nearness(rows, KINDS).compared, alone.compared) == ("white men", "all")


def test_who_is_there_twice_is_no_false_accept() -> None:
    rows = faces(3)
    rows[31] = rows[30]
    near = Nearness(rows, KINDS)
    assert near.twice("asian women") == 1
    assert not near.counted[30, 31]
    plain = distances(rows, rows)
    men = np.quantile(plain[:30, :30][np.triu_indices(30, 1)], RATE)
    assert (plain[near.counted] >= TWICE * men).all()


def test_twice_is_by_the_plain_distance_whatever_the_scale() -> None:
    plain, scaled = Nearness(faces(4), KINDS), Nearness(faces(4, scaled=True), KINDS)
    np.testing.assert_array_equal(plain.counted, scaled.counted)
    np.testing.assert_allclose(units(faces(4, scaled=True)), faces(4), atol=1e-6)


def test_intervals_hold_the_share_and_shrink() -> None:
    random = np.random.default_rng(0)

    def width(faces: int) -> float:
        hits = np.triu(random.random((faces, faces)) < 0.2, 1)
        near, asked = hits | hits.T, ~np.eye(faces, dtype=bool)
        low, high = interval(near, asked, random)
        assert low <= near.sum() / asked.sum() <= high
        return high - low

    assert width(160) < width(20) / 2


def test_worst_and_best_and_nobody_divides_by_nothing() -> None:
    def rate(share: float) -> Rate:
        return Rate(share, 0.0, 1.0, round(share * 100), share)

    rates = {"white men": rate(0.0), "asian women": rate(0.2), "0 to 2 years": rate(0.5)}
    worst, best, ratio = times(rates, dict.fromkeys(rates, 100))
    assert (worst, best) == ("0 to 2 years", "white men")
    assert ratio == pytest.approx(0.5 / 0.005)
