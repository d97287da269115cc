"""Give leftover faces to groups that exist already, the surest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.graph import blocks
from facecluster.cluster.rules import sums
from facecluster.records import Floats, Ints

CHOICES = 4  # nearest groups that a face may try; the same-photo rule can close the first ones


class Assigner:
    """Places faces with the group whose members are nearest on average.

    The mean cosine distance from a face to a group's members is 1 - face . (mean of the group),
    the very distance of average linkage. Groups do not move while faces are placed, so the order
    of the faces matters only where two of one photo want the same group: the nearer one gets it.

    embeddings: float32 [N, D], unit rows. labels: int32 [N], -1 where not placed. photo: int32 [N]
    or None when one photo may show a person twice.
    """

    def __init__(self, embeddings: Floats, labels: Ints, photo: Ints | None) -> None:
        self.labels = labels.copy()
        self._embeddings = embeddings
        self._photo = photo
        sizes = np.bincount(labels[labels >= 0], minlength=int(labels.max(initial=-1)) + 1)
        self._means = sums(labels, embeddings) / np.maximum(sizes, 1)[:, None].astype(np.float32)
        self._taken: set[tuple[int, int]] = set()
        if photo is not None:
            placed = labels >= 0
            self._taken.update(zip(labels[placed].tolist(), photo[placed].tolist(), strict=True))

    def place(self, rows: NDArray[np.int64], distance: float) -> None:
        """Place those of the faces `rows` that are within the cosine `distance` of a group;
        `labels` then holds the result."""
        if not len(rows) or not len(self._means):
            return
        gaps, faces, groups = self._wishes(rows, distance)
        for wish in np.lexsort((groups, faces, gaps)):
            face, group = int(faces[wish]), int(groups[wish])
            if self.labels[face] >= 0:
                continue
            if self._photo is not None:
                place = (group, int(self._photo[face]))
                if place in self._taken:
                    continue
                self._taken.add(place)
            self.labels[face] = group

    def _wishes(
        self, rows: NDArray[np.int64], distance: float
    ) -> tuple[Floats, NDArray[np.int64], Ints]:
        """Distance, face and group of every pairing within the threshold, CHOICES a face."""
        most = min(CHOICES, len(self._means))
        gaps, faces, groups = [], [], []
        for part in blocks(len(rows)):
            distances = 1 - self._embeddings[rows[part]] @ self._means.T
            nearest = np.argsort(distances, axis=1, kind="stable")[:, :most]
            near = np.take_along_axis(distances, nearest, axis=1)
            i, j = np.nonzero(near <= distance)
            gaps.append(near[i, j])
            faces.append(rows[part][i])
            groups.append(nearest[i, j].astype(np.int32))
        return np.concatenate(gaps), np.concatenate(faces), np.concatenate(groups)
