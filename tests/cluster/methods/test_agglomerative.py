"""Average linkage: scikit-learn on the whole matrix is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.methods.agglomerative import AverageLinkage
from facecluster.cluster.search.limits import SearchLimits


def oracle(rows: np.ndarray, distance: float, photo: np.ndarray | None = None) -> np.ndarray:
    matrix = np.clip(1 - rows.astype(float) @ rows.T.astype(float), 0, 2)
    if photo is not None:
        matrix[photo[:, None] == photo[None, :]] = 1e6
    np.fill_diagonal(matrix, 0)
    model = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=distance
    )
    return model.fit_predict(matrix)


def wide(rng: np.random.Generator, count: int) -> np.ndarray:
    """Rows with every degree of nearness, so that merges chain and stop half way."""
    rows = rng.normal(size=(count, 6)) + rng.normal(size=6) * 2
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("distance", [0.02, 0.06, 0.15])
@pytest.mark.parametrize("with_photos", [False, True])
def test_same_groups_as_one_big_matrix(rng, distance, with_photos) -> None:
    rows = wide(rng, 300)
    photo = rng.integers(0, 90, 300).astype(np.int32) if with_photos else None
    labels = AverageLinkage(distance).fit(rows, photo).labels_
    wanted = oracle(rows, distance, photo)
    assert 1 < len(set(wanted)) < 300
    assert adjusted_rand_score(wanted, labels) == 1


@given(seed=st.integers(0, 2**16), distance=st.floats(0.01, 0.6), count=st.integers(2, 40))
@settings(max_examples=100, deadline=None)
def test_same_groups_of_a_few(seed: int, distance: float, count: int) -> None:
    rng = np.random.default_rng(seed)
    rows, photo = wide(rng, count), rng.integers(0, 15, count).astype(np.int32)
    for rule in (None, photo):
        labels = AverageLinkage(distance).fit(rows, rule).labels_
        assert adjusted_rand_score(oracle(rows, distance, rule), labels) == 1


@given(seed=st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_two_faces_of_one_photo_are_never_one_person(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, photo = wide(rng, 60), rng.integers(0, 20, 60).astype(np.int32)
    labels = AverageLinkage(0.5).fit(rows, photo).labels_
    assert len({*zip(labels.tolist(), photo.tolist(), strict=True)}) == 60


def test_the_order_of_rows_does_not_matter(people, rng) -> None:
    rows, _ = people([1, 2, 3, 5, 8, 30])
    order = rng.permutation(len(rows))
    labels = AverageLinkage(0.1).fit(rows).labels_
    assert adjusted_rand_score(labels[order], AverageLinkage(0.1).fit(rows[order]).labels_) == 1


def test_clear_people_are_found(people) -> None:
    rows, truth = people([1, 2, 3, 5, 8, 30])
    labels = AverageLinkage(0.1).fit(rows).labels_
    assert labels.tolist() == truth.tolist()  # numbered by first row


def test_the_input_is_left_alone(people) -> None:
    rows, _ = people([4, 4])
    photo = np.arange(8, dtype=np.int32)
    before = rows.copy(), photo.copy()
    AverageLinkage(0.1).fit(rows, photo)
    assert np.array_equal(rows, before[0])
    assert np.array_equal(photo, before[1])


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_faces(count: int) -> None:
    rows = np.eye(4, dtype=np.float32)[:count]
    labels = AverageLinkage(0.1).fit(rows, np.zeros(count, np.int32)).labels_
    assert labels.tolist() == list(range(count))


def test_equal_faces_are_one_person_however_many() -> None:
    rows = np.repeat(np.eye(8, dtype=np.float32)[:1], 50, axis=0)
    assert set(AverageLinkage(0.01).fit(rows).labels_) == {0}


def test_the_index_gives_nearly_the_same_groups(people) -> None:
    rows, _ = people([1, 2, 3, 5, 8, 30] * 40, spread=0.1)
    photo = np.arange(len(rows), dtype=np.int32) // 2
    exact = AverageLinkage(0.11).fit(rows, photo).labels_
    labels = AverageLinkage(0.11, SearchLimits(exact_faces=0)).fit(rows, photo).labels_
    assert adjusted_rand_score(exact, labels) > 0.99
    assert len({*zip(labels.tolist(), photo.tolist(), strict=True)}) == len(rows)
