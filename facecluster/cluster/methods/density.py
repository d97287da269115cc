"""HDBSCAN: groups are the dense places, whatever their number; faces in thin places are noise."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import Sightings
from facecluster.cluster.centroids import mean_distances, to_own_centre
from facecluster.cluster.linkage.average import by_first_row
from facecluster.cluster.linkage.density_tree import exact_hdbscan, graph_hdbscan
from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.photo_rule import separate
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.points import gaps_between, with_scale
from facecluster.cluster.tuning import DEFAULT, DensityTuning
from facecluster.records import Floats, Ints

MEAN_MARGIN = 1e-6  # by which the mean of float32 cosine distances may be off


class Density:
    """HDBSCAN on unit embeddings (package hdbscan), in two passes, with a bound on the distance.

    A library holds people with hundreds of photos and people with two, and one smallest size does
    not fit both: with 2, HDBSCAN takes large people apart; with 5, it misses the small ones. So
    the first pass looks for groups of at least `tuning.large` faces, the second for groups of
    `min_faces` among what is left. After each pass a face whose mean distance to the other members
    of its group exceeds `tuning.reach` times `distance` becomes noise again.

    Frames of a burst are so near each other that HDBSCAN sees nothing but them, and takes them out
    of their person or one of them from the other. So as many of them as could be a group, with a
    mean distance within `tuning.burst` times `distance`, count as the face in their middle, and the
    others go with it. In the tree no two faces are nearer than that.

    The length of an edge is sqrt(2 * distance), the Euclidean distance of unit rows. Above
    `tuning.exact_faces` the tree is made of each face's nearest ones (`graph_hdbscan`).

    Groups to begin with are not heeded: faces of one person that are far apart, taken for one,
    would tear the tree, and more is right where they are put together afterwards (cluster/said/).

    Parameters
    ----------
    distance : cosine distance, 0 to 2.
    min_faces : the smallest group, at least 2.

    Attributes
    ----------
    labels_ : int32 [N], -1 for noise.

    References
    ----------
    Campello, Moulavi and Sander, "Density-based clustering based on hierarchical density
    estimates", PAKDD 2013.
    """

    def __init__(
        self,
        distance: float,
        min_faces: int = 2,
        tuning: DensityTuning = DEFAULT.density,
        search: SearchLimits = DEFAULT_LIMITS,
    ) -> None:
        self.distance = distance
        self.reach_ = distance
        self.min_faces = min_faces
        self.tuning = tuning
        self.search = search
        self.labels_: Ints = np.empty(0, np.int32)
        self.notes_: tuple[str, ...] = ()

    def fit(
        self,
        embeddings: Floats,
        photo: Ints | None = None,
        start: Ints | None = None,
        more: Sightings | None = None,
    ) -> Self:
        self.labels_ = np.full(len(embeddings), -1, np.int32)
        small = max(2, self.min_faces)
        alike = AverageLinkage(self._same, self.search).fit(embeddings, photo).labels_
        for size in sorted({small, max(self.tuning.large, small)}, reverse=True):
            rest = np.nonzero(self.labels_ < 0)[0]
            inside = None if photo is None else photo[rest]
            found = self._groups(embeddings[rest], inside, alike[rest], size, size == small)
            placed = found >= 0
            self.labels_[rest[placed]] = found[placed] + int(self.labels_.max(initial=-1)) + 1
        return self

    def _groups(
        self, embeddings: Floats, photo: Ints | None, alike: Ints, size: int, last: bool
    ) -> Ints:
        """One pass. alike: int32 [N], equal for frames of a burst. last: whether a burst that is
        part of nothing larger is a group."""
        if len(embeddings) < size:
            return np.full(len(embeddings), -1, np.int32)
        bursts = _of_size(alike, size)
        found = self._found(embeddings[_middles(bursts, embeddings)], size)[bursts]
        found = self._parted(found, embeddings, size)
        if last:
            found = np.where(found < 0, len(embeddings) + bursts, found)
        labels = separate(by_first_row(found), embeddings, photo)
        labels[found < 0] = -1
        far = mean_distances(labels, embeddings) > self.tuning.reach * self.distance
        labels[far] = -1
        return _compact(labels, size)

    def _parted(self, found: NDArray[np.int64], embeddings: Floats, size: int) -> NDArray[np.int64]:
        """Groups of less than two times `size`, which HDBSCAN cannot take apart, by average
        linkage."""
        members = np.bincount(found[found >= 0], minlength=1)
        rows = np.nonzero((found >= 0) & (members[found] < 2 * size))[0]
        if not len(rows):
            return found
        linkage = AverageLinkage(self.tuning.reach * self.distance, self.search)
        parts = linkage.fit(embeddings[rows]).labels_
        parted = found.copy()
        parted[rows] = found.max() + 1 + found[rows] * len(rows) + parts
        return parted

    def _found(self, embeddings: Floats, size: int) -> NDArray[np.int64]:
        if len(embeddings) < size:
            return np.full(len(embeddings), -1, np.int64)
        # HDBSCAN needs a place that is less dense to tell a group by; one person alone has none.
        if self._alone(embeddings):
            return np.zeros(len(embeddings), np.int64)
        if len(embeddings) > self.tuning.exact_faces:
            return self._of_nearest(embeddings, size)
        return exact_hdbscan(embeddings, size, self._bound, self._same)

    def _of_nearest(self, embeddings: Floats, size: int) -> NDArray[np.int64]:
        """HDBSCAN for many faces."""
        links = self.tuning.links
        return graph_hdbscan(embeddings, size, self._bound, self._same, links, self.search)

    @property
    def _bound(self) -> float:
        return min(self.tuning.bound * self.distance, 2.0)

    @property
    def _same(self) -> float:
        return self.tuning.burst * self.distance

    def _alone(self, embeddings: Floats) -> bool:
        """Whether average linkage within `distance` ends in one group.

        No merge of average linkage is at a greater distance than the last one, and the mean over
        all pairs is a mean of the merges; so it must be within `distance`. For many faces that is
        enough.
        """
        count = len(embeddings)
        total = with_scale(embeddings).sum(axis=0, keepdims=True, dtype=np.float64)
        mean = gaps_between(total, total)[0] / (count * (count - 1))
        if mean > self.distance + MEAN_MARGIN or count > self.tuning.exact_faces:
            return bool(mean <= self.distance)
        linkage = AverageLinkage(self.distance, self.search)
        return int(linkage.fit(embeddings).labels_.max()) == 0


def _of_size(groups: Ints, size: int) -> Ints:
    """The groups of at least `size`; the members of the others are groups of their own."""
    members = np.bincount(groups)
    few = members[groups] < size
    alone = len(members) + np.arange(len(groups), dtype=np.int32)
    return by_first_row(np.where(few, alone, groups))


def _middles(groups: Ints, embeddings: Floats) -> NDArray[np.int64]:
    """The face of each group that is nearest to its centre, int64 [K]."""
    order = np.lexsort((to_own_centre(groups, embeddings), groups))
    return order[np.unique(groups[order], return_index=True)[1]]


def _compact(labels: Ints, size: int) -> Ints:
    """Groups that shrank below `size` dissolve; the others are numbered without gaps."""
    members = np.bincount(labels[labels >= 0], minlength=int(labels.max(initial=-1)) + 1)
    numbers = np.full(len(members) + 1, -1, np.int32)  # the last entry serves noise
    kept = np.nonzero(members >= size)[0]
    numbers[kept] = np.arange(len(kept), dtype=np.int32)
    compact: Ints = numbers[labels]
    return compact
