"""HDBSCAN of a tree of near faces, against HDBSCAN of all pairs and scipy's spanning trees."""

from __future__ import annotations

import numpy as np
import pytest
from hdbscan import HDBSCAN
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.linkage.density_tree import (
    exact_hdbscan,
    full_tree,
    graph_hdbscan,
    spanning_tree,
    tree_groups,
)
from facecluster.cluster.methods.density import Density
from facecluster.cluster.tuning import DensityTuning


def connected(count: int, *edges: np.ndarray) -> int:
    graph = coo_array((np.ones(len(edges[0])), edges[:2]), shape=(count, count))
    return int(connected_components(graph, directed=False)[0])


def test_with_all_links_it_is_the_minimum_spanning_tree(people) -> None:
    rows, _ = people([3, 8, 20, 1, 1], spread=0.3)
    first, second, lengths = spanning_tree(rows, 2.0, links=len(rows))
    wanted = minimum_spanning_tree(cdist(rows, rows)).data
    np.testing.assert_allclose(np.sort(lengths), np.sort(wanted), atol=1e-6)
    assert connected(len(rows), first, second) == 1
    np.testing.assert_allclose(lengths, np.linalg.norm(rows[first] - rows[second], axis=1), 1e-5)


def test_what_lies_beyond_the_bound_is_joined_at_it(people) -> None:
    rows, _ = people([6, 6, 6, 1, 1], spread=0.05)
    first, second, lengths = spanning_tree(rows, 0.2)
    assert len(lengths) == 19
    near = lengths < np.sqrt(0.4)
    assert near.sum() == 15
    np.testing.assert_allclose(lengths[~near], np.sqrt(0.4), rtol=1e-6)
    assert connected(20, first, second) == 1
    assert connected(20, first[near], second[near]) == 5


def test_who_has_many_faces_is_still_linked_to_others(people) -> None:
    """Even where all of the nearest are of the same person."""
    rows, truth = people([20, 9, 9], spread=0.05)
    first, second, lengths = spanning_tree(rows, 2.0, links=5)
    across = truth[first] != truth[second]
    apart = cdist(rows, rows)
    wanted = [apart[truth == 0][:, truth == other].min() for other in (1, 2)]
    np.testing.assert_allclose(np.sort(lengths[across]), np.sort(wanted), rtol=1e-5)


def test_equal_faces_are_linked() -> None:
    rows = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)
    first, second, lengths = spanning_tree(rows, 0.5)
    assert (lengths == 0).sum() == 57
    assert connected(60, first, second) == 1
    found = graph_hdbscan(rows, 5, 0.5)
    assert adjusted_rand_score(np.repeat(np.arange(3), 20), found) == 1


@pytest.mark.parametrize("size", [2, 5])
def test_the_groups_are_those_of_all_pairs(people, rng, size: int) -> None:
    rows, _ = people(rng.integers(1, 25, 40).tolist(), spread=0.5)
    wanted = HDBSCAN(min_cluster_size=size, min_samples=1).fit_predict(rows.astype(np.float64))
    assert wanted.max() > 10
    assert adjusted_rand_score(wanted, exact_hdbscan(rows, size, 2.0)) == 1
    assert adjusted_rand_score(wanted, graph_hdbscan(rows, size, 1.0)) > 0.99


def test_the_tree_of_all_pairs_is_the_shortest(people) -> None:
    rows, _ = people([3, 8, 20, 1, 1], spread=0.3)
    rows = np.concatenate([rows, rows[:4]])  # equal ones too
    first, second, lengths = full_tree(rows)
    wanted = minimum_spanning_tree(cdist(rows, rows) + 1e-6).data  # which has no edge of length 0
    np.testing.assert_allclose(np.sort(lengths), np.sort(wanted), atol=2e-3)
    assert connected(len(rows), first, second) == 1


@pytest.mark.parametrize("size", [2, 5])
def test_groups_end_at_the_bound_and_one_alone_is_a_group(people, size: int) -> None:
    """HDBSCAN itself takes no group that is the whole, and calls who left it its members."""
    rows, truth = people([12, 1, 1, 1], spread=0.05)
    found = exact_hdbscan(rows, size, 0.3)
    assert found.tolist() == np.where(truth == 0, 0, -1).tolist()


def test_nothing_is_told_apart_within_a_distance(people) -> None:
    """Two halves of a person, each of nearly equal faces, are one where that is all the same."""
    rows, _ = people([6, 6, 12], spread=0.001)
    rows[6:12] = rows[:6] + np.float32(0.02)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    tree = full_tree(rows)
    gap = float(np.max(1 - rows[:12] @ rows[:12].T))
    assert len(set(tree_groups(tree, 5, 0.3, 0.0)[:12])) == 2
    assert len(set(tree_groups(tree, 5, 0.3, gap)[:12])) == 1
    assert len(set(tree_groups(tree, 5, 0.3, gap))) == 2


class Watched(Density):
    """Counts how often the graph stands in."""

    times = 0

    def _of_nearest(self, embeddings: np.ndarray, size: int) -> np.ndarray:
        self.times += 1
        return super()._of_nearest(embeddings, size)


def test_above_a_size_the_graph_stands_in(people, rng) -> None:
    rows, truth = people(rng.integers(1, 25, 60).tolist(), spread=0.3)
    rows[:, 0] += 3  # as embeddings of faces are: strangers only a little apart
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    photo = rng.integers(0, 2 * len(rows), len(rows)).astype(np.int32)
    exact = Watched(0.05).fit(rows, photo)
    graph = Watched(0.05, tuning=DensityTuning(exact_faces=20)).fit(rows, photo)
    assert exact.times == 0 < graph.times
    exact, found = exact.labels_, graph.labels_
    assert adjusted_rand_score(exact, found) > 0.99
    assert adjusted_rand_score(truth, found) > 0.8


@pytest.mark.parametrize(
    ("sizes", "alone", "roughly"),
    [([60], True, True), ([30, 30], False, False), ([59, 1], False, True)],
)
def test_one_person_alone(people, sizes: list[int], alone: bool, roughly: bool) -> None:
    rows, _ = people(sizes, spread=0.01)
    assert Density(0.06)._alone(rows) is alone
    # One odd face among many does not count.
    assert Density(0.06, tuning=DensityTuning(exact_faces=10))._alone(rows) is roughly
