"""When a run ends: Ctrl-C, the time limit, no more progress, or all epochs done."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from facecluster.train.config import Stage, TrainConfig

COLLAPSED = (
    "Collapse: all embeddings lie at the same distance from each other, so nothing can be learned "
    "from their triplets. Try `loss.mining` semi-hard or all in the place of hard, a lower "
    "`optim.lr`, a longer `optim.warmup`, or a first stage with classes: `stages` "
    "arcface:10,triplet:10."
)


class Interrupt:
    """The first Ctrl-C (or SIGTERM) asks for an end between two batches, the second ends at once.

    A batch that is cut in two could not be resumed bit for bit.
    """

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen while the block runs; only the main thread may."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        kinds = (signal.SIGINT, signal.SIGTERM)
        before = {kind: signal.signal(kind, self._hear) for kind in kinds}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


class Clock:
    """How far the run has come, by epochs, or by time when there is a limit.

    spent: seconds of earlier sittings.
    """

    def __init__(self, config: TrainConfig, spent: float) -> None:
        self._limit = None if config.minutes is None else config.minutes * 60
        self._spent, self._start = spent, time.monotonic()
        self._began: float | None = None
        self._stages = config.stages

    @property
    def seconds(self) -> float:
        return self._spent + time.monotonic() - self._start

    @property
    def limited(self) -> bool:
        return self._limit is not None

    def progress(self, done: int, total: int) -> float:
        """0..1. done, total: batches of the whole run, which count where there is no limit."""
        share = done / total if self._limit is None else self.seconds / self._limit
        return min(share, 1.0)

    def began(self, progress: float) -> float:
        """The progress at which this sitting began: that of the first call."""
        if self._began is None:
            self._began = progress
        return self._began

    def left(self, progress: float, sitting_from: float) -> float | None:
        """Seconds until the end. sitting_from: progress at which this sitting began."""
        if self._limit is not None:
            return max(self._limit - self.seconds, 0.0)
        gained = progress - sitting_from
        if gained <= 0:
            return None
        return (time.monotonic() - self._start) / gained * (1 - progress)

    def stage(self, progress: float) -> Stage:
        """The stage at work: each has a share of the run by its epochs."""
        total = sum(stage.epochs for stage in self._stages)
        reached = 0
        for stage in self._stages:
            reached += stage.epochs
            if progress * total < reached - 1e-9:
                return stage
        return self._stages[-1]


@dataclass(frozen=True, slots=True)
class Flatness:
    """spread: standard deviation of the cosine distances of a batch, below which all embeddings are
    one point; batches: of these in a row until it is certain."""

    spread: float = 1e-3
    batches: int = 20


FLATNESS = Flatness()


class CollapseWatch:
    """Notices when all distances of a batch have been the same for some batches."""

    def __init__(self, flatness: Flatness = FLATNESS) -> None:
        self._limit = flatness
        self._flat = 0

    def sees(self, spread: float) -> bool:
        """True once, when it is certain."""
        self._flat = self._flat + 1 if spread < self._limit.spread else 0
        return self._flat == self._limit.batches
