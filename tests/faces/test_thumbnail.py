"""Thumbnails show the face, whatever edge of the photo it sits at."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from facecluster.faces.thumbnail import MARGIN, SIDE, thumbnails
from facecluster.faces.turned import turned, turned_back
from facecluster.records import Detections, Picture


def faces(*boxes: tuple[float, float, float, float]) -> Detections:
    count = len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(count, 4),
        np.zeros((count, 5, 2), np.float32),
        np.ones(count, np.float32),
    )


def opened(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as file:
        assert file.format == "JPEG"
        return np.asarray(file)


def test_the_square_around_the_face() -> None:
    pixels = np.zeros((400, 600, 3), np.uint8)
    pixels[100:200, 300:380] = (250, 40, 10)  # the face is red: RGB stays RGB
    small = opened(thumbnails(Picture(pixels, 600, 400), faces((300, 100, 80, 100)))[0])
    assert small.shape == (SIDE, SIDE, 3)
    assert small[SIDE // 2, SIDE // 2] == pytest.approx([250, 40, 10], abs=12)
    assert small[4, 4].max() < 20
    red = small[:, SIDE // 2, 0] > 120
    assert red.sum() == pytest.approx(SIDE / MARGIN, abs=3)


def test_boxes_are_in_photo_px() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[50:60, 20:30] = 255
    small = opened(thumbnails(Picture(pixels, 1000, 1000), faces((200, 500, 100, 100)))[0])
    assert small[SIDE // 2, SIDE // 2].min() > 230


@pytest.mark.parametrize(
    "box",
    [
        (-20, -30, 60, 80),
        (180, 140, 80, 90),
        (-500, -500, 10, 10),
        (900, 900, 5, 5),
        (10, 10, 0, 0),
    ],
)
def test_faces_at_and_beyond_the_edge(box) -> None:
    pixels = np.full((150, 200, 3), 99, np.uint8)
    small = opened(thumbnails(Picture(pixels, 200, 150), faces(box))[0])
    assert small.shape == (SIDE, SIDE, 3)
    assert small == pytest.approx(np.full_like(small, 99), abs=3)


@pytest.mark.parametrize("quarters", range(4))
def test_a_lying_face_is_shown_upright(quarters: int) -> None:
    """A head with a red top, turned; its landmarks say where that is."""
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[30:50, 30:70] = (250, 20, 20)
    pixels[50:70, 30:70] = (20, 20, 250)
    points = np.array([[[40, 42], [60, 42], [50, 50], [43, 60], [57, 60]]], np.float32)
    upright = Detections(np.array([[30, 30, 40, 40]], np.float32), points, np.ones(1, np.float32))
    lying = turned_back(upright, quarters, (100, 100))
    photo = Picture(turned(pixels, -quarters), 100, 100)
    small = opened(thumbnails(photo, lying)[0]).astype(int)
    assert small[SIDE // 2 - 20, SIDE // 2, 0] > 200
    assert small[SIDE // 2 + 20, SIDE // 2, 2] > 200


def test_no_faces() -> None:
    assert thumbnails(Picture(np.zeros((9, 9, 3), np.uint8), 9, 9), faces()) == []
