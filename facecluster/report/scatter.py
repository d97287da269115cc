"""The map of faces: embeddings brought down to two numbers each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecluster.distances import units
from facecluster.records import Floats, Ints


@dataclass(frozen=True, slots=True)
class Cloud:
    """faces: int64 [M], the rows drawn, ascending. points: float64 [M, 2], both axes in -1..1.

    explained: the shares of the drawn faces' variance along x and y.
    """

    faces: NDArray[np.int64]
    points: NDArray[np.float64]
    explained: tuple[float, float]


def pick(labels: Ints, drawn: NDArray[np.bool_], limit: int) -> NDArray[np.int64]:
    """At most `limit` rows where `drawn`, spread evenly over the people; no chance involved."""
    rows = np.flatnonzero(drawn)
    if len(rows) <= limit:
        return rows.astype(np.int64)
    by_person = rows[np.argsort(labels[rows], kind="stable")]
    evenly = np.arange(limit) * len(rows) // limit
    return np.sort(by_person[evenly]).astype(np.int64)


def pca(embeddings: Floats, labels: Ints, drawn: NDArray[np.bool_], limit: int = 3000) -> Cloud:
    """The first two principal components (Pearson 1901) of up to `limit` faces.

    embeddings: float32 [N, D]. labels: int32 [N]. drawn: bool [N], the faces to choose from.
    The sign of each axis is fixed, so the same faces always give the same picture. scikit-learn's
    PCA gives the same points, but loading it takes longer than a second run over a small album.
    """
    faces = pick(labels, drawn, limit)
    vectors = units(embeddings[faces]).astype(np.float64)  # scales are no place on the map
    if len(faces) < 2:
        return Cloud(faces, np.zeros((len(faces), 2)), (0.0, 0.0))
    vectors -= vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(vectors.T @ vectors)
    axes = directions[:, ::-1][:, :2]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])] < 0, -1, 1)
    points = np.zeros((len(faces), 2))
    points[:, : axes.shape[1]] = vectors @ axes
    total = float(variances.sum())
    shares = [float(v) / total if total > 1e-12 else 0.0 for v in variances[::-1][:2]] + [0.0]
    reach = float(np.abs(points).max())
    if reach > 1e-9:
        points /= reach
    return Cloud(faces, points, (shares[0], shares[1]))
