"""The default method: a loop over groups is the oracle, and what users expect of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.methods.auto import Auto
from facecluster.cluster.metrics import bcubed
from facecluster.cluster.tuning import AutoTuning

Groups = list[list[int]]
Clash = Callable[[list[int], list[int]], bool]
TUNING = AutoTuning()


def wide(rng: np.random.Generator, count: int) -> np.ndarray:
    """Unit rows in lumps, so that there are crowds as well as single ones."""
    centres = rng.normal(size=(5, 6))
    rows = centres[rng.integers(0, 5, count)] + rng.normal(size=(count, 6)) * 0.5
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def mean(rows: np.ndarray, one: list[int], other: list[int]) -> float:
    return float(np.mean([1 - rows[i].astype(float) @ rows[j] for i in one for j in other]))


def merged(rows: np.ndarray, groups: Groups, size: int, limit: float, clash: Clash) -> Groups:
    """Always the nearest pair of groups of at least `size`, until it is too far."""
    while True:
        pairs = [
            (mean(rows, a, b), k)
            for k, (a, b) in enumerate(combinations(groups, 2))
            if min(len(a), len(b)) >= size and not clash(a, b)
        ]
        if not pairs or min(pairs)[0] > limit:
            return groups
        a, b = list(combinations(groups, 2))[min(pairs)[1]]
        groups = [g for g in groups if g is not a and g is not b] + [a + b]


def joined(
    rows: np.ndarray, groups: Groups, at_least: int, most: int, limit: float, clash: Clash
) -> Groups:
    """Small groups to their nearest large one, the nearest first; these do not move meanwhile."""
    large = [g for g in groups if len(g) >= at_least]
    small = [g for g in groups if len(g) <= most]
    grown = [list(g) for g in large]
    stay = [g for g in groups if most < len(g) < at_least]
    wishes = [min((mean(rows, g, c), k) for k, c in enumerate(large)) if large else (9.0, 0)
              for g in small]  # fmt: skip
    for i in np.argsort([gap for gap, _ in wishes], kind="stable"):
        gap, k = wishes[i]
        if gap <= limit and not clash(small[i], grown[k]):
            grown[k] += small[i]
        else:
            stay.append(small[i])
    return grown + stay


def slow(rows: np.ndarray, curve: FalseAcceptCurve, photo: np.ndarray | None) -> Groups:
    def clash(one: list[int], other: list[int]) -> bool:
        return photo is not None and bool({photo[i] for i in one} & {photo[j] for j in other})

    def reach(groups: int, widest: float = TUNING.widest) -> float:
        return curve.limit(min(TUNING.expected / max(groups, 1), widest))

    alone = [[i] for i in range(len(rows))]
    groups = merged(rows, alone, 1, reach(len(rows), TUNING.widest_first), clash)
    groups = merged(rows, groups, 2, reach(sum(len(g) > 1 for g in groups)), clash)
    large = [g for g in groups if len(g) >= TUNING.large]
    small = [g for g in groups if len(g) < TUNING.large]
    gaps = sorted(min(mean(rows, g, c) for c in large) for g in small) if large else []
    sure = 0.0
    for rank, gap in enumerate(gaps, start=1):
        false = len(large) * curve.rates(gap) * len(gaps)
        sure = gap if false <= TUNING.false_joins * rank else sure
    limit = min(sure, curve.limit(TUNING.widest_join)) + 1e-7
    groups = joined(rows, groups, TUNING.large, TUNING.large - 1, limit, clash)
    groups = pieces(rows, groups, curve, clash)
    for size in TUNING.some:
        people = sum(len(g) >= size for g in groups)
        rate = min(TUNING.singles / max(people, 1), TUNING.widest)
        limit = curve.between(1, size).limit(rate)
        groups = joined(rows, groups, size, 1, limit, clash)
    return pieces(rows, groups, curve, clash)


def pieces(rows: np.ndarray, groups: Groups, curve: FalseAcceptCurve, clash: Clash) -> Groups:
    """Merge groups as far as at most `false_merges` of those that near are so by chance."""
    widest = curve.limit(TUNING.widest)
    for size in TUNING.pieces:
        groups = sure_merges(rows, groups, curve.between(size, size), size, widest, clash)
    return groups


def sure_merges(
    rows: np.ndarray,
    groups: Groups,
    curve: FalseAcceptCurve,
    size: int,
    widest: float,
    clash: Clash,
) -> Groups:
    while True:
        large = [g for g in groups if len(g) >= size]
        if len(large) < 2:
            return groups
        gaps = sorted(min(mean(rows, g, h) for h in large if h is not g) for g in large)
        sure = 0.0
        for rank, gap in enumerate(gaps, start=1):
            false = len(large) * curve.rates(gap) * len(gaps)
            sure = gap if false <= TUNING.false_merges * rank else sure
        after = merged(rows, groups, size, min(sure, widest) + 1e-7, clash)
        if len(after) == len(groups):
            return groups
        groups = after


@given(seed=st.integers(0, 2**16), distance=st.floats(0.02, 0.4), with_photos=st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_same_groups_as_a_loop(seed: int, distance: float, with_photos: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = wide(rng, 36)
    photo = rng.integers(0, 24, 36).astype(np.int32) if with_photos else None
    curve = FalseAcceptCurve((), distance)
    labels = Auto(curve).fit(rows, photo).labels_
    wanted = np.empty(36, int)
    for number, group in enumerate(slow(rows, curve, photo)):
        wanted[group] = number
    assert adjusted_rand_score(wanted, labels) == 1


@given(seed=st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_two_faces_of_one_photo_are_never_one_person(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, photo = wide(rng, 80), rng.integers(0, 30, 80).astype(np.int32)
    labels = Auto(FalseAcceptCurve((), 0.4)).fit(rows, photo).labels_
    assert len({*zip(labels.tolist(), photo.tolist(), strict=True)}) == 80


def test_the_more_strangers_the_stricter(rng) -> None:
    """Two faces at a distance that is telling in a family, and says nothing in a crowd."""
    curve = FalseAcceptCurve((), 0.1)
    gap = curve.limit(8e-5)
    pair = np.zeros((2, 64), np.float32)
    pair[:, 0] = 1, 1 - gap
    pair[1, 1] = np.sqrt(1 - pair[1, 0] ** 2)
    others = rng.normal(size=(4000, 62))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    crowd = np.hstack([np.zeros((4000, 2)), others]).astype(np.float32)
    few = Auto(curve).fit(np.concatenate([pair, crowd[:20]])).labels_
    many = Auto(curve).fit(np.concatenate([pair, crowd])).labels_
    assert few[0] == few[1]
    assert many[0] != many[1]


def test_people_with_many_photos_stay_whole(people) -> None:
    """Faces that scatter more widely than single strangers may, beside people with one photo."""
    rows, truth = people([40, 40, 25] + [1] * 40, spread=0.11)
    curve = FalseAcceptCurve((), 0.095)
    plain = AverageLinkage(0.095).fit(rows).labels_
    found = Auto(curve).fit(rows).labels_
    assert bcubed(truth, found).f > bcubed(truth, plain).f
    assert bcubed(truth, found).precision == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_faces(count: int) -> None:
    model = Auto(FalseAcceptCurve((), 0.1)).fit(np.eye(4, dtype=np.float32)[:count])
    assert model.labels_.tolist() == list(range(count))
    assert 0 < model.reach_ < 2


def test_the_order_of_rows_does_not_matter(people, rng) -> None:
    rows, _ = people([1, 2, 3, 9, 30, 1, 1], spread=0.08)
    order = rng.permutation(len(rows))
    one, other = (Auto(FalseAcceptCurve((), 0.08)).fit(r).labels_ for r in (rows, rows[order]))
    assert adjusted_rand_score(one[order], other) == 1


def weak(
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, list[tuple[float, float]], float]:
    """Three wide classes of 100, the table of a model that mixes them up, and its distance."""
    centres = rng.normal(size=(3, 16))
    truth = np.repeat(np.arange(3), 100)
    rows = centres[truth] + rng.normal(size=(300, 16)) * 0.9
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    first, second = np.triu_indices(300, 1)
    gaps = (1 - rows @ rows.T)[first, second]
    same = truth[first] == truth[second]
    rates = (1e-1, 1e-2, 1e-3)
    table = [(rate, float(np.quantile(gaps[~same], rate))) for rate in rates]
    return rows, truth, table, float(np.quantile(gaps[same], 0.75))


def test_a_weak_model_bears_more_strangers(rng: np.random.Generator) -> None:
    """Its classes come whole, which they don't with what suits a good one."""
    rows, truth, table, distance = weak(rng)
    curve = FalseAcceptCurve(table, distance)
    strict = FalseAcceptCurve(table, distance, tolerance=1.0)
    assert curve.tolerance > 5
    assert bcubed(truth, Auto(curve).fit(rows).labels_).f > 0.9
    assert bcubed(truth, Auto(strict).fit(rows).labels_).f < 0.7


def test_other_numbers_give_other_groups(people) -> None:
    rows, _ = people([40, 40, 25] + [1] * 40, spread=0.11)
    curve = FalseAcceptCurve((), 0.095)
    strict = AutoTuning(expected=1e-6, singles=1e-6, false_joins=0.0, false_merges=0.0)
    usual, few = (Auto(curve, tuning).fit(rows).labels_ for tuning in (TUNING, strict))
    assert few.max() > usual.max()
