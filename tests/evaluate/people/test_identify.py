"""Votes of the nearest known pictures, against scikit-learn, and one name per photo."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from facecluster.evaluate.people.identify import (
    POOR_REACH,
    Candidate,
    _each_once,
    candidates,
    identify,
)
from facecluster.evaluate.people.known_people import Known
from facecluster.evaluate.people.picture_faces import Faces

MakeFaces = Callable[..., Faces]


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def known(rng: np.random.Generator) -> Known:
    """30 pictures of 6 people who look somewhat alike."""
    person = np.repeat(np.arange(6), 5)
    rows = rng.normal(size=(6, 8))[person] + 0.8 * rng.normal(size=(30, 8))
    return Known(tuple("ABCDEF"), person, unit(rows))


@pytest.mark.parametrize("k", [1, 3, 5, 30])
def test_agrees_with_scikit_learn(
    known: Known, make_faces: MakeFaces, rng: np.random.Generator, k: int
) -> None:
    faces = make_faces(rng.normal(size=(200, 8)))
    model = KNeighborsClassifier(k, weights="distance", metric="cosine", algorithm="brute")
    model.fit(known.embeddings.astype(np.float64), known.person)
    wanted = model.predict(faces.embeddings.astype(np.float64))
    answers = identify(faces, known, k, threshold=2.0, allow_twice=True)
    assert [answer.person for answer in answers] == wanted.tolist()


def test_who_is_far_from_everybody_is_unknown(known: Known, make_faces: MakeFaces) -> None:
    faces = make_faces(np.concatenate([known.embeddings[:1], -known.embeddings.mean(0)[None]]))
    one, other = identify(faces, known, 5, threshold=0.05)
    assert one.person == 0
    assert one.distance == pytest.approx(0, abs=1e-6)
    assert other.person is None
    assert other.votes == 0
    assert other.distance > 0.05
    assert known.names[other.nearest]


def test_only_pictures_within_the_threshold_vote() -> None:
    distances, person = np.array([0.1, 0.2, 0.21, 0.22], np.float32), np.array([0, 1, 1, 1])
    assert candidates(distances, person, 4, 0.3)[0].person == 1
    assert candidates(distances, person, 4, 0.15)[0].person == 0
    assert candidates(distances, person, 4, 0.05) == []
    [only] = candidates(distances, person, 1, 0.3)
    assert (only.person, only.votes) == (0, 1)


def test_of_equal_weights_the_nearest_wins() -> None:
    # 1/0.125 is as much as 1/0.25 twice.
    distances, person = np.array([0.25, 0.25, 0.125], np.float32), np.array([0, 0, 1])
    first, second = candidates(distances, person, 3, 1.0)
    assert first.weight == second.weight
    assert first.person == 1


def test_a_poor_face_must_be_nearer(make_faces: MakeFaces) -> None:
    known = Known(("A",), np.array([0]), unit(np.array([[1.0, 0.0]])))
    faces = make_faces([[1, 0.5], [1, 0.5]], quality=[0.95, 0.5])
    distance = identify(faces, known, 1, 2.0, allow_twice=True)[0].distance
    good, poor = identify(faces, known, 1, distance / POOR_REACH * 0.99, allow_twice=True)
    assert good.person == 0
    assert poor.person is None


def test_nobody_is_in_a_photo_twice(make_faces: MakeFaces) -> None:
    known = Known(("A", "B"), np.array([0, 1]), unit(np.array([[1.0, 0.0], [0.6, 0.8]])))
    # Both look like A most; the second one more so, and the first also somewhat like B.
    faces = make_faces([[1, 0.2], [1, 0.05]])
    assert [a.person for a in identify(faces, known, 2, 0.5)] == [1, 0]
    assert [a.person for a in identify(faces, known, 2, 0.5, allow_twice=True)] == [0, 0]
    assert [a.person for a in identify(faces, known, 2, 0.1)] == [None, 0]


def test_an_empty_photo(known: Known, make_faces: MakeFaces) -> None:
    assert identify(make_faces(np.empty((0, 8))), known, 5, 1.0) == []


@given(st.data())
def test_names_are_given_in_a_stable_way(data: st.DataObject) -> None:
    """No face and person would both rather have each other than what they got."""
    count = data.draw(st.integers(1, 5))
    distances = data.draw(st.permutations([i / 100 for i in range(1, 4 * count + 1)]))
    wishes = []
    for face in range(count):
        people = data.draw(st.lists(st.integers(0, 3), unique=True))
        wishes.append([Candidate(p, 1.0, distances[4 * face + p], 1) for p in people])
    chosen = _each_once(wishes)
    given_to = {wish.person: face for face, wish in enumerate(chosen) if wish}
    assert len(given_to) == sum(wish is not None for wish in chosen)
    for face, wish in enumerate(chosen):
        rank = wishes[face].index(wish) if wish else len(wishes[face])
        for better in wishes[face][:rank]:
            holder = given_to[better.person]  # somebody has it, and is nearer
            held = chosen[holder]
            assert held is not None
            assert held.distance < better.distance


def test_the_order_of_faces_does_not_matter(
    known: Known, make_faces: MakeFaces, rng: np.random.Generator
) -> None:
    rows = rng.normal(size=(4, 8))
    first = identify(make_faces(rows), known, 5, 1.0)
    for order in permutations(range(4)):
        again = identify(make_faces(rows[list(order)]), known, 5, 1.0)
        assert [a.person for a in again] == [first[i].person for i in order]
