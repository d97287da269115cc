"""Average linkage whose threshold grows with the groups, since their mean distance is surer."""

from __future__ import annotations

from typing import Self

import numpy as np

from facecluster.cluster.agglomerative import AverageLinkage, by_first_row
from facecluster.cluster.assign import Assigner
from facecluster.cluster.graph import near_pairs
from facecluster.cluster.linkage import SparseLinkage
from facecluster.cluster.rules import pairs_within, sums
from facecluster.records import Floats, Ints

# Smallest group, and the threshold among groups of at least that size, as a share of `distance`.
# Chosen on LFW and pins44 together: docs/decisions/002-grouping.md.
GRADES = ((1, 0.935), (2, 1.08), (3, 1.15), (4, 1.21))
CROWD = 8  # faces; a single face joins a group of at least so many ...
JOIN = 1.15  # ... up to this share of `distance`


class GradedLinkage:
    """Average linkage in several passes, each among larger groups and with a wider threshold.

    The distance of two faces of one person scatters widely; the mean over all pairs of two groups
    scatters much less. One threshold that keeps strangers with one photo each apart therefore
    splits people with many photos. Here single faces must be nearer than `distance` to join each
    other, and groups that have formed may be farther apart, the more so the larger both are.
    At last, single faces join groups of at least CROWD faces. The same-photo rule holds throughout.

    Parameters
    ----------
    distance : cosine distance, 0 to 2; the thresholds are shares of it.

    Attributes
    ----------
    labels_ : int32 [N], 0..K-1 in the order of each group's first row; nothing is noise.

    Examples
    --------
    >>> import numpy as np
    >>> unit = np.eye(3, dtype=np.float32)[[0, 1, 0]]
    >>> GradedLinkage(0.1).fit(unit).labels_.tolist()
    [0, 1, 0]
    """

    def __init__(self, distance: float) -> None:
        self.distance = distance
        self.labels_: Ints = np.empty(0, np.int32)
        self.notes_: tuple[str, ...] = ()

    def fit(self, embeddings: Floats, photo: Ints | None = None) -> Self:
        (_, first), *later = GRADES
        labels = AverageLinkage(first * self.distance).fit(embeddings, photo).labels_
        for size, share in later:
            labels = _merge(labels, embeddings, photo, size, share * self.distance)
        self.labels_ = by_first_row(_join(labels, embeddings, photo, JOIN * self.distance))
        return self


def _merge(
    labels: Ints, embeddings: Floats, photo: Ints | None, size: int, distance: float
) -> Ints:
    """Average linkage among the groups of at least `size` faces; the others stay as they are."""
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


def _join(labels: Ints, embeddings: Floats, photo: Ints | None, distance: float) -> Ints:
    """Single faces to the nearest crowd; who finds none stays alone."""
    members = np.bincount(labels, minlength=int(labels.max(initial=-1)) + 1)
    crowd = np.where(members[labels] >= CROWD, labels, -1).astype(np.int32)
    single = np.nonzero(members[labels] == 1)[0]
    assigner = Assigner(embeddings, crowd, photo)
    assigner.place(single, distance)
    joined: Ints = np.where(assigner.labels >= 0, assigner.labels, labels).astype(np.int32)
    return joined
