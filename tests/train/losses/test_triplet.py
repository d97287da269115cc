"""Triplet losses against pytorch-metric-learning and against three loops in float64."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner, TripletMarginMiner
from torch import Tensor
from torch.nn import functional as F

from facecluster.train.losses.base import Outcome
from facecluster.train.losses.build import build_loss

SEEDS = range(4)


def ours(
    raw: Tensor, labels: Tensor, name: str = "triplet", **changes: object
) -> tuple[Outcome, Tensor]:
    """Outcome, and the gradient in the raw embeddings, through their normalisation."""
    settings = {"mining": "all", "margin": None, "scale": None} | changes
    generator = torch.Generator().manual_seed(0)
    loss = build_loss(name, embedding_dim=6, classes=10, generator=generator, **settings)
    leaf = raw.clone().requires_grad_()
    outcome = loss(F.normalize(leaf), labels)
    outcome.loss.backward()
    return outcome, leaf.grad


def loop(
    raw: Tensor, labels: Tensor, margin: float, scale: float | None
) -> tuple[float, int, Tensor]:
    """Mean loss over all triplets (without a scale: over the active ones), count and gradient."""
    leaf = raw.double().requires_grad_()
    unit = F.normalize(leaf)
    losses = []
    count = 0
    for a in range(len(labels)):
        for p in range(len(labels)):
            for n in range(len(labels)):
                if a == p or labels[a] != labels[p] or labels[a] == labels[n]:
                    continue
                count += 1
                near = ((unit[a] - unit[p]) ** 2).sum()
                v = near - ((unit[a] - unit[n]) ** 2).sum() + margin
                if scale is not None:
                    losses.append(torch.log1p(torch.exp(scale * v)) / scale)
                elif v > 0:
                    losses.append(v)
    mean = torch.stack(losses).mean() if losses else 0 * leaf.sum()
    mean.backward()
    return float(mean.detach()), count, leaf.grad.float()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("margin", [0.05, 0.2, 1.0])
def test_hinge_is_the_loop(labels: Tensor, batch, seed: int, margin: float) -> None:
    raw = batch(labels, seed)
    outcome, gradient = ours(raw, labels, margin=margin)
    value, count, slope = loop(raw, labels, margin, None)
    assert outcome.tuples == count == len(outcome.triplets)
    assert float(outcome.loss.detach()) == pytest.approx(value, abs=1e-5)
    torch.testing.assert_close(gradient, slope, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 10.0])
def test_softplus_is_the_loop(labels: Tensor, batch, seed: int, scale: float) -> None:
    raw = batch(labels, seed)
    outcome, gradient = ours(raw, labels, "triplet-soft", scale=scale)
    value, _, slope = loop(raw, labels, 0.2, scale)
    assert float(outcome.loss.detach()) == pytest.approx(value, abs=1e-5)
    torch.testing.assert_close(gradient, slope, atol=1e-5, rtol=0)


def peer(raw: Tensor, labels: Tensor, miner: object, smooth: bool = False) -> tuple[float, Tensor]:
    distance = LpDistance(p=2, power=2)
    leaf = raw.clone().requires_grad_()
    mined = miner(leaf, labels) if miner else None
    value = TripletMarginLoss(0.2, distance=distance, smooth_loss=smooth)(leaf, labels, mined)
    value.backward()
    return float(value.detach()), leaf.grad


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mining", ["all", "hard"])
def test_hinge_is_that_of_pytorch_metric_learning(
    labels: Tensor, batch, seed: int, mining: str
) -> None:
    raw = batch(labels, seed)
    outcome, gradient = ours(raw, labels, mining=mining)
    miner = BatchHardMiner(distance=LpDistance(p=2, power=2)) if mining == "hard" else None
    value, slope = peer(raw, labels, miner)
    assert float(outcome.loss.detach()) == pytest.approx(value, abs=1e-5)
    torch.testing.assert_close(gradient, slope, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_softplus_is_that_of_pytorch_metric_learning(labels: Tensor, batch, seed: int) -> None:
    raw = batch(labels, seed)
    outcome, gradient = ours(raw, labels, "triplet-soft", scale=1.0)
    value, slope = peer(raw, labels, None, smooth=True)
    assert float(outcome.loss.detach()) == pytest.approx(value, abs=1e-5)
    torch.testing.assert_close(gradient, slope, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hinge_of_our_semi_hard_triplets_in_the_peers_loss(
    labels: Tensor, batch, seed: int
) -> None:
    raw = batch(labels, seed)
    outcome, gradient = ours(raw, labels, mining="semi-hard")
    value, slope = peer(raw, labels, lambda *_: tuple(outcome.triplets.unbind(1)))
    assert float(outcome.loss.detach()) == pytest.approx(value, abs=1e-5)
    torch.testing.assert_close(gradient, slope, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_active_is_the_share_inside_the_margin(batch, seed: int) -> None:
    labels = torch.arange(5).repeat_interleave(3)
    raw = batch(labels, seed)
    outcome, _ = ours(raw, labels)
    inside = [
        len(TripletMarginMiner(0.2, kind, distance=LpDistance(p=2, power=2))(raw, labels)[0])
        for kind in ("semihard", "hard")
    ]
    assert outcome.active == pytest.approx(sum(inside) / outcome.tuples)
    assert 0 < outcome.active < 1


@pytest.mark.parametrize("name", ["triplet", "triplet-soft"])
@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard", "distance-weighted"])
@pytest.mark.parametrize("classes", [[5, 5, 5], [0, 1, 2], [0]])
def test_no_triplet_is_zero_with_zero_gradient(
    batch, name: str, mining: str, classes: list[int]
) -> None:
    labels = torch.tensor(classes)
    outcome, gradient = ours(batch(labels, 0), labels, name, mining=mining)
    assert float(outcome.loss.detach()) == 0
    assert outcome.tuples == 0
    assert outcome.triplets.shape == (0, 3)
    assert math.isnan(outcome.active)
    assert not gradient.any()


@pytest.mark.parametrize("name", ["triplet", "triplet-soft"])
@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard", "distance-weighted"])
def test_equal_embeddings_cost_the_margin(name: str, mining: str) -> None:
    labels = torch.arange(4).repeat_interleave(2)
    outcome, gradient = ours(torch.ones(8, 6), labels, name, mining=mining)
    wanted = 0.2 if name == "triplet" else math.log1p(math.exp(10 * 0.2)) / 10
    assert float(outcome.loss.detach()) == pytest.approx(wanted, abs=1e-5)
    assert outcome.active == 1
    assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard"])
def test_a_number_that_is_none_is_not_hidden(batch, mining: str) -> None:
    labels = torch.arange(3).repeat_interleave(2)
    raw = batch(labels, 0)
    raw[2, 3] = math.nan
    assert ours(raw, labels, mining=mining)[0].loss.isnan()
