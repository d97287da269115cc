"""Small groups merge into large ones, each into the one that is nearest."""

from __future__ import annotations

import numpy as np

from facecluster.cluster.base import Sightings
from facecluster.cluster.centroids import sums
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.linkage.average import by_first_row
from facecluster.cluster.linkage.merges import surest
from facecluster.cluster.photo_rule import first_come, seen_in, share_photo
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.records import Floats, Ints


class SmallGroupMerge:
    """The groups of less than `large` faces, each with the nearest of the larger ones.

    labels: int32 [N], 0..K-1 without gaps. embeddings: float32 [N, D], rows as long as their scale.
    photo: int32 [N] or None for no rule. large: faces from which a group is large. most: the
    largest group that may merge into one. more: where rows were seen beside their photos.

    Attributes
    ----------
    gaps : float32 [S], mean cosine distance of each small group to the nearest large one; inf
        without one. large_groups : how many of these there are.
    """

    def __init__(
        self,
        labels: Ints,
        embeddings: Floats,
        photo: Ints | None,
        large: int,
        most: int | None = None,
        search: SearchLimits = DEFAULT_LIMITS,
        more: Sightings | None = None,
    ) -> None:
        self._labels, self._search = labels, search
        self._seen = seen_in(labels, photo, more)
        members = np.bincount(labels)
        most = large - 1 if most is None else min(most, large - 1)
        self._small = np.nonzero(members <= most)[0]
        self._large = np.nonzero(members >= large)[0]
        self.large_groups = len(self._large)
        means = (sums(labels, embeddings) / np.maximum(members, 1)[:, None]).astype(np.float32)
        gaps, places = nearest(means[self._small], means[self._large], limits=search)
        self.gaps, self._nearest = gaps[:, 0], places[:, 0]

    def limit(self, curve: FalseAcceptCurve, level: float) -> float:
        """The widest distance at which at most the share `level` of the merges are false."""
        return surest(self.gaps, self.large_groups, curve, level)

    def merge(self, distance: float) -> Ints:
        """Labels int32 [N] after all small groups within `distance` have merged, the nearest first.

        A group that shares a photo with its large one stays as it is.
        """
        order = np.argsort(self.gaps, kind="stable")
        order = order[self.gaps[order] <= distance]
        small = self._small[order].astype(np.int32)
        large = self._large[self._nearest[order]].astype(np.int32)
        target = np.arange(int(self._labels.max(initial=-1)) + 1, dtype=np.int32)
        if self._seen is not None:
            at_once = self._search.blocks.photo_pairs
            free = ~share_photo(small, large, *self._seen, at_once)
            small, large = small[free], large[free]
            may = first_come(small, large, *self._seen)
            small, large = small[may], large[may]
        target[small] = large
        return by_first_row(target[self._labels])
