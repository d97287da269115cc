"""Exact average linkage of unit embeddings without a distance matrix.

The mean cosine distance between two groups is 1 - (mean of A) . (mean of B), so a group is its
sum and its size. And a merge at `distance` or less needs at least one pair of faces that near, so
only groups joined by an edge of the graph of near pairs are ever compared. Memory grows with the
number of near pairs, not with the square of the faces.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from facecluster.records import Floats, Ints


class SparseLinkage:
    """Nearest-neighbour chains over the graph of near pairs.

    embeddings: float32 [N, D], unit rows; or the sums of groups that exist already, with `sizes`
    [N]. edges: the pairs at most `distance` apart. forbidden: pairs that may never share a group.

    Following nearest neighbours until two groups are each other's nearest, and merging those,
    builds the same tree as always merging the nearest pair overall, since average linkage is
    reducible: Murtagh, "A survey of recent advances in hierarchical clustering algorithms", The
    Computer Journal 26(4), 1983. A forbidden pair is an infinite distance, which every mean that
    contains it inherits, so the argument holds with them too.
    """

    def __init__(
        self,
        embeddings: Floats,
        distance: float,
        edges: tuple[Ints, Ints],
        forbidden: Iterable[tuple[int, int]] = (),
        sizes: NDArray[np.int64] | None = None,
    ) -> None:
        count = len(embeddings)
        self._distance = distance
        self._sums = embeddings.astype(np.float64)
        self._sizes = np.ones(count) if sizes is None else sizes.astype(np.float64)
        self._alive = np.ones(count, bool)
        self._parent = np.arange(count, dtype=np.int32)
        self._near: list[set[int]] = [set() for _ in range(count)]
        self._apart: list[set[int]] = [set() for _ in range(count)]
        _link(self._near, zip(edges[0].tolist(), edges[1].tolist(), strict=True))
        _link(self._apart, forbidden)
        for near, apart in zip(self._near, self._apart, strict=True):
            near.difference_update(apart)

    def run(self) -> NDArray[np.int64]:
        """The group of each row, int64 [N], numbered 0..K-1."""
        for start in range(len(self._sums)):
            chain = [start] if self._alive[start] else []
            while chain:
                nearest = self._nearest(chain[-1], chain[-2] if len(chain) > 1 else None)
                if nearest is None:
                    chain.pop()
                elif len(chain) > 1 and nearest == chain[-2]:
                    merged = self._merge(chain.pop(), chain.pop())
                    chain = chain or [merged]
                else:
                    chain.append(nearest)
        roots = self._parent
        while not np.array_equal(roots, roots[roots]):
            roots = roots[roots]
        return np.unique(roots, return_inverse=True)[1].astype(np.int64)

    def _nearest(self, group: int, before: int | None) -> int | None:
        """The nearest allowed group within the threshold; ties go to the one we came from."""
        near = self._near[group]
        if not near:
            return None
        others = np.fromiter(near, np.int64, len(near))
        others.sort()
        means = self._sums[others] @ self._sums[group]
        distances = 1.0 - means / (self._sizes[others] * self._sizes[group])
        best = int(distances.argmin())
        if distances[best] > self._distance:
            return None
        if before is not None and before in near:
            place = int(np.searchsorted(others, before))
            if distances[place] <= distances[best]:
                return before
        return int(others[best])

    def _merge(self, a: int, b: int) -> int:
        """Fold the group with fewer neighbours into the other, which is returned."""
        if len(self._near[a]) + len(self._apart[a]) < len(self._near[b]) + len(self._apart[b]):
            a, b = b, a
        self._sums[a] += self._sums[b]
        self._sizes[a] += self._sizes[b]
        self._alive[b] = False
        self._parent[b] = a
        for links in (self._near, self._apart):
            for other in links[b]:
                links[other].discard(b)
                if other != a:
                    links[other].add(a)
            links[a] |= links[b]
            links[a] -= {a, b}
            links[b] = set()
        barred = self._near[a] & self._apart[a]
        self._near[a] -= barred
        for other in barred:
            self._near[other].discard(a)
        return a


def _link(links: list[set[int]], pairs: Iterable[tuple[int, int]]) -> None:
    for a, b in pairs:
        links[a].add(b)
        links[b].add(a)
