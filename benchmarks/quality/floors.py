"""The benchmark small enough for every change: parts of LFW and pins44, and scores to stay above.

The parts are whole people by seed; reading them takes most of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.albums import Album, draw, part_names, pour
from benchmarks.common.reading import Source, photos_by_person

Floors = Mapping[str, Mapping[str, float]]
# Least F of the default method by set and measure: 0.02 below what it reached when last raised.
FLOORS: Floors = {
    "part of lfw": {"bcubed": 0.964, "pairwise": 0.977},
    "part of pins44": {"bcubed": 0.959, "pairwise": 0.960},
    "both together": {"bcubed": 0.951, "pairwise": 0.967},
}
LFW_PHOTOS, PINS_PEOPLE = 1500, 15


def parts(source: Source, lfw: Path, pins: Path, seed: int) -> dict[str, Album]:
    """The sets of FLOORS, in their order."""
    many = source.album(lfw, part_names(photos_by_person(lfw), LFW_PHOTOS, seed))
    chosen = draw(np.random.default_rng(seed), list(photos_by_person(pins)), PINS_PEOPLE)
    few = source.album(pins, chosen)
    return dict(zip(FLOORS, (many, few, pour([many, few])), strict=True))


def below(found: Sequence[Mapping[str, Any]], floors: Floors = FLOORS) -> list[str]:
    """A sentence for each set that fell below its floors. found: rows as `trial.each` gives."""
    said = []
    for row in found:
        short = [
            f"{measure} F {row[measure]['f']:.4f} (floor {least:.4f})"
            for measure, least in floors[row["set"]].items()
            if row[measure]["f"] < least
        ]
        if short:
            said.append(f"{row['set']}: {row['method']} fell below: {', '.join(short)}")
    return said
