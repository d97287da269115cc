"""Learning rates by hand, and optimisers against torch's own arithmetic."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from facecluster.train.config import OPTIMIZERS, OptimConfig
from facecluster.train.optim.optimizers import build_optimizer, gradient_norm, rate_factor, set_rate


def test_warm_up_is_a_straight_line_from_almost_nothing() -> None:
    config = OptimConfig(warmup=2, schedule="constant")
    assert rate_factor(config, 0.0, 10) == 0.01
    assert rate_factor(config, 0.1, 10) == pytest.approx(0.5)
    assert rate_factor(config, 0.2, 10) == 1.0
    assert rate_factor(config, 1.0, 10) == 1.0


def test_cosine_falls_from_one_to_zero() -> None:
    config = OptimConfig(warmup=0, schedule="cosine")
    assert rate_factor(config, 0.0, 8) == 1.0
    assert rate_factor(config, 0.5, 8) == pytest.approx(0.5)
    assert rate_factor(config, 1 / 3, 8) == pytest.approx((1 + math.cos(math.pi / 3)) / 2)
    assert rate_factor(config, 1.0, 8) == pytest.approx(0.0)


def test_steps_come_every_so_many_epochs() -> None:
    config = OptimConfig(warmup=0, schedule="step", step_epochs=3, step_factor=0.1)
    found = [rate_factor(config, epoch / 9, 9) for epoch in (0, 2.9, 3, 5.9, 6, 8.9)]
    assert found == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


def test_a_short_run_is_not_all_warm_up() -> None:
    config = OptimConfig(warmup=5, schedule="constant")
    assert rate_factor(config, 0.5, 1) == 1.0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_goes_downhill_and_spares_biases(name: str) -> None:
    torch.manual_seed(0)
    layer = nn.Linear(3, 2)
    config = OptimConfig(name, lr=0.05, weight_decay=0.1)  # type: ignore[arg-type]
    optimizer = build_optimizer((layer,), config)
    by_parameter = {id(p): g["weight_decay"] for g in optimizer.param_groups for p in g["params"]}
    assert by_parameter == {id(layer.weight): 0.1, id(layer.bias): 0.0}
    goal = torch.tensor([1.0, -1.0])
    losses = []
    for _ in range(40):
        loss = (layer(torch.ones(3)) - goal).square().sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.5 * losses[0]


def test_frozen_parameters_are_left_out() -> None:
    layer = nn.Linear(3, 2)
    layer.weight.requires_grad_(False)
    optimizer = build_optimizer((layer,), OptimConfig(lr=1))
    assert [p is layer.bias for g in optimizer.param_groups for p in g["params"]] == [True]


def test_set_rate_reaches_every_group() -> None:
    optimizer = build_optimizer((nn.Linear(3, 2),), OptimConfig(lr=1))
    set_rate(optimizer, 0.125)
    assert {group["lr"] for group in optimizer.param_groups} == {0.125}


def test_gradients_are_measured_and_cut_together() -> None:
    one, two = nn.Linear(2, 1, bias=False), nn.Linear(2, 1, bias=False)
    one.weight.grad, two.weight.grad = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 4.0]])
    assert gradient_norm((one, two), 0) == pytest.approx(5)
    assert two.weight.grad.tolist() == [[0, 4]]
    assert gradient_norm((one, two), 1) == pytest.approx(5)
    assert one.weight.grad.tolist()[0][0] == pytest.approx(0.6, rel=1e-4)
