"""Picture hashes: nearly the same for copies, half the bits apart for different pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from facecluster.photos.picture_hash import picture_hash
from facecluster.records import HASH_BYTES

SURE = 24  # bits of 256


def bits(one: np.ndarray, other: np.ndarray) -> int:
    codes = (np.frombuffer(picture_hash(pixels), np.uint8) for pixels in (one, other))
    return int(np.unpackbits(np.bitwise_xor(*codes)).sum())


def resized(pixels: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def compressed(pixels: np.ndarray, quality: int) -> np.ndarray:
    data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def lighter(pixels: np.ndarray, factor: float) -> np.ndarray:
    return (pixels * factor).clip(0, 255).astype(np.uint8)


def grey(pixels: np.ndarray, _: float) -> np.ndarray:
    return cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


@pytest.mark.parametrize("picture", ["astronaut", "hopper"])
@pytest.mark.parametrize(
    ("change", "strength"),
    [(resized, f) for f in (3.0, 0.75, 0.5, 0.25)]
    + [(compressed, q) for q in (95, 70, 40)]
    + [(lighter, f) for f in (0.6, 0.8, 1.15)]
    + [(grey, 1)],
)
def test_copies_are_near(request, picture, change, strength) -> None:
    pixels = request.getfixturevalue(picture)
    assert bits(pixels, change(pixels, strength)) <= SURE


def test_different_pictures_are_far(astronaut, hopper) -> None:
    for one, other in (
        (astronaut, hopper),
        (astronaut, astronaut[::-1]),
        (hopper, hopper[:, ::-1]),
    ):
        assert bits(one, np.ascontiguousarray(other)) > 3 * SURE


def test_any_picture_has_one(rng) -> None:
    for shape in ((1, 1), (1, 3000), (3000, 2), (40, 30)):
        pixels = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        assert len(picture_hash(pixels)) == HASH_BYTES
        assert picture_hash(pixels) == picture_hash(pixels.copy())
    assert picture_hash(np.full((9, 9, 3), 77, np.uint8)) == bytes(HASH_BYTES)  # nothing in it
