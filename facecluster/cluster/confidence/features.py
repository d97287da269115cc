"""What the evidence for and against a grouping is measured in: rarity, and doublings of numbers.

Distances enter as the negative decimal logarithm of the false-accept rate that belongs to them, so
that the same weights serve every model that carries a table. Numbers of faces and of people enter
as their logarithm to base 2: each doubling says the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.tuning import DEFAULT, EvidenceLimits
from facecluster.records import Ints

Features = NDArray[np.float64]


def rarity(
    curve: FalseAcceptCurve,
    distances: NDArray[np.floating],
    limits: EvidenceLimits = DEFAULT.evidence,
) -> Features:
    """How rare it is that strangers are this near, in decades, float64: 0 for not at all, up to
    that of the rate `limits.rarest`. A distance that is not known is as far as can be."""
    rates = curve.rates(np.nan_to_num(distances, nan=2.0, posinf=2.0))
    return np.asarray(-np.log10(np.maximum(rates, limits.rarest)), np.float64)


def size_features(
    labels: Ints, faces: NDArray[np.int64], limits: EvidenceLimits = DEFAULT.evidence
) -> tuple[Features, ...]:
    """Four columns float64 [R], in doublings: `faces` of a person; the same up to `limits.a_few`;
    the people; the faces that belong to nobody. labels: int32 [N], -1 where not placed."""
    people, nobody = int(labels.max(initial=-1)) + 1, int((labels < 0).sum())
    sizes = np.log2(faces.astype(np.float64))
    found = sizes, np.minimum(sizes, np.log2(limits.a_few))
    return *found, *(np.full(len(faces), np.log2(n)) for n in (max(people, 1), 1 + nobody))
