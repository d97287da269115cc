"""How often strangers come as near as a distance, from the model's own false-accept table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facecluster.cluster.tuning import DEFAULT, CurveTuning
from facecluster.records import Floats

SMALLEST = 1e-6  # cosine distance; below it nothing is told apart
STEPS = 10.0 ** -np.arange(9, 0.9, -0.25)  # rates at which a table is compared with a library
HIGHEST = 0.9  # rate of a table that was changed; 1 would say that all pairs are that near
RAREST = 1e-300  # rate; its logarithm must exist


class FalseAcceptCurve:
    """The share of pairs of different people that are as near as a distance, and the reverse.

    Between two entries of the table the logarithm of the rate is taken as linear in the distance,
    which the tail of a bell curve nearly is; beyond its ends the last piece goes on.

    Parameters
    ----------
    table : pairs of false-accept rate and cosine distance (embed/spec.py). With fewer than two
        different distances, `tuning.shape` at `distance` stands in.
    distance : the model's cosine distance for grouping.
    tolerance : how many times more strangers than a good one a model must bear, at least 1; None
        for what table and distance say. More than `tuning.good_rate` lie within the distance only
        where a weak model could not hold its classes together among fewer
        (evaluate/calibration/thresholds.py).
    """

    def __init__(
        self,
        table: Iterable[tuple[float, float]],
        distance: float,
        tolerance: float | None = None,
        tuning: CurveTuning = DEFAULT.curve,
    ) -> None:
        known: dict[float, float] = {}
        for rate, edge in table:
            if edge > SMALLEST:
                known[edge] = max(rate, known.get(edge, 0.0))
        if len(known) < 2:
            known = {share * distance: rate for rate, share in tuning.shape}
        self.distance, self._tuning = distance, tuning
        self._edges = np.array(sorted(known))
        self._logs = np.log10([known[edge] for edge in sorted(known)])
        if tolerance is None:
            tolerance = max(1.0, float(self.rates(distance)) / tuning.good_rate)
        self.tolerance = tolerance

    def wider(self, factor: float) -> Self:
        """The same with all distances `factor` times as far."""
        table = [
            (10**log, edge * factor) for log, edge in zip(self._logs, self._edges, strict=True)
        ]
        return type(self)(table, self.distance * factor, self.tolerance, self._tuning)

    def between(self, one: int, other: int) -> Self:
        """The same for the mean distance of two groups of `one` and of `other` faces.

        A mean over many faces strays less than one pair does, so that far fewer strangers come as
        near. Distances of strangers are taken as normal, with the share of their variance that is
        left (`narrowing`); each rate of the table then moves along the bell curve.
        """
        spread = narrowing(one, other, self._tuning)
        bell = NormalDist()
        table = []
        for log, edge in zip(self._logs, self._edges, strict=True):
            rate = bell.cdf(bell.inv_cdf(min(10.0**log, HIGHEST)) / spread)
            table.append((max(rate, RAREST), float(edge)))
        return self._with(table)

    def among(self, gaps: Floats, faces: int) -> Self:
        """The same as it is in a library, judged by its faces that share a photo.

        gaps: float32 [P], cosine distances of all pairs of faces that share one; these are
        strangers to each other. faces: how many faces there are. In albums of families and of
        colleagues they come nearer than a table says that was measured on people from everywhere.
        Each rate grows by how many more pairs are seen than expected, and never shrinks. The fewer
        pairs there are for all the faces, the less they count: `faces` / P pairs are taken to be
        just as the table says.
        """
        if not len(gaps):
            return self
        edges = np.array([self.limit(rate) for rate in STEPS])
        seen = np.searchsorted(np.sort(gaps), edges, side="right")
        trust = faces / len(gaps)
        more = (seen + trust) / (self._tuning.usual * len(gaps) * STEPS + trust)
        rates = np.minimum(np.maximum.accumulate(STEPS * np.maximum(more, 1.0)), HIGHEST)
        # Of equal rates the largest distance stands.
        known = dict(zip(rates.tolist(), edges.tolist(), strict=True))
        return self._with(list(known.items()))

    def rates(self, distances: ArrayLike) -> NDArray[np.float64]:
        """The share of strangers at most as near as each cosine distance, float64 in 0..1."""
        x = np.asarray(distances, np.float64)
        logs = np.interp(x, self._edges, self._logs)
        for end, inner, beyond in ((0, 1, x < self._edges[0]), (-1, -2, x > self._edges[-1])):
            logs = np.where(
                beyond, self._logs[end] + (x - self._edges[end]) * self._slope(end, inner), logs
            )
        return np.asarray(10.0 ** np.minimum(logs, 0.0), np.float64)

    def limit(self, rate: float) -> float:
        """The cosine distance below which that share of strangers lies; at least SMALLEST."""
        log = math.log10(min(max(rate, 1e-30), 1.0))
        if log < self._logs[0]:
            found = self._edges[0] + (log - self._logs[0]) / self._slope(0, 1)
        elif log > self._logs[-1]:
            found = self._edges[-1] + (log - self._logs[-1]) / self._slope(-1, -2)
        else:
            found = np.interp(log, self._logs, self._edges)
        return float(np.clip(found, SMALLEST, 2.0))

    def _slope(self, end: int, inner: int) -> float:
        """Decades of the rate per distance in the outermost piece of the table."""
        rise = self._logs[inner] - self._logs[end]
        return float(rise / (self._edges[inner] - self._edges[end]))

    def _with(self, table: Sequence[tuple[float, float]]) -> Self:
        return type(self)(table, self.distance, self.tolerance, self._tuning)


def narrowing(one: int, other: int, tuning: CurveTuning = DEFAULT.curve) -> float:
    """By how much the bell curve of strangers is narrower for the mean distance of two groups of
    `one` and of `other` faces than for single faces; 1 for 1 and 1."""
    faces = tuning.of_faces * (1 / one + 1 / other) / 2
    return math.sqrt(tuning.of_people + faces + tuning.of_both / (one * other))
