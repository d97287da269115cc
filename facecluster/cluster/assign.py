"""Give leftover faces to groups that exist already, the surest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.base import Sightings
from facecluster.cluster.centroids import sums
from facecluster.cluster.photo_rule import one_by_one, photo_keys, seen_in
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.search.points import with_scale
from facecluster.cluster.tuning import DEFAULT
from facecluster.records import Floats, Ints


class Assigner:
    """Places faces with the group whose members are nearest on average.

    The mean distance from a face to a group's members is that to the mean of their points, the
    very distance of average linkage. Groups do not move while faces are placed, so the order
    of the faces matters only where two of one photo want the same group: the nearer one gets it.

    embeddings: float32 [N, D], rows as long as their scale. labels: int32 [N], -1 where not
    placed. photo: int32 [N] or None when one photo may show a person twice. choices: nearest groups
    that a face may try. more: where faces were seen beside their photos.
    """

    def __init__(
        self,
        embeddings: Floats,
        labels: Ints,
        photo: Ints | None,
        choices: int = DEFAULT.gate.choices,
        search: SearchLimits = DEFAULT_LIMITS,
        more: Sightings | None = None,
    ) -> None:
        self.labels = labels.copy()
        self._choices, self._search = choices, search
        self._embeddings = embeddings
        self._seen = seen_in(np.arange(len(labels), dtype=np.int32), photo, more)
        sizes = np.bincount(labels[labels >= 0], minlength=int(labels.max(initial=-1)) + 1)
        means = sums(labels, embeddings) / np.maximum(sizes, 1)[:, None]
        self._means: Floats = means.astype(np.float32)

    def place(self, rows: NDArray[np.int64], distance: float) -> None:
        """Place those of the faces `rows` that are within the cosine `distance` of a group;
        `labels` then holds the result."""
        if not len(rows) or not len(self._means):
            return
        gaps, faces, groups = self._wishes(rows, distance)
        order = np.lexsort((groups, faces, gaps))
        faces, groups = faces[order], groups[order]
        free = self.labels[faces] < 0
        wish, key = np.arange(len(faces)), -1 - faces  # each face has one wish granted
        if self._seen is not None:
            own, keys, taken = self._keys(faces, groups)
            free[own[np.isin(keys, taken)]] = False
            wish, key = np.concatenate([wish, own]), np.concatenate([key, keys])
        asked = free[wish]
        granted = one_by_one(wish[asked], key[asked], len(faces)) & free
        self.labels[faces[granted]] = groups[granted]

    def _keys(
        self, faces: NDArray[np.int64], groups: Ints
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The photo keys that each wish would take, as places of wishes and keys, int64 [M] each;
        and those that are taken."""
        assert self._seen is not None
        rows, photos = self._seen
        placed = self.labels[rows] >= 0
        taken = photo_keys(self.labels[rows[placed]], photos[placed])
        order = np.argsort(rows, kind="stable")
        start, stop = (np.searchsorted(rows[order], faces, side) for side in ("left", "right"))
        wish = np.repeat(np.arange(len(faces)), stop - start)
        step = np.arange(len(wish)) - np.searchsorted(wish, wish)
        return wish, photo_keys(groups[wish], photos[order[start[wish] + step]]), taken

    def _wishes(
        self, rows: NDArray[np.int64], distance: float
    ) -> tuple[Floats, NDArray[np.int64], Ints]:
        """Distance, face and group of every pairing within the threshold, the nearest of a face."""
        most = min(self._choices, len(self._means))
        points = with_scale(self._embeddings[rows])
        gaps, groups = nearest(points, self._means, most, limits=self._search)
        i, j = np.nonzero((gaps <= distance) & (groups >= 0))
        return gaps[i, j], rows[i], groups[i, j].astype(np.int32)
