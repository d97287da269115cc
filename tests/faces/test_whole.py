"""The whole picture in the place of a face."""

from __future__ import annotations

import numpy as np
import pytest

from facecluster.faces.whole import whole_detection, whole_picture
from facecluster.records import Picture


def test_the_middle_square_is_taken() -> None:
    pixels = np.zeros((40, 100, 3), np.uint8)
    pixels[:, 30:70] = (10, 200, 30)  # the middle 40 columns
    for size in (20, 40, 80):
        # The outermost columns may take in what lies just beyond.
        assert (whole_picture(pixels, size)[:, 2:-2] == (10, 200, 30)).all()
    tall = np.ascontiguousarray(pixels.transpose(1, 0, 2))
    assert (whole_picture(tall, 16)[2:-2] == (10, 200, 30)).all()


def test_shrinking_averages(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (128, 128, 3), dtype=np.uint8)
    small = whole_picture(pixels, 4)
    assert small.shape == (4, 4, 3)
    # Nearest pixels would be anywhere in 0..255; means of 32 x 32 of them are near 127.5.
    assert np.abs(small.astype(float) - 127.5).max() < 20


def test_a_picture_of_that_size_stays(rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (9, 9, 1), dtype=np.uint8)
    assert whole_picture(pixels, 9) is pixels


def test_grey_is_scaled_as_colours_are(rng: np.random.Generator) -> None:
    grey = rng.integers(0, 256, (31, 45, 1), dtype=np.uint8)
    small = whole_picture(grey, 12)
    assert small.shape == (12, 12, 1)
    np.testing.assert_array_equal(
        whole_picture(np.repeat(grey, 3, axis=2), 12), np.repeat(small, 3, axis=2)
    )


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 2), (8, 8, 4)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"uint8 \[h, w, 1 or 3\]"):
        whole_picture(np.zeros(shape, np.uint8), 4)


def test_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="got float32"):
        whole_picture(np.zeros((8, 8, 3), np.float32), 4)


def test_its_detection_is_that_square_in_px_of_the_photo() -> None:
    picture = Picture(np.zeros((50, 100, 3), np.uint8), 400, 200)  # decoded at a quarter
    template = np.array([[2, 2], [6, 2], [4, 4], [2, 6], [6, 6]], np.float32)
    found = whole_detection(picture, template, 8)
    assert found.boxes.tolist() == [[100, 0, 200, 200]]
    assert found.scores.tolist() == [1]
    assert found.landmarks[0].tolist()[:2] == [[150, 50], [250, 50]]
