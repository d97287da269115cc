"""Average linkage with a distance threshold: the groups whose mean distance is small enough."""

from __future__ import annotations

from typing import Self

import numpy as np

from facecluster.cluster.base import Sightings
from facecluster.cluster.centroids import sums
from facecluster.cluster.linkage.average import SEARCH_MARGIN, Linkage, by_first_row, distinct
from facecluster.cluster.photo_rule import seen_in
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import near_pairs
from facecluster.cluster.search.points import with_scale
from facecluster.records import Floats, Ints


class AverageLinkage:
    """Merge the two nearest groups until the mean distance between them exceeds `distance`.

    Only groups that hold a pair of faces that near are compared (`Linkage`), and two faces of one
    photo never meet, at any depth. Up to `search.exact_faces` the groups are those of the full
    matrix; above, the pairs of near faces come from an index, which may miss a few. Where there
    are too many pairs, as among thousands of faces of one person, only those of the nearest faces
    count (`NearPairs`). The mean distance between two groups still comes from all their faces;
    what may be missed is a pair of groups all of whose faces have `search.pairs_per_face` nearer
    ones.

    Parameters
    ----------
    distance : cosine distance, 0 to 2.

    Attributes
    ----------
    labels_ : int32 [N], 0..K-1 in the order of each group's first row; nothing is noise.

    References
    ----------
    Sokal and Michener, "A statistical method for evaluating systematic relationships", 1958.

    Examples
    --------
    >>> import numpy as np
    >>> unit = np.eye(3, dtype=np.float32)[[0, 0, 1]]
    >>> AverageLinkage(0.1).fit(unit).labels_.tolist()
    [0, 0, 1]
    """

    def __init__(self, distance: float, search: SearchLimits = DEFAULT_LIMITS) -> None:
        self.distance = distance
        self.search = search
        self.reach_ = distance
        self.labels_: Ints = np.empty(0, np.int32)
        self.notes_: tuple[str, ...] = ()

    def fit(
        self,
        embeddings: Floats,
        photo: Ints | None = None,
        start: Ints | None = None,
        more: Sightings | None = None,
    ) -> Self:
        points = with_scale(embeddings)
        first, second, _ = near_pairs(points, self.distance + SEARCH_MARGIN, photo, self.search)
        at_once = self.search.blocks
        if start is None and more is None:
            seen = None if photo is None else (np.arange(len(photo), dtype=np.int32), photo)
            linkage = Linkage(points, self.distance, (first, second), seen, at_once=at_once)
            del points  # as large as the embeddings, and the linkage has its own
            self.labels_ = by_first_row(linkage.run())
            return self
        if start is None:
            start = np.arange(len(embeddings), dtype=np.int32)
        sizes = np.bincount(start)
        edges = distinct(start[first], start[second], len(sizes))
        seen = seen_in(start, photo, more)
        totals = sums(start, embeddings).astype(np.float32)
        linkage = Linkage(totals, self.distance, edges, seen, sizes, at_once)
        self.labels_ = by_first_row(linkage.run()[start])
        return self
