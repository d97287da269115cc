"""Two pictures: are the same people in both?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facecluster import distances as far
from facecluster.evaluate.calibration.false_accepts import FalseAccepts, FarTable, false_accepts
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.records import Floats


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every face of one picture against every face of the other.

    distances: float32 [N, M] (distances.py). nearest: row and column of the nearest pair, which
    `distance`, `same` and `strangers` speak of. matches: pairs that are the same, each face in at
    most one, nearest first. strangers: how often different people are that near, None when the
    model does not say.
    """

    distances: Floats
    threshold: float
    nearest: tuple[int, int]
    matches: tuple[tuple[int, int], ...]
    strangers: FalseAccepts | None

    @property
    def distance(self) -> float:
        return float(self.distances[self.nearest])

    @property
    def same(self) -> bool:
        return self.distance <= self.threshold


def compare(one: Faces, other: Faces, threshold: float, table: FarTable) -> Comparison:
    """Compare all faces; a pair is the same at a distance of at most the threshold.

    Raises ValueError when a picture has no face.
    """
    if not len(one) or not len(other):
        raise ValueError("a comparison needs a face in each picture")
    distances = far.distances(one.embeddings, other.embeddings)
    pairs = one_to_one(distances, threshold)
    row, column = np.unravel_index(int(np.argmin(distances)), distances.shape)
    nearest = int(row), int(column)
    strangers = false_accepts(table, float(distances[nearest]))
    return Comparison(distances, threshold, nearest, pairs, strangers)


def one_to_one(distances: Floats, threshold: float) -> tuple[tuple[int, int], ...]:
    """Pairs of row and column at most the threshold apart, nearest first, none used twice."""
    order = np.argsort(distances, axis=None, kind="stable")
    rows, columns = np.unravel_index(order, distances.shape)
    pairs: list[tuple[int, int]] = []
    left, right = set(range(len(distances))), set(range(distances.shape[1]))
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if float(distances[row, column]) > threshold:
            break
        if row in left and column in right:
            pairs.append((row, column))
            left.remove(row)
            right.remove(column)
    return tuple(pairs)
