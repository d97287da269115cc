"""Weights averaged over time: what is validated and saved."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn


class Average:
    """Exponential moving average of a network's parameters and floating buffers.

    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the decay
    rises from 0.1 as (1 + n) / (10 + n) up to `decay`, so that the random start is forgotten soon.
    With decay 0 it is a copy of the network. `network` holds the average, in evaluation mode, and
    `values` are its tensors.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.values = self.network.state_dict()

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move the average towards the network as it is now."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for key, value in network.state_dict().items():
            mean = self.values[key]
            if value.is_floating_point() and self.decay:
                mean.lerp_(value.detach(), 1 - decay)
            else:  # counters, such as the batches that a batch norm has seen
                mean.copy_(value)

    def load(self, values: Mapping[str, Tensor], updates: int) -> None:
        """Go on from an earlier average."""
        for key, value in values.items():
            self.values[key].copy_(value)
        self.updates = updates
