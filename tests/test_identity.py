"""Faces are known by their picture and their place in it, however a program turned the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.identity import FaceKey, overlap, stored_boxes, upright_boxes
from facecluster.photos.exif import upright

IMAGE = "0123456789abcdef" * 2
fraction = st.integers(0, 9999).map(lambda n: n / 10_000)
side = st.integers(1, 9999).map(lambda n: n / 10_000)


@given(fraction, fraction, side, side)
def test_a_key_survives_its_text(x: float, y: float, width: float, height: float) -> None:
    key = FaceKey.of(IMAGE, (x, y, width, height))
    assert FaceKey.parse(str(key)) == key


def test_the_text_is_short() -> None:
    assert str(FaceKey.of(IMAGE, (0.412, 0.303, 0.11, 0.16))) == f"{IMAGE}@.412,.303,.11,.16"
    assert str(FaceKey.of(IMAGE, (0.0, -0.02, 1.0, 1.05))) == f"{IMAGE}@0,-.02,1,1.05"


@pytest.mark.parametrize(
    "text",
    ["", IMAGE, f"{IMAGE}@", f"{IMAGE}@.1,.2,.3", f"{IMAGE}@.1,.2,.3,x", f"{IMAGE}@.1,.2,0,.1",
     f"{IMAGE}@nan,.2,.3,.1", f"{IMAGE}@.1,.2,inf,.1", f"../{IMAGE}@.1,.2,.3,.4"],
)  # fmt: skip
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a face|outside its picture|convert"):
        FaceKey.parse(text)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_lie_where_the_pixels_do(orientation: int) -> None:
    """The oracle is Pillow: a bright patch of the stored picture, found again when upright."""
    stored = np.zeros((40, 60), np.uint8)
    stored[8:20, 30:36] = 255
    turned = np.asarray(upright(Image.fromarray(stored), orientation))
    rows, columns = np.nonzero(turned)
    box = np.array([[columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]], np.float32)
    size = turned.shape[1], turned.shape[0]
    found = stored_boxes(box, size, orientation)
    assert found[0] == pytest.approx([30 / 60, 8 / 40, 6 / 60, 12 / 40])
    assert upright_boxes(found, size, orientation)[0] == pytest.approx(box[0])


def test_overlap_by_hand() -> None:
    one = np.array([[0, 0, 2, 2], [0, 0, 1, 1], [0, 0, 0, 0]])
    other = np.array([[1, 0, 2, 2], [5, 5, 1, 1], [0, 0, 0, 0]])
    assert overlap(one, other) == pytest.approx([1 / 3, 0, 0])
