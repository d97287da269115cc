"""Contrastive loss against pytorch-metric-learning and against two loops in float64."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import ContrastiveLoss
from pytorch_metric_learning.reducers import DoNothingReducer
from torch import Tensor
from torch.nn import functional as F

from facecluster.train.losses.base import Outcome
from facecluster.train.losses.contrastive import Contrastive

SEEDS = range(4)


def ours(raw: Tensor, labels: Tensor, margin: float) -> tuple[Outcome, Tensor]:
    leaf = raw.clone().requires_grad_()
    outcome = Contrastive(margin)(F.normalize(leaf), labels)
    outcome.loss.backward()
    return outcome, leaf.grad


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("margin", [0.5, 1.0, 1.9])
def test_it_is_the_loop(labels: Tensor, batch, seed: int, margin: float) -> None:
    raw = batch(labels, seed)
    leaf = raw.double().requires_grad_()
    unit = F.normalize(leaf)
    kinds: tuple[list[Tensor], list[Tensor]] = ([], [])
    pairs = 0
    for i in range(len(labels)):
        for j in range(i):
            pairs += 1
            length = (unit[i] - unit[j]).norm()
            if labels[i] == labels[j]:
                kinds[0].append(length**2)
            elif length < margin:
                kinds[1].append((margin - length) ** 2)
    means = [torch.stack(kind).mean() for kind in kinds if kind]
    value = sum(means, 0 * leaf.sum())
    value.backward()
    outcome, gradient = ours(raw, labels, margin)
    assert outcome.tuples == pairs
    if pairs:
        assert outcome.active == pytest.approx(sum(map(len, kinds)) / pairs)
    assert float(outcome.loss.detach()) == pytest.approx(float(value.detach()), abs=1e-5)
    torch.testing.assert_close(gradient, leaf.grad.float(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_peers_loss_of_each_pair_squared(labels: Tensor, batch, seed: int) -> None:
    raw = batch(labels, seed)
    leaf = raw.clone().requires_grad_()
    each = ContrastiveLoss(neg_margin=1.0, distance=LpDistance(), reducer=DoNothingReducer())
    value = 0 * leaf.sum()
    for part in each(leaf, labels).values():
        active = part["losses"][part["losses"] > 0] if isinstance(part["losses"], Tensor) else []
        if len(active):
            value = value + active.square().mean()
    value.backward()
    outcome, gradient = ours(raw, labels, 1.0)
    assert float(outcome.loss.detach()) == pytest.approx(float(value.detach()), abs=1e-5)
    torch.testing.assert_close(gradient, leaf.grad, atol=1e-5, rtol=0)


@pytest.mark.parametrize("classes", [[0, 0, 1, 1], [0, 0, 0], [0, 1, 2]])
def test_equal_embeddings_have_a_finite_gradient(classes: list[int]) -> None:
    outcome, gradient = ours(torch.ones(len(classes), 6), torch.tensor(classes), 1.0)
    assert float(outcome.loss.detach()) == pytest.approx(min(len(set(classes)) - 1, 1), abs=1e-5)
    assert torch.isfinite(gradient).all()


def test_one_picture_has_no_pair() -> None:
    outcome, gradient = ours(torch.ones(1, 6), torch.tensor([0]), 1.0)
    assert (float(outcome.loss.detach()), outcome.tuples) == (0, 0)
    assert math.isnan(outcome.active)
    assert not gradient.any()
