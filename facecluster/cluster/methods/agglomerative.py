"""Average linkage with a distance threshold: the groups whose mean distance is small enough."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.linkage.average import Linkage
from facecluster.cluster.search.neighbours import near_pairs
from facecluster.records import Floats, Ints

ROUNDING = 1e-6  # of a float32 distance; the linkage decides in float64


class AverageLinkage:
    """Merge the two nearest groups until the mean cosine distance between them exceeds `distance`.

    Only groups that hold a pair of faces that near are compared (`Linkage`), and two faces of one
    photo never meet, at any depth. Up to neighbours.EXACT faces the groups are those of the full
    matrix; above, the pairs of near faces come from an index, which may miss a few. Where there
    are too many pairs, as among thousands of faces of one person, only those of the nearest faces
    count (`pairs.Kept`). The mean distance between two groups still comes from all their faces;
    what may be missed is a pair of groups all of whose faces have pairs.NEAREST nearer ones.

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

    def __init__(self, distance: float) -> None:
        self.distance = distance
        self.reach_ = distance
        self.labels_: Ints = np.empty(0, np.int32)
        self.notes_: tuple[str, ...] = ()

    def fit(self, embeddings: Floats, photo: Ints | None = None) -> Self:
        first, second, _ = near_pairs(embeddings, self.distance + ROUNDING, photo)
        seen = None if photo is None else (np.arange(len(photo), dtype=np.int32), photo)
        linkage = Linkage(embeddings, self.distance, (first, second), seen)
        self.labels_ = by_first_row(linkage.run())
        return self


def by_first_row(labels: NDArray[np.integer]) -> Ints:
    """The same groups, numbered in the order in which they first appear."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    renumbered: Ints = rank[inverse]
    return renumbered
