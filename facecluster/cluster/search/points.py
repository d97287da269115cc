"""Faces and groups as points, whose distance is one inner product however crowded they are.

The distance of two faces is |x||y| - x·y (facecluster/distances.py): an inner product of rows with
one more column, the length, which counts the other way round. The mean distance of two groups is
that of the means of their points. So whatever adds, averages and multiplies points need not know
that faces have a scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.distances import Real, lengths
from facecluster.records import Floats


def with_scale(embeddings: Floats) -> Floats:
    """The points of faces, float32 [N, D + 1]: each row, then its length.

    embeddings: float32 [N, D], rows as long as their scale.
    """
    points = np.empty((len(embeddings), embeddings.shape[1] + 1), np.float32)
    points[:, :-1] = embeddings
    points[:, -1] = lengths(embeddings)
    return points


def mirrored(points: NDArray[Real]) -> NDArray[Real]:
    """A copy whose inner products with points are their distances, less than 0."""
    copy = np.array(points)
    np.negative(copy[..., -1], out=copy[..., -1])
    return copy


def gaps_between(a: NDArray[Real], b: NDArray[Real]) -> NDArray[Real]:
    """Distances of the points that stand in the same places, [N] of their dtype."""
    gaps: NDArray[Real] = a[:, -1] * b[:, -1] - np.einsum("nd,nd->n", a[:, :-1], b[:, :-1])
    return gaps
