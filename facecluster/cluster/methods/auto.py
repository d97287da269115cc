"""The default: average linkage in passes, as wide as the strangers of this library allow."""

from __future__ import annotations

from typing import Self

import numpy as np

from facecluster.cluster.base import Sightings
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.linkage.merges import merge_groups, merge_surest
from facecluster.cluster.linkage.small_groups import SmallGroupMerge
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.tuning import DEFAULT, AutoTuning
from facecluster.records import Floats, Ints


class Auto:
    """Average linkage whose thresholds follow from how many strangers there are to mix up.

    The nearer two faces must be, the more people there are among whom one could be that near by
    chance: with G groups, a group expects G * rate(distance) strangers within a distance, where
    `rate` is the model's false-accept rate. So each pass takes the distance at which this number
    is the same small one. Among 10,000 single faces that is strict; among the 40 groups of a
    family it is wide, and people do not fall apart. What still lies alone beside a large group
    joins it where few such joins are false, judged over all of them at once (`SmallGroupMerge`).

    In a large library that is strict, and people stay in pieces. So groups merge once more, now by
    how rare strangers are at the mean distance of whole groups (`FalseAcceptCurve.between`) and by
    how many groups have another one that near: where most do, most of these are pieces of one
    person. Single faces join groups by the same curve.

    A weak model bears `FalseAcceptCurve.tolerance` times more strangers everywhere. Its people come
    in many pieces, each of which counts as a stranger to the others; so its groups merge again, by
    their new number, until none does.

    Parameters
    ----------
    curve : the model's false accepts.

    Attributes
    ----------
    labels_ : int32 [N], 0..K-1 in the order of each group's first row; nothing is noise.
    reach_ : the distance at which single faces joined groups of two or more.

    Examples
    --------
    >>> import numpy as np
    >>> unit = np.eye(3, dtype=np.float32)[[0, 1, 0]]
    >>> Auto(FalseAcceptCurve((), 0.1)).fit(unit).labels_.tolist()
    [0, 1, 0]
    """

    def __init__(
        self,
        curve: FalseAcceptCurve,
        tuning: AutoTuning = DEFAULT.auto,
        search: SearchLimits = DEFAULT_LIMITS,
    ) -> None:
        self.curve = curve
        self.tuning = tuning
        self.search = search
        self.labels_: Ints = np.empty(0, np.int32)
        self.reach_ = self._single_reach(1, tuning.some[-1])
        self.notes_: tuple[str, ...] = ()

    def fit(
        self,
        embeddings: Floats,
        photo: Ints | None = None,
        start: Ints | None = None,
        more: Sightings | None = None,
    ) -> Self:
        if not len(embeddings):
            self.labels_ = np.empty(0, np.int32)
            return self
        tuning = self.tuning
        first = AverageLinkage(self._reach(len(embeddings), tuning.widest_first), self.search)
        labels = first.fit(embeddings, photo, start, more).labels_
        labels = self._merge(labels, embeddings, photo, more)
        small = SmallGroupMerge(labels, embeddings, photo, tuning.large, None, self.search, more)
        sure = small.limit(self.curve, tuning.false_joins)
        labels = small.merge(min(sure, self._widest_join()))
        labels = self._merge_pieces(labels, embeddings, photo, more)
        for size in tuning.some:
            single = SmallGroupMerge(labels, embeddings, photo, size, 1, self.search, more)
            self.reach_ = self._single_reach(single.large_groups, size)
            labels = single.merge(self.reach_)
        self.labels_ = self._merge_pieces(labels, embeddings, photo, more)
        return self

    def _merge(
        self, labels: Ints, embeddings: Floats, photo: Ints | None, more: Sightings | None
    ) -> Ints:
        """Groups of two faces and more merge; those of a weak model until their number stays."""
        before = -1
        for _ in range(self.tuning.passes if self.curve.tolerance > 1 else 1):
            groups = int((np.bincount(labels) > 1).sum())
            if groups == before:
                break
            reach = self._reach(groups, self.tuning.widest)
            labels = merge_groups(labels, embeddings, photo, 2, reach, self.search, more)
            before = groups
        return labels

    def _merge_pieces(
        self, labels: Ints, embeddings: Floats, photo: Ints | None, more: Sightings | None
    ) -> Ints:
        """Groups merge as far as few of these merges are false, by the curve of their sizes."""
        level, widest = self.tuning.false_merges, self._limit(self.tuning.widest)
        for size in self.tuning.pieces:
            curve = self.curve.between(size, size)
            labels = merge_surest(
                labels, embeddings, photo, size, curve, level, widest, self.search, more
            )
        return labels

    def _limit(self, rate: float) -> float:
        """Cosine distance that so many pairs of strangers lie within, as this model bears them."""
        return self.curve.limit(rate * self.curve.tolerance)

    def _reach(self, groups: int, widest: float) -> float:
        """Cosine distance within which one of `groups` expects few enough strangers."""
        return self._limit(min(self.tuning.expected / max(groups, 1), widest))

    def _single_reach(self, people: int, size: int) -> float:
        """Cosine distance at which a single face joins one of `people` groups of `size` faces."""
        rate = min(self.tuning.singles / max(people, 1), self.tuning.widest)
        return self.curve.between(1, size).limit(rate * self.curve.tolerance)

    def _widest_join(self) -> float:
        """Cosine distance that no join passes; not within that of the merges."""
        rate = max(self.tuning.widest_join, self.tuning.widest * self.curve.tolerance)
        return self.curve.limit(rate)
