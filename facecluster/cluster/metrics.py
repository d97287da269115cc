"""How good a grouping is, against the truth.

Labels are integers; -1 marks a face that was left alone, and counts as a person of its own, so
that nothing can be gained by leaving hard faces out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facecluster.cluster.base import NOISE


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall in 0..1, and `f`, their harmonic mean."""

    precision: float
    recall: float

    @property
    def f(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total > 0 else 0.0


def without_noise(labels: ArrayLike) -> NDArray[np.int64]:
    """Labels 0..K-1 in which every -1 became a group of its own. labels: int [N]."""
    given = np.asarray(labels, np.int64)
    if given.ndim != 1:
        raise ValueError(f"labels: expected shape [any], got {list(given.shape)}")
    alone = given == NOISE
    unique = given.copy()
    unique[alone] = given.max(initial=0) + 1 + np.arange(int(alone.sum()))
    return np.unique(unique, return_inverse=True)[1].astype(np.int64)


def _counts(
    truth: ArrayLike, found: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The cells of the contingency table that are not empty, and for each its row and column sum.

    float64, since the products below pass 2^53 only for more than 10^8 faces.
    """
    rows, columns = without_noise(truth), without_noise(found)
    if len(rows) != len(columns):
        raise ValueError(f"truth has {len(rows)} labels, found has {len(columns)}")
    if not len(rows):
        empty = np.empty(0)
        return empty, empty, empty
    width = int(columns.max()) + 1
    cells, sizes = np.unique(rows * width + columns, return_counts=True)
    true_sizes, found_sizes = np.bincount(rows), np.bincount(columns)
    return (
        sizes.astype(float),
        true_sizes[cells // width].astype(float),
        found_sizes[cells % width].astype(float),
    )


def pairwise(truth: ArrayLike, found: ArrayLike) -> Score:
    """Precision and recall over pairs of faces: a pair counts when both sit in one group.

    Without a single pair, precision (none found) or recall (none to be found) is 1.
    """
    cells, _, _ = _counts(truth, found)

    def pairs(sizes: NDArray[np.float64]) -> float:
        return float((sizes * (sizes - 1) / 2).sum())

    both = pairs(cells)
    there = pairs(np.bincount(without_noise(truth)).astype(float))
    made = pairs(np.bincount(without_noise(found)).astype(float))
    return Score(both / made if made else 1.0, both / there if there else 1.0)


def bcubed(truth: ArrayLike, found: ArrayLike) -> Score:
    """B-cubed: for each face, how much of its group is its person, and the reverse; then the mean.

    Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space model",
    1998; for faces: Otto, Wang and Jain, "Clustering millions of faces by identity", 2018.
    """
    cells, true_sizes, found_sizes = _counts(truth, found)
    if not len(cells):
        return Score(1.0, 1.0)
    total = cells.sum()
    precision = float((cells**2 / found_sizes).sum() / total)
    recall = float((cells**2 / true_sizes).sum() / total)
    return Score(precision, recall)


def coverage(found: ArrayLike) -> float:
    """The share of faces that were placed with a person, in 0..1 (1 for no faces at all)."""
    labels = np.asarray(found)
    return float((labels != NOISE).mean()) if len(labels) else 1.0
