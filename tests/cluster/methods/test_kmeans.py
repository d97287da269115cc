"""k-means and where it starts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.methods.auto import Auto
from facecluster.cluster.methods.kmeans import UnitKMeans
from facecluster.cluster.tuning import KMeansTuning


def start(distance: float = 0.08) -> Auto:
    """The default method of a model with that distance."""
    return Auto(FalseAcceptCurve((), distance))


def test_the_number_of_people_is_found(people) -> None:
    rows, truth = people([12, 15, 20, 9, 30, 14, 11])
    model = UnitKMeans(start(), 0.2).fit(rows)
    assert model.people_ == 7
    assert adjusted_rand_score(truth, model.labels_) == 1
    assert "7 people" in model.notes_[0]


def test_people_with_one_photo_do_not_pull_at_centres(people) -> None:
    rows, truth = people([12, 15] + [1] * 40)
    model = UnitKMeans(start(), 0.2).fit(rows)
    assert model.people_ == 2
    assert set(model.labels_[27:]) == {-1}
    assert adjusted_rand_score(truth[:27], model.labels_[:27]) == 1


def test_the_largest_groups_are_the_start(people) -> None:
    """Lloyd's steps from the true centres end in the true people, k-means++ may not."""
    rows, truth = people([40, 3, 40, 3, 40, 1, 1])
    model = UnitKMeans(start(), 2.0, people=5).fit(rows)
    assert model.people_ == 5
    assert model.notes_ == ()
    assert adjusted_rand_score(truth[:126], model.labels_[:126]) == 1


def test_more_people_than_groups_are_chosen_by_plus_plus(people) -> None:
    rows, _ = people([12, 15, 20])
    model = UnitKMeans(start(), 2.0, people=5, seed=3).fit(rows)
    assert model.people_ == len(set(model.labels_)) == 5
    wanted = KMeans(5, n_init=KMeansTuning().runs, random_state=3).fit_predict(rows)
    assert adjusted_rand_score(wanted, model.labels_) == 1


def test_more_people_than_faces_is_said(people) -> None:
    rows = np.repeat(people([1, 1])[0], 3, axis=0)
    model = UnitKMeans(start(), 2.0, people=9).fit(rows)
    assert model.people_ == 2
    assert "only 2 different faces" in model.notes_[0]


def test_far_faces_are_noise(people) -> None:
    rows, _ = people([20, 20])
    strangers = people([1, 1, 1])[0]
    model = UnitKMeans(start(), 0.2, people=2).fit(np.concatenate([rows, strangers]))
    assert set(model.labels_[40:]) == {-1}
    assert set(model.labels_[:40]) == {0, 1}
    model = UnitKMeans(start(), 0.2, people=2, keep_all=True)
    assert set(model.fit(np.concatenate([rows, strangers])).labels_) == {0, 1}


def test_the_seed_decides_where_plus_plus_starts(people) -> None:
    rows, _ = people([5] * 12, spread=0.5)
    runs = [
        UnitKMeans(start(0.9), 2.0, people=30, seed=seed).fit(rows).labels_.tolist()
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_one_photo_shows_a_person_once(people, rng) -> None:
    rows, _ = people([30, 30])
    photo = rng.integers(0, 25, 60).astype(np.int32)
    labels = UnitKMeans(start(), 2.0, people=2).fit(rows, photo).labels_
    placed = labels >= 0
    seen = set(zip(labels[placed].tolist(), photo[placed].tolist(), strict=True))
    assert len(seen) == placed.sum()


@pytest.mark.parametrize("number", [None, 6, 9])
def test_mini_batches_agree_with_whole_steps(people, number: int | None) -> None:
    rows, _ = people([40, 25, 60, 33, 28, 50] + [1] * 5, spread=0.3)
    whole = UnitKMeans(start(0.4), 0.4, number).fit(rows).labels_
    small = KMeansTuning(exact_faces=100, batch=32)
    runs = [UnitKMeans(start(0.4), 0.4, number, tuning=small).fit(rows).labels_ for _ in range(2)]
    assert adjusted_rand_score(whole, runs[0]) > 0.99
    assert runs[0].tolist() == runs[1].tolist()


def test_few_steps_stay_near_the_start(people) -> None:
    """Each centre keeps the weight of its group, so one face hardly moves it."""
    rows, truth = people([40, 40, 40], spread=0.3)
    few = KMeansTuning(exact_faces=100, comparisons=3)
    model = UnitKMeans(start(0.4), 0.4, tuning=few).fit(rows)
    assert adjusted_rand_score(truth, model.labels_) == 1


def test_centres_that_are_missing_are_faces_in_mini_batches(people) -> None:
    rows, truth = people([40, 30, 50])
    small = KMeansTuning(exact_faces=100)
    runs = [UnitKMeans(start(), 2.0, 9, seed=seed, tuning=small).fit(rows) for seed in (1, 1, 2)]
    assert runs[0].people_ == 9
    assert 3 < len(set(runs[0].labels_)) <= 9
    for group in set(runs[0].labels_):
        assert len(set(truth[runs[0].labels_ == group])) == 1
    assert runs[0].labels_.tolist() == runs[1].labels_.tolist() != runs[2].labels_.tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_hardly_any_faces(count: int) -> None:
    model = UnitKMeans(start(), 0.2).fit(np.eye(4, dtype=np.float32)[:count])
    assert model.labels_.tolist() == [-1] * count
    assert model.people_ == 0
