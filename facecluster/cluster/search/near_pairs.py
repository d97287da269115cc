"""Pairs of near faces as they are found, and no more than the nearest of each when they are many.

One person with 40,000 photos has 800 million pairs of faces, most of them near. Average linkage
needs only enough of them to see which groups to compare; the distance between two groups comes
from all their faces in any case.
"""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.records import Floats, Ints

PRUNING_MARGIN = np.float32(1e-6)  # by which a float32 similarity may be off its distance

Pairs = tuple[Ints, Ints, Floats]
Places = NDArray[np.int64]


class NearPairs:
    """The pairs at least `least` alike of `count` faces; threads may add to them at once. Alike is
    the negative of the distance.

    As long as there are no more than `limits.pairs_always` or `limits.pairs_per_face` for each
    face, all are kept. Else a pair is kept if it is among the `pairs_per_face` nearest of one of
    its faces (`among_nearest`); with `both` False only those of the first of its two count.

    The outcome depends neither on the order nor on the parts in which the pairs come: what is
    dropped on the way has enough nearer ones at each end, which stay or have nearer ones yet.

    Attributes
    ----------
    low : float32 [count], the similarity below which no pair is of use to a face any more. It may
        rise at any time.
    """

    def __init__(
        self,
        count: int,
        least: np.float32,
        both: bool = True,
        limits: SearchLimits = DEFAULT_LIMITS,
    ) -> None:
        self.low = np.full(count, least)
        self._least, self._both, self._limits = least, both, limits
        self._room = max(limits.pairs_always, limits.pairs_per_face * count)
        self._parts: list[Pairs] = []
        self._held, self._over = 0, False
        self._lock = Lock()

    def near(self, similar: Floats, rows: slice | Places, others: slice | Places) -> Places:
        """Where in `similar` [R, C] are pairs of use, flat. rows, others: the faces of its lines
        and columns."""
        if not self._over:
            return np.flatnonzero(similar >= self._least)
        low = self.low[rows, None]
        return np.flatnonzero(similar >= (np.minimum(low, self.low[others]) if self._both else low))

    def add(self, found: Pairs) -> None:
        """found: int32, int32, float32 distances; no pair twice, unless the other way round."""
        if self._over and len(found[0]) > self._limits.blocks.new_pairs:
            found = self._nearest(found)[0]
        with self._lock:
            self._parts.append(found)
            self._held += len(found[0])
            if self._held > self._room:
                self._over = True
                self._prune()
                self._room = self._held + max(self._limits.pairs_always, self._held // 2)

    def pairs(self) -> Pairs:
        """Each pair once, the lower face first, sorted."""
        if self._over:
            self._prune()
        one, other, gaps = joined(self._parts)
        self._parts = []
        keys = np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)
        order = np.argsort(keys)  # Much faster than np.unique.
        keys, gaps = keys[order], gaps[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        if len(starts) < len(keys):  # Found from both ends, the distance may differ by a rounding.
            keys, gaps = keys[starts], np.minimum.reduceat(gaps, starts)
        return (keys >> 32).astype(np.int32), keys.astype(np.int32), gaps

    def _prune(self) -> None:
        found, farthest = self._nearest(joined(self._parts))
        self._parts, self._held = [found], len(found[0])
        np.maximum(self.low, -farthest - PRUNING_MARGIN, out=self.low)

    def _nearest(self, found: Pairs) -> tuple[Pairs, Floats]:
        """Those of the pairs that stay, and the distance of the farthest that each face needs."""
        one, other, gaps = found
        owner = np.concatenate([one, other]) if self._both else one
        guest = np.concatenate([other, one]) if self._both else other
        lengths = np.concatenate([gaps, gaps]) if self._both else gaps
        among, farthest = among_nearest(
            owner, guest, lengths, self._limits.pairs_per_face, len(self.low)
        )
        kept = among.reshape(-1, len(one)).any(axis=0)
        return (one[kept], other[kept], gaps[kept]), farthest


def among_nearest(
    owner: Ints, other: Ints, gaps: Floats, most: int, count: int
) -> tuple[NDArray[np.bool_], Floats]:
    """Which pairs are among the `most` nearest of their owner, one of `count` faces.

    Equal faces, of which there may be thousands, are each near those whose places are next to
    theirs, the lower first: were it the lowest places, all would be near the same few, and average
    linkage would take a round for each face. Gives bool [P] and float32 [count]: the distance of
    the last that is kept, inf for an owner of fewer than `most`.
    """
    members = np.bincount(owner, minlength=count)
    crowded = np.flatnonzero(members >= most)
    farthest = np.full(count, np.inf, np.float32)
    kept = np.ones(len(owner), bool)
    if not len(crowded):
        return kept, farthest
    asked = np.flatnonzero(members[owner] >= most)
    # A float that is not negative sorts as its bits do.
    keys = owner[asked].astype(np.int64) << 32 | gaps[asked].view(np.int32)
    starts = np.cumsum(members[crowded]) - members[crowded]
    last = np.zeros(count, np.int64)
    last[crowded] = np.sort(keys)[starts + most - 1]
    farthest[crowded] = (last[crowded] & 0xFFFFFFFF).astype(np.int32).view(np.float32)
    nearer, tied = keys < last[owner[asked]], np.flatnonzero(keys == last[owner[asked]])
    kept[asked] = nearer
    room = most - np.bincount(owner[asked[nearer]], minlength=count)
    tied = asked[tied]
    kept[tied[_first(owner[tied], other[tied], room)]] = True
    return kept, farthest


def _first(owner: Ints, other: Ints, room: Places) -> Places:
    """The `room` of each owner whose places are next to its own, of equally near ones."""
    apart = other.astype(np.int64) - owner
    order = np.argsort(owner.astype(np.int64) << 32 | 2 * np.abs(apart) + (apart > 0))
    group = owner[order]
    rank = np.arange(len(group)) - np.searchsorted(group, group)
    return order[rank < room[group]]


def as_pairs(one: Places, other: Places, alike: Floats) -> Pairs:
    return one.astype(np.int32), other.astype(np.int32), np.maximum(0 - alike, 0)


def joined(parts: list[Pairs]) -> Pairs:
    """All pairs in one."""
    parts = [(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)), *parts]
    first, second, gaps = zip(*parts, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(gaps)
