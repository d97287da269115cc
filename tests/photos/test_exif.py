"""Orientation and capture time."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from facecluster.photos import exif
from facecluster.photos.read import decode

FORMATS = ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"]
TIFFS = ["raw", "tiff_lzw", "tiff_adobe_deflate"]


def quadrants(height: int = 96, width: int = 160) -> np.ndarray:
    """Four corners of different colours: every turn and mirror image looks different."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 200, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 220)
    pixels[height // 2 :, width // 2 :] = (230, 220, 40)
    return pixels


def encode(kind: str, tags: dict[int, object], **options: object) -> bytes:
    block = Image.Exif()
    block.update(tags)
    file = io.BytesIO()
    options |= {"lossless": True} if kind == "WEBP" else {}
    options |= {"quality": 95} if kind in ("JPEG", "AVIF") else {}
    Image.fromarray(quadrants()).save(file, kind, exif=block, **options)
    return file.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "options"),
    [(kind, {}) for kind in FORMATS] + [("TIFF", {"compression": c}) for c in TIFFS],
)
def test_upright_as_pillow_turns_the_whole_picture(
    kind: str, options: dict[str, object], orientation: int
) -> None:
    data = encode(kind, {0x0112: orientation}, **options)
    want = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    picture = decode(data, 160)
    assert picture.orientation == orientation
    assert (picture.height, picture.width) == want.shape[:2]
    np.testing.assert_array_equal(picture.pixels, want)
    small = decode(data, 40)
    assert (small.height, small.width) == want.shape[:2]
    np.testing.assert_allclose(small.pixels[3, 3], want[12, 12], atol=6)
    np.testing.assert_allclose(small.pixels[-4, 3], want[-12, 12], atol=6)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heif_is_turned_once(orientation: int) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    data = encode("JPEG", {0x0112: orientation})
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    file = io.BytesIO()
    # The writer turns the tag into the container's own turn and mirror boxes.
    Image.open(io.BytesIO(data)).save(file, "HEIF", quality=95)
    picture = decode(file.getvalue(), 160)
    assert (picture.width, picture.height) == turned.size
    want = np.asarray(turned)
    for y, x in [(20, 20), (20, -20), (-20, 20), (-20, -20)]:
        np.testing.assert_allclose(picture.pixels[y, x], want[y, x], atol=25)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_out_of_range_is_upright(orientation: int) -> None:
    picture = decode(encode("JPEG", {0x0112: orientation}), 160)
    assert picture.orientation == 1
    assert picture.pixels.shape == (96, 160, 3)


@pytest.mark.parametrize(
    ("tags", "want"),
    [
        ({0x9003: "2019:07:21 18:03:55"}, "2019-07-21T18:03:55"),
        ({0x9003: "2019-07-21T18:03:55.123+02:00"}, "2019-07-21T18:03:55"),
        ({0x9003: b"2019:07:21 18:03:55\0"}, "2019-07-21T18:03:55"),
        ({0x9003: "2019:07:21 18:03:55", 0x0132: "2022:01:01 00:00:00"}, "2019-07-21T18:03:55"),
        ({0x9003: "0000:00:00 00:00:00", 0x9004: "2018:01:02 03:04:05"}, "2018-01-02T03:04:05"),
        ({0x0132: "2022:01:01 00:00:00"}, "2022-01-01T00:00:00"),
        ({0x9003: "2019:02:30 18:03:55"}, None),
        ({0x9003: "9999:12:31 23:59:59"}, None),
        ({0x9003: "    :  :     :  :  "}, None),
        ({0x9003: "yesterday"}, None),
        ({0x9003: 7}, None),
        ({}, None),
    ],
)
def test_capture_time(tags: dict[int, object], want: str | None) -> None:
    picture = Image.new("RGB", (8, 8))
    picture.getexif().update({k: v for k, v in tags.items() if k == 0x0132})
    picture.getexif().get_ifd(0x8769).update({k: v for k, v in tags.items() if k != 0x0132})
    assert exif.taken(picture) == want


@pytest.mark.parametrize("kind", FORMATS)
def test_capture_time_from_a_file(kind: str) -> None:
    data = encode(kind, {0x0132: "2022:03:04 05:06:07"})
    assert decode(data, 64).taken == "2022-03-04T05:06:07"


def test_a_damaged_block_does_not_lose_the_photo() -> None:
    data = encode("JPEG", {0x0112: 6, 0x0132: "2022:03:04 05:06:07"})
    at = data.index(b"Exif\0\0") + 6
    for damage in (b"\xff" * 8, b"II*\0\xff\xff\xff\x7f", b"MM\0*\0\0\0\0"):
        picture = decode(data[:at] + damage + data[at + 8 :], 160)
        assert picture.pixels.shape == (96, 160, 3)
        assert (picture.orientation, picture.taken) == (1, None)


def block(form: int, count: int, value: bytes, order: str = "<") -> bytes:
    """An Exif block with nothing but an orientation, of any type (TIFF 6.0, section 2)."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    if len(value) > 4:
        entry = struct.pack(order + "HHII", 0x0112, form, count, 26) + bytes(4) + value
    else:
        entry = struct.pack(order + "HHI", 0x0112, form, count) + value.ljust(4, b"\0") + bytes(4)
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 1) + entry


def with_blocks(*blocks: bytes) -> bytes:
    data = encode("JPEG", {})
    segments = (b"\xff\xe1" + struct.pack(">H", len(b) + 2) + b for b in blocks)
    return data[:2] + b"".join(segments) + data[2:]


EMPTY = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 0) + bytes(4)
RARE = {
    "byte": (1, 1, b"\6"),
    "signed byte": (6, 1, b"\6"),
    "text": (2, 2, b"6\0"),
    "text with a space": (2, 3, b"6 \0"),
    "undefined": (7, 1, b"\6"),
    "undefined of two bytes": (7, 2, b"\6\0"),
    "long": (4, 1, struct.pack("<I", 6)),
    "signed": (8, 1, struct.pack("<h", 6)),
    "signed long": (9, 1, struct.pack("<i", 6)),
    "twice": (3, 2, struct.pack("<HH", 6, 6)),
    "many": (3, 4, struct.pack("<HHHH", 6, 0, 0, 0)),
    "fraction": (5, 1, struct.pack("<II", 6, 1)),
    "float": (11, 1, struct.pack("<f", 6)),
    "double": (12, 1, struct.pack("<d", 6)),
}


@pytest.mark.parametrize("name", RARE)
def test_the_tag_in_every_type(name: str) -> None:
    for blocks in ([block(*RARE[name])], [EMPTY, block(*RARE[name])]):
        picture = decode(with_blocks(*blocks), 160)
        assert picture.orientation == 6
        assert picture.pixels.shape == (160, 96, 3)


@pytest.mark.parametrize("first", [EMPTY, b"Exif\0\0", b"Exif\0\0garbage", block(3, 1, b"\0\0")])
def test_a_second_block_behind_one_that_says_nothing(first: bytes) -> None:
    good = block(3, 1, b"\0\6", ">")
    assert decode(with_blocks(first, good), 160).orientation == 6
    assert decode(with_blocks(first, first, good), 160).orientation == 6
    taken = encode("JPEG", {0x0132: "2022:03:04 05:06:07"})
    tags = taken[taken.index(b"Exif") : taken.index(b"Exif") + 60]
    assert decode(with_blocks(first, tags), 160).taken == "2022-03-04T05:06:07"


def test_the_first_block_that_says_something_counts() -> None:
    one, six = block(3, 1, b"\1\0"), block(3, 1, b"\6\0")
    assert decode(with_blocks(one, six), 160).orientation == 1
    assert decode(with_blocks(six, one), 160).orientation == 6


@pytest.mark.parametrize(
    "value",
    [
        (3, 1, b"\0\0"),
        (3, 1, b"\x09\0"),
        (2, 4, b"six\0"),
        (1, 1, b"\xff"),
        (5, 1, bytes(8)),
        (11, 1, struct.pack("<f", float("nan"))),
        (11, 1, struct.pack("<f", 6.5)),
    ],
)
def test_nonsense_is_no_orientation(value: tuple[int, int, bytes]) -> None:
    assert decode(with_blocks(block(*value)), 160).orientation == 1


def test_what_a_heif_says_only_in_its_exif_does_not_turn_it() -> None:
    """The container's own turn is what counts (ISO/IEC 23008-12, annex A; MIAF, 7.3.6.7)."""
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    pillow_heif.register_heif_opener()
    upright, lying = (block(3, 1, bytes([turn, 0])) for turn in (1, 6))
    Image.fromarray(quadrants()).save(file, "HEIF", quality=95, exif=upright)
    assert upright[6:] in file.getvalue()
    picture = decode(file.getvalue().replace(upright[6:], lying[6:]), 160)
    assert picture.orientation == 1
    assert picture.pixels.shape == (96, 160, 3)
    np.testing.assert_allclose(picture.pixels[20, 20], quadrants()[20, 20], atol=25)
