"""Scaled JPEG decoding against decoding all of it, and files that were cut short."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos import jpeg
from facecluster.photos.formats import open_picture
from facecluster.photos.read import decode


def encode(pixels: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **{"quality": 92, **options})
    return file.getvalue()


@pytest.mark.parametrize(
    ("longest", "long_side", "scale"),
    [
        (4000, 4001, 1),
        (4000, 2000, 2),
        (4000, 2001, 1),
        (4001, 2001, 2),
        (4000, 1000, 4),
        (4000, 500, 8),
        (4000, 10, 8),
        (9, 1, 8),
        (1, 1, 8),
    ],
)
def test_best_scale(longest: int, long_side: int, scale: int) -> None:
    assert jpeg.best_scale(longest, 1, long_side) == scale
    assert jpeg.best_scale(1, longest, long_side) == scale


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("long_side", [512, 256, 128, 64])
def test_scaled_decoding_is_full_decoding_and_averaging(
    hopper: np.ndarray, long_side: int, progressive: bool
) -> None:
    square = np.ascontiguousarray(hopper[:512])
    data = encode(square, subsampling=0, progressive=progressive)
    whole = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    want = cv2.resize(whole, (long_side, long_side), interpolation=cv2.INTER_AREA)
    picture = decode(data, long_side)
    assert picture.pixels.shape == (long_side, long_side, 3)
    assert (picture.width, picture.height) == (512, 512)
    error = np.abs(picture.pixels.astype(int) - want.astype(int))
    assert error.mean() < 2.0  # levels of 255
    assert np.quantile(error, 0.99) <= 12


@pytest.mark.parametrize("size", [(513, 301), (301, 513), (17, 9), (1, 200), (200, 1), (8, 8)])
@pytest.mark.parametrize("long_side", [1, 7, 60, 150, 600])
def test_the_long_side_is_kept(size: tuple[int, int], long_side: int) -> None:
    data = encode(np.full((size[1], size[0], 3), 90, np.uint8))
    picture = decode(data, long_side)
    longest = max(picture.pixels.shape[:2])
    assert (picture.width, picture.height) == size
    assert longest >= min(long_side, max(size))
    assert longest < 2 * long_side or longest == max(size)
    assert np.abs(picture.pixels.astype(int) - 90).max() <= 2


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("long_side", [64, 512])
def test_every_cut_is_noticed(astronaut: np.ndarray, long_side: int, progressive: bool) -> None:
    data = encode(astronaut, progressive=progressive)
    decode(data, long_side)
    for end in np.linspace(3, len(data) - 12, 40).astype(int):
        with pytest.raises(PhotoError):
            decode(data[:end], long_side)


@pytest.mark.parametrize("end", [0.3, 0.6, 0.95])
def test_a_cut_that_was_filled_with_zeros_is_noticed(astronaut: np.ndarray, end: float) -> None:
    data = encode(astronaut, thumbnail=None)
    cut = int(len(data) * end)
    with pytest.raises(PhotoError, match="truncated"):
        decode(data[:cut] + bytes(len(data) - cut), 512)


def test_what_follows_the_end_does_no_harm(astronaut: np.ndarray) -> None:
    data = encode(astronaut)
    want = decode(data, 512).pixels
    for tail in (b"\0" * 4096, b"garbage" * 99, data):
        np.testing.assert_array_equal(decode(data + tail, 512).pixels, want)


def test_pixels_that_the_decoder_will_hold() -> None:
    pixels = np.zeros((160, 240, 3), np.uint8)
    for data, scale, want in [
        (encode(pixels), 8, 30 * 20),
        (encode(pixels), 1, 240 * 160),
        (encode(pixels[:, :, 0]), 4, 60 * 40),
        (encode(pixels, progressive=True), 8, 240 * 160),
    ]:
        assert jpeg.decoded_pixels(data, open_picture(data, "JPEG"), scale) == want


def test_colours_sent_one_after_the_other_are_kept_whole() -> None:
    data = bytearray(encode(np.zeros((160, 240, 3), np.uint8)))
    at = data.index(b"\xff\xda")
    data[at : at + 14] = b"\xff\xda\0\x08\x01" + data[at + 5 : at + 7] + b"\0\x3f\0"
    assert jpeg.decoded_pixels(bytes(data), open_picture(bytes(data), "JPEG"), 8) == 240 * 160
