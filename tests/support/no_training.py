"""A stand-in for training: it only notes what it was asked for."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from facecluster.errors import FaceclusterError
from facecluster.train.config import TrainConfig
from facecluster.train.history import EpochRow
from facecluster.train.run.reports import Listener

BEST = EpochRow(3, "triplet", 0.1, 0.5, 0.2, 0.9, 1e-3, 9.0, 800.0, 0.912, 0.9712, 0.081, 0.6,
                math.nan, 0.989, True)  # fmt: skip


@dataclass
class Result:
    folder: Path
    best: EpochRow | None
    interrupted: bool
    stopped: str


class NoTraining(ModuleType):
    """In the place of facecluster.train.loop: keeps what it was called with."""

    def __init__(self) -> None:
        super().__init__("facecluster.train.loop")
        self.config: TrainConfig | None = None
        self.resumed: tuple[Path, dict[str, Any]] | None = None
        self.result = Result(Path("runs/first"), BEST, False, "")
        self.error: FaceclusterError | None = None

    def train(self, config: TrainConfig, listener: Listener) -> Result:
        self.config = config
        listener.note("It begins.")
        if self.error is not None:
            raise self.error
        return self.result

    def resume(self, folder: Path, listener: Listener, changes: Mapping[str, Any]) -> Result:
        self.resumed = folder, dict(changes)
        return self.result


def stand_in(monkeypatch: pytest.MonkeyPatch) -> NoTraining:
    """From now on `facecluster train` calls the one that is returned."""
    made = NoTraining()
    monkeypatch.setitem(sys.modules, "facecluster.train.loop", made)
    return made
