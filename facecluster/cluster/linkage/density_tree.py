"""HDBSCAN of many faces: its tree from each face's nearest ones instead of all pairs."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from facecluster.cluster.search.blocks import blocks
from facecluster.cluster.search.limits import DEFAULT_LIMITS, SearchLimits
from facecluster.cluster.search.neighbours import nearest
from facecluster.cluster.search.points import mirrored, with_scale
from facecluster.cluster.tuning import DEFAULT
from facecluster.records import Floats

LATER = 1e-9  # share by which the joints of a later round are longer: rounds keep their order
SMALLEST = 1e-12  # cosine distance; a sparse matrix has no edges of length 0
LAST = 1e-6  # share by which what is put beside all faces is farther than the longest joint

Edges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def exact_hdbscan(
    embeddings: Floats, size: int, bound: float, same: float = 0.0
) -> NDArray[np.int64]:
    """The groups of HDBSCAN over all pairs; all else as `graph_hdbscan` says it."""
    first, second, lengths = full_tree(embeddings)
    return tree_groups((first, second, lengths), size, bound, same)


def graph_hdbscan(
    embeddings: Floats,
    size: int,
    bound: float,
    same: float = 0.0,
    links: int = DEFAULT.density.links,
    search: SearchLimits = DEFAULT_LIMITS,
) -> NDArray[np.int64]:
    """The groups of HDBSCAN with `min_samples` 1, int64 [N], -1 for noise.

    embeddings: float32 [N, D], scaled rows. size: the smallest group. bound: cosine distance beyond
    which nothing that HDBSCAN may see matters to the caller: all that is farther is that far.
    same: cosine distance below which nothing is told apart (`tree_groups`). links: nearest faces
    that each one is linked to.

    With `min_samples` 1 the mutual reachability is the distance itself, and HDBSCAN's hierarchy
    that of a minimum spanning tree of the distances. Edges of that tree nearly always lead to one
    of the `links` nearest faces of either end, so the tree of that graph stands in for it, its
    parts joined by edges of the length `bound`.
    """
    return tree_groups(spanning_tree(embeddings, bound, links, search), size, bound, same)


def tree_groups(tree: Edges, size: int, bound: float, same: float) -> NDArray[np.int64]:
    """The groups that HDBSCAN takes from a spanning tree of the faces, int64 [N], -1 for noise.

    A group counts by how many faces stay in it over how much of 1 / distance, which has no end as
    distances go to 0: frames of a burst, or equal faces, would outweigh whatever they are part of,
    and be taken apart. So edges within the cosine distance `same` are all of that length. And a
    group is one only beside others: HDBSCAN never takes the whole. So `size` points are put beside
    all faces, hardly farther than `bound`, and groups end at it.

    The package hdbscan gets the tree as its matrix of distances: the spanning tree of a tree is
    itself.
    """
    from hdbscan import HDBSCAN  # in a function since start-up should not wait for it
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    first, second, lengths = tree
    count, end = len(first) + 1, float(np.sqrt(2 * bound))
    lengths = np.maximum(lengths, np.sqrt(2 * max(same, SMALLEST)))
    near = lengths < end
    forest = sparse.csr_array((np.ones(near.sum()), (first[near], second[near])), (count, count))
    parts = connected_components(forest, directed=False)[1]
    beside = np.arange(count, count + size)
    left, right = np.append(first, beside - 1), np.append(second, beside)
    longest = max(float(lengths.max(initial=0)), end)
    lengths = np.append(lengths, np.full(size, end))
    lengths[count - 1] = longest * (1 + LAST)
    ends = np.concatenate([left, right]), np.concatenate([right, left])
    # hdbscan sees no connections in a sparse array of the new kind.
    matrix = sparse.csr_matrix((np.tile(lengths, 2), ends), (count + size, count + size))
    model = HDBSCAN(min_cluster_size=size, min_samples=1, metric="precomputed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # hdbscan uses names that scikit-learn is renaming
        found = np.asarray(model.fit_predict(matrix), np.int64)[:count]
    own, groups, members = np.unique(found * count + parts, return_inverse=True, return_counts=True)
    kept = (own >= 0) & (members >= size)
    numbers = np.where(kept, np.cumsum(kept) - 1, -1)
    return np.asarray(numbers[groups.ravel()], np.int64)


def full_tree(embeddings: Floats) -> Edges:
    """The minimum spanning tree of all pairs, as `spanning_tree` gives it, by Prim's algorithm."""
    count = len(embeddings)
    rows = with_scale(embeddings).astype(np.float64)
    ends = mirrored(rows)
    best, source = np.full(count, np.inf), np.zeros(count, np.int64)
    added, inside = np.zeros(count, np.int64), np.zeros(count, bool)
    for step in range(1, count):
        last = added[step - 1]
        inside[last] = True
        gaps = -(rows @ ends[last])
        nearer = (gaps < best) & ~inside
        best[nearer], source[nearer] = gaps[nearer], last
        added[step] = np.where(inside, np.inf, best).argmin()
    second = added[1:]
    return source[second], second, np.sqrt(2 * np.maximum(best[second], 0))


def spanning_tree(
    embeddings: Floats,
    bound: float,
    links: int = DEFAULT.density.links,
    search: SearchLimits = DEFAULT_LIMITS,
) -> Edges:
    """Both ends int64 [N - 1] and Euclidean lengths float64 [N - 1] of a tree of all rows.

    It is the minimum spanning forest of the graph of the `links` nearest rows within the cosine
    distance `bound`; the shortest edges from its trees to the largest one; and joints of the length
    that belongs to `bound` between what is still apart.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    count = len(embeddings)
    first, second = _links(embeddings, bound, links, search)
    # By rank instead of length: no edge is lost for being 0, and equal ones have an order.
    ranks = np.arange(1, len(first) + 1, dtype=np.float64)
    graph = sparse.csr_array((ranks, (first, second)), (count, count))
    kept = np.sort(minimum_spanning_tree(graph).data.astype(np.int64)) - 1
    first, second = first[kept], second[kept]
    forest = sparse.csr_array((np.ones(len(kept)), (first, second)), (count, count))
    trees = connected_components(forest, directed=False)[1]
    crossing = _crossings(embeddings, trees, bound, search)
    first, second = (np.concatenate(side) for side in zip((first, second), crossing, strict=True))
    parts = [(first, second, _lengths(embeddings, first, second))]
    forest = sparse.csr_array((np.ones(len(first)), (first, second)), (count, count))
    trees = connected_components(forest, directed=False)[1]
    parts += _joints(np.unique(trees, return_index=True)[1], float(np.sqrt(2 * bound)))
    first, second, lengths = (np.concatenate(side) for side in zip(*parts, strict=True))
    return first, second, lengths


def _crossings(
    embeddings: Floats, trees: NDArray[np.int32], bound: float, search: SearchLimits
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The shortest edge from each tree to the largest one, where it is within `bound`.

    Who has more faces than links may have no link to anybody else. trees: int32 [N].
    """
    points, largest = with_scale(embeddings), np.bincount(trees).argmax()
    inside, outside = np.nonzero(trees == largest)[0], np.nonzero(trees != largest)[0]
    found = nearest(points[outside], points[inside], limits=search)
    gaps, places = (side[:, 0] for side in found)
    order = np.argsort(gaps, kind="stable")
    order = order[gaps[order] <= bound]
    order = order[np.unique(trees[outside[order]], return_index=True)[1]]
    return outside[order], inside[places[order]]


def _links(
    embeddings: Floats, bound: float, links: int, search: SearchLimits
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows, one of which is among the `links` nearest of the other; nearest pair first."""
    points = with_scale(embeddings)
    gaps, places = nearest(points, points, links, exclude_self=True, limits=search)
    rows, column = np.nonzero((places >= 0) & (gaps <= bound))
    gap, other = gaps[rows, column], places[rows, column]
    keys = np.minimum(rows, other) * len(embeddings) + np.maximum(rows, other)
    keys, once = np.unique(keys, return_index=True)
    first, second = np.divmod(keys[np.argsort(gap[once], kind="stable")], len(embeddings))
    return first, second


def _lengths(
    embeddings: Floats, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    lengths = np.empty(len(first))
    for part in blocks(len(first)):
        # Half the squared difference of rows and half that of their scales: exact for near faces.
        one, other = (with_scale(embeddings[ends[part]]) for ends in (first, second))
        apart = one.astype(np.float64) - other
        squared = np.einsum("nd,nd->n", apart[:, :-1], apart[:, :-1]) - apart[:, -1] ** 2
        lengths[part] = np.sqrt(np.maximum(squared, 0))
    return lengths


def _joints(ends: NDArray[np.int64], length: float) -> list[Edges]:
    """Edges that join rows, one of each tree, two and two and so on: a chain would be too deep."""
    parts = []
    while len(ends) > 1:
        left, right = ends[:-1:2], ends[1::2]
        length *= 1 + LATER
        parts.append((left, right, np.full(len(left), length)))
        ends = ends[::2]
    return parts
