"""What speaks for and against two people being one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.centroids import sums
from facecluster.cluster.confidence.features import Features, rarity
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.photo_rule import share_photo
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.search.points import gaps_between
from facecluster.cluster.tuning import DEFAULT, EvidenceLimits
from facecluster.records import Floats, Ints


def pair_evidence(
    labels: Ints,
    embeddings: Floats,
    photo: Ints | None,
    curve: FalseAcceptCurve,
    limits: EvidenceLimits = DEFAULT.evidence,
    search: SearchLimits = DEFAULT_LIMITS,
) -> tuple[NDArray[np.int64], Features]:
    """Pairs of people who could be one, int64 [Q, 2], and one row for each, float64 [Q, 6].

    How rare strangers are, in decades, at their mean distance; at the distance of either to the
    nearest third person; at the mean distance of faces of one person, averaged over both. Then, in
    doublings, the faces of the smaller and of the larger one and the number of people. Each person
    is paired with its `limits.neighbours` nearest; people who share a photo are not a pair. labels:
    int32 [N], -1 where not placed. embeddings: float32 [N, D], scaled rows. photo: int32 [N], None
    for no such rule.
    """
    members = np.bincount(labels[labels >= 0])
    count, most = len(members), limits.neighbours
    nothing = np.empty((0, 2), np.int64), np.empty((0, 6))
    if count < 2:
        return nothing
    means = (sums(labels, embeddings) / members[:, None]).astype(np.float32)
    gaps, near = nearest(means, means, min(most + 1, count - 1), exclude_self=True, limits=search)
    pairs = _once(near[:, :most], count)
    distance = gaps_between(means[pairs[:, 0]], means[pairs[:, 1]])
    wanted = distance <= curve.limit(limits.far)
    if photo is not None:
        placed = labels >= 0
        one, other = pairs[wanted].T
        at_once = search.blocks.photo_pairs
        together = share_photo(one, other, labels[placed], photo[placed], at_once)
        wanted[wanted] = ~together
    pairs, distance = pairs[wanted], distance[wanted]
    if not len(pairs):
        return nothing
    third = np.minimum(*(_third(near[x], gaps[x], y) for x, y in (pairs.T, pairs.T[::-1])))
    wide = _widths(means, members)[pairs].mean(axis=1)
    rare = [rarity(curve, distances, limits) for distances in (distance, third, wide)]
    sizes = np.log2(np.sort(members[pairs], axis=1)).T
    return pairs, np.stack([*rare, *sizes, np.full(len(pairs), np.log2(count))], axis=1)


def _once(near: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Each pair of a person and one of those near it once, int64 [Q, 2], the lower number first.

    near: int64 [K, M], people that each of `count` is near, -1 for none.
    """
    a, b = np.repeat(np.arange(count), near.shape[1]), near.ravel()
    once = np.unique(np.minimum(a, b)[b >= 0] * count + np.maximum(a, b)[b >= 0])
    return np.stack(np.divmod(once, count), axis=1)


def _widths(means: Floats, members: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean distance of two faces of each person, float64 [K]; 0 of a single face."""
    # The distance of the mean to itself is the mean of all pairs, those of a face with itself
    # included: take these out.
    within = gaps_between(means.astype(np.float64), means.astype(np.float64))
    others = np.maximum(members - 1, 1)
    return np.where(members > 1, np.maximum(within * members / others, 0), 0.0)


def _third(near: NDArray[np.int64], gaps: Floats, partner: NDArray[np.int64]) -> Floats:
    """Distance to the nearest person who is not the partner; 2 without one."""
    others = np.where(near == partner[:, None], np.float32(2), gaps)
    closest: Floats = others.min(axis=1)
    return closest
