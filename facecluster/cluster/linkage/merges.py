"""Groups merge with their like: within a distance, or as far as few of the merges are false."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.base import Sightings
from facecluster.cluster.centroids import sums
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.linkage.average import SEARCH_MARGIN, Linkage, by_first_row
from facecluster.cluster.photo_rule import seen_in
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import near_pairs, nearest
from facecluster.records import Floats, Ints


def merge_groups(
    labels: Ints,
    embeddings: Floats,
    photo: Ints | None,
    size: int,
    distance: float,
    search: SearchLimits = DEFAULT_LIMITS,
    more: Sightings | None = None,
) -> Ints:
    """Average linkage among the groups of at least `size` faces; the others stay as they are.

    labels: int32 [N], 0..K-1 without gaps. embeddings: float32 [N, D], rows as long as their scale.
    photo: int32 [N] or None for no rule. distance: the mean over all pairs of two groups. more:
    where rows were seen beside their photos. Gives int32 [N].
    """
    members = np.bincount(labels)
    large = np.nonzero(members >= size)[0]
    if len(large) < 2:
        return labels
    totals = sums(labels, embeddings)[large]
    means = (totals / members[large, None]).astype(np.float32)
    first, second, _ = near_pairs(means, distance + SEARCH_MARGIN, limits=search)
    seen = seen_in(labels, photo, more)
    if seen is not None:
        groups, photos = seen
        rows = np.nonzero(members[groups] >= size)[0]
        seen = np.searchsorted(large, groups[rows]).astype(np.int32), photos[rows]
    linkage = Linkage(totals, distance, (first, second), seen, members[large], search.blocks)
    target = np.arange(len(members))
    target[large] = len(members) + linkage.run()
    return by_first_row(target[labels])


def merge_surest(
    labels: Ints,
    embeddings: Floats,
    photo: Ints | None,
    size: int,
    curve: FalseAcceptCurve,
    level: float,
    widest: float,
    search: SearchLimits = DEFAULT_LIMITS,
    more: Sightings | None = None,
) -> Ints:
    """Merge groups of at least `size` faces as far as few of the merges are false, until none is.

    The arguments as for `merge_groups`, which does it within the distance that `surest` gives for
    `level`; no distance passes `widest`. curve: for the mean distance of such groups.
    """
    while True:
        members = np.bincount(labels)
        large = np.nonzero(members >= size)[0]
        if len(large) < 2:
            return labels
        means = (sums(labels, embeddings)[large] / members[large, None]).astype(np.float32)
        gaps, _ = nearest(means, means, exclude_self=True, limits=search)
        sure = surest(gaps[:, 0], len(large), curve, level)
        distance = min(sure + SEARCH_MARGIN, widest)
        merged = merge_groups(labels, embeddings, photo, size, distance, search, more)
        if merged.max() == labels.max():
            return labels
        labels = merged


def surest(gaps: Floats, others: int, curve: FalseAcceptCurve, level: float) -> float:
    """The widest distance at which at most the share `level` of those who join are false.

    gaps: float32 [S], the distance of each to the nearest of `others`; inf without one. One whose
    person is not among these is as near as `gap` to some of them with a chance of about others *
    rate(gap). Over all that is the test of many hypotheses at once by Benjamini and Hochberg,
    "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57(1), 1995.
    Gives 0 where nothing is sure enough.
    """
    near = np.sort(gaps)
    chances = others * curve.rates(near)
    sure = chances * len(near) <= level * np.arange(1, len(near) + 1)
    return float(near[sure][-1]) if sure.any() else 0.0
