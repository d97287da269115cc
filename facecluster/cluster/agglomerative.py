"""Average linkage with a distance threshold: the groups whose mean distance is small enough."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from facecluster.cluster.graph import components, cosine_distances, near_pairs, pairs_among
from facecluster.cluster.linkage import SparseLinkage
from facecluster.cluster.rules import pairs_within
from facecluster.records import Floats, Ints

DENSE_LIMIT = 1000


class AverageLinkage:
    """Merge the two nearest groups until the mean cosine distance between them exceeds `distance`.

    Two groups at a mean distance of at most `distance` hold at least one pair that near, so every
    group lies inside one connected component of the graph of near pairs, and each component is
    solved by itself: by scikit-learn from its distance matrix while that is small, above
    `dense_limit` faces by the same linkage without a matrix (`SparseLinkage`). Both are exact.

    Faces of one photo get a distance so large that any mean that contains it stays above the
    threshold; average linkage then never joins them, at any depth.

    Parameters
    ----------
    distance : cosine distance, 0 to 2.
    dense_limit : the largest component that is solved from its matrix (20 bytes a pair).

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

    def __init__(self, distance: float, dense_limit: int = DENSE_LIMIT) -> None:
        self.distance = distance
        self.reach_ = distance
        self.dense_limit = dense_limit
        self.labels_: Ints = np.empty(0, np.int32)
        self.notes_: tuple[str, ...] = ()

    def fit(self, embeddings: Floats, photo: Ints | None = None) -> Self:
        count = len(embeddings)
        first, second = near_pairs(embeddings, self.distance, photo)
        labels = np.empty(count, np.int32)
        used = 0
        for rows in components(count, first, second):
            inside = None if photo is None else photo[rows]
            if len(rows) <= self.dense_limit:
                local = self._matrix(embeddings[rows], inside)
            else:
                edges = pairs_among(rows, first, second)
                forbidden = () if inside is None else pairs_within(inside)
                local = SparseLinkage(embeddings[rows], self.distance, edges, forbidden).run()
            labels[rows] = used + local
            used += int(local.max()) + 1
        self.labels_ = by_first_row(labels)
        return self

    def _matrix(self, embeddings: Floats, photo: Ints | None) -> NDArray[np.int64]:
        count = len(embeddings)
        if count == 1:
            return np.zeros(1, np.int64)
        distances = cosine_distances(embeddings, embeddings).astype(np.float64)
        if photo is not None:
            # One forbidden pair among at most count^2 / 4 keeps the mean above the threshold.
            distances[photo[:, None] == photo[None, :]] = (self.distance + 2) * count**2
        np.fill_diagonal(distances, 0)
        model = AgglomerativeClustering(
            n_clusters=None,
            metric="precomputed",
            linkage="average",
            distance_threshold=self.distance + 1e-12,  # scikit-learn stops at, not above, it
        )
        return np.asarray(model.fit_predict(distances), np.int64)


def by_first_row(labels: Ints) -> Ints:
    """The same groups, numbered in the order in which they first appear."""
    if not len(labels):
        return labels
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    renumbered: Ints = rank[inverse]
    return renumbered
