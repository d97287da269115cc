"""How near strangers come, from the model's own table: what turns distances into chances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facecluster.records import Floats

# The shape of the table of a model that brings none: rates, and distances as shares of the model's
# grouping distance. Those of the shipped embedder (export/recipe.py).
SHAPE = ((1e-1, 1.90), (1e-2, 1.45), (1e-3, 1.18), (1e-4, 0.98), (1e-5, 0.82), (1e-6, 0.69))
BORNE = 1e-3  # share of strangers that a good model's grouping distance stays below
SMALLEST = 1e-6  # cosine distance; below it nothing is told apart

# Of the variance among the distances of strangers, the share that is between people, that of either
# face, and that of the two together; the last two shrink as groups take the place of faces. As
# `python -m fitting.strangers` finds them (docs/decisions/009-many-faces.md).
PEOPLE, FACES, BOTH = 0.60, 0.32, 0.08

# Faces of one photo are strangers for sure, but they share light, camera and often family: this
# many times the usual share of strangers is nothing to speak of (docs/decisions/008-auto.md).
USUAL = 3.0
STEPS = 10.0 ** -np.arange(9, 0.9, -0.25)  # rates at which a table is compared with a library
HIGHEST = 0.9
RAREST = 1e-300


class Strangers:
    """The share of pairs of different people that are as near as a distance, and the reverse.

    Between two entries of the table the logarithm of the rate is taken as linear in the distance,
    which the tail of a bell curve nearly is; beyond its ends the last piece goes on.

    Parameters
    ----------
    table : pairs of false-accept rate and cosine distance (embed/spec.py). With fewer than two
        different distances, SHAPE at `distance` stands in.
    distance : the model's cosine distance for grouping.
    ease : how many times more strangers than a good one a model must bear, at least 1; None for
        what table and distance say. More than BORNE lie within the distance only where a weak
        model could not hold its classes together among fewer (evaluate/calibration/thresholds.py).
    """

    def __init__(
        self,
        table: Sequence[tuple[float, float]],
        distance: float,
        ease: float | None = None,
    ) -> None:
        known: dict[float, float] = {}
        for rate, edge in table:
            if edge > SMALLEST:
                known[edge] = max(rate, known.get(edge, 0.0))
        if len(known) < 2:
            known = {share * distance: rate for rate, share in SHAPE}
        self.distance = distance
        self._edges = np.array(sorted(known))
        self._logs = np.log10([known[edge] for edge in sorted(known)])
        self.ease = max(1.0, float(self.rates(distance)) / BORNE) if ease is None else ease

    def wider(self, factor: float) -> Self:
        """The same with all distances `factor` times as far."""
        table = [
            (10**log, edge * factor) for log, edge in zip(self._logs, self._edges, strict=True)
        ]
        return type(self)(table, self.distance * factor, self.ease)

    def between(self, one: int, other: int) -> Self:
        """The same for the mean distance of two groups of `one` and of `other` faces.

        A mean over many faces strays less than one pair does, so that far fewer strangers come as
        near. Distances of strangers are taken as normal, with the share of their variance that is
        left; each rate of the table then moves along the bell curve.
        """
        spread = math.sqrt(PEOPLE + FACES * (1 / one + 1 / other) / 2 + BOTH / (one * other))
        bell = NormalDist()
        table = []
        for log, edge in zip(self._logs, self._edges, strict=True):
            rate = bell.cdf(bell.inv_cdf(min(10.0**log, HIGHEST)) / spread)
            table.append((max(rate, RAREST), float(edge)))
        return type(self)(table, self.distance, self.ease)

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
        more = (seen + trust) / (USUAL * len(gaps) * STEPS + trust)
        rates = np.minimum(np.maximum.accumulate(STEPS * np.maximum(more, 1.0)), HIGHEST)
        table = list(zip(rates.tolist(), edges.tolist(), strict=True))
        # Of equal rates the largest distance stands.
        known = dict(table)
        return type(self)(list(known.items()), self.distance, self.ease)

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
        """Octaves of ten per distance in the outermost piece of the table."""
        rise = self._logs[inner] - self._logs[end]
        return float(rise / (self._edges[inner] - self._edges[end]))
