"""What validation has said of a run so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from facecluster.train.history import EpochRow
from facecluster.train.model.checkpoint import Calibration


@dataclass(slots=True)
class Judged:
    """history: one row per epoch. calibrations: what the distances of the best epoch's network
    mean, by `plain` and `mirror` as in a checkpoint; empty before the first validation."""

    history: tuple[EpochRow, ...] = ()
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)

    @property
    def best(self) -> EpochRow | None:
        return next((row for row in reversed(self.history) if row.best), None)

    def add(self, row: EpochRow) -> None:
        self.history = (*self.history, row)
