"""The two steps that a grouping grows by: groups merge with their like, small ones join large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.linkage.average import Linkage, share
from facecluster.cluster.methods.agglomerative import ROUNDING, by_first_row
from facecluster.cluster.rules import sums
from facecluster.cluster.search.neighbours import near_pairs, nearest
from facecluster.cluster.strangers import Strangers
from facecluster.records import Floats, Ints


def merge_groups(
    labels: Ints, embeddings: Floats, photo: Ints | None, size: int, distance: float
) -> Ints:
    """Average linkage among the groups of at least `size` faces; the others stay as they are.

    labels: int32 [N], 0..K-1 without gaps. embeddings: float32 [N, D], unit rows. photo: int32 [N]
    or None for no rule. distance: cosine, the mean over all pairs of two groups. Gives int32 [N].
    """
    members = np.bincount(labels)
    large = np.nonzero(members >= size)[0]
    if len(large) < 2:
        return labels
    totals = sums(labels, embeddings)[large]
    means = (totals / members[large, None]).astype(np.float32)
    first, second, _ = near_pairs(means, distance + ROUNDING)
    seen = None
    if photo is not None:
        rows = np.nonzero(members[labels] >= size)[0]
        seen = np.searchsorted(large, labels[rows]).astype(np.int32), photo[rows]
    linkage = Linkage(totals, distance, (first, second), seen, members[large])
    target = np.arange(len(members))
    target[large] = len(members) + linkage.run()
    return by_first_row(target[labels])


def merge_surest(
    labels: Ints,
    embeddings: Floats,
    photo: Ints | None,
    size: int,
    strangers: Strangers,
    level: float,
    widest: float,
) -> Ints:
    """Merge groups of at least `size` faces as far as few of the merges are false, until none is.

    The arguments as for `merge_groups`, which does it within the distance that `surest` gives for
    `level`; no distance passes `widest`. strangers: the table for the mean distance of such groups.
    """
    while True:
        members = np.bincount(labels)
        large = np.nonzero(members >= size)[0]
        if len(large) < 2:
            return labels
        means = (sums(labels, embeddings)[large] / members[large, None]).astype(np.float32)
        gaps, _ = nearest(means, means, exclude_self=True)
        distance = min(surest(gaps[:, 0], len(large), strangers, level) + ROUNDING, widest)
        merged = merge_groups(labels, embeddings, photo, size, distance)
        if merged.max() == labels.max():
            return labels
        labels = merged


def surest(gaps: Floats, others: int, strangers: Strangers, level: float) -> float:
    """The widest distance at which at most the share `level` of those who join are false.

    gaps: float32 [S], the distance of each to the nearest of `others`; inf without one. One whose
    person is not among these is as near as `gap` to some of them with a chance of about others *
    rate(gap). Over all that is the test of many hypotheses at once by Benjamini and Hochberg,
    "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57(1), 1995.
    Gives 0 where nothing is sure enough.
    """
    near = np.sort(gaps)
    chances = others * strangers.rates(near)
    sure = chances * len(near) <= level * np.arange(1, len(near) + 1)
    return float(near[sure][-1]) if sure.any() else 0.0


class Joining:
    """The groups of less than `crowd` faces, each with the nearest of the larger ones.

    labels, embeddings, photo as for `merge_groups`. most: the largest group that may join.

    Attributes
    ----------
    gaps : float32 [S], mean cosine distance of each small group to the nearest crowd; inf without
        one. crowds : how many crowds there are.
    """

    def __init__(
        self,
        labels: Ints,
        embeddings: Floats,
        photo: Ints | None,
        crowd: int,
        most: int | None = None,
    ) -> None:
        self._labels, self._photo = labels, photo
        members = np.bincount(labels)
        most = crowd - 1 if most is None else min(most, crowd - 1)
        self._small = np.nonzero(members <= most)[0]
        self._large = np.nonzero(members >= crowd)[0]
        self.crowds = len(self._large)
        means = (sums(labels, embeddings) / np.maximum(members, 1)[:, None]).astype(np.float32)
        gaps, places = nearest(means[self._small], means[self._large])
        self.gaps, self._nearest = gaps[:, 0], places[:, 0]

    def limit(self, strangers: Strangers, level: float) -> float:
        """The widest distance at which at most the share `level` of the joins are false."""
        return surest(self.gaps, self.crowds, strangers, level)

    def join(self, distance: float) -> Ints:
        """Labels int32 [N] after all groups within `distance` have joined, the nearest first.

        A group that shares a photo with its crowd stays as it is.
        """
        order = np.argsort(self.gaps, kind="stable")
        order = order[self.gaps[order] <= distance]
        small = self._small[order].astype(np.int32)
        large = self._large[self._nearest[order]].astype(np.int32)
        target = np.arange(int(self._labels.max(initial=-1)) + 1, dtype=np.int32)
        if self._photo is not None:
            free = ~share(small, large, self._labels, self._photo)
            small, large = small[free], large[free]
            may = self._first_come(small, large)
            small, large = small[may], large[may]
        target[small] = large
        return by_first_row(target[self._labels])

    def _first_come(self, small: Ints, large: Ints) -> NDArray[np.bool_]:
        """Which groups join, where two that share a photo want the same crowd.

        small: groups, the first to choose first; large: the crowd that each wants. As one after the
        other, but all at once whose way is free: Blelloch, Fineman and Shun, "Greedy sequential
        maximal independent set and matching are parallel on average", SPAA 2012.
        """
        assert self._photo is not None
        rank = np.full(int(self._labels.max(initial=-1)) + 1, -1)
        rank[small] = np.arange(len(small))
        faces = np.nonzero(rank[self._labels] >= 0)[0]
        group = rank[self._labels[faces]]
        seats = np.stack([large[group], self._photo[faces]])
        seat = np.unique(seats, axis=1, return_inverse=True)[1].ravel()
        joined, waiting = np.zeros(len(small), bool), np.ones(len(small), bool)
        while waiting.any():
            left = waiting[group]
            first = np.full(seat.max(initial=-1) + 1, len(small))
            np.minimum.at(first, seat[left], group[left])
            free = waiting.copy()
            free[group[left & (first[seat] < group)]] = False
            joined |= free
            taken = np.isin(seat, seat[free[group]])
            waiting[group[taken]] = False
        return joined
