"""What speaks for and against each placed face being of its person."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.centroids import sums
from facecluster.cluster.confidence.features import Features, rarity, size_features
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.search.points import gaps_between, with_scale
from facecluster.cluster.tuning import DEFAULT, EvidenceLimits
from facecluster.records import Floats, Ints


def face_evidence(
    labels: Ints,
    embeddings: Floats,
    curve: FalseAcceptCurve,
    limits: EvidenceLimits = DEFAULT.evidence,
    search: SearchLimits = DEFAULT_LIMITS,
) -> Features:
    """One row per placed face, in their order, float64 [P, 6].

    How rare strangers are at its mean distance to the other faces of its person, and at that to
    the nearest other person, both in decades; then the `size_features` of its person. labels:
    int32 [N], -1 where not placed. embeddings: float32 [N, D], scaled rows.
    """
    placed = np.nonzero(labels >= 0)[0]
    total, members = sums(labels, embeddings), np.bincount(labels[placed])
    means = (total / members[:, None]).astype(np.float32)
    own = np.empty(len(placed))
    for part in blocks(len(placed), search.blocks.rows):
        person = labels[placed[part]]
        distances = gaps_between(with_scale(embeddings[placed[part]]), means[person])
        # The mean over the others: the face's own distance to itself, 0, is in the sum.
        own[part] = distances * members[person] / np.maximum(members[person] - 1, 1)
    gaps, people = nearest(with_scale(embeddings[placed]), means, 2, limits=search)
    gaps[people == labels[placed][:, None]] = 2
    other = np.minimum(gaps.min(axis=1), 2)
    near = [rarity(curve, own, limits), rarity(curve, other, limits)]
    return np.stack([*near, *size_features(labels, members[labels[placed]], limits)], axis=1)
