"""Same person or not: the ten-fold protocol of LFW and the figures that go with it.

Distances are those of distances.py; a pair is accepted when its distance is at most the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATES = (1e-1, 1e-2, 1e-3, 1e-4)  # false-accept rates at which true accepts are reported

Distances = NDArray[np.float32] | NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well distances tell same pairs from different ones, whatever the threshold.

    auc: area under the ROC curve. eer: rate at which false accepts equal false rejects.
    tar: pairs of false-accept rate and true-accept rate.
    """

    auc: float
    eer: float
    tar: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """How many decisions are right, and the ranking.

    accuracy: mean over the folds; standard_error: of that mean; threshold: mean of the folds'.
    auc, eer, tar: as in Ranking.
    """

    pairs: int
    accuracy: float
    standard_error: float
    threshold: float
    auc: float
    eer: float
    tar: tuple[tuple[float, float], ...]

    @property
    def ranking(self) -> Ranking:
        return Ranking(self.auc, self.eer, self.tar)


def verify(distances: Distances, same: Flags, folds: NDArray[np.int64]) -> Verification:
    """Run the protocol.

    distances: float [P]. same: bool [P]. folds: int [P]; the threshold of each fold is the best
    one on all the others ("unsupervised" in Huang and Learned-Miller, "Labeled Faces in the Wild:
    Updates and New Reporting Procedures", UMass Amherst UM-CS-2014-003: no label of LFW is used
    but to choose it). Raises ValueError without both kinds of pairs or with fewer than two folds.
    """
    numbers = np.unique(folds)
    if same.all() or not same.any() or len(numbers) < 2:
        raise ValueError("verification needs same and different pairs, and at least two folds")
    scores, thresholds = [], []
    for number in numbers:
        test = folds == number
        threshold = best_threshold(distances[~test], same[~test])
        thresholds.append(threshold)
        scores.append(np.mean((distances[test] <= threshold) == same[test]))
    ranked = ranking(distances, same)
    return Verification(
        pairs=len(distances),
        accuracy=float(np.mean(scores)),
        standard_error=float(np.std(scores, ddof=1) / np.sqrt(len(scores))),
        threshold=float(np.mean(thresholds)),
        auc=ranked.auc,
        eer=ranked.eer,
        tar=ranked.tar,
    )


def ranking(distances: Distances, same: Flags) -> Ranking:
    """The figures that need no folds. distances: float [P]. same: bool [P], of both kinds."""
    return Ranking(
        auc=area_under_roc(distances, same),
        eer=equal_error_rate(distances, same),
        tar=tuple((rate, true_accepts(distances, same, rate)) for rate in RATES),
    )


def best_threshold(distances: Distances, same: Flags) -> float:
    """The threshold with the most correct decisions, midway between two distances.

    Where several are equally good, the middle one of them.
    """
    values, accepted, wrongly = _steps(distances, same)
    correct = np.concatenate([[0], accepted - wrongly])  # above accepting none
    best = np.flatnonzero(correct == correct.max())
    edges = np.concatenate([[values[0] - 1e-6], values, [values[-1] + 1e-6]])
    cut = best[len(best) // 2]
    return float((edges[cut] + edges[cut + 1]) / 2)


def true_accepts(distances: Distances, same: Flags, rate: float) -> float:
    """True-accept rate at the largest threshold whose false-accept rate is at most `rate`."""
    _, accepted, wrongly = _steps(distances, same)
    allowed = np.flatnonzero(wrongly <= rate * (~same).sum())
    return float(accepted[allowed[-1]] / same.sum()) if len(allowed) else 0.0


def area_under_roc(distances: Distances, same: Flags) -> float:
    """Probability that a same pair is closer than a different one; ties count half."""
    from sklearn.metrics import auc  # in a function since start-up should not wait for it

    return float(auc(*roc_curve(distances, same)))


def equal_error_rate(distances: Distances, same: Flags) -> float:
    """Where the ROC curve, drawn with straight lines, meets false accepts = false rejects."""
    false, true = roc_curve(distances, same)
    surplus = false - (1 - true)
    after = int(np.argmax(surplus >= 0))  # never 0: the curve starts at surplus -1
    step = surplus[after] - surplus[after - 1]
    return float(false[after] - surplus[after] / step * (false[after] - false[after - 1]))


def roc_curve(distances: Distances, same: Flags) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """False-accept and true-accept rates of every threshold, from accepting none to all."""
    from sklearn import metrics

    # A model that is broken gives distances that are not numbers: farther than all others.
    farthest = float(np.nanmax(distances, initial=0)) + 1
    near = -np.asarray(np.nan_to_num(distances, nan=farthest), np.float64)
    false, true, _ = metrics.roc_curve(same, near, drop_intermediate=False)
    return false, true


def _steps(
    distances: Distances, same: Flags
) -> tuple[Distances, NDArray[np.int64], NDArray[np.int64]]:
    """Distinct distances, ascending, with same and different pairs accepted at each."""
    order = np.argsort(distances, kind="stable")
    values = distances[order]
    last = np.append(values[1:] != values[:-1], True)
    accepted, wrongly = np.cumsum(same[order]), np.cumsum(~same[order])
    return values[last], accepted[last], wrongly[last]
