"""Names of areas that others drew, on our faces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.identity import Box, overlap
from facecluster.metadata.matching import named_faces
from facecluster.metadata.records import Region, Told

FACES = np.array([[0.1, 0.4, 0.08, 0.12], [0.3, 0.42, 0.08, 0.12], [0.7, 0.3, 0.1, 0.15]])


def scaled(box: np.ndarray, times: float, up: float = 0.0, right: float = 0.0) -> Box:
    """The box so many times as wide and high about its middle, moved by shares of its sides."""
    x, y, w, h = box.tolist()
    return (
        x + w * (1 - times) / 2 + right * w,
        y + h * (1 - times) / 2 - up * h,
        w * times,
        h * times,
    )


def told(*regions: tuple[str | None, Box], names: tuple[str, ...] = ()) -> Told:
    return Told(tuple(Region(name, box, "MWG") for name, box in regions), names)


@pytest.mark.parametrize("times", [0.45, 0.6, 1, 1.5, 2, 2.4])
@pytest.mark.parametrize("up", [-0.1, 0, 0.2])
def test_larger_and_smaller_areas_name_their_face(times: float, up: float) -> None:
    regions = [(str(n), scaled(face, times, up)) for n, face in enumerate(FACES)]
    assert named_faces(told(*regions), FACES) == {0: "0", 1: "1", 2: "2"}
    assert named_faces(told(*regions[::-1]), FACES[::-1]) == {0: "2", 1: "1", 2: "0"}


@pytest.mark.parametrize(
    "box",
    [scaled(FACES[0], 3), scaled(FACES[0], 0.3), scaled(FACES[0], 1, right=0.7),
     scaled(FACES[0], 1, up=1), (0.0, 0.0, 1.0, 1.0)],
)  # fmt: skip
def test_other_areas_name_nobody(box: Box) -> None:
    assert named_faces(told(("Zoë", box)), FACES) == {}


def test_one_face_an_area_and_one_area_a_face_the_best_first() -> None:
    near, far = scaled(FACES[0], 1.1), scaled(FACES[0], 1.1, right=0.3)
    assert named_faces(told(("far", far), ("near", near)), FACES) == {0: "near"}
    # An area without a name takes its face as well.
    assert named_faces(told(("far", far), (None, near)), FACES) == {}


def test_a_name_without_an_area_is_given_where_there_is_one_of_each() -> None:
    one, here = FACES[:1], scaled(FACES[0], 1)
    assert named_faces(told(names=("Zoë",)), one) == {0: "Zoë"}
    assert named_faces(told((None, here), names=("Zoë",)), one) == {0: "Zoë"}
    assert named_faces(told(names=("Zoë",)), FACES) == {}
    assert named_faces(told(names=("Zoë", "Ann")), one) == {}
    assert named_faces(told(names=("Zoë",)), np.empty((0, 4))) == {}
    assert named_faces(told(("Ann", here), names=("Zoë",)), one) == {0: "Ann"}
    # Somebody else is marked where we saw no face: whose name it is, nobody knows.
    away = scaled(FACES[2], 1)
    assert named_faces(told(("Ann", away), names=("Zoë",)), one) == {}
    assert named_faces(told((None, away), names=("Zoë",)), one) == {}
    assert named_faces(told(("Zoë", away), names=("zoë",)), one) == {}
    assert named_faces(Told(), one) == {}


BOXES = st.lists(
    st.tuples(st.floats(0, 0.7), st.floats(0, 0.7), st.floats(0.01, 0.3), st.floats(0.01, 0.3)),
    max_size=6,
)


@given(BOXES, BOXES)
def test_any_areas_and_faces(areas: list[Box], faces: list[Box]) -> None:
    boxes = np.array(faces, np.float64).reshape(-1, 4)
    named = named_faces(told(*((str(n), area) for n, area in enumerate(areas))), boxes)
    assert len(set(named.values())) == len(named)
    for face in range(len(faces)):
        shared = [float(overlap(np.array(area), boxes[face])) for area in areas]
        if face not in named:  # then every area that is this face names another one
            assert all(str(n) in named.values() for n, each in enumerate(shared) if each >= 0.5)


DRAWN = {  # least and largest side in ours, how much higher, and jitter, in shares of the face
    "tight": (0.75, 1.3, 0.0, 0.05),
    "heads": (1.3, 2.2, 0.15, 0.08),
    "small": (0.5, 0.75, -0.05, 0.08),
    "by hand": (0.6, 2.2, 0.05, 0.15),
}


@pytest.mark.parametrize("way", DRAWN)
def test_faces_of_a_crowd_of_which_we_missed_some(way: str, rng: np.random.Generator) -> None:
    """The rule beside an overlap of 0.5 alone, on areas as programs and people draw them."""
    low, high, up, jitter = DRAWN[way]
    right = wrong = there = by_overlap = 0
    for _ in range(60):
        faces = crowd(rng)
        seen = np.nonzero(rng.random(len(faces)) > 0.25)[0]
        moved = [(rng.normal(0, jitter), up + rng.normal(0, jitter)) for _ in faces]
        times = np.exp(rng.uniform(np.log(low), np.log(high), len(faces)))
        areas = [
            scaled(face, float(by), y, x)
            for face, by, (x, y) in zip(faces, times, moved, strict=True)
        ]
        named = named_faces(told(*((str(n), area) for n, area in enumerate(areas))), faces[seen])
        right += sum(str(seen[face]) == name for face, name in named.items())
        wrong += sum(str(seen[face]) != name for face, name in named.items())
        there += len(seen)
        by_overlap += sum(float(overlap(np.array(areas[n]), faces[n])) >= 0.5 for n in seen)
    assert right >= 0.98 * there
    assert wrong <= 0.01 * there
    if way != "tight":
        assert by_overlap < 0.6 * there


def crowd(rng: np.random.Generator) -> np.ndarray:
    """Faces in rows, as near each other as heads are: about 1.8 faces apart."""
    across, down = np.meshgrid(np.arange(6) * 0.13 + 0.14, np.arange(3) * 0.22 + 0.2)
    side = 0.07 * rng.uniform(0.85, 1.15, across.size)
    place = np.stack([across.ravel(), down.ravel()], axis=1) + rng.normal(0, 0.006, (18, 2))
    return np.column_stack([place, side, side * 1.3])
