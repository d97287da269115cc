"""Which of the pairs of near faces the neighbour graph finds, by comparing some faces with all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.crowds import Library
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.search.near_pairs import Pairs
from facecluster.cluster.search.neighbours import near_pairs
from facecluster.cluster.search.points import with_scale
from facecluster.cluster.tuning import DEFAULT
from facecluster.distances import distances
from facecluster.records import Floats, Ints

ROWS = 200  # queries at once: 200 distances to a million faces are 800 MB
SUM_MARGIN = 1e-6  # pairs so close to the distance may count or not: sums have no fixed order


def first_distance(table: Sequence[tuple[float, float]], distance: float, count: int) -> float:
    """The cosine distance within which the default method links `count` faces at first."""
    curve, auto = FalseAcceptCurve(table, distance), DEFAULT.auto
    return curve.limit(min(auto.expected / max(count, 1), auto.widest_first) * curve.tolerance)


def recall(
    made: Library,
    table: Sequence[tuple[float, float]],
    distance: float,
    sample: int,
    seed: int,
    find: Callable[..., Pairs] = near_pairs,
) -> dict[str, Any]:
    """The share of the near pairs of `sample` good faces that `find` finds.

    true: how many near pairs these have. same: those of one person among them, same_recall the
    share of these that was found. pairs: all that were found. forced: whether the form for more
    than `SearchLimits.exact_faces` was measured with fewer.
    """
    good = np.nonzero(made.quality >= DEFAULT.gate.trusted)[0]
    rows, photo = made.faces.embeddings[good], made.faces.photo[good]
    reach = first_distance(table, distance, len(good))
    most = min(DEFAULT.search.exact_faces, len(good) - 1)
    limits = replace(DEFAULT.search, exact_faces=most)
    start = time.monotonic()
    first, second, _ = find(with_scale(rows), reach, photo, limits)
    seconds = time.monotonic() - start
    asked = np.random.default_rng(seed).permutation(len(good))[:sample]
    truth = np.concatenate([_near(rows, photo, part, reach) for part in _parts(asked)])
    has = np.isin(truth, first.astype(np.int64) * len(good) + second)
    who = made.people[good]
    same = who[truth // len(good)] == who[truth % len(good)]
    return {
        **{"seconds": seconds, "distance": reach, "pairs": len(first), "asked": len(asked)},
        **{"true": len(truth), "recall": float(has.mean()) if len(has) else 1.0},
        **{"same": int(same.sum()), "same_recall": float(has[same].mean()) if same.any() else 1.0},
        **{"good": len(good), "forced": most < DEFAULT.search.exact_faces},
    }


def _parts(asked: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return np.array_split(asked, len(asked) // ROWS + 1)


def _near(rows: Floats, photo: Ints, asked: NDArray[np.int64], reach: float) -> NDArray[np.int64]:
    """Pairs of an asked row and any other as `lower * N + higher`, in other photos; all the same
    each pair once for each end that was asked for."""
    at, other = np.nonzero(distances(rows[asked], rows) <= reach - SUM_MARGIN)
    one = asked[at]
    kept = photo[one] != photo[other]
    low, high = np.minimum(one[kept], other[kept]), np.maximum(one[kept], other[kept])
    return np.asarray(low * len(rows) + high, np.int64)
