"""ArcFace against pytorch-metric-learning and against the paper's formula, picture by picture."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.losses import ArcFaceLoss
from torch import Tensor
from torch.nn import functional as F

from facecluster.train.losses.arcface import ArcFace

CLASSES = 10
SETTINGS = [(0.5, 32.0), (0.5, 64.0), (0.2, 8.0), (1.0, 16.0)]


def ours(margin: float, scale: float, seed: int = 0) -> ArcFace:
    return ArcFace(6, CLASSES, margin, scale, torch.Generator().manual_seed(seed))


def close(value: Tensor, wanted: Tensor, scale: float) -> None:
    torch.testing.assert_close(value / scale, wanted.float() / scale, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("margin", "scale"), SETTINGS)
def test_it_is_that_of_pytorch_metric_learning(labels, batch, seed, margin, scale) -> None:
    raw = batch(labels, seed)
    raw[0] = -5 * ours(margin, scale, seed).weight.detach()[labels[0]]  # its angle is pi
    loss = ours(margin, scale, seed)
    with torch.no_grad():
        loss.weight *= 20  # the gradient of a direction goes with 1 / its length
    peer = ArcFaceLoss(CLASSES, 6, margin=math.degrees(margin), scale=scale)
    with torch.no_grad():
        peer.W.copy_(loss.weight.T)
    # The peer's slope is infinite at exactly pi: half a degree off.
    raw[0, 0] += 0.01 * raw[0].norm()
    mine, other = raw.clone().requires_grad_(), raw.clone().requires_grad_()
    value, wanted = loss(F.normalize(mine), labels).loss, peer(other, labels)
    value.backward()
    wanted.backward()
    close(value.detach(), wanted.detach(), scale)
    close(mine.grad, other.grad, scale)
    close(loss.weight.grad, peer.W.grad.T, scale)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("margin", "scale"), SETTINGS)
def test_it_is_the_formula(labels, batch, seed, margin, scale) -> None:
    loss = ours(margin, scale, seed)
    unit = F.normalize(batch(labels, seed).double())
    wanted, wrong = [], 0
    for row, label in zip(unit, labels.tolist(), strict=True):
        angles = [
            math.acos(float(row @ w) / float(w.norm())) for w in loss.weight.detach().double()
        ]
        logits = [scale * math.cos(angle) for angle in angles]
        if angles[label] <= math.pi - margin:
            logits[label] = scale * math.cos(angles[label] + margin)
        else:
            logits[label] = scale * (math.cos(angles[label]) - margin * math.sin(margin))
        wrong += max(logits) > logits[label]
        wanted.append(math.log(sum(math.exp(v - logits[label]) for v in logits)))
    outcome = loss(unit.float(), labels)
    assert float(outcome.loss.detach()) == pytest.approx(sum(wanted) / len(wanted), rel=1e-5)
    assert outcome.tuples == len(labels)
    assert outcome.active == pytest.approx(wrong / len(labels))
    assert outcome.triplets is None


@pytest.mark.parametrize("margin", [0.2, 0.5, 1.5])
def test_a_larger_angle_always_costs_more(margin: float) -> None:
    loss = ours(margin, 16.0)
    with torch.no_grad():
        loss.weight.zero_()
        loss.weight[:, 2] = 1  # all other classes at a right angle
        loss.weight[0] = torch.tensor([1.0, 0, 0, 0, 0, 0])
    angles = torch.linspace(0, math.pi, 400)
    circle = torch.stack([angles.cos(), angles.sin(), *4 * [angles * 0]], dim=1)
    costs = torch.stack([loss(row[None], torch.tensor([0])).loss for row in circle])
    # Above 20 the loss is a straight line in the logit, which float32 resolves to 1e-5 or so.
    assert (costs.diff() > -1e-5).all()
    assert costs[-1] > costs[200] > costs[0]


@pytest.mark.parametrize("sign", [1, -1])
def test_on_its_own_direction_and_against_it_the_gradient_is_finite(sign: int) -> None:
    loss = ours(0.5, 32.0)
    leaf = (sign * loss.weight.detach()[[3, 3]]).requires_grad_()
    outcome = loss(F.normalize(leaf), torch.tensor([3, 3]))
    outcome.loss.backward()
    assert torch.isfinite(leaf.grad).all()
    assert torch.isfinite(loss.weight.grad).all()


def test_no_picture_is_zero() -> None:
    loss = ours(0.5, 32.0)
    outcome = loss(torch.zeros(0, 6, requires_grad=True), torch.zeros(0, dtype=torch.int64))
    outcome.loss.backward()
    assert float(outcome.loss.detach()) == 0
    assert math.isnan(outcome.active)


def test_the_start_is_drawn_from_the_generator() -> None:
    assert torch.equal(ours(0.5, 32.0, 7).weight, ours(0.5, 32.0, 7).weight)
    assert not torch.equal(ours(0.5, 32.0, 7).weight, ours(0.5, 32.0, 8).weight)
