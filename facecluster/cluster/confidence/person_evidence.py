"""What speaks for and against each person being one person and not two."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.confidence.features import Features, rarity, size_features
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.tuning import DEFAULT, EvidenceLimits
from facecluster.distances import distances
from facecluster.records import Floats, Ints


def person_evidence(
    labels: Ints,
    embeddings: Floats,
    curve: FalseAcceptCurve,
    limits: EvidenceLimits = DEFAULT.evidence,
) -> Features:
    """One row per person, float64 [K, 6].

    How rare strangers are at the mean distance of the two parts into which it splits (`_split`),
    in decades; the faces of the smaller part, in doublings; then its `size_features`. labels:
    int32 [N], -1 where not placed. embeddings: float32 [N, D], scaled rows.
    """
    members = np.bincount(labels[labels >= 0])
    order = np.argsort(labels, kind="stable")[len(labels) - members.sum() :]
    people = np.split(order, np.cumsum(members)[:-1]) if len(members) else []
    split = [_split(embeddings[rows], limits) for rows in people]
    parts = np.array(split, np.float64).reshape(-1, 2)
    found = [rarity(curve, parts[:, 0], limits), np.log2(parts[:, 1])]
    return np.stack([*found, *size_features(labels, members, limits)], axis=1)


def _split(embeddings: Floats, limits: EvidenceLimits) -> tuple[float, float]:
    """Mean distance of the two parts of a group, and faces of the smaller one.

    The parts are those of the last merge of average linkage in which both had `limits.several`
    faces, so that one odd face does not hide a second person; of the last one at all where the
    group is smaller than two times that, of the first one where every face merged by itself.
    """
    from scipy.cluster.hierarchy import linkage  # in a function: start-up should not wait for it

    count = len(embeddings)
    if count < 2:
        return 0.0, 1.0
    if count > limits.sample:
        embeddings = embeddings[np.linspace(0, count - 1, limits.sample).round().astype(int)]
    some = len(embeddings)
    upper = np.triu_indices(some, 1)
    tree = linkage(distances(embeddings, embeddings)[upper].astype(np.float64), "average")
    sizes = np.concatenate([np.ones(some), tree[:, 3]])
    smaller = sizes[tree[:, :2].astype(int)].min(axis=1)
    fair = np.nonzero(smaller >= min(limits.several, some // 2))[0]
    row = fair[-1] if len(fair) else 0
    return float(tree[row, 2]), max(float(smaller[row]) * count / some, 1.0)
