"""Who is near whom, among a handful of faces or a million: exact up to a size, an index above."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.search.blocks import blocks, spread
from facecluster.cluster.search.cells import Cells, most_alike, top
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.near_pairs import NearPairs, Pairs, as_pairs
from facecluster.cluster.search.points import mirrored
from facecluster.records import Floats, Ints


def near_pairs(
    points: Floats,
    distance: float,
    photo: Ints | None = None,
    limits: SearchLimits = DEFAULT_LIMITS,
) -> Pairs:
    """Pairs (i < j) at most `distance` apart: int32 i, int32 j, float32 distance, sorted.

    points: float32 [N, D + 1], those of faces (`with_scale`), or means of such. photo: int32 [N];
    faces of one photo are not a pair. Where there are very many pairs
    only those of the nearest faces are kept (`NearPairs`). Above `limits.exact_faces` rows some
    pairs may be missed (cells.py); every pair given is that near.
    """
    least = np.float32(-distance)
    if len(points) > limits.exact_faces:
        kept = NearPairs(len(points), least, both=False, limits=limits)
        Cells(points, limits).pairs(kept, photo)
    else:
        kept = NearPairs(len(points), least, limits=limits)
        add_all(kept, points, photo, limits.blocks.tile)
    return kept.pairs()


def add_all(kept: NearPairs, points: Floats, photo: Ints | None, side: int) -> None:
    """Add every pair that is near enough to `kept`. side: rows of a square block of pairs."""
    tiles = _upper(len(points), side)
    spread(lambda tile: kept.add(_within(points, photo, tile, kept)), tiles)


def nearest(
    rows: Floats,
    others: Floats,
    count: int = 1,
    exclude_self: bool = False,
    limits: SearchLimits = DEFAULT_LIMITS,
) -> tuple[Floats, NDArray[np.int64]]:
    """The `count` nearest of `others` for each row: distances float32 and places int64 [R, count].

    rows, others: points, float32 [R, D + 1] and [M, D + 1]. Best first, ties to the
    lowest place; inf and -1 where there are fewer. exclude_self: `rows` is `others`, and no row is
    its own neighbour. Above `limits.exact_comparisons` some of the nearest may be missed
    (cells.py).
    """
    if not len(rows) or not len(others):
        nothing = np.full((len(rows), count), np.inf, np.float32)
        return nothing, np.full(nothing.shape, -1, np.int64)
    if len(rows) * len(others) > limits.exact_comparisons:
        alike, places = Cells(others, limits).best(rows, count, exclude_self)
    else:
        columns = limits.blocks.columns
        parts = spread(lambda part: _best(rows, others, part, columns, count, exclude_self),
                       blocks(len(rows), limits.blocks.rows))  # fmt: skip
        alike, places = (np.concatenate(side) for side in zip(*parts, strict=True))
    places[np.isneginf(alike)] = -1
    return 0 - alike, places


def _upper(count: int, side: int) -> list[tuple[slice, slice]]:
    """Square blocks that cover the upper triangle of the matrix of all pairs."""
    sides = list(blocks(count, side))
    return [(rows, columns) for place, rows in enumerate(sides) for columns in sides[place:]]


def _within(
    points: Floats, photo: Ints | None, tile: tuple[slice, slice], kept: NearPairs
) -> Pairs:
    """The pairs of a tile that are near enough."""
    rows, columns = tile
    similar = mirrored(points[rows]) @ points[columns].T
    places = kept.near(similar, rows, columns)
    one, other = np.divmod(places, similar.shape[1])
    one, other = one + rows.start, other + columns.start
    upper = one < other
    if photo is not None:
        upper &= photo[one] != photo[other]
    return as_pairs(one[upper], other[upper], similar.ravel()[places[upper]])


def _best(
    rows: Floats, others: Floats, part: slice, size: int, count: int, exclude_self: bool
) -> tuple[Floats, NDArray[np.int64]]:
    """The most alike of all others for a part of the rows, `size` of them at once."""
    own, asked = np.arange(part.start, part.stop), mirrored(rows[part])
    alike = np.full((len(own), 0), -np.inf, np.float32)
    places = np.full(alike.shape, -1, np.int64)
    for columns in blocks(len(others), size):
        names = np.arange(columns.start, columns.stop)
        similar = asked @ others[columns].T
        if exclude_self:
            similar[own[:, None] == names] = -np.inf
        more, where = top(similar, names, count)
        alike, places = most_alike(
            np.concatenate([alike, more], axis=1), np.concatenate([places, where], axis=1), count
        )
    return alike, places
