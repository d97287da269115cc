"""Weights averaged over time: what is validated and saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


class Average(AveragedModel):
    """Exponential moving average of a network's parameters and floating buffers.

    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the decay
    rises from 0.1 as (1 + n) / (10 + n) up to `decay`, so that the random start is forgotten soon.
    With decay 0 it is a copy of the network. `module` holds the average, in evaluation mode;
    `update_parameters` moves it towards the network as it is then.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        super().__init__(network, multi_avg_fn=_approach(decay), use_buffers=True)
        self.eval().requires_grad_(False)
        # The start counts as an average; otherwise torch overwrites it by the first update.
        self.n_averaged += 1

    @property
    def updates(self) -> int:
        """How often it was moved."""
        return int(self.n_averaged) - 1

    def load(self, weights: Mapping[str, Tensor], updates: int) -> None:
        """Go on from an earlier average: the tensors of its `module`, and its `updates`."""
        self.module.load_state_dict(weights)
        self.n_averaged.fill_(updates + 1)


def _approach(largest: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """How averages of one type move towards the present values. largest: the decay at the end."""

    @torch.no_grad()
    def approach(means: Sequence[Tensor], values: Sequence[Tensor], count: Tensor | int) -> None:
        decay = min(largest, (1 + int(count)) / (10 + int(count)))
        for mean, value in zip(means, values, strict=True):
            if mean.is_floating_point() and largest:
                mean.lerp_(value, 1 - decay)
            else:  # counters, such as the batches that a batch norm has seen
                mean.copy_(value)

    return approach
