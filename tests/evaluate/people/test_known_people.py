"""Whose a known picture is, and which face of it is meant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from facecluster.errors import FaceclusterError
from facecluster.evaluate.people.known_people import known_people, person_name, subject
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.evaluate.people.seen_photos import Seen

MakeFaces = Callable[..., Faces]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Ada/x.jpg", "Ada"),
        ("Ada/2019/x_3.jpg", "Ada"),
        ("Ada.jpg", "Ada"),
        ("Ada_1.jpg", "Ada"),
        ("Ada-02.png", "Ada"),
        ("Ada 3.jpeg", "Ada"),
        ("Ada (3).jpg", "Ada"),
        ("Ada Lovelace_12.jpg", "Ada Lovelace"),
        ("Tom_Hardy_0001.jpg", "Tom_Hardy"),
        ("R2D2.jpg", "R2D2"),
        ("2019.jpg", "2019"),
        ("_1.jpg", "_1"),
        ("Dr. Who.jpg", "Dr. Who"),
    ],
)
def test_names(path: str, name: str) -> None:
    assert person_name(path) == name


def test_folders_and_files_of_one_name_are_one_person(make_faces: MakeFaces) -> None:
    pictures = [
        Seen("Bob.jpg", make_faces([[0, 1]]), 100, 200),
        Seen("Ada/x.jpg", make_faces([[1, 0]]), 100, 200),
        Seen("Ada_2.jpg", make_faces([[1, 0.1]]), 100, 200),
    ]
    known = known_people(pictures, "known")
    assert known.names == ("Ada", "Bob")
    assert known.person.tolist() == [1, 0, 0]
    assert known.counts() == {"Ada": 2, "Bob": 1}
    np.testing.assert_allclose(known.embeddings[0], [0, 1])


def test_what_cannot_be_used_is_listed(make_faces: MakeFaces) -> None:
    pictures = [
        Seen("Ada.jpg", make_faces([[1, 0]]), 100, 200),
        Seen("Bob.jpg", make_faces([[1, 0]], quality=[0.1]), 100, 200),
        Seen("Cid.jpg", make_faces(np.empty((0, 2))), 100, 200),
        Seen("Dan.jpg", None, problem="truncated"),
    ]
    known = known_people(pictures, "known")
    assert known.names == ("Ada",)
    assert known.skipped == (
        ("Bob.jpg", "no face in it is good enough"),
        ("Cid.jpg", "no face was found"),
        ("Dan.jpg", "truncated"),
    )
    with pytest.raises(FaceclusterError, match=r"known: none of its 3 .*Bob\.jpg: no face in it"):
        known_people(pictures[1:], "known")


def test_an_empty_folder_is_refused() -> None:
    with pytest.raises(FaceclusterError, match=r"known: there are no pictures in it"):
        known_people([], "known")


def test_the_subject_is_large_and_in_the_middle(make_faces: MakeFaces) -> None:
    boxes = [[0, 0, 200, 200], [450, 450, 60, 60], [390, 380, 180, 180]]
    rows = [[1, 0]] * 3
    assert subject(make_faces(rows, boxes=boxes), 1000, 1000) == 2
    # Without it, the large face at the edge: the one in the middle is in the background.
    assert subject(make_faces(rows[:2], boxes=boxes[:2]), 1000, 1000) == 0
    # A large face that cannot be trusted says nothing.
    poor = make_faces(rows, boxes=boxes, quality=[0.9, 0.9, 0.2])
    assert subject(poor, 1000, 1000) == 0
    assert subject(make_faces(rows, boxes=boxes, quality=[0.1] * 3), 1000, 1000) is None
