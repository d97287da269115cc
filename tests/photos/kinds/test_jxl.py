"""JPEG XL: the header by ourselves, the pixels by imagecodecs, and one reason without it."""

from __future__ import annotations

import struct
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos.formats import JXL_HINT, sniff
from facecluster.photos.kinds.boxes import boxes
from facecluster.photos.kinds.jxl import size
from facecluster.photos.read import ReadLimits, decode
from tests.support.raws import box

SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"


@pytest.fixture
def encode() -> Any:
    return pytest.importorskip("imagecodecs").jpegxl_encode


def scene(height: int = 60, width: int = 90) -> np.ndarray:
    pixels = np.full((height, width, 3), 30, np.uint8)
    pixels[: height // 2, : width // 3] = (200, 60, 20)
    return pixels


@pytest.mark.parametrize("sides", [(8, 8), (256, 64), (60, 90), (90, 60), (1, 500), (1100, 1100)])
@pytest.mark.parametrize("boxed", [False, True])
def test_the_size_is_that_of_the_pixels(encode: Any, sides: tuple[int, int], boxed: bool) -> None:
    data = encode(np.zeros((*sides, 3), np.uint8), lossless=True, effort=1)
    data = SIGNATURE + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", data) if boxed else data
    assert sniff(data) == "JPEG XL"
    assert size(data) == sides[::-1]


@pytest.mark.parametrize("kind", ["8", "16", "float", "grey", "alpha", "grey and alpha"])
def test_every_kind_of_sample(encode: Any, kind: str) -> None:
    pixels = scene()
    wide = {
        "8": pixels,
        "16": pixels.astype(np.uint16) * 257,
        "float": (pixels / 255).astype(np.float32),
        "grey": pixels[:, :, 0].copy(),
        "alpha": np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]),
        "grey and alpha": np.dstack([pixels[:, :, 0], np.full(pixels.shape[:2], 255, np.uint8)]),
    }[kind]
    picture = decode(encode(wide, lossless=True), 2000)
    wanted = np.dstack([pixels[:, :, 0]] * 3) if "grey" in kind else pixels
    assert (picture.width, picture.height, picture.orientation) == (90, 60, 1)
    assert np.abs(picture.pixels.astype(int) - wanted).max() <= 1


def test_the_time_comes_from_exif_and_the_orientation_does_not(encode: Any) -> None:
    tags = Image.Exif()
    tags[0x112], tags[0x132] = 6, "2019:07:21 18:03:55"
    exif = box(b"Exif", bytes(4) + tags.tobytes()[6:])
    content = box(b"jxlc", encode(scene(), lossless=True))
    picture = decode(SIGNATURE + box(b"ftyp", b"jxl \0\0\0\0jxl ") + exif + content, 2000)
    assert (picture.width, picture.height) == (90, 60)
    assert (picture.orientation, picture.taken) == (1, "2019-07-21T18:03:55")


def test_cut_anywhere_it_is_refused(encode: Any) -> None:
    data = encode(scene(), lossless=True)
    for length in range(2, len(data) - 1, max(1, len(data) // 40)):
        with pytest.raises(PhotoError):
            decode(data[:length], 2000)


def test_too_many_pixels_are_refused_before_they_are_decoded(encode: Any) -> None:
    data = encode(np.zeros((1000, 2000, 3), np.uint8), effort=1)
    with pytest.raises(PhotoError, match="too large: 2000 x 1000 px"):
        decode(data, 1600, ReadLimits(pixels=1_000_000))


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(PhotoError) as caught:
        decode(bytes.fromhex("ff0a7a13e0f3001388020020"), 2000)
    assert str(caught.value) == JXL_HINT


@given(st.binary(max_size=80))
def test_any_bytes_have_some_size(data: bytes) -> None:
    for content in (data, b"\xff\x0a" + data, SIGNATURE + data, SIGNATURE + box(b"jxlp", data)):
        width, height = size(content)
        assert width >= 0
        assert height >= 0


@given(st.binary(max_size=60))
def test_boxes_end_and_stay_inside(data: bytes) -> None:
    for start in (0, 3):
        for _, first, last in boxes(data, start, len(data)):
            assert start + 8 <= first <= last <= len(data)


def test_boxes_of_every_form() -> None:
    large = struct.pack(">I4sQ", 1, b"wide", 16 + 3) + b"abc"
    data = box(b"free", b"12") + large + struct.pack(">I4s", 0, b"last") + b"to the end"
    assert [(kind, data[first:end]) for kind, first, end in boxes(data, 0, len(data))] == [
        (b"free", b"12"),
        (b"wide", b"abc"),
        (b"last", b"to the end"),
    ]
