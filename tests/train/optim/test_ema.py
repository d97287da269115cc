"""Averaged weights against the same sum written out."""

from __future__ import annotations

import torch
from torch import nn

from facecluster.train.optim.ema import Average


def test_average_is_the_written_out_sum() -> None:
    torch.manual_seed(0)
    network = nn.Linear(2, 2)
    average = Average(network, decay=0.9)
    expected = network.weight.detach().clone()
    for step in range(1, 30):
        with torch.no_grad():
            network.weight += torch.randn(2, 2)
        average.update_parameters(network)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * network.weight.detach()
    torch.testing.assert_close(average.module.weight, expected)
    assert not average.module.weight.requires_grad


def test_without_decay_it_follows_the_network() -> None:
    network = nn.BatchNorm1d(3)
    average = Average(network, decay=0)
    network(torch.randn(8, 3))
    average.update_parameters(network)
    for key, value in network.state_dict().items():
        assert torch.equal(average.module.state_dict()[key], value), key


def test_counters_are_copied_and_statistics_averaged() -> None:
    network = nn.BatchNorm1d(2)
    average = Average(network, decay=0.5)
    network(torch.full((4, 2), 8.0))
    average.update_parameters(network)
    assert int(average.module.num_batches_tracked) == 1
    decay = min(0.5, 2 / 11)
    torch.testing.assert_close(
        average.module.running_mean, (1 - decay) * network.running_mean, rtol=1e-5, atol=1e-6
    )


def test_loading_goes_on_as_before() -> None:
    one = nn.Linear(2, 2)
    first = Average(one, 0.99)
    for _ in range(5):
        with torch.no_grad():
            one.weight += 1
        first.update_parameters(one)
    second = Average(one, 0.99)
    second.load(first.module.state_dict(), first.updates)
    assert second.updates == 5
    with torch.no_grad():
        one.weight += 1
    first.update_parameters(one)
    second.update_parameters(one)
    assert torch.equal(first.module.weight, second.module.weight)


def test_it_takes_part_in_no_training() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = Average(network, 0.9)
    assert network.training
    assert not any(module.training for module in average.modules())
    assert not any(parameter.requires_grad for parameter in average.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert average.updates == 0
