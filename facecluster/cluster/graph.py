"""Who is near whom: cosine distances in blocks, so that memory grows with the neighbours found."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from facecluster.records import Floats, Ints

BLOCK = 1024  # rows of a block: 1024 x 100,000 distances are 400 MB


def cosine_distances(a: Floats, b: Floats) -> Floats:
    """1 - cosine of unit rows. a: float32 [N, D], b: [M, D]. Gives float32 [N, M] in 0..2."""
    distances: Floats = np.clip(1.0 - a @ b.T, 0.0, 2.0)
    return distances


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that cover `count` rows."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def near_pairs(embeddings: Floats, distance: float, photo: Ints | None = None) -> tuple[Ints, Ints]:
    """All pairs (i < j) at most `distance` apart, as two int32 arrays sorted by i, then j.

    embeddings: float32 [N, D], unit rows. photo: int32 [N]; faces of one photo are no pair.
    """
    firsts, seconds = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for rows in blocks(len(embeddings)):
        part = cosine_distances(embeddings[rows], embeddings[rows.start :])
        near = part <= distance
        near &= np.arange(part.shape[1])[None, :] > np.arange(part.shape[0])[:, None]
        i, j = np.nonzero(near)
        if photo is not None:
            other = photo[rows.start + i] != photo[rows.start + j]
            i, j = i[other], j[other]
        firsts.append((rows.start + i).astype(np.int32))
        seconds.append((rows.start + j).astype(np.int32))
    return np.concatenate(firsts), np.concatenate(seconds)


def pairs_among(rows: NDArray[np.int64], first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The pairs inside one component, numbered by their place in it. rows: its sorted rows."""
    mine = np.isin(first, rows)
    local = (np.searchsorted(rows, side[mine]).astype(np.int32) for side in (first, second))
    return next(local), next(local)


def components(count: int, first: Ints, second: Ints) -> list[NDArray[np.int64]]:
    """The connected components of an undirected graph, each as sorted rows, by their first row."""
    edges = sparse.coo_array((np.ones(len(first), bool), (first, second)), shape=(count, count))
    number, labels = connected_components(edges, directed=False)
    order = np.argsort(labels, kind="stable")
    bounds = np.cumsum(np.bincount(labels, minlength=number))[:-1]
    groups = np.split(order, bounds) if count else []
    return sorted(groups, key=lambda rows: int(rows[0]))
