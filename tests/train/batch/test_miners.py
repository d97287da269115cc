"""Miners against three loops in Python and against pytorch-metric-learning."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.miners import (
    BatchHardMiner,
    DistanceWeightedMiner,
    TripletMarginMiner,
)
from pytorch_metric_learning.utils.loss_and_miner_utils import get_all_triplets_indices
from scipy.stats import chi2
from torch import Tensor
from torch.nn import functional as F

from facecluster.errors import SettingsError
from facecluster.train.batch.miners import DRAW_LIMITS, DrawLimits, mine
from facecluster.train.config import MININGS
from facecluster.train.distances import distances

SQUARED = LpDistance(p=2, power=2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def embedded(labels: Tensor, seed: int, dimension: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    centres = torch.randn(int(labels.max()) + 1, dimension, generator=generator)
    noise = torch.randn(len(labels), dimension, generator=generator)
    return F.normalize(centres[labels] + 0.8 * noise)


def mined(name: str, apart: Tensor, labels: Tensor, seed: int = 0, dimension: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return mine(name, apart, labels, dimension=dimension, generator=generator)


def rows(triplets: Tensor) -> set[tuple[int, ...]]:
    """As a set; a miner never gives a triplet twice."""
    found = {tuple(row) for row in triplets.tolist()}
    assert len(found) == len(triplets)
    return found


def loop(name: str, apart: Tensor, labels: Tensor) -> set[tuple[int, int, int]]:
    """What the docstrings of the miners say, in loops over pictures."""
    d, y = apart.tolist(), labels.tolist()
    every = range(len(y))
    found = set()
    for a in every:
        positives = [p for p in every if p != a and y[p] == y[a]]
        negatives = [n for n in every if y[n] != y[a]]
        if not positives or not negatives:
            continue
        if name == "hard":
            furthest = max(positives, key=lambda p: d[a][p])
            found.add((a, furthest, min(negatives, key=lambda n: d[a][n])))
            continue
        for p in positives:
            if name == "all":
                found.update((a, p, n) for n in negatives)
            else:
                beyond = [n for n in negatives if d[a][n] > d[a][p]]
                if beyond:
                    found.add((a, p, min(beyond, key=lambda n: d[a][n])))
                else:
                    found.add((a, p, max(negatives, key=lambda n: d[a][n])))
    return found


some_labels = st.lists(st.integers(0, 4), min_size=1, max_size=14).map(torch.tensor)


@pytest.mark.parametrize("name", ["all", "hard", "semi-hard"])
@settings(deadline=None)
@given(labels=some_labels, seed=st.integers(0, 10**6))
def test_miners_are_the_loop(name: str, labels: Tensor, seed: int) -> None:
    apart = distances(embedded(labels, seed))
    triplets = mined(name, apart, labels)
    assert triplets.dtype == torch.int64
    assert triplets.shape == (len(triplets), 3)
    assert rows(triplets) == loop(name, apart, labels)


@pytest.mark.parametrize("seed", range(5))
def test_all_and_hard_are_those_of_pytorch_metric_learning(seed: int) -> None:
    labels = torch.randint(0, 6, (24,), generator=torch.Generator().manual_seed(seed))
    unit = embedded(labels, seed)
    apart = distances(unit)
    every = torch.stack(get_all_triplets_indices(labels), dim=1)
    hard = torch.stack(BatchHardMiner(distance=SQUARED)(unit, labels), dim=1)
    assert rows(mined("all", apart, labels)) == rows(every)
    assert rows(mined("hard", apart, labels)) == rows(hard)


@pytest.mark.parametrize("seed", range(5))
def test_semi_hard_are_the_nearest_of_those_of_pytorch_metric_learning(seed: int) -> None:
    """The peer gives all triplets inside the margin; of each pair ours is the hardest of them."""
    labels = torch.arange(8).repeat_interleave(4)
    unit = embedded(labels, seed)
    apart = distances(unit)
    peer = torch.stack(TripletMarginMiner(0.2, "semihard", distance=SQUARED)(unit, labels), dim=1)
    nearest: dict[tuple[int, int], tuple[float, int]] = {}
    for a, p, n in peer.tolist():
        known = nearest.get((a, p), (math.inf, -1))
        nearest[a, p] = min(known, (apart[a, n].item(), n))
    wanted = {(a, p, n) for (a, p), (_, n) in nearest.items()}
    ours = mined("semi-hard", apart, labels)
    a, p, n = ours.unbind(1)
    inside = (apart[a, n] > apart[a, p]) & (2 * (apart[a, n] - apart[a, p]) < 0.2)
    assert rows(ours[inside]) == wanted
    assert len(ours) == 8 * 4 * 3  # one for every same pair
    assert 0 < len(wanted) < len(ours)


def test_semi_hard_takes_the_least_hard_where_all_are_hard() -> None:
    labels = torch.tensor([0, 0, 1, 1])
    angles = torch.tensor([0.0, 3.0, 0.5, 1.0])
    apart = distances(torch.stack([angles.cos(), angles.sin()], dim=1))
    assert (0, 1, 3) in rows(mined("semi-hard", apart, labels))


def weights(apart: Tensor, dimension: int) -> Tensor:
    """1 / q(d), the density of distances on a sphere, of the paper's section 4, in float64."""
    d = (2 * apart.double()).clamp(min=0).sqrt()
    clipped = d.clamp(min=DRAW_LIMITS.cutoff)
    density = clipped ** (dimension - 2) * (1 - clipped**2 / 4) ** ((dimension - 3) / 2)
    return torch.where(d < DRAW_LIMITS.furthest, 1 / density, 0)


def drawn(triplets: Tensor, anchor: int, size: int) -> np.ndarray:
    counts = Counter(triplets[triplets[:, 0] == anchor, 2].tolist())
    return np.array([counts[i] for i in range(size)])


@pytest.mark.parametrize("dimension", [3, 8, 128])
def test_distance_weighted_draws_by_the_inverse_density(dimension: int) -> None:
    labels = torch.arange(6).repeat_interleave(3)
    unit = embedded(labels, 3, dimension)
    apart = distances(unit)
    triplets = torch.cat(
        [mined("distance-weighted", apart, labels, s, dimension) for s in range(900)]
    )
    shares = weights(apart, dimension) * (labels[:, None] != labels[None])
    for anchor in (0, 7, 17):
        share = (shares[anchor] / shares[anchor].sum()).numpy()
        seen = drawn(triplets, anchor, len(labels))
        expected = share * seen.sum()
        assert not seen[share == 0].any()
        counted = expected > 5
        statistic = ((seen - expected)[counted] ** 2 / expected[counted]).sum()
        assert statistic < chi2.isf(1e-4, max(counted.sum() - 1, 1))


def test_distance_weighted_is_distributed_as_in_pytorch_metric_learning() -> None:
    labels = torch.arange(6).repeat_interleave(3)
    unit = embedded(labels, 5, 8)
    apart = distances(unit)
    ours = torch.cat([mined("distance-weighted", apart, labels, s, 8) for s in range(600)])
    torch.manual_seed(0)
    miner = DistanceWeightedMiner(
        cutoff=DRAW_LIMITS.cutoff, nonzero_loss_cutoff=DRAW_LIMITS.furthest
    )
    peer = torch.cat([torch.stack(miner(unit, labels), dim=1) for _ in range(600)])
    for anchor in range(0, 18, 5):
        a, b = drawn(ours, anchor, 18).astype(float), drawn(peer, anchor, 18).astype(float)
        both = a + b
        often = both > 10
        a, b = a / a.sum(), b / b.sum()
        error = np.sqrt((a + b) / 2 * (1 / 1200 + 1 / 1800))
        assert np.all(np.abs(a - b)[often] < 4.5 * error[often])


def test_distance_weighted_takes_each_same_pair_once_and_is_seeded() -> None:
    labels = torch.arange(6).repeat_interleave(3)
    apart = distances(embedded(labels, 3))
    first = mined("distance-weighted", apart, labels, 1)
    pairs = {(a, p) for a, p, _ in rows(first)}
    assert pairs == {(a, p) for a in range(18) for p in range(18) if a != p and a // 3 == p // 3}
    assert torch.equal(first, mined("distance-weighted", apart, labels, 1))
    assert not torch.equal(first, mined("distance-weighted", apart, labels, 2))


def test_no_negative_is_drawn_from_beyond_the_limit() -> None:
    labels = torch.arange(6).repeat_interleave(3)
    apart = distances(embedded(labels, 3))
    near = DrawLimits(furthest=1.0)
    generator = torch.Generator().manual_seed(0)
    triplets = mine(
        "distance-weighted", apart, labels, dimension=5, generator=generator, limits=near
    )
    assert len(triplets)
    assert (2 * apart[triplets[:, 0], triplets[:, 2]] < 1.0).all()


def test_distance_weighted_leaves_anchors_whose_negatives_are_all_far() -> None:
    labels = torch.tensor([0, 0, 1, 1])
    unit = F.normalize(torch.tensor([[1.0, 0.1], [1.0, 0.0], [-1.0, 0.1], [-1.0, 0.2]]))
    assert mined("distance-weighted", distances(unit), labels, dimension=2).shape == (0, 3)


@pytest.mark.parametrize("name", MININGS)
@settings(deadline=None)
@given(labels=some_labels, value=st.sampled_from([0.0, 0.5, 1.0]), seed=st.integers(0, 99))
def test_triplets_are_valid_when_all_distances_are_equal(name, labels, value, seed) -> None:
    triplets = mined(name, torch.full((len(labels), len(labels)), value), labels, seed)
    possible = loop("all", torch.zeros(len(labels), len(labels)), labels)
    assert rows(triplets) <= possible
    if possible and value < 0.9:
        assert len(triplets)


@pytest.mark.parametrize("name", MININGS)
@settings(deadline=None)
@given(labels=some_labels, seed=st.integers(0, 99))
def test_distances_that_are_not_numbers_still_give_rows(name, labels, seed) -> None:
    apart = distances(embedded(labels, seed))
    apart[torch.rand(apart.shape, generator=torch.Generator().manual_seed(seed)) < 0.3] = math.nan
    triplets = mined(name, apart, labels)
    assert ((triplets >= 0) & (triplets < len(labels))).all()


@pytest.mark.parametrize("name", MININGS)
def test_without_a_triplet_the_result_is_empty(name: str) -> None:
    for labels in (torch.tensor([7, 7, 7]), torch.tensor([1, 2, 3]), torch.tensor([1])):
        triplets = mined(name, distances(embedded(labels, 0)), labels)
        assert triplets.shape == (0, 3)
        assert triplets.dtype == torch.int64


def test_unknown_miners_are_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="mining 'gold': known are all, semi-hard, hard, dist"):
        mined("gold", torch.zeros(2, 2), torch.tensor([0, 1]))
