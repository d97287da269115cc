"""How far chances can be believed: their calibration, and how well they rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

BINS = 10

Chances = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """Bins that hold something, by rising chance: mean chance, share that is so, and how many."""

    chance: NDArray[np.float64]
    share: NDArray[np.float64]
    count: NDArray[np.int64]


def curve(chances: Chances, so: Flags, bins: int = BINS) -> Curve:
    """chances: [R] in 0..1. so: bool [R], whether it is. Bins are equally wide."""
    place = np.minimum((chances * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    some = np.nonzero(count)[0]
    chance, share = (
        np.bincount(place, values, minlength=bins)[some] / count[some] for values in (chances, so)
    )
    return Curve(chance, share, count[some])


def calibration_error(chances: Chances, so: Flags, bins: int = BINS) -> float:
    """Expected calibration error: how far off the chances of a bin are, the mean over all answers
    (Guo et al., "On calibration of modern neural networks", 2017). nan without any."""
    if not len(so):
        return float("nan")
    found = curve(chances, so, bins)
    return float(np.average(np.abs(found.chance - found.share), weights=found.count))


def ranking(chances: Chances, so: Flags) -> float:
    """The chance that what is so has the higher chance of two (area under the ROC curve); nan
    where all is so, or nothing is."""
    if not so.any() or so.all():
        return float("nan")
    return float(roc_auc_score(so, chances))
