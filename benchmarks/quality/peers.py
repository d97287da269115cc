"""How others group the same faces: each peer in a few lines, with the settings that it publishes.

Every peer gets all faces of a set, as unit rows. dlib's own vectors are not of unit length: their
mean length is DLIB_LENGTH, so that a published Euclidean distance d between them is taken as
d / DLIB_LENGTH between unit rows. Groups in fewer than two photos are not people, as for our own
methods; that changes neither precision nor recall.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hdbscan import HDBSCAN
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import pdist
from sklearn.cluster import DBSCAN

from facecluster.records import Floats

# Mean over 300 aligned faces of LFW (1.427) and 300 of pins44 (1.487), as the package dlib computes
# their vectors.
DLIB_LENGTH = 1.457
BLOCK = 1024  # rows that are compared with all others at once
ROUNDS = 100
Labels = NDArray[np.int64]


def from_dlib(distance: float) -> float:
    """A Euclidean distance between vectors of dlib as one between unit rows."""
    return distance / DLIB_LENGTH


def cosine(euclidean: float) -> float:
    """A Euclidean distance between unit rows as a cosine distance."""
    return euclidean**2 / 2


def dbscan(unit: Floats, eps: float, least: int) -> Labels:
    """scikit-learn's DBSCAN, Euclidean. unit: float32 [N, D]."""
    if not len(unit):
        return np.empty(0, np.int64)
    return _labels(DBSCAN(eps=from_dlib(eps), min_samples=least).fit_predict(unit))


def hdbscan(unit: Floats, smallest: int, least: int | None) -> Labels:
    """The package hdbscan, Euclidean: on unit rows that orders pairs as the cosine does."""
    if len(unit) <= smallest:
        return np.full(len(unit), -1, np.int64)
    return _labels(
        HDBSCAN(min_cluster_size=smallest, min_samples=least, core_dist_n_jobs=1).fit_predict(unit)
    )


def average_linkage(unit: Floats, distance: float) -> Labels:
    """scipy's average linkage over cosine distances, cut at `distance`."""
    if len(unit) < 2:
        return np.zeros(len(unit), np.int64)
    gaps = pdist(unit, "sqeuclidean")
    gaps /= 2
    return _labels(fcluster(linkage(gaps, "average"), distance, "distance"))


def chinese_whispers(unit: Floats, distance: float, seed: int = 0) -> Labels:
    """Faces nearer than `distance` (of dlib's vectors) whisper their label to each other.

    Every face starts with a label of its own. In rounds, in an order drawn anew for each, a face
    takes the label that most of its neighbours have, the lowest of several; until a round changes
    nothing, or ROUNDS are over. Biemann, "Chinese whispers: an efficient graph clustering
    algorithm", TextGraphs 2006; edges of weight 1 and the threshold 0.5 are dlib's.
    """
    graph = near(unit, cosine(from_dlib(distance)))
    random = np.random.default_rng(seed)
    labels = np.arange(len(unit), dtype=np.int64)
    starts, others = graph.indptr, graph.indices
    linked = np.nonzero(np.diff(starts))[0]
    for _ in range(ROUNDS):
        before = labels.copy()
        for node in random.permutation(linked).tolist():
            heard, counts = np.unique(
                labels[others[starts[node] : starts[node + 1]]], return_counts=True
            )
            labels[node] = heard[counts.argmax()]
        if np.array_equal(before, labels):
            break
    return labels


def near(unit: Floats, distance: float, block: int = BLOCK) -> sparse.csr_array:
    """bool [N, N], true for two different faces at most `distance` (cosine) apart."""
    rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(unit), block):
        close = 1 - unit[start : start + block] @ unit.T <= distance
        i, j = np.nonzero(close)
        rows.append((i + start)[i + start != j])
        columns.append(j[i + start != j])
    pairs = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(pairs[0]), bool), pairs), shape=(len(unit),) * 2)


def finch(unit: Floats, partition: int, block: int = BLOCK) -> Labels:
    """The `partition`-th partition of FINCH, from 1, or the last before all would be one group.

    A face and its nearest neighbour are in one group; so are two faces that share that neighbour.
    The next partition does the same with the means of the groups. Sarfraz, Sharma and
    Stiefelhagen, "Efficient parameter-free clustering using first neighbor relations", CVPR 2019.
    """
    labels = np.arange(len(unit), dtype=np.int64)
    for _ in range(partition):
        groups = int(labels.max(initial=-1)) + 1
        if groups < 2:
            return labels
        joined = _first_neighbours(_means(unit, labels, groups), block)
        if joined.max() == 0 and groups < len(unit):
            return labels
        labels = joined[labels]
    return labels


def _means(unit: Floats, labels: Labels, groups: int) -> Floats:
    member = sparse.csr_array(
        (np.ones(len(unit), np.float32), (labels, np.arange(len(unit)))), shape=(groups, len(unit))
    )
    means = member @ unit
    length = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.where(length > 0, length, 1), np.float32)


def _first_neighbours(points: Floats, block: int) -> Labels:
    """Connected components of the graph in which each point points at its nearest neighbour."""
    count = len(points)
    nearest = np.empty(count, np.int64)
    for start in range(0, count, block):
        alike = points[start : start + block] @ points.T
        own = np.arange(len(alike))
        alike[own, start + own] = -np.inf
        nearest[start : start + block] = alike.argmax(axis=1)
    graph = sparse.coo_array((np.ones(count, bool), (np.arange(count), nearest)), (count, count))
    return _labels(connected_components(graph, directed=False)[1])


def _labels(found: ArrayLike) -> Labels:
    return np.asarray(found, np.int64)


# Name in the tables: unit rows and the model's own distance to labels, -1 for nobody.
# face-grouper 0.2 documents --backend dlib, --eps 0.5 and --min-samples 2 as its defaults; 0.5 and
# 5 are the defaults of scikit-learn, which most scripts on dlib's vectors leave as they are. Tuned:
# of distances in steps of 0.01 (and 2 or 5 faces) the one with the best mean BCubed F over the four
# sets of benchmarks.quality, chosen with their labels, when this was last tried.
PEERS: dict[str, Callable[[Floats, float], Labels]] = {
    "face-grouper (DBSCAN 0.5, 2)": lambda unit, _: dbscan(unit, 0.5, 2),
    "DBSCAN 0.5, 5": lambda unit, _: dbscan(unit, 0.5, 5),
    "DBSCAN 0.43, 5, tuned": lambda unit, _: dbscan(unit, 0.43, 5),
    "Chinese whispers 0.5": lambda unit, _: chinese_whispers(unit, 0.5),
    "Chinese whispers 0.47, tuned": lambda unit, _: chinese_whispers(unit, 0.47),
    "HDBSCAN 5, 1": lambda unit, _: hdbscan(unit, 5, 1),
    "HDBSCAN 5, 5 (defaults)": lambda unit, _: hdbscan(unit, 5, None),
    "average linkage 0.07": lambda unit, _: average_linkage(unit, 0.07),
    "average linkage, model's": average_linkage,
    "FINCH, partition 1": lambda unit, _: finch(unit, 1),
    "FINCH, partition 2": lambda unit, _: finch(unit, 2),
}
