"""The two steps that a grouping grows by: groups merge with their like, small ones join large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.agglomerative import by_first_row
from facecluster.cluster.graph import blocks, near_pairs
from facecluster.cluster.linkage import SparseLinkage
from facecluster.cluster.rules import pairs_within, sums
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
    place = np.full(len(members), -1, np.int64)
    place[large] = np.arange(len(large))
    totals = sums(labels, embeddings)[large]
    means = (totals / members[large, None]).astype(np.float32)
    edges = near_pairs(means, distance)
    forbidden: set[tuple[int, int]] = set()
    if photo is not None:
        rows = np.nonzero(place[labels] >= 0)[0]
        groups = place[labels[rows]]
        forbidden = {(int(groups[i]), int(groups[j])) for i, j in pairs_within(photo[rows])}
    linkage = SparseLinkage(totals, distance, edges, forbidden, members[large])
    target = np.arange(len(members), dtype=np.int32)
    target[large] = len(members) + linkage.run()
    return by_first_row(target[labels])


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
        self.gaps, self._nearest = _nearest(means[self._small], means[self._large])

    def limit(self, strangers: Strangers, level: float) -> float:
        """The widest distance at which at most the share `level` of the joins are false.

        A small group whose person is in no crowd is as near as `gap` to one of G crowds with a
        chance of about G * rate(gap). Over all small groups that is the test of many hypotheses at
        once by Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the
        Royal Statistical Society B 57(1), 1995. Gives 0 where no join is sure enough.
        """
        gaps = np.sort(self.gaps)
        chances = self.crowds * strangers.rates(gaps)
        sure = chances * len(gaps) <= level * np.arange(1, len(gaps) + 1)
        return float(gaps[sure][-1]) if sure.any() else 0.0

    def join(self, distance: float) -> Ints:
        """Labels int32 [N] after all groups within `distance` have joined, the nearest first.

        A group that shares a photo with its crowd stays as it is.
        """
        taken = self._photos(self._large)
        own = self._photos(self._small)
        target = np.arange(int(self._labels.max(initial=-1)) + 1, dtype=np.int32)
        for row in np.argsort(self.gaps, kind="stable"):
            if self.gaps[row] > distance:
                break
            small, large = int(self._small[row]), int(self._large[self._nearest[row]])
            if self._photo is not None:
                if taken[large] & own[small]:
                    continue
                taken[large] |= own[small]
            target[small] = large
        return by_first_row(target[self._labels])

    def _photos(self, groups: NDArray[np.int64]) -> dict[int, set[int]]:
        """The photos of each group; nothing when one photo may show a person twice."""
        photos: dict[int, set[int]] = {int(group): set() for group in groups}
        if self._photo is not None:
            wanted = np.isin(self._labels, groups)
            for group, photo in zip(
                self._labels[wanted].tolist(), self._photo[wanted].tolist(), strict=True
            ):
                photos[group].add(photo)
        return photos


def _nearest(rows: Floats, others: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Distance and place of the nearest of `others` for each row; inf and 0 without others."""
    gaps = np.full(len(rows), np.inf, np.float32)
    places = np.zeros(len(rows), np.int64)
    if not len(others):
        return gaps, places
    for part in blocks(len(rows)):
        distances = 1 - rows[part] @ others.T
        places[part] = distances.argmin(axis=1)
        gaps[part] = distances[np.arange(len(distances)), places[part]]
    return gaps, places
