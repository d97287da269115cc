"""HDBSCAN in two passes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.centroids import mean_distances
from facecluster.cluster.methods.density import Density
from facecluster.cluster.metrics import bcubed
from facecluster.cluster.tuning import DensityTuning


def test_small_and_large_people_are_found(people) -> None:
    rows, truth = people([2, 2, 3, 6, 40, 80])
    labels = Density(0.06).fit(rows).labels_
    assert bcubed(truth, labels).f > 0.97


@pytest.mark.parametrize("count", [6, 40])
def test_an_album_of_one_person_is_one_group(people, count) -> None:
    rows, _ = people([count])
    labels = Density(0.06).fit(rows).labels_
    assert set(labels) <= {0, -1}
    assert (labels == 0).mean() > 0.9


def test_two_people_alone_are_two_groups(people) -> None:
    rows, truth = people([20, 20])
    rows[:, 0] += 3  # as embeddings of faces are: strangers only a little apart
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = Density(0.06).fit(rows).labels_
    assert bcubed(truth, labels).precision == 1


def test_many_people_are_not_one(people) -> None:
    """As in a large library: hundreds of people of two to six photos, and strangers."""
    rng = np.random.default_rng(8)
    sizes = rng.integers(1, 7, 150).tolist()
    rows, truth = people(sizes)
    labels = Density(0.06).fit(rows).labels_
    assert bcubed(truth, labels).f > 0.9


def test_min_faces_leaves_small_groups_out(people) -> None:
    rows, truth = people([2, 3, 30, 30])
    labels = Density(0.06, min_faces=4).fit(rows).labels_
    assert set(labels[truth < 2]) == {-1}
    sizes = np.bincount(labels[labels >= 0])
    assert sizes.min() >= 4


def test_strangers_are_noise(rng) -> None:
    rows = rng.normal(size=(60, 64))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    assert set(Density(0.06).fit(rows).labels_) == {-1}


def test_nobody_is_farther_than_the_reach(people) -> None:
    rows, _ = people([30, 40], spread=0.12)
    labels = Density(0.1).fit(rows).labels_
    # Measured in the groups as they ended: leaving members only moved the centres inwards.
    assert mean_distances(labels, rows).max() <= DensityTuning().reach * 0.1 * 1.05


def test_one_photo_shows_a_person_once(people, rng) -> None:
    rows, _ = people([40, 40])
    photo = rng.integers(0, 25, 80).astype(np.int32)
    labels = Density(0.06).fit(rows, photo).labels_
    placed = labels >= 0
    seen = set(zip(labels[placed].tolist(), photo[placed].tolist(), strict=True))
    assert len(seen) == placed.sum() > 20


def test_the_order_of_rows_hardly_matters(people, rng) -> None:
    rows, _ = people([2, 4, 12, 30])
    order = rng.permutation(len(rows))
    one, other = Density(0.06).fit(rows).labels_, Density(0.06).fit(rows[order]).labels_
    assert adjusted_rand_score(one[order], other) == 1


def test_hardly_any_faces() -> None:
    for count in range(3):
        labels = Density(0.06).fit(np.eye(4, dtype=np.float32)[:count]).labels_
        assert labels.tolist() == [-1] * count
    twins = np.repeat(np.eye(4, dtype=np.float32)[:1], 2, axis=0)
    assert Density(0.06).fit(twins).labels_.tolist() == [0, 0]


def with_burst(people, rng, frames: int, noise: float, others: tuple[int, ...]):
    """Whoever comes first is in a burst of `frames`; two of them are about `noise` apart."""
    rows, truth = people([1, *others])
    burst = np.repeat(rows[:1], frames, axis=0)
    burst += (rng.normal(size=burst.shape) * np.sqrt(noise / burst.shape[1])).astype(np.float32)
    burst /= np.linalg.norm(burst, axis=1, keepdims=True)
    return np.concatenate([burst, rows[1:]]), np.repeat(truth, [frames, *[1] * (len(rows) - 1)])


@pytest.mark.parametrize("exact_faces", [2000, 3])
@pytest.mark.parametrize("others", [(), (1, 1), (2,), (9, 4, 2, 1, 1)])
@pytest.mark.parametrize("noise", [0.0, 1e-7, 1e-4, 3e-3, 0.02])
def test_a_burst_of_one_person_is_one_group(people, rng, noise, others, exact_faces) -> None:
    tuning = DensityTuning(exact_faces=exact_faces)
    for frames in (2, 3, 4, 5, 8, 11, 30, 200):
        rows, truth = with_burst(people, rng, frames, noise, others)
        labels = Density(0.06, tuning=tuning).fit(rows).labels_
        assert set(labels[truth == 0]) == {labels[0]}
        assert labels[0] >= 0
        assert labels[0] not in labels[truth > 0]


@pytest.mark.parametrize("exact_faces", [2000, 3])
@pytest.mark.parametrize("frames", [2, 5, 12, 60])
@pytest.mark.parametrize("noise", [0.0, 1e-4, 0.01])
def test_a_burst_stays_with_the_other_photos_of_its_person(
    people, rng, noise, frames, exact_faces
) -> None:
    rows, truth = people([20, 20, 6, 1, 1], spread=0.04)
    burst = np.repeat(rows[:1], frames, axis=0)
    burst += (rng.normal(size=burst.shape) * np.sqrt(noise / 64)).astype(np.float32)
    rows = np.concatenate([rows, burst / np.linalg.norm(burst, axis=1, keepdims=True)])
    truth = np.append(truth, np.zeros(frames, int))
    labels = Density(0.06, tuning=DensityTuning(exact_faces=exact_faces)).fit(rows).labels_
    assert bcubed(truth, labels).f > 0.97


def test_equal_faces_of_one_photo_stay_apart(people) -> None:
    rows, _ = people([1, 9])
    rows = np.concatenate([np.repeat(rows[:1], 12, axis=0), rows[1:]])
    photo = np.append(np.arange(12) // 2, np.arange(6, 15)).astype(np.int32)
    labels = Density(0.06).fit(rows, photo).labels_
    assert all(labels[i] != labels[i + 1] or labels[i] < 0 for i in range(0, 12, 2))
