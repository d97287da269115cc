"""Ordinary photos are decoded here; what could take long, much, or the run with it is not."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from facecluster.photos.apart.suspicion import Suspicion
from facecluster.photos.read import open_photo
from tests.support.hostile_bytes import png

SMALL = (640, 480)


def encoded(size: tuple[int, int], form: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, form, **options)
    return buffer.getvalue()


def suspicious(data: bytes, **limits: int) -> bool:
    return Suspicion(**limits)(open_photo(data, 1600))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_ordinary_photos_are_not(form: str) -> None:
    assert not suspicious(encoded(SMALL, form))


def test_neither_is_what_cameras_and_telephones_write() -> None:
    assert not suspicious(encoded((8064, 6048), "JPEG"))  # 48 MP
    assert not suspicious(encoded((6048, 4032), "JPEG", progressive=True))
    assert not suspicious(encoded((4032, 3024), "WEBP", method=0))
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        assert not suspicious(encoded((4000, 3000), "TIFF", compression=compression))


def test_large_pictures_are() -> None:
    assert suspicious(png(12_000, 12_000))
    assert suspicious(encoded((6000, 5000), "WEBP", method=0))


@pytest.mark.parametrize("compression", ["jpeg", "group4"])
def test_seldom_used_decoders_are(compression: str) -> None:
    mode = "1" if compression == "group4" else "RGB"
    assert suspicious(encoded(SMALL, "TIFF", mode, compression=compression))


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_large_animations_are(form: str) -> None:
    options = {"save_all": True, "append_images": [Image.new("RGB", (2100, 2100), "red")]}
    assert suspicious(encoded((2100, 2100), form, **options))
    options = {"save_all": True, "append_images": [Image.new("RGB", SMALL, "red")]}
    assert not suspicious(encoded(SMALL, form, **options))


def test_what_is_a_large_file_stays_but_for_its_kind() -> None:
    assert suspicious(encoded(SMALL, "JPEG"), memory=1)
    assert not suspicious(encoded(SMALL, "JPEG"), memory=1, file=1)
    assert suspicious(encoded(SMALL, "TIFF", compression="jpeg"), file=1)
