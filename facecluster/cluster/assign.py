"""Give leftover faces to groups that exist already, the surest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.centroids import sums
from facecluster.cluster.photo_rule import photo_keys
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
    that a face may try.
    """

    def __init__(
        self,
        embeddings: Floats,
        labels: Ints,
        photo: Ints | None,
        choices: int = DEFAULT.gate.choices,
        search: SearchLimits = DEFAULT_LIMITS,
    ) -> None:
        self.labels = labels.copy()
        self._choices, self._search = choices, search
        self._embeddings = embeddings
        self._photo = photo
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
        left = np.nonzero(self.labels[faces] < 0)[0]
        wanted = np.arange(len(faces))  # what only one face can have
        if self._photo is not None:
            wanted = photo_keys(groups, self._photo[faces])
            placed = np.nonzero(self.labels >= 0)[0]
            taken = photo_keys(self.labels[placed], self._photo[placed])
            left = left[~np.isin(wanted[left], taken)]
        # A wish that is the nearest both of its face and for its photo key comes true whatever the
        # others do, and ends all others of that face and for that key. One round does most.
        while len(left):
            granted = left[_first(faces[left]) & _first(wanted[left])]
            self.labels[faces[granted]] = groups[granted]
            gone = np.isin(wanted[left], wanted[granted]) | (self.labels[faces[left]] >= 0)
            left = left[~gone]

    def _wishes(
        self, rows: NDArray[np.int64], distance: float
    ) -> tuple[Floats, NDArray[np.int64], Ints]:
        """Distance, face and group of every pairing within the threshold, the nearest of a face."""
        most = min(self._choices, len(self._means))
        points = with_scale(self._embeddings[rows])
        gaps, groups = nearest(points, self._means, most, limits=self._search)
        i, j = np.nonzero((gaps <= distance) & (groups >= 0))
        return gaps[i, j], rows[i], groups[i, j].astype(np.int32)


def _first(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where each value stands for the first time."""
    found = np.zeros(len(values), bool)
    found[np.unique(values, return_index=True)[1]] = True
    return found
