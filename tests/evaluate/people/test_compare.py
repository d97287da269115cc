"""All faces of one picture against all of the other."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from facecluster.errors import SettingsError
from facecluster.evaluate.people.compare import compare, one_to_one
from facecluster.evaluate.people.drawing import BOX, DIFFERENT, SAME, draw, picture_format
from facecluster.evaluate.people.picture_faces import Faces
from facecluster.records import Picture

MakeFaces = Callable[..., Faces]
TABLE = ((0.1, 0.5), (0.01, 0.3))


def test_distances_against_a_slow_loop(make_faces: MakeFaces, rng: np.random.Generator) -> None:
    one, other = make_faces(rng.normal(size=(3, 8))), make_faces(rng.normal(size=(4, 8)))
    found = compare(one, other, 0.4, TABLE)
    for i in range(3):
        for j in range(4):
            angle = sum(
                float(a) * float(b)
                for a, b in zip(one.embeddings[i], other.embeddings[j], strict=True)
            )
            assert found.distances[i, j] == pytest.approx(1 - angle, abs=1e-6)
    assert found.distance == found.distances.min()
    assert found.distances[found.nearest] == found.distances.min()


def test_the_threshold_itself_is_the_same_person(make_faces: MakeFaces) -> None:
    one, other = make_faces([[1, 0]]), make_faces([[1, 1]])
    distance = compare(one, other, 1.0, ()).distance
    assert compare(one, other, distance, ()).same
    assert compare(one, other, distance, ()).matches == ((0, 0),)
    below = compare(one, other, distance - 1e-9, ())
    assert not below.same
    assert below.matches == ()
    assert below.strangers is None


def test_two_people_who_changed_places(make_faces: MakeFaces) -> None:
    found = compare(make_faces([[1, 0], [0, 1]]), make_faces([[0, 1], [1, 0.1]]), 0.1, TABLE)
    assert found.matches == ((1, 0), (0, 1))
    assert found.nearest == (1, 0)
    assert found.strangers is not None
    assert found.strangers.bound == "fewer"


def test_a_picture_without_faces_is_refused(make_faces: MakeFaces) -> None:
    with pytest.raises(ValueError, match="a face in each"):
        compare(make_faces(np.empty((0, 2))), make_faces([[1, 0]]), 0.1, ())


@given(
    arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 5)),
           elements=st.floats(0, 1, width=16)),
    st.floats(0, 1),
)  # fmt: skip
def test_matches_are_one_to_one_and_complete(distances: np.ndarray, threshold: float) -> None:
    pairs = one_to_one(distances, threshold)
    rows, columns = {i for i, _ in pairs}, {j for _, j in pairs}
    assert len(rows) == len(columns) == len(pairs)
    taken = [float(distances[pair]) for pair in pairs]
    assert taken == sorted(taken)
    assert all(d <= threshold for d in taken)
    for i, j in np.ndindex(distances.shape):  # nobody who is near enough is left without reason
        if float(distances[i, j]) <= threshold:
            assert i in rows or j in columns


@pytest.fixture
def sheet(make_faces: MakeFaces) -> Callable[[float], Image.Image]:
    """Two grey pictures of two faces each, drawn at a threshold."""
    grey = Picture(np.full((400, 500, 3), 128, np.uint8), 1000, 800)  # decoded at half its size
    boxes = [[100, 200, 150, 200], [600, 200, 150, 200]]

    def make(threshold: float) -> Image.Image:
        one = make_faces([[1, 0], [0, 1]], boxes=boxes)
        other = make_faces([[1, 0.3], [0.3, 1]], boxes=boxes)
        found = compare(one, other, threshold, ())
        return Image.open(io.BytesIO(draw((grey, grey), (one, other), found, "PNG")))

    return make


def count(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    return int((np.asarray(picture) == colour).all(axis=2).sum())


def test_same_people_are_joined_in_green(sheet: Callable[[float], Image.Image]) -> None:
    drawn = sheet(0.2)
    assert count(drawn, SAME) > 2000
    assert count(drawn, DIFFERENT) == 0


def test_without_a_match_the_nearest_pair_is_red(sheet: Callable[[float], Image.Image]) -> None:
    drawn = sheet(0.001)
    assert count(drawn, DIFFERENT) > 1000
    assert count(drawn, SAME) == 0
    assert count(drawn, BOX) > 500  # the others keep the colour of boxes


def test_boxes_are_where_the_faces_are(sheet: Callable[[float], Image.Image]) -> None:
    pixels = np.asarray(sheet(0.2))
    # Photos are 800 px high and drawn at 640: the first box starts at 0.8 x (100, 200) + 16.
    left, top = 16 + 80, 16 + 160
    column = pixels[top + 30 : top + 100, left : left + 3]
    assert (column == SAME).all(axis=2).mean() > 0.9
    assert (pixels[top + 30 : top + 60, left + 10 : left + 40] == 128).all()


def test_a_tiny_picture_is_not_blown_up(make_faces: MakeFaces) -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    faces = make_faces([[1, 0]], boxes=[[0, 0, 8, 8]])
    found = compare(faces, faces, 0.1, ())
    drawn = draw((Picture(pixels, 8, 8),) * 2, (faces, faces), found, "JPEG")
    picture = Image.open(io.BytesIO(drawn))
    assert picture.format == "JPEG"
    assert picture.height < 200


def test_formats() -> None:
    assert [picture_format(s) for s in (".png", ".JPG", ".webp")] == ["PNG", "JPEG", "WEBP"]
    for suffix in (".gif", "", ".onnx"):
        with pytest.raises(SettingsError, match=r"^`picture`: .* end it in \.png"):
            picture_format(suffix)
