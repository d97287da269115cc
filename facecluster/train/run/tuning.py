"""Numbers of a run that no option sets."""

from __future__ import annotations

from dataclasses import dataclass, field

from facecluster.train.batch.signs import SignTuning
from facecluster.train.run.stopping import Flatness


@dataclass(frozen=True, slots=True)
class RunTuning:
    """shortest_epoch: batches; smaller sets are passed several times between two validations.
    gallery: training pictures, at most, among which held-out ones look for their nearest. signs: of
    what further classes are made. flatness: when a network counts as collapsed."""

    shortest_epoch: int = 50
    gallery: int = 5000
    signs: SignTuning = field(default_factory=SignTuning)
    flatness: Flatness = field(default_factory=Flatness)


RUN_TUNING = RunTuning()
