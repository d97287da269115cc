"""Every kind of pixel against colours that are known beforehand."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from facecluster.photos.read import decode

WHITE = (255, 255, 255)


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png(depth: int, colour: int, rows: list[bytes]) -> bytes:
    """A square PNG by hand (ISO/IEC 15948), for depths that Pillow cannot write."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows), len(rows), depth, colour, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


def tiff(values: np.ndarray, bits: int, sample_format: int, photometric: int = 1) -> bytes:
    """An uncompressed little-endian TIFF 6.0 of one channel by hand."""
    height, width = values.shape
    pixels = values.tobytes()
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8)]
    tags += [(277, 1), (278, height), (279, len(pixels)), (339, sample_format)]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    directory = struct.pack("<H", len(tags)) + table + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory


def ramp() -> np.ndarray:
    return np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)


def corner(data: bytes) -> tuple[int, ...]:
    picture = decode(data, 4096)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape[2] == 3
    return tuple(int(v) for v in picture.pixels[0, 0])


def test_16_bit_grey_is_scaled_and_not_clipped() -> None:
    values = ramp()
    want = np.rint(values / 257).astype(np.uint8)
    rows = [row.astype(">u2").tobytes() for row in values]
    for data in (png(16, 0, rows), tiff(values, 16, 1), encode_16(values)):
        pixels = decode(data, 16).pixels
        for channel in range(3):
            np.testing.assert_array_equal(pixels[:, :, channel], want)


def encode_16(values: np.ndarray) -> bytes:
    return encode(Image.fromarray(values), "TIFF", compression="tiff_lzw")


def test_16_bit_grey_where_white_is_zero() -> None:
    pixels = decode(tiff(ramp(), 16, 1, photometric=0), 16).pixels
    np.testing.assert_array_equal(pixels[:, :, 0], 255 - np.rint(ramp() / 257).astype(np.uint8))


def test_12_bit_grey_uses_the_range_of_12_bits() -> None:
    values = np.linspace(0, 4095, 256).astype(np.uint16).reshape(16, 16)
    low, high = values.ravel()[0::2].astype(int), values.ravel()[1::2].astype(int)
    packed = np.stack([low >> 4, (low & 15) << 4 | high >> 8, high & 255], 1).astype(np.uint8)
    data = bytearray(tiff(packed.reshape(16, 24), 12, 1))
    at = data.index(struct.pack("<HHI", 256, 4, 1)) + 8
    data[at : at + 4] = struct.pack("<I", 16)
    pixels = decode(bytes(data), 16).pixels
    np.testing.assert_array_equal(pixels[:, :, 0], np.rint(values * (255 / 4095)).astype(np.uint8))


@pytest.mark.parametrize(("colour", "channels"), [(2, 3), (6, 4), (4, 2)])
def test_16_bit_colour_and_alpha(colour: int, channels: int) -> None:
    values = {2: (65535, 32896, 257), 6: (65535, 32896, 257, 65535), 4: (32896, 65535)}[colour]
    row = struct.pack(f">{channels}H", *values) * 4
    want = (128,) * 3 if colour == 4 else (255, 128, 1)
    assert corner(png(16, colour, [row] * 4)) == want


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([0.0, 500.0, 1000.0], [0, 128, 255]),
        ([float("nan"), float("inf"), 1.0], [0, 0, 255]),
    ],
)
def test_floats(values: list[float], want: list[int]) -> None:
    pixels = decode(tiff(np.array([values], np.float32), 32, 3), 16).pixels
    assert pixels[0, :, 0].tolist() == want


def test_32_bit_integers() -> None:
    data = tiff(np.array([[0, 32768, 65535]], np.int32), 32, 2)
    assert decode(data, 16).pixels[0, :, 0].tolist() == [0, 128, 255]
    wide = tiff(np.array([[0, 500_000, 1_000_000]], np.int32), 32, 2)
    assert decode(wide, 16).pixels[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize(
    ("cmyk", "rgb"),
    [
        ((0, 0, 0, 0), WHITE),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 255, 128), (127, 127, 0)),
    ],
)
def test_cmyk(kind: str, cmyk: tuple[int, ...], rgb: tuple[int, ...]) -> None:
    """Adobe writes CMYK in a JPEG with ink and paper swapped, in a TIFF it does not."""
    data = encode(Image.new("CMYK", (32, 32), cmyk), kind)
    np.testing.assert_allclose(corner(data), rgb, atol=3)


def test_ycck() -> None:
    """The same ink as YCCK: the Adobe marker says so, the first three are YCbCr (Adobe TN 5116)."""
    ink = np.array([40, 200, 90, 30], float)
    # Adobe stores 255 - ink, and YCCK is the YCbCr of 255 - (what is stored), K as it is.
    red, green, blue = ink[:3]
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    stored = [y, (blue - y) * 0.564 + 128, (red - y) * 0.713 + 128, 255 - ink[3]]
    as_cmyk = Image.new("CMYK", (32, 32), tuple(255 - round(v) for v in stored))
    data = encode(as_cmyk, "JPEG", quality=100)
    at = data.index(b"Adobe") + 11
    assert data[at] == 0  # Pillow wrote plain CMYK
    data = data[:at] + b"\2" + data[at + 1 :]
    want = (255 - ink[:3]) * (255 - ink[3]) / 255
    np.testing.assert_allclose(corner(data), want, atol=4)


def test_alpha_is_laid_on_white() -> None:
    for kind in ("PNG", "WEBP", "TIFF"):
        options = {"lossless": True} if kind == "WEBP" else {}
        half = Image.new("RGBA", (8, 8), (200, 0, 100, 255))
        half.putpixel((7, 7), (0, 0, 0, 0))
        half.putpixel((0, 0), (200, 0, 100, 51))
        pixels = decode(encode(half, kind, **options), 64).pixels
        assert tuple(pixels[7, 7]) == WHITE
        assert tuple(pixels[4, 4]) == (200, 0, 100)
        np.testing.assert_allclose(pixels[0, 0], (244, 204, 224), atol=1)
    grey = Image.new("LA", (8, 8), (10, 255))
    grey.putpixel((0, 0), (10, 0))
    assert corner(encode(grey, "PNG")) == WHITE


def test_an_alpha_that_hides_everything_is_ignored() -> None:
    assert corner(encode(Image.new("RGBA", (8, 8), (9, 8, 7, 0)), "PNG")) == (9, 8, 7)


def test_palette_with_and_without_transparency() -> None:
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([255, 0, 0, 10, 20, 30])
    picture.putpixel((0, 0), 0)
    for kind in ("PNG", "GIF"):
        assert corner(encode(picture, kind)) == (255, 0, 0)
        see_through = decode(encode(picture, kind, transparency=0), 8).pixels
        assert tuple(see_through[0, 0]) == WHITE
        assert tuple(see_through[4, 4]) == (10, 20, 30)
    several = decode(encode(picture, "PNG", transparency=bytes([0, 255])), 8).pixels
    assert tuple(several[0, 0]) == WHITE
    assert tuple(several[4, 4]) == (10, 20, 30)


def test_a_colour_that_stands_for_nothing() -> None:
    picture = Image.new("RGB", (8, 8), (1, 2, 3))
    picture.putpixel((0, 0), (9, 9, 9))
    assert corner(encode(picture, "PNG", transparency=(9, 9, 9))) == WHITE


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
def test_one_bit(kind: str) -> None:
    picture = Image.new("1", (16, 8), 0)
    picture.putpixel((0, 0), 1)
    pixels = decode(encode(picture, kind), 16).pixels
    assert tuple(pixels[0, 0]) == WHITE
    assert tuple(pixels[4, 9]) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_grey(kind: str) -> None:
    np.testing.assert_allclose(corner(encode(Image.new("L", (16, 16), 77), kind)), 77, atol=2)


@pytest.mark.parametrize(
    ("lab", "rgb"),
    [
        ((255, 128, 128), WHITE),
        ((0, 128, 128), (0, 0, 0)),
        ((138, 209, 198), (255, 0, 0)),  # L* 54.3, a* 80.8, b* 69.9: sRGB red under D50
        ((127, 128, 128), (118, 118, 118)),  # L* 49.8
    ],
)
def test_lab(lab: tuple[int, ...], rgb: tuple[int, ...]) -> None:
    data = encode(Image.new("LAB", (8, 8), lab), "TIFF")
    np.testing.assert_allclose(corner(data), rgb, atol=6)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "MPO", "TIFF", "AVIF"])
def test_the_first_of_several_pictures(kind: str) -> None:
    first, second = (
        Image.new("RGB", (32, 24), colour) for colour in ((250, 10, 10), (10, 10, 250))
    )
    data = encode(first, kind, save_all=True, append_images=[second])
    picture = decode(data, 64)
    assert (picture.width, picture.height) == (32, 24)
    np.testing.assert_allclose(picture.pixels[12, 16], (250, 10, 10), atol=8)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_large_pictures_are_reduced_by_averaging_blocks(
    kind: str, rng: np.random.Generator
) -> None:
    pixels = rng.integers(0, 256, (90, 150, 3), dtype=np.uint8)
    picture = decode(encode(Image.fromarray(pixels), kind), 50)
    blocks = pixels.reshape(30, 3, 50, 3, 3).astype(float).mean(axis=(1, 3))
    assert (picture.width, picture.height) == (150, 90)
    np.testing.assert_allclose(picture.pixels, blocks, atol=1)
    assert decode(encode(Image.fromarray(pixels), kind), 76).pixels.shape == (90, 150, 3)
