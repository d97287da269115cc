"""What was found in a turned picture lies where it is in the picture itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.faces.turned import quarters_of, turned, turned_back
from facecluster.records import Detections

FACE = np.array([[[4, 4], [8, 4], [6, 6], [4, 9], [8, 9]]], np.float32)


def found(box: tuple[float, ...], points: np.ndarray) -> Detections:
    return Detections(np.array([box], np.float32), points, np.ones(1, np.float32))


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 3), st.data())
def test_a_marked_pixel_comes_back(
    rows: int, columns: int, quarters: int, data: st.DataObject
) -> None:
    y, x = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    pixels = np.zeros((rows, columns, 3), np.uint8)
    pixels[y, x] = 255
    (there,), (across,) = np.nonzero(turned(pixels, quarters)[:, :, 0])
    middle = np.full((1, 5, 2), (across + 0.5, there + 0.5), np.float32)
    back = turned_back(found((across, there, 1, 1), middle), quarters, pixels.shape)
    assert back.boxes.tolist() == [[x, y, 1, 1]]
    assert back.landmarks[0].tolist() == [[x + 0.5, y + 0.5]] * 5


@pytest.mark.parametrize("quarters", range(4))
def test_the_way_back_is_the_turn_that_makes_a_face_stand(quarters: int) -> None:
    lying = turned_back(found((2, 1, 8, 10), FACE), quarters, (20, 20))
    assert quarters_of(lying.landmarks) == [quarters]


def test_faces_that_lean_stand_and_points_in_one_place_have_no_way_up() -> None:
    angle = np.radians([40, -40])
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], 1)
    leaning = np.einsum("nij,pj->npi", turn.reshape(2, 2, 2), FACE[0] - 6).astype(np.float32)
    assert quarters_of(leaning) == [0, 0]
    assert quarters_of(np.zeros((1, 5, 2), np.float32)) == [0]
