"""Merging in rounds against scikit-learn on the whole matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.linkage.average import Linkage
from facecluster.cluster.search.limits import BlockSizes
from facecluster.cluster.search.points import with_scale


def wide(rng: np.random.Generator, count: int) -> np.ndarray:
    """Points with every degree of nearness, so that merges chain and stop half way."""
    rows = rng.normal(size=(count, 6)) + rng.normal(size=6) * 2
    scale = rng.uniform(0.8, 1.2, (count, 1))
    rows *= scale / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.hstack([rows, scale]).astype(np.float32)


def edges(count: int) -> tuple[np.ndarray, np.ndarray]:
    """All pairs: those that are too far must do no harm."""
    first, second = np.triu_indices(count, 1)
    return first.astype(np.int32), second.astype(np.int32)


def groups_of(rng: np.random.Generator, faces: int, photos: int) -> tuple[np.ndarray, np.ndarray]:
    """A group and a photo for each face, no photo twice in a group."""
    pairs = np.unique(
        np.stack([rng.integers(0, faces // 3, faces), rng.integers(0, photos, faces)]), axis=1
    )
    group = np.unique(pairs[0], return_inverse=True)[1]
    return group.astype(np.int32), pairs[1].astype(np.int32)


def expanded(faces: np.ndarray, group: np.ndarray, photo: np.ndarray, distance: float) -> list[int]:
    """What scikit-learn makes of the means, each as often as its group has faces."""
    totals = np.zeros((group.max() + 1, faces.shape[1]))
    np.add.at(totals, group, faces)
    means = (totals / np.bincount(group)[:, None])[group]
    matrix = np.outer(means[:, -1], means[:, -1]) - means[:, :-1] @ means[:, :-1].T
    matrix[photo[:, None] == photo] = 1e6
    matrix[group[:, None] == group] = -1e-6  # first of all
    np.fill_diagonal(matrix, 0)
    model = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=distance
    )
    return model.fit_predict(matrix - matrix.min()).tolist()


@given(seed=st.integers(0, 2**16), distance=st.floats(0.01, 0.6), count=st.integers(2, 40))
@settings(max_examples=100, deadline=None)
def test_groups_with_sizes_and_photos_merge_as_their_faces(seed, distance, count) -> None:
    rng = np.random.default_rng(seed)
    group, photo = groups_of(rng, 3 * count, 4 * count)
    faces = wide(rng, len(group))
    members = np.bincount(group)
    totals = np.zeros((len(members), 7), np.float32)
    np.add.at(totals, group, faces)
    labels = Linkage(totals, distance, edges(len(members)), (group, photo), members).run()
    assert adjusted_rand_score(expanded(faces, group, photo, distance), labels[group]) == 1


@pytest.mark.parametrize("edge_order", [1, -1])
def test_the_order_of_the_edges_does_not_matter(rng, edge_order) -> None:
    rows = wide(rng, 60)
    first, second = edges(60)
    wanted = Linkage(rows, 0.1, (first, second)).run()
    found = Linkage(rows, 0.1, (first[::edge_order], second[::edge_order])).run()
    assert 1 < len(set(wanted)) < 60
    assert found.tolist() == wanted.tolist()


class Counted(Linkage):
    """Counts its rounds."""

    rounds = 0

    def _merge(self, chosen: np.ndarray) -> None:
        self.rounds += 1
        super()._merge(chosen)


def test_many_equal_faces_take_few_rounds() -> None:
    rows = with_scale(np.repeat(np.eye(8, dtype=np.float32)[:1], 256, axis=0))
    linkage = Counted(rows, 0.01, edges(256))
    assert set(linkage.run()) == {0}
    assert linkage.rounds == 8


@pytest.mark.parametrize("pairs", [1, 7, 10_000])
def test_the_blocks_do_not_matter(rng, pairs: int) -> None:
    rows, photo = wide(rng, 60), rng.integers(0, 20, 60).astype(np.int32)
    seen = np.arange(60, dtype=np.int32), photo
    small = BlockSizes(merges=pairs, photo_pairs=pairs)
    wanted = Linkage(rows, 0.2, edges(60), seen).run()
    assert 1 < len(set(wanted)) < 60
    assert Linkage(rows, 0.2, edges(60), seen, at_once=small).run().tolist() == wanted.tolist()


def test_no_rows() -> None:
    nothing = np.empty(0, np.int32)
    assert Linkage(np.empty((0, 4), np.float32), 0.1, (nothing, nothing)).run().tolist() == []
