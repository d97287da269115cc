"""The middle face of a portrait, found and cut alike for everybody who asks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.faces.align import FACE_TEMPLATE
from facecluster.faces.portraits import (
    SCORES,
    Portraits,
    cut,
    middle_face,
    middle_part,
    middle_square,
)
from facecluster.records import Detections, Picture
from tests.support.pictures import picture

SIZE = 96
TEMPLATE = np.asarray(FACE_TEMPLATE, np.float32) * SIZE


@pytest.fixture(scope="module")
def portraits() -> Portraits:
    return Portraits()


def test_the_middle_face_is_taken(portraits, astronaut, hopper) -> None:
    both = np.concatenate([hopper[:512], astronaut, hopper[:512]], axis=1)
    points = portraits.landmarks(picture(both))
    assert ((points[:, 0] > 512) & (points[:, 0] < 1024)).all()
    np.testing.assert_array_equal(
        portraits.crop(picture(both), TEMPLATE, SIZE), cut(picture(both), points, TEMPLATE, SIZE)
    )


def test_distance_from_the_middle_counts_in_widths_of_the_face() -> None:
    boxes = np.array([[45, 40, 4, 4], [60, 30, 40, 40]], np.float32)  # 3.0 and 30 px off
    found = Detections(boxes, np.zeros((2, 5, 2), np.float32), np.ones(2, np.float32))
    photo = Picture(np.zeros((84, 100, 3), np.uint8), 100, 84)
    assert middle_face(found, photo) == 0  # 3 px of 4 against 31 px of 40
    boxes[0] = [30, 40, 4, 4]
    assert middle_face(found, photo) == 1


def test_no_face_gives_none(portraits) -> None:
    grey = picture(np.full((100, 100, 3), 128, np.uint8))
    assert portraits.landmarks(grey) is None
    assert portraits.crop(grey, TEMPLATE, SIZE) is None


def test_a_faint_face_will_do_where_there_is_none_better(astronaut) -> None:
    [strict, faint] = [Portraits(scores=[score]) for score in (0.99, SCORES[-1])]
    assert strict.landmarks(picture(astronaut)) is None
    both = Portraits(scores=(0.99, SCORES[-1])).landmarks(picture(astronaut))
    np.testing.assert_array_equal(both, faint.landmarks(picture(astronaut)))


def test_a_picture_that_was_decoded_smaller_gives_the_same_face(portraits, astronaut) -> None:
    """The detector may differ by a px or two, so that it is asked once."""
    points = 2 * portraits.landmarks(picture(astronaut))
    large = Image.fromarray(astronaut).resize((1024, 1024), Image.Resampling.BICUBIC)
    whole = cut(picture(np.asarray(large)), points, TEMPLATE, SIZE)
    half = cut(Picture(astronaut, 1024, 1024), points, TEMPLATE, SIZE)
    assert np.abs(whole.astype(int) - half.astype(int)).mean() < 4


@given(height=st.integers(5, 60), width=st.integers(5, 60), size=st.integers(1, 40))
def test_stand_ins_show_the_middle_only(height: int, width: int, size: int) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    y, x = height // 5, width // 5
    pixels[y : height - y, x : width - x] = 200
    square = middle_square(pixels, size)
    assert square.shape == (size, size, 3)
    assert (square == 200).all()
    assert middle_part(pixels, size).shape == (size, size, 3)
    full = np.full((height, width, 3), 70, np.uint8)
    assert (middle_part(full, size) == 70).all()


def test_the_id_names_detector_and_refinement(portraits) -> None:
    """Crops that were packed under it stay valid."""
    model, rest = portraits.id.split("/", 1)
    assert len(model) == 16
    assert rest == f"160/(68.0, 97.0, 136.0)/0.3/0.5/{FACE_TEMPLATE}"
