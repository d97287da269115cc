"""The linear model of familiarity: ridge regression on what came of altered faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.embed.familiarity import FamiliarityModel
from facecluster.records import Floats

Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OddTuning:
    """How familiarity is fitted; docs/decisions/015-odd-pictures.md says what else was tried.

    ridge: share of the identity that is added to the correlations of the activations. usual: weight
    of a face after a usual change, where an odd one weighs 1. farthest: spreads to which
    activations are cut. closest, widest: what the share that remains of a distance is kept within.
    margin: of its logarithm, within which nothing is said against a face. least: of familiarity's
    logarithm.
    """

    ridge: float = 0.3
    usual: float = 2.0
    farthest: float = 6.0
    closest: float = 0.3
    widest: float = 1.1
    margin: float = 0.13
    least: float = -0.8


ODD = OddTuning()


def fit(
    means: Floats,
    remains: Real,
    usual: NDArray[np.bool_],
    tuning: OddTuning = ODD,
) -> FamiliarityModel:
    """The model of faces whose activations and fate are known.

    means: float32 [N, P]. remains: float64 [N], the share that remains of the distance to
    strangers, nan where it is not known. usual: bool [N], faces of which nothing is to be said.
    """
    known = usual | np.isfinite(remains)
    log = np.log(np.clip(np.nan_to_num(remains, nan=1.0), tuning.closest, tuning.widest))
    wanted = np.where(usual, 0.0, log)[known]
    weight = np.where(usual, tuning.usual, 1.0)[known]
    seen = means[known].astype(np.float64)
    middle, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    scaled = np.clip((seen - middle) / spread, -tuning.farthest, tuning.farthest)
    centre, level = np.average(scaled, axis=0, weights=weight), np.average(wanted, weights=weight)
    away = scaled - centre
    products = (away * weight[:, None]).T @ away / weight.sum()
    ridge = tuning.ridge * np.eye(products.shape[0])
    weights = np.linalg.solve(products + ridge, (away * weight[:, None]).T @ (wanted - level))
    weights /= weight.sum()
    bias = level - centre @ weights + tuning.margin
    return FamiliarityModel(
        middle.astype(np.float32),
        spread.astype(np.float32),
        weights.astype(np.float32),
        float(bias),
        tuning.farthest,
        tuning.least,
    )
