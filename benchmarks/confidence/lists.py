"""What the first entries of the report's two lists are worth: mixed people, and split ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.common.reliability import Chances, Flags

FIRST = 20  # entries of a list that somebody may go through


@dataclass(frozen=True, slots=True)
class Caught:
    """Of the `shown` first entries of a list, `right` are right; so `caught` of `real` ones are."""

    caught: int
    real: int
    right: int
    shown: int


def caught_mixed(chances: Chances, so: Flags, entries: int = FIRST) -> Caught:
    """The least sure people first. so: whether each is one person."""
    first = np.argsort(chances, kind="stable")[:entries]
    right = int((~so[first]).sum())
    return Caught(right, int((~so).sum()), right, len(first))


def caught_splits(
    chances: Chances,
    so: Flags,
    pairs: NDArray[np.int64],
    splits: int,
    least: float,
    entries: int = FIRST,
) -> Caught:
    """The surest pairs first, those with a chance of `least` or more. pairs: int64 [R, 2].

    Whoever was found as n people is split n - 1 times; a right pair mends one of them, unless
    other pairs have done so.
    """
    first = np.argsort(-chances, kind="stable")[:entries]
    first = first[chances[first] >= least]
    a, b = pairs[first[so[first]]].T
    count = int(pairs.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(a), bool), (a, b)), shape=(count, count))
    mended = count - connected_components(graph, directed=False)[0] if count else 0
    return Caught(mended, splits, len(a), len(first))
