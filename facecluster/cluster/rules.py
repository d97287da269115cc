"""What may and may not be one person, whatever the distances say.

Today one rule: two faces of one photo are two people. Must-link and cannot-link rules that a
user states will join here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from facecluster.cluster.base import NOISE
from facecluster.records import Floats, Ints


def pairs_within(photo: Ints) -> Iterator[tuple[int, int]]:
    """All pairs of rows (i < j) that share a photo. photo: int32 [N]."""
    order = np.argsort(photo, kind="stable")
    bounds = np.nonzero(np.diff(photo[order]))[0] + 1
    for rows in np.split(order, bounds):
        yield from combinations(rows.tolist(), 2)


def gaps_within(embeddings: Floats, photo: Ints | None) -> Floats:
    """Cosine distances of all pairs of faces that share a photo, float32 [P].

    embeddings: float32 [N, D], unit rows. photo: int32 [N], None when that says nothing.
    """
    found = [np.empty(0, np.float32)]
    if photo is not None:
        _, place, count = np.unique(photo, return_inverse=True, return_counts=True)
        shared = np.nonzero(count[place] > 1)[0]
        order = shared[np.argsort(place[shared], kind="stable")]
        bounds = np.nonzero(np.diff(place[order]))[0] + 1
        for rows in np.split(order, bounds):
            similar = embeddings[rows] @ embeddings[rows].T
            found.append(1 - similar[np.triu_indices(len(rows), 1)])
    gaps: Floats = np.concatenate(found).astype(np.float32)
    return gaps


def separate(labels: Ints, embeddings: Floats, photo: Ints | None) -> Ints:
    """Break the ties that the same-photo rule forbids, for methods that cannot know the rule.

    Of several faces of one photo in one group, the one nearest to the group's centre stays; the
    others become noise. labels: int32 [N]. embeddings: float32 [N, D], unit rows. photo:
    int32 [N] or None for no rule. Gives new labels; the input stays as it was.
    """
    kept = labels.copy()
    if photo is None or not len(labels):
        return kept
    similarity = to_own_centre(labels, embeddings)
    # Best face first within each (group, photo); all but the first of a run must go.
    order = np.lexsort((np.arange(len(labels)), -similarity, photo, labels))
    same = (labels[order][1:] == labels[order][:-1]) & (photo[order][1:] == photo[order][:-1])
    kept[order[1:][same]] = NOISE
    return kept


def to_own_centre(labels: Ints, embeddings: Floats) -> Floats:
    """Cosine of each face with the centre of its group; 0 for noise. float32 [N]."""
    similarity = np.zeros(len(labels), np.float32)
    placed = labels >= 0
    if placed.any():
        centres = unit(sums(labels, embeddings))
        similarity[placed] = np.einsum("nd,nd->n", embeddings[placed], centres[labels[placed]])
    return similarity


def sums(labels: Ints, embeddings: Floats, count: int | None = None) -> Floats:
    """Sum of the embeddings of each group, float32 [K, D]; noise is left out."""
    placed = labels >= 0
    groups = int(labels.max(initial=-1)) + 1 if count is None else count
    total = np.zeros((groups, embeddings.shape[1]), np.float64)
    np.add.at(total, labels[placed], embeddings[placed])
    return total.astype(np.float32)


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1; a row of zeros stays."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = (rows / np.where(length > 0, length, 1)).astype(np.float32)
    return scaled


def mean_distances(labels: Ints, embeddings: Floats) -> Floats:
    """Mean cosine distance of each face to the other members of its group; 0 when alone or noise.

    labels: int32 [N]. embeddings: float32 [N, D], unit rows. Gives float32 [N].
    """
    distances = np.zeros(len(labels), np.float32)
    placed = labels >= 0
    if placed.any():
        total = sums(labels, embeddings)
        sizes = np.bincount(labels[placed])[labels[placed]]
        own = embeddings[placed]
        others = np.einsum("nd,nd->n", own, total[labels[placed]] - own)
        distances[placed] = np.where(sizes > 1, 1 - others / np.maximum(sizes - 1, 1), 0)
    return distances
