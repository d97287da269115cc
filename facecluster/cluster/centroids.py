"""Sums and centres of groups, and how far their members are from them."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.search.blocks import blocks, spread
from facecluster.cluster.search.points import gaps_between, with_scale
from facecluster.distances import lengths
from facecluster.records import Floats, Ints

COLUMNS = 32  # of the embeddings that are turned into float64 for a sum


def sums(labels: Ints, embeddings: Floats) -> Floats:
    """Sum of the points of each group, float32 [K, D + 1]; noise is left out.

    labels: int32 [N], -1 for noise. embeddings: float32 [N, D], as long as their scale. Added in
    float64, each group's rows in their order.
    """
    from scipy import sparse  # in a function since start-up should not wait for it

    placed = np.nonzero(labels >= 0)[0]
    groups = int(labels.max(initial=-1)) + 1
    total = np.empty((groups, embeddings.shape[1] + 1), np.float32)
    member = sparse.csr_array(
        (np.ones(len(placed)), (labels[placed], placed)), shape=(groups, len(labels))
    )

    def add(columns: slice) -> None:
        total[:, columns] = member @ embeddings[:, columns].astype(np.float64)

    spread(add, blocks(embeddings.shape[1], COLUMNS))
    total[:, -1] = member @ lengths(embeddings).astype(np.float64)
    return total


def centres(labels: Ints, embeddings: Floats) -> Floats:
    """Points float32 [K, D + 1] in the middle of each group: the direction of its sum, as long as
    its members are on average. The arguments as for `sums`; an empty group is a row of zeros."""
    total = sums(labels, embeddings)
    members = np.maximum(np.bincount(labels[labels >= 0], minlength=len(total)), 1)
    scale = total[:, -1:] / members[:, None]
    found: Floats = np.hstack([unit(total[:, :-1]) * scale, scale]).astype(np.float32)
    return found


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1, float32 [N, D]; a row of zeros stays."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = (rows / np.where(length > 0, length, 1)).astype(np.float32)
    return scaled


def to_own_centre(labels: Ints, embeddings: Floats) -> Floats:
    """Distance of each face to the centre of its group, float32 [N]; 2 for noise.

    labels: int32 [N], -1 for noise. embeddings: float32 [N, D], as long as their scale.
    """
    gaps = np.full(len(labels), 2, np.float32)
    middles = centres(labels, embeddings)
    placed = np.nonzero(labels >= 0)[0]
    for part in blocks(len(placed)):
        rows = placed[part]
        gaps[rows] = gaps_between(with_scale(embeddings[rows]), middles[labels[rows]])
    return gaps


def mean_distances(labels: Ints, embeddings: Floats) -> Floats:
    """Mean distance of each face to the other members of its group; 0 when alone or noise.

    labels: int32 [N]. embeddings: float32 [N, D], as long as their scale. Gives float32 [N].
    """
    distances = np.zeros(len(labels), np.float32)
    total = sums(labels, embeddings)
    members = np.bincount(labels[labels >= 0], minlength=len(total))
    several = np.nonzero(np.append(members, 0)[labels] > 1)[0]  # the last entry serves noise
    for part in blocks(len(several)):
        rows = several[part]
        own, group = with_scale(embeddings[rows]), labels[rows]
        distances[rows] = gaps_between(own, total[group] - own) / (members[group] - 1)
    return distances
