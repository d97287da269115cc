"""Whole pictures in the place of faces, for models that were not made for faces."""

from __future__ import annotations

import numpy as np
from PIL import Image

from facecluster.records import Detections, Floats, Picture, Pixels


def whole_picture(pixels: Pixels, size: int) -> Pixels:
    """The largest square in the middle of a picture, scaled.

    pixels: uint8 [h, w, C], C 1 (grey) or 3 (RGB). Gives uint8 [size, size, C]; a picture of that
    size already comes back as it is. Scaled by a triangle filter that widens as the picture
    shrinks, so that no detail turns into noise. Raises ValueError for another shape or type.
    """
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or pixels.dtype != np.uint8:
        raise ValueError(
            f"pixels: expected uint8 [h, w, 1 or 3], got {pixels.dtype} {list(pixels.shape)}"
        )
    height, width, channels = pixels.shape
    if height == width == size:
        return pixels
    x, y, side = _square(width, height)
    image = Image.fromarray(pixels if channels == 3 else pixels[:, :, 0])
    box = (x, y, x + side, y + side)
    scaled = np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box))
    return scaled.reshape(size, size, channels)


def whole_detection(picture: Picture, template: Floats, size: int) -> Detections:
    """That square as if it were a face, with score 1, in px of the photo.

    template: float32 [5, 2], where the five points lie in a crop of `size` px.
    """
    x, y, side = _square(picture.width, picture.height)
    points = (np.array([x, y]) + template * (side / size)).astype(np.float32)
    box = np.array([[x, y, side, side]], np.float32)
    return Detections(boxes=box, landmarks=points[None], scores=np.ones(1, np.float32))


def _square(width: int, height: int) -> tuple[float, float, int]:
    """Left, top and side of the largest square in the middle."""
    side = min(width, height)
    return (width - side) / 2, (height - side) / 2, side
