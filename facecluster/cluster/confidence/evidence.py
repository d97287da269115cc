"""What speaks for and against a finished grouping: the features that confidence is made of.

Distances enter as the negative decimal logarithm of the false-accept rate that belongs to them, so
that the same weights serve every model that carries a table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.rules import seats, sums
from facecluster.cluster.search.blocks import blocks, cosine_distances
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.strangers import Strangers
from facecluster.records import Floats, Ints

Features = NDArray[np.float64]
RARE = 1e-9  # rates below say no more than this one
SAMPLE = 400  # faces of a person that are looked at when it is split
SEVERAL = 2  # faces from which a part of a person may be somebody else
A_FEW = 4  # faces up to which each one more says a lot
NEIGHBOURS = 3  # nearest people that each person is compared with
FAR = 3e-2  # pairs of people farther apart than this share of strangers are no question


def surprise(strangers: Strangers, distances: NDArray[np.floating]) -> Features:
    """How rare it is that strangers are this near, in powers of ten: 0 for not at all."""
    rates = strangers.rates(np.nan_to_num(distances, nan=2.0, posinf=2.0))
    return np.asarray(-np.log10(np.maximum(rates, RARE)), np.float64)


def face_evidence(labels: Ints, embeddings: Floats, strangers: Strangers) -> Features:
    """One row a placed face, in their order, float64 [P, 6].

    How rare strangers are at its mean distance to the other faces of its person, and at that to
    the nearest other person; the faces of its person, the same up to A_FEW, the people, and the
    faces that belong to nobody, all in octaves. labels: int32 [N], -1 where not placed.
    embeddings: float32 [N, D], unit rows.
    """
    placed = np.nonzero(labels >= 0)[0]
    total, members = sums(labels, embeddings), np.bincount(labels[placed])
    means = (total / members[:, None]).astype(np.float32)
    own = np.empty(len(placed))
    for part in blocks(len(placed)):
        person = labels[placed[part]]
        distances = 1 - np.einsum("nd,nd->n", embeddings[placed[part]], means[person])
        # The mean over the others: the face's own distance to itself, 0, is in the sum.
        own[part] = distances * members[person] / np.maximum(members[person] - 1, 1)
    gaps, people = nearest(embeddings[placed], means, 2)
    gaps[people == labels[placed][:, None]] = 2
    other = np.minimum(gaps.min(axis=1), 2)
    near = [surprise(strangers, own), surprise(strangers, other)]
    return np.stack([*near, *_crowd(labels, members[labels[placed]])], axis=1)


def person_evidence(labels: Ints, embeddings: Floats, strangers: Strangers) -> Features:
    """One row a person, float64 [K, 6].

    How rare strangers are at the mean distance of the two parts into which it splits (`_split`);
    the faces of the smaller part, of both, the same up to A_FEW, the people, and the faces that
    belong to nobody, all in octaves. labels: int32 [N], -1 where not placed. embeddings: float32
    [N, D], unit rows.
    """
    members = np.bincount(labels[labels >= 0])
    order = np.argsort(labels, kind="stable")[len(labels) - members.sum() :]
    people = np.split(order, np.cumsum(members)[:-1]) if len(members) else []
    parts = np.array([_split(embeddings[rows]) for rows in people], np.float64).reshape(-1, 2)
    split = [surprise(strangers, parts[:, 0]), np.log2(parts[:, 1])]
    return np.stack([*split, *_crowd(labels, members)], axis=1)


def _crowd(labels: Ints, size: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """Octaves of: `size`, faces of a person; it up to A_FEW; the people; the faces of nobody."""
    people, nobody = int(labels.max(initial=-1)) + 1, int((labels < 0).sum())
    sizes = np.log2(size.astype(np.float64))
    found = sizes, np.minimum(sizes, np.log2(A_FEW))
    return *found, *(np.full(len(size), np.log2(n)) for n in (max(people, 1), 1 + nobody))


def _split(embeddings: Floats) -> tuple[float, float]:
    """Mean distance of the two parts of a group, and faces of the smaller one.

    The parts are those of the last joining of average linkage that joined SEVERAL faces with
    SEVERAL, so that one odd face does not hide a second person; of the last one at all where the
    group is smaller than two times SEVERAL, of the first one where every face joined by itself.
    """
    from scipy.cluster.hierarchy import linkage  # in a function: start-up should not wait for it

    count = len(embeddings)
    if count < 2:
        return 0.0, 1.0
    if count > SAMPLE:
        embeddings = embeddings[np.linspace(0, count - 1, SAMPLE).round().astype(int)]
    some = len(embeddings)
    upper = np.triu_indices(some, 1)
    tree = linkage(cosine_distances(embeddings, embeddings)[upper].astype(np.float64), "average")
    sizes = np.concatenate([np.ones(some), tree[:, 3]])
    smaller = sizes[tree[:, :2].astype(int)].min(axis=1)
    fair = np.nonzero(smaller >= min(SEVERAL, some // 2))[0]
    row = fair[-1] if len(fair) else 0
    return float(tree[row, 2]), max(float(smaller[row]) * count / some, 1.0)


def pair_evidence(
    labels: Ints, embeddings: Floats, photo: Ints | None, strangers: Strangers
) -> tuple[NDArray[np.int64], Features]:
    """Pairs of people who could be one, int64 [Q, 2], and a row each, float64 [Q, 6].

    How rare strangers are at their mean distance; at the distance of either to the nearest third
    person; at the mean distance of faces of one person, averaged over both; the faces of the
    smaller and of the larger one and the number of people, in octaves. Each person is paired with
    its NEIGHBOURS nearest; people who share a photo are no pair. labels: int32 [N], -1 where not
    placed. embeddings: float32 [N, D], unit rows. photo: int32 [N], None for no such rule.
    """
    members = np.bincount(labels[labels >= 0])
    count = len(members)
    nothing = np.empty((0, 2), np.int64), np.empty((0, 6))
    if count < 2:
        return nothing
    means = (sums(labels, embeddings) / members[:, None]).astype(np.float32)
    gaps, near = nearest(means, means, min(NEIGHBOURS + 1, count - 1), exclude_self=True)
    a = np.repeat(np.arange(count), min(NEIGHBOURS, near.shape[1]))
    b = near[:, :NEIGHBOURS].ravel()
    once = np.unique(np.minimum(a, b)[b >= 0] * count + np.maximum(a, b)[b >= 0])
    pairs = np.stack(np.divmod(once, count), axis=1)
    distance = 1 - np.einsum("qd,qd->q", means[pairs[:, 0]], means[pairs[:, 1]])
    wanted = distance <= strangers.limit(FAR)
    wanted[wanted] = ~_together(pairs[wanted], labels, photo)
    pairs, distance = pairs[wanted], distance[wanted]
    if not len(pairs):
        return nothing
    third = np.minimum(*(_third(near[x], gaps[x], y) for x, y in (pairs.T, pairs.T[::-1])))
    wide = _widths(means, members)[pairs].mean(axis=1)
    rare = [surprise(strangers, distances) for distances in (distance, third, wide)]
    sizes = np.log2(np.sort(members[pairs], axis=1)).T
    return pairs, np.stack([*rare, *sizes, np.full(len(pairs), np.log2(count))], axis=1)


def _widths(means: Floats, members: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean distance of two faces of each person, float64 [K]; 0 of a single face."""
    # The squared length of the mean is the mean cosine of all pairs, those of a face with itself
    # included: take these out.
    cosine = np.einsum("kd,kd->k", means, means, dtype=np.float64)
    others = np.maximum(members - 1, 1)
    return np.where(members > 1, np.maximum((1 - cosine) * members / others, 0), 0.0)


def _third(near: NDArray[np.int64], gaps: Floats, partner: NDArray[np.int64]) -> Floats:
    """Distance to the nearest person who is not the partner; 2 without one."""
    others = np.where(near == partner[:, None], np.float32(2), gaps)
    closest: Floats = others.min(axis=1)
    return closest


def _together(pairs: NDArray[np.int64], labels: Ints, photo: Ints | None) -> NDArray[np.bool_]:
    """Which pairs of people are seen in one photo; none where that says nothing."""
    if photo is None:
        return np.zeros(len(pairs), bool)
    placed = labels >= 0
    taken = np.unique(seats(labels[placed], photo[placed]))
    bounds = np.searchsorted(taken, np.arange(int(labels.max()) + 2) << 32)
    photos = np.diff(bounds)
    swap = photos[pairs[:, 0]] > photos[pairs[:, 1]]
    few, many = np.where(swap[:, None], pairs[:, ::-1], pairs).T
    # Each photo of the one with fewer, as a seat of the other.
    ends = np.cumsum(photos[few])
    pair = np.repeat(np.arange(len(pairs)), photos[few])
    rows = np.arange(len(pair)) + (bounds[few] + photos[few] - ends)[pair]
    shared = np.isin((taken[rows] & (2**32 - 1)) + (many[pair] << 32), taken)
    return np.bincount(pair, shared, len(pairs)) > 0
