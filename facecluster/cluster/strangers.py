"""How near strangers come, from the model's own table: what turns distances into chances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The shape of the table of a model that brings none: rates, and distances as shares of the model's
# grouping distance. Those of the shipped embedder (export/recipe.py).
SHAPE = ((1e-1, 1.90), (1e-2, 1.45), (1e-3, 1.18), (1e-4, 0.98), (1e-5, 0.82), (1e-6, 0.69))
SMALLEST = 1e-6  # cosine distance; below it nothing is told apart


class Strangers:
    """The share of pairs of different people that are as near as a distance, and the reverse.

    Between two entries of the table the logarithm of the rate is taken as linear in the distance,
    which the tail of a bell curve nearly is; beyond its ends the last piece goes on.

    Parameters
    ----------
    table : pairs of false-accept rate and cosine distance (embed/spec.py). With fewer than two
        different distances, SHAPE at `distance` stands in.
    distance : the model's cosine distance for grouping.
    """

    def __init__(self, table: Sequence[tuple[float, float]], distance: float) -> None:
        known: dict[float, float] = {}
        for rate, edge in table:
            if edge > SMALLEST:
                known[edge] = max(rate, known.get(edge, 0.0))
        if len(known) < 2:
            known = {share * distance: rate for rate, share in SHAPE}
        self.distance = distance
        self._edges = np.array(sorted(known))
        self._logs = np.log10([known[edge] for edge in sorted(known)])

    def wider(self, factor: float) -> Self:
        """The same with all distances `factor` times as far."""
        table = [
            (10**log, edge * factor) for log, edge in zip(self._logs, self._edges, strict=True)
        ]
        return type(self)(table, self.distance * factor)

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
