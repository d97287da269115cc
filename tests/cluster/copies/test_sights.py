"""Faces of copies count once, and each gets what was found of the one that stands for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facecluster.cluster.copies.find import find_copies
from facecluster.cluster.copies.sights import choose_sights
from facecluster.cluster.false_accept_curve import FalseAcceptCurve
from facecluster.cluster.people import find_people
from facecluster.config import METHODS, ClusterConfig
from facecluster.records import Copies, Grouping, Reason
from tests.support.shelf import Shelf

DISTANCE = 0.06
WITH_SINGLES = ("auto", "agglomerative")  # a single face is a group there


def find(shelf: Shelf, quality: np.ndarray | None = None, **settings: object) -> Grouping:
    faces = shelf.table()
    good = np.ones(len(faces), np.float32) if quality is None else quality
    copies = find_copies(shelf.photos, faces, DISTANCE)
    curve = FalseAcceptCurve((), DISTANCE)
    return find_people(faces, good, ClusterConfig(**settings), curve, copies=copies)


@pytest.mark.parametrize("method", METHODS)
def test_strangers_in_three_sizes_are_nobody(shelf: Shelf, method: str) -> None:
    for _ in range(8):
        first = shelf.photo(shelf.someone())
        shelf.copy(first, 0.5)
        shelf.copy(first, 0.2)
    found = find(shelf, method=method)
    assert found.people == 0
    assert set(found.reasons) == {Reason.ALONE}
    assert find(shelf, method=method, min_photos=1).people == 8 * (method in WITH_SINGLES)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("min_photos", [2, 4, 5])
def test_four_photos_in_three_sizes_are_four(shelf: Shelf, method: str, min_photos: int) -> None:
    ann = shelf.someone()
    for _ in range(4):
        first = shelf.photo(ann)
        shelf.copy(first, 0.5)
        shelf.copy(first, 0.3)
    found = find(shelf, method=method, min_photos=min_photos)
    assert found.people == (min_photos <= 4)
    assert found.labels.tolist() == [0 if min_photos <= 4 else -1] * 12


@pytest.mark.parametrize("method", WITH_SINGLES)
@pytest.mark.parametrize("allow_twice", [True, False])
def test_two_faces_of_a_photo_and_of_its_copy_are_two_people(
    shelf: Shelf, method: str, allow_twice: bool
) -> None:
    first = shelf.photo(shelf.someone(), shelf.someone())
    shelf.copy(first, 0.5)
    shelf.copy(first, 1.0, bits=9)
    found = find(shelf, method=method, min_photos=1, allow_twice=allow_twice)
    faces = shelf.table()
    assert found.people == 2
    for photo in range(3):
        assert sorted(found.labels[faces.photo == photo].tolist()) == [0, 1]


@pytest.mark.parametrize("method", METHODS)
def test_no_two_faces_of_one_photo_or_its_copies_are_one_person(shelf: Shelf, method: str) -> None:
    """The photo rule over copies: twins, who are nearer than the distance for grouping."""
    twin = shelf.someone()
    other = twin + np.sqrt(0.08) * shelf.someone()
    first = shelf.photo(twin, other / np.linalg.norm(other), shelf.someone())
    shelf.copy(first, 0.5, without=(0,))
    shelf.copy(first, 0.3)
    faces, found = shelf.table(), find(shelf, method=method, min_photos=1)
    for photo in range(3):
        own = found.labels[(faces.photo == photo) & (found.labels >= 0)]
        assert len(set(own.tolist())) == len(own)
    sight = find_copies(shelf.photos, faces, DISTANCE).sight
    for number in np.unique(sight):
        assert len(set(found.labels[sight == number].tolist())) == 1


def test_a_poor_copy_follows_the_good_one(shelf: Shelf) -> None:
    ann = shelf.someone()
    rows = [shelf.photo(ann), shelf.photo(ann)]
    small = shelf.copy(rows[0], 0.1, worn=0.05)
    faces = shelf.table()
    quality = np.where(faces.photo == small, 0.1, 1).astype(np.float32)
    found = find(shelf, quality, min_photos=2)
    assert found.labels.tolist() == [0, 0, 0]
    assert found.core.tolist() == (faces.photo != small).tolist()
    assert found.quality.tolist() == quality.tolist()
    assert found.confidence is not None
    of_one = found.confidence.faces[np.isin(faces.photo, (rows[0], small))]
    assert of_one[0] == of_one[1]


def test_who_stands_for_the_others() -> None:
    copies = Copies(np.zeros(5, np.int32), np.array([0, 0, 0, 3, 0], np.int32))
    large = np.array([True, True, False, True, True])
    quality = np.array([0.5, 0.9, 1.0, 0.1, 0.9], np.float32)
    sizes = np.array([90, 50, 10, 40, 60], np.float32)
    chosen = choose_sights(copies, large, quality, sizes)
    assert chosen.rows.tolist() == [3, 4]
    assert chosen.member.tolist() == [1, 1, 1, 0, 1]
    again = choose_sights(replace(copies), large, quality, sizes)
    assert again.member.tolist() == chosen.member.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_without_copies_nothing_changes(shelf: Shelf, method: str) -> None:
    people = [shelf.someone() for _ in range(3)]
    for _ in range(3):
        shelf.photo(*people)
    faces = shelf.table()
    curve, good = FalseAcceptCurve((), DISTANCE), np.ones(len(faces), np.float32)
    plain = find_people(faces, good, ClusterConfig(method=method), curve)
    found = find(shelf, method=method)
    assert found.labels.tolist() == plain.labels.tolist()
    assert np.array_equal(found.distance, plain.distance, equal_nan=True)
    assert found.reasons == plain.reasons
