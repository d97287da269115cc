"""Average linkage of faces without a distance matrix.

The mean distance between two groups is the one between the means of their points
(cluster/search/points.py), so a group is its sum and its size. And the mean distance to a merged
group lies between those to its two parts, so it is within the threshold only if one of these is:
the pairs of groups within the threshold, which start as the graph of near faces, are all that need
ever be known. (Where a person has thousands of faces, only each face's nearest are in it:
cluster/search/near_pairs.py.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.photo_rule import share_photo
from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.limits import DEFAULT_LIMITS, BlockSizes
from facecluster.cluster.search.points import gaps_between
from facecluster.records import Floats, Ints

# By how much farther pairs of rows are looked for: their distances are float32, and the linkage
# decides in float64.
SEARCH_MARGIN = 1e-6

Edges = tuple[Ints, Ints, NDArray[np.float64]]


class Linkage:
    """Merges all pairs of groups that are each other's nearest at once, until none are left.

    That builds the same tree as always merging the nearest pair overall, since average linkage is
    reducible: a merged group is no nearer to others than the nearer of its parts was. Bruynooghe,
    "Classification ascendante hiérarchique des grands ensembles de données", Les cahiers de
    l'analyse des données 3(1), 1978; Murtagh, "A survey of recent advances in hierarchical
    clustering algorithms", The Computer Journal 26(4), 1983. Groups that share a photo are
    infinitely far apart, and so is every group that contains them, so the argument holds with
    them too. A round costs what can still merge.

    totals: float32 [N, D + 1], points; or the sums of those of groups that exist already, with
    `sizes` [N].
    edges: int32 i < j, every pair at most `distance` apart once; farther ones do no harm. seen:
    int32 [F] row and int32 [F] photo of each face, so that rows that share a photo never meet;
    None for no such rule.
    """

    def __init__(
        self,
        totals: Floats,
        distance: float,
        edges: tuple[Ints, Ints],
        seen: tuple[Ints, Ints] | None = None,
        sizes: NDArray[np.int64] | None = None,
        at_once: BlockSizes = DEFAULT_LIMITS.blocks,
    ) -> None:
        count = len(totals)
        self._at_once = at_once
        self._distance = distance
        self._sums = totals.astype(np.float64)
        self._sizes = np.ones(count) if sizes is None else sizes.astype(np.float64)
        self._seen = seen
        self._parent = np.arange(count, dtype=np.int32)
        self._best, self._flag = np.empty(count), np.zeros(count, bool)
        self._edges = self._near(*edges)

    def run(self) -> NDArray[np.int64]:
        """The group of each row, int64 [N], numbered 0..K-1."""
        while len(self._edges[0]):
            self._merge(self._reciprocal())
        roots = self._parent
        while not np.array_equal(roots, roots[roots]):
            roots = roots[roots]
        return np.unique(roots, return_inverse=True)[1].astype(np.int64)

    def _reciprocal(self) -> NDArray[np.int64]:
        """The edges between groups that are each other's nearest, no two of them at one group.

        Of equally near groups that with the lowest exclusive or of both numbers counts: many equal
        faces then pair up in a round, where by the lowest number only two of them would.
        """
        low, high, gaps = self._edges
        chosen = np.arange(len(low))
        for order in (gaps, (low ^ high).astype(np.float64)):
            a, b, value = low[chosen], high[chosen], order[chosen]
            self._best[a] = self._best[b] = np.inf
            np.minimum.at(self._best, a, value)
            np.minimum.at(self._best, b, value)
            chosen = chosen[(value == self._best[a]) & (value == self._best[b])]
        return chosen

    def _merge(self, chosen: NDArray[np.int64]) -> None:
        """Fold the higher group of each chosen edge into the lower, and mend the edges there."""
        low, high, gaps = self._edges
        a, b = low[chosen], high[chosen]
        self._sums[a] += self._sums[b]
        self._sizes[a] += self._sizes[b]
        self._parent[b] = a
        low, high = self._parent[low], self._parent[high]
        self._flag[a] = True
        touched = self._flag[low] | self._flag[high]
        self._flag[a] = False
        old = low[~touched], high[~touched], gaps[~touched]
        new = self._near(*distinct(low[touched], high[touched], len(self._parent)))
        self._edges = (
            np.concatenate([old[0], new[0]]),
            np.concatenate([old[1], new[1]]),
            np.concatenate([old[2], new[2]]),
        )
        self._seen = self._seen_in(*self._edges[:2])

    def _near(self, low: Ints, high: Ints) -> Edges:
        """Those of these pairs that may merge, and their mean distances."""
        gaps = np.empty(len(low))
        for part in blocks(len(low), self._at_once.merges):
            a, b = low[part], high[part]
            apart = gaps_between(self._sums[a], self._sums[b])
            gaps[part] = apart / (self._sizes[a] * self._sizes[b])
        allowed = np.nonzero(gaps <= self._distance)[0]
        allowed = allowed[~self._together(low[allowed], high[allowed])]
        return low[allowed], high[allowed], gaps[allowed]

    def _together(self, low: Ints, high: Ints) -> NDArray[np.bool_]:
        """Which of these pairs of groups share a photo."""
        seen = self._seen_in(low, high)
        if seen is None:
            return np.zeros(len(low), bool)
        rows, photo = seen
        return share_photo(low, high, rows, photo, self._at_once.photo_pairs)

    def _seen_in(self, low: Ints, high: Ints) -> tuple[Ints, Ints] | None:
        """Group and photo of each face of these groups."""
        if self._seen is None:
            return None
        rows, photo = self._seen
        rows = self._parent[rows]
        self._flag[low] = self._flag[high] = True
        asked = self._flag[rows]
        self._flag[low] = self._flag[high] = False
        return rows[asked], photo[asked]


def distinct(one: Ints, other: Ints, count: int) -> tuple[Ints, Ints]:
    """Each pair of two different groups once, the lower number first."""
    apart = one != other
    one, other = one[apart], other[apart]
    keys = np.sort(np.minimum(one, other) * np.int64(count) + np.maximum(one, other))
    # Much faster than np.unique, which hashes.
    low, high = np.divmod(keys[np.diff(keys, prepend=-1) > 0], count)
    return low.astype(np.int32), high.astype(np.int32)


def by_first_row(labels: NDArray[np.integer]) -> Ints:
    """The same groups, numbered in the order in which they first appear."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    renumbered: Ints = rank[inverse]
    return renumbered
