"""What belongs to one sitting of a run, and is gone with its process."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from facecluster.train.batch.signs import Batch
from facecluster.train.run.reports import Listener
from facecluster.train.run.stopping import Clock, CollapseWatch, Interrupt


@dataclass(slots=True)
class Sitting:
    """From the start or a resumption of a run to its end or interruption.

    listener: who hears how it goes. last: the last batch with its triplets, int64 [T, 3] or None
    for losses that mine none; None before the first batch.
    """

    clock: Clock
    listener: Listener
    collapse: CollapseWatch
    interrupt: Interrupt = field(default_factory=Interrupt)
    last: tuple[Batch, Tensor | None] | None = None
