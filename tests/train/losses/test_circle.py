"""Circle loss against pytorch-metric-learning and against loops in float64."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.losses import CircleLoss
from torch import Tensor
from torch.nn import functional as F

from facecluster.train.losses.base import Outcome
from facecluster.train.losses.circle import Circle

SEEDS = range(4)
SETTINGS = [(0.25, 80.0), (0.4, 80.0), (0.25, 256.0), (0.1, 4.0)]


def ours(raw: Tensor, labels: Tensor, margin: float, scale: float) -> tuple[Outcome, Tensor]:
    leaf = raw.clone().requires_grad_()
    outcome = Circle(margin, scale)(F.normalize(leaf), labels)
    outcome.loss.backward()
    return outcome, leaf.grad


def close(value: Tensor, wanted: Tensor) -> None:
    """To 1e-5 of the largest: the scale makes a loss of a hundred and more, in float32."""
    size = max(1.0, float(wanted.abs().max()))
    torch.testing.assert_close(value / size, wanted.float() / size, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("margin", "scale"), SETTINGS)
def test_it_is_that_of_pytorch_metric_learning(labels, batch, seed, margin, scale) -> None:
    raw = batch(labels, seed)
    leaf = raw.clone().requires_grad_()
    value = CircleLoss(m=margin, gamma=scale)(leaf, labels)
    value.backward()
    outcome, gradient = ours(raw, labels, margin, scale)
    close(outcome.loss.detach(), value.detach())
    close(gradient, leaf.grad)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("margin", "scale"), SETTINGS)
def test_it_is_the_loop(labels, batch, seed, margin, scale) -> None:
    raw = batch(labels, seed)
    leaf = raw.double().requires_grad_()
    unit = F.normalize(leaf)
    losses = []
    for a in range(len(labels)):
        pull, push = [], []
        for b in range(len(labels)):
            s = unit[a] @ unit[b]
            if labels[a] != labels[b]:
                push.append(scale * max(0.0, s.item() + margin) * (s - margin))
            elif a != b:
                pull.append(-scale * max(0.0, 1 + margin - s.item()) * (s - (1 - margin)))
        if pull and push:
            terms = [p + q for p in pull for q in push]
            losses.append(F.softplus(torch.logsumexp(torch.stack(terms), dim=0)))
    # What float32 cannot tell from 0 has no part in the mean.
    some = [value for value in losses if value.item() > 1e-44]
    mean = torch.stack(some).mean() if some else 0 * leaf.sum()
    mean.backward()
    outcome, gradient = ours(raw, labels, margin, scale)
    assert outcome.tuples == len(losses)
    close(outcome.loss.detach(), mean.detach())
    close(gradient, leaf.grad)


@pytest.mark.parametrize("classes", [[5, 5, 5], [0, 1, 2], [0]])
def test_no_anchor_is_zero_with_zero_gradient(batch, classes: list[int]) -> None:
    labels = torch.tensor(classes)
    outcome, gradient = ours(batch(labels, 0), labels, 0.25, 80)
    assert (float(outcome.loss.detach()), outcome.tuples, outcome.triplets) == (0, 0, None)
    assert math.isnan(outcome.active)
    assert not gradient.any()


def test_equal_embeddings_are_far_from_done() -> None:
    labels = torch.tensor([0, 0, 1, 1])
    outcome, gradient = ours(torch.ones(4, 6), labels, 0.25, 80)
    # Same: -80 * 0.25 * 0.25. Different: 80 * 1.25 * 0.75, twice.
    assert float(outcome.loss.detach()) == pytest.approx(-5 + 75 + math.log(2), rel=1e-5)
    assert outcome.active == 1
    assert torch.isfinite(gradient).all()


def test_a_perfect_batch_is_not_active() -> None:
    raw = torch.eye(6)[[0, 0, 1, 1]]
    outcome, _ = ours(raw, torch.tensor([0, 0, 1, 1]), 0.25, 80)
    assert outcome.active == 0
    assert float(outcome.loss.detach()) < 1e-3
