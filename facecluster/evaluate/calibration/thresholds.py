"""The distance at which a model's groups are best, from labelled embeddings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from facecluster.cluster.metrics import bcubed
from facecluster.distances import distances
from facecluster.records import Floats


@dataclass(frozen=True, slots=True)
class CutTuning:
    """How a grouping distance is looked for; set by hand.

    most: embeddings that are looked at: the distances of 2,000 are 16 MB. steps: cuts that are
    tried. strangers: share of the different pairs that may be closer than a grouping distance,
    unless less than the share `own` of the pairs of one class would be, too, and then
    `most_strangers` at the most. no_answer: the distance where nothing can be measured.
    """

    most: int = 2000
    steps: int = 64
    strangers: float = 5e-4
    own: float = 0.75
    most_strangers: float = 0.05
    no_answer: float = 0.5


CUT = CutTuning()


def grouping_distance(
    embeddings: Floats, labels: NDArray[np.int64], seed: int = 0, tuning: CutTuning = CUT
) -> float:
    """Distance at which average linkage gives the best BCubed F.

    embeddings: float32 [N, D]. labels: int64 [N]. More than `most` are drawn by seed,
    whole classes first, so that the drawn classes keep their sizes. The middle of the best run of
    equally good cuts is taken, but no more than `_limit` allows. Fewer than two classes or no class
    with two members: `no_answer`.
    """
    rows = _some(labels, seed, tuning.most)
    chosen, truth = embeddings[rows], labels[rows]
    counts = np.unique(truth, return_counts=True)[1]
    if len(counts) < 2 or counts.max() < 2:
        return tuning.no_answer
    upper = np.triu_indices(len(chosen), 1)
    exact = chosen.astype(np.float64)
    apart = distances(exact, exact)[upper]
    limit = _limit(apart, truth[upper[0]] == truth[upper[1]], tuning)
    tree = linkage(apart, method="average")
    cuts = np.quantile(tree[:, 2], np.linspace(0, 1, tuning.steps))
    even = np.linspace(tree[0, 2], tree[-1, 2], tuning.steps)
    cuts = np.unique(np.concatenate([cuts, even]))
    scores = [bcubed(truth, fcluster(tree, cut, "distance").astype(np.int64)).f for cut in cuts]
    best = np.flatnonzero(np.isclose(scores, np.max(scores)))
    middle = best[len(best) // 2]
    return float(np.clip(min(cuts[middle], limit), 1e-4, 1.99))


def _limit(distances: NDArray[np.float64], same: NDArray[np.bool_], tuning: CutTuning) -> float:
    """How wide a grouping distance may be.

    Among few classes a cut can be good that would join everybody in a larger library, so
    `strangers` bound it. But average linkage makes a class whole only beyond the mean distance
    within it, and where a network is too weak for that within so few strangers, it must bear more:
    as many as are as near as the share `own` of the pairs of one class, up to `most_strangers`. The
    share of strangers within its grouping distance so tells how weak a model is. float64 [P] and
    bool [P], one row per pair.
    """
    strict, loose = np.quantile(distances[~same], [tuning.strangers, tuning.most_strangers])
    return float(np.clip(np.quantile(distances[same], tuning.own), strict, loose))


def _some(labels: NDArray[np.int64], seed: int, most: int) -> NDArray[np.int64]:
    """At most so many rows: classes in random order while they fit, then part of one more."""
    if len(labels) <= most:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    share = max(2, most // 5)  # so that a few huge classes do not crowd out all others
    taken: list[NDArray[np.int64]] = []
    room = most
    for label in random.permutation(np.unique(labels)):
        mine = random.permutation(np.flatnonzero(labels == label))[: min(share, room)]
        taken.append(mine)
        room -= len(mine)
        if room <= 0:
            break
    return np.sort(np.concatenate(taken))
