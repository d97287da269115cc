"""How far a run has come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from facecluster.train.run.step import StepResult


@dataclass(slots=True)
class EpochSums:
    """What the batches of an epoch add up to; history.EpochRow has the means of them.

    loss, positive, negative: sums over the batches, a missing distance counted as 0. active: sum of
    the shares that are known, and known: how many those are. batches, pictures: so many were
    trained, in so many seconds. rate: the learning rate of the last batch, nan before the first.
    """

    loss: float = 0.0
    positive: float = 0.0
    negative: float = 0.0
    active: float = 0.0
    known: float = 0.0
    batches: float = 0.0
    pictures: float = 0.0
    seconds: float = 0.0
    rate: float = math.nan

    def add(self, result: StepResult, rate: float, pictures: int, seconds: float) -> None:
        """Take in one batch."""
        known = not math.isnan(result.active)
        self.loss += result.loss
        self.positive += 0.0 if math.isnan(result.positive) else result.positive
        self.negative += 0.0 if math.isnan(result.negative) else result.negative
        self.active += result.active if known else 0.0
        self.known += known
        self.batches += 1
        self.pictures += pictures
        self.seconds += seconds
        self.rate = rate

    def mean(self, total: float) -> float:
        """Of one of the sums over the batches; nan without any."""
        return total / self.batches if self.batches else math.nan

    @property
    def active_share(self) -> float:
        """Mean of the known shares; nan without any."""
        return self.active / self.known if self.known else math.nan

    @property
    def pictures_per_second(self) -> float:
        return self.pictures / max(self.seconds, 1e-9)

    def to_json(self) -> list[float]:
        """The numbers in the order of the fields; empty before the first batch."""
        return list(astuple(self)) if self.batches else []

    @classmethod
    def from_json(cls, values: Sequence[float]) -> EpochSums:
        return cls(*values)


@dataclass(slots=True)
class Position:
    """epoch, batch: the epoch at work, from 0, and how many of its batches are done. bad: epochs
    since the best one. seconds: spent up to the end of the last epoch, or of the last sitting."""

    epoch: int = 0
    batch: int = 0
    bad: int = 0
    seconds: float = 0.0
    sums: EpochSums = field(default_factory=EpochSums)

    def close_epoch(self, best: bool, seconds: float) -> None:
        """Turn to the next epoch. seconds: spent by now."""
        self.epoch, self.batch, self.sums = self.epoch + 1, 0, EpochSums()
        self.bad = 0 if best else self.bad + 1
        self.seconds = seconds

    def to_json(self, seconds: float) -> list[Any]:
        """As checkpoints have it. seconds: spent by now."""
        return [self.epoch, self.batch, self.bad, seconds, self.sums.to_json()]

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Position:
        epoch, batch, bad, seconds, sums = values
        return cls(epoch, batch, bad, seconds, EpochSums.from_json(sums))
