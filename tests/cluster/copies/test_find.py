"""Copies: who counts as one, who does not, and that order, names and chains change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facecluster.cluster.copies.find import find_copies
from facecluster.cluster.tuning import CopyTuning
from tests.support.shelf import Shelf

DISTANCE = 0.06
TUNING = CopyTuning()


def sets(shelf: Shelf) -> set[frozenset[int]]:
    """The photos with faces that are copies of one, each as the set of their rows."""
    faces = shelf.table()
    found = find_copies(shelf.photos, faces, DISTANCE)
    together: dict[int, set[int]] = {}
    for photo, picture in zip(faces.photo.tolist(), found.picture.tolist(), strict=True):
        together.setdefault(picture, set()).add(photo)
    return {frozenset(rows) for rows in together.values()}


def sights(shelf: Shelf) -> list[list[tuple[int, int]]]:
    """The faces that are one in several copies, as (photo, which face of it)."""
    faces = shelf.table()
    found = find_copies(shelf.photos, faces, DISTANCE)
    together: dict[int, list[tuple[int, int]]] = {}
    for row, sight in enumerate(found.sight.tolist()):
        face = int(faces.photo[row]), int(faces.ordinal[row])
        together.setdefault(sight, []).append(face)
    return sorted(sorted(group) for group in together.values())


@pytest.mark.parametrize("factor", [0.1, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("people", [1, 2, 5])
def test_sizes_of_one_photo_are_copies(shelf: Shelf, factor: float, people: int) -> None:
    first = shelf.photo(*(shelf.someone() for _ in range(people)))
    second = shelf.copy(first, factor)
    other = shelf.photo(shelf.someone())
    assert sets(shelf) == {frozenset({first, second}), frozenset({other})}
    assert len(sights(shelf)) == people + 1


@pytest.mark.parametrize(
    "change",
    [
        {"bits": TUNING.bits + 1},
        {"bits": 20, "worn": 0.5},  # somebody else at the same place
        {"bits": 60, "worn": 0.02},  # the same person a moment later
        {"moved": 0.4},  # another face is made
    ],
)
def test_what_differs_is_another_photo(shelf: Shelf, change: dict[str, float]) -> None:
    first = shelf.photo(shelf.someone())
    second = shelf.copy(first, 1.0, **change)
    assert sets(shelf) == {frozenset({first}), frozenset({second})}
    assert len(sights(shelf)) == 2


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.3, 2.5])
def test_the_scale_of_faces_makes_and_breaks_no_copies(shelf: Shelf, scale: float) -> None:
    """The same pixels are as near for a child, whom strangers resemble, as for anybody else."""
    for worn in (0.0005, 0.005, 0.01, 0.02, 0.03, 0.05):
        shelf.copy(shelf.photo(shelf.someone(), shelf.someone()), 0.5, worn=worn)
    assert 6 < len(sets(shelf)) < 12
    faces = shelf.table()
    longer = replace(faces, embeddings=faces.embeddings * np.float32(scale))
    plain, scaled = (find_copies(shelf.photos, table, DISTANCE) for table in (faces, longer))
    assert np.array_equal(plain.picture, scaled.picture)
    assert np.array_equal(plain.sight, scaled.sight)


def test_a_photo_without_a_hash_is_nobodys_copy(shelf: Shelf) -> None:
    first = shelf.photo(shelf.someone())
    shelf.copy(first, bits=0)
    shelf.photos = [replace(photo, picture_hash=b"") for photo in shelf.photos]
    assert sets(shelf) == {frozenset({0}), frozenset({1})}


def test_two_faces_of_one_photo_stay_two_in_its_copies(shelf: Shelf) -> None:
    twin = shelf.someone()
    first = shelf.photo(twin, twin)  # a mirror, or twins: only the place tells them apart
    small = shelf.copy(first, 0.3)
    assert sights(shelf) == [[(first, 0), (small, 0)], [(first, 1), (small, 1)]]


def test_a_face_that_was_cut_away_is_only_in_the_others(shelf: Shelf) -> None:
    first = shelf.photo(shelf.someone(), shelf.someone(), shelf.someone())
    second = shelf.copy(first, 0.5, without=(1,))
    third = shelf.copy(first, 0.2, without=(0,))
    assert sets(shelf) == {frozenset({first, second, third})}
    found = sights(shelf)
    assert found == [
        [(first, 0), (second, 0)],
        [(first, 1), (third, 0)],
        [(first, 2), (second, 1), (third, 1)],
    ]


def test_a_face_that_only_the_copies_show_is_one_face(shelf: Shelf) -> None:
    first = shelf.photo(shelf.someone(), shelf.someone())
    copies = [shelf.copy(first, factor) for factor in (0.5, 0.4)]
    lost = [face for face in shelf.faces if face[0] == first][1]
    shelf.faces = [face for face in shelf.faces if face is not lost]
    assert sights(shelf) == [
        [(first, 0), (copies[0], 0), (copies[1], 0)],
        [(copies[0], 1), (copies[1], 1)],
    ]


def test_a_chain_does_not_drift(shelf: Shelf) -> None:
    """Each frame is nearly the one before; the ends are different photos."""
    frames = [shelf.photo(shelf.someone())]
    for _ in range(8):
        frames.append(shelf.copy(frames[-1], 1.0, bits=24, worn=0.008))
    assert all(len(found) < 8 for found in sets(shelf))
    hashes = [np.unpackbits(np.frombuffer(p.picture_hash, np.uint8)) for p in shelf.photos]
    for found in sets(shelf):
        apart = [(hashes[a] != hashes[b]).sum() for a in found for b in found]
        assert max(apart) <= 2 * TUNING.bits


def test_order_and_names_of_photos_change_nothing(shelf: Shelf, rng: np.random.Generator) -> None:
    for people in (1, 2, 3):
        first = shelf.photo(*(shelf.someone() for _ in range(people)))
        for factor in (0.5, 0.25):
            shelf.copy(first, factor, bits=int(rng.integers(0, 30)))
    right = sets(shelf)
    order = rng.permutation(len(shelf.photos)).tolist()
    moved = Shelf(rng)
    moved.photos = [replace(shelf.photos[row], path=f"b{i}.jpg") for i, row in enumerate(order)]
    moved.faces = [(order.index(photo), *rest) for photo, *rest in shelf.faces]
    assert {frozenset(order[row] for row in found) for found in sets(moved)} == right
    assert len(right) == 3


def test_nothing_at_all(shelf: Shelf) -> None:
    found = find_copies([], shelf.table(), DISTANCE)
    assert (len(found.picture), len(found.sight)) == (0, 0)
