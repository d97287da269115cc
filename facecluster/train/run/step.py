"""One batch: pictures to embeddings to loss to weights, and what is worth telling of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facecluster.errors import FaceclusterError
from facecluster.train.batch.augment import Augment
from facecluster.train.config import Precision
from facecluster.train.distances import distances, pair_means
from facecluster.train.losses.base import Outcome
from facecluster.train.optim.optimizers import gradient_norm
from facecluster.train.run.device import autocast
from facecluster.train.run.distributed import Ranks


class TrainingError(FaceclusterError):
    """Training cannot go on; what was saved before stays."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """loss, active: as in reports.BatchReport. positive, negative: mean cosine distances.
    spread: standard deviation of all distances of the batch; 0 when everything is one point."""

    loss: float
    active: float
    positive: float
    negative: float
    spread: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stepper:
    """What a step needs beside its batch. network: as wrapped by Ranks. teacher: the network as it
    was at the start, for `keep` above 0."""

    network: nn.Module
    loss: nn.Module
    optimizer: torch.optim.Optimizer
    augment: Augment
    ranks: Ranks
    device: torch.device
    precision: Precision
    clip: float
    keep: float = 0.0
    teacher: nn.Module | None = None

    def __call__(self, pixels: Tensor, labels: Tensor) -> StepResult:
        """Train on this rank's pictures of the joint batch.

        pixels: uint8 [B, C, S, S] of this rank. labels: int64 of the joint batch. Raises
        TrainingError when numbers are no longer finite, before any weight has moved.
        """
        picture = self.augment(pixels).contiguous(memory_format=torch.channels_last)
        with autocast(self.device, self.precision):
            own = self.network(picture)
        embeddings = self.ranks.gather(own.float())
        outcome: Outcome = self.loss(embeddings, labels)
        total = outcome.loss * self.ranks.world
        if self.teacher is not None:
            total = total + self.keep * self._drift(own.float(), picture)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        self.ranks.settle(self.loss)
        norm = gradient_norm((self.network, self.loss), self.clip)
        loss = float(total.detach()) / self.ranks.world
        if not (torch.isfinite(total.detach()) and norm < float("inf")):
            raise TrainingError(f"the loss is {loss}, the length of its gradient {norm}")
        self.optimizer.step()
        return self._result(embeddings.detach(), labels, loss, outcome)

    def _drift(self, own: Tensor, picture: Tensor) -> Tensor:
        """Mean squared distance to what the network said at the start of the same pictures."""
        assert self.teacher is not None
        with torch.no_grad(), autocast(self.device, self.precision):
            start = self.teacher(picture).float()
        # A sum over this rank's rows and a mean over the joint batch, as for the loss.
        return F.mse_loss(own, start, reduction="sum") / len(own)

    @staticmethod
    def _result(embeddings: Tensor, labels: Tensor, loss: float, outcome: Outcome) -> StepResult:
        apart = distances(embeddings)
        positive, negative = pair_means(apart, labels)
        upper = torch.triu_indices(len(apart), len(apart), 1, device=apart.device)
        spread = float(apart[upper[0], upper[1]].std()) if len(apart) > 2 else float("nan")
        return StepResult(loss, outcome.active, positive, negative, spread, outcome)
