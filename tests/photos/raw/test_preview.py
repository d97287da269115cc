"""RAW files are read by the largest JPEG in them, whichever way it is told, or not told, of."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos.formats import sniff
from facecluster.photos.raw.preview import is_raw
from facecluster.photos.read import decode
from tests.support.raws import (
    ABOUT,
    KINDS_OF_RAW,
    LOSSY,
    PIXELS,
    SENSOR,
    THUMB,
    Ifd,
    box,
    cr3,
    jpeg,
    preview,
    raf,
    raw,
)


def same(pixels: np.ndarray, other: bytes = PIXELS) -> bool:
    return np.array_equal(pixels, decode(other, 2000).pixels)


def outcome(data: bytes) -> tuple[int, int] | str:
    """Width and height, or that a PhotoError was raised; nothing else may be."""
    try:
        picture = decode(data, 2000)
    except PhotoError:
        return "refused"
    return picture.width, picture.height


@pytest.mark.parametrize("kind", KINDS_OF_RAW)
def test_the_largest_preview_is_the_photo(kind: str) -> None:
    data = KINDS_OF_RAW[kind]
    assert is_raw(data, sniff(data))
    picture = decode(data, 2000)
    assert (picture.width, picture.height) == (900, 600)
    assert same(picture.pixels)


@pytest.mark.parametrize("kind", KINDS_OF_RAW)
def test_cut_anywhere_it_is_read_or_refused_in_a_sentence(kind: str) -> None:
    data = KINDS_OF_RAW[kind]
    for length in range(0, len(data), max(1, len(data) // 60)):
        assert outcome(data[:length]) in ((900, 600), "refused")


@pytest.mark.parametrize("turn", range(1, 9))
def test_it_is_turned_as_the_raw_says(turn: int) -> None:
    about = ABOUT | {0x112: (3, (turn,))}
    small = raw([Ifd(about)], order=">")
    upright = decode(with_exif(turn), 2000)
    for data in (
        raw([Ifd(about, {}, [preview(PIXELS), SENSOR])]),
        raw([Ifd(about | {0x2E: (7, PIXELS), 262: (3, (32803,))})], magic=b"IIU\0"),
        cr3(PIXELS, small),
    ):
        picture = decode(data, 2000)
        assert picture.orientation == turn
        assert picture.taken == "2019-07-21T18:03:55"
        assert np.array_equal(picture.pixels, upright.pixels)


@pytest.mark.parametrize("own", [1, 3, 6])
def test_what_the_preview_says_itself_counts(own: int) -> None:
    content = with_exif(own)
    data = raw([Ifd(ABOUT | {0x112: (3, (8,))}, {}, [preview(content), SENSOR])])
    assert decode(data, 2000).orientation == own
    assert np.array_equal(decode(data, 2000).pixels, decode(content, 2000).pixels)


def with_exif(turn: int) -> bytes:
    tags = Image.Exif()
    tags[0x112] = turn
    return jpeg(exif=tags.tobytes())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (raw([Ifd(ABOUT, {(513, 514): THUMB}, [SENSOR])]), "preview is too small: 160 x 120 px"),
        (raw([Ifd(ABOUT, {}, [SENSOR])]), "a RAW photo without a preview"),
        (raf(THUMB), "preview is too small"),
        (b"FOVb" + bytes(999), "without a preview"),
    ],
)
def test_without_one_the_reason_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(PhotoError, match=reason):
        decode(data, 2000)


def test_the_pixels_of_the_sensor_are_no_preview() -> None:
    """Nor are the tiles of a DNG with loss, which are JPEGs like any other."""
    tile = jpeg(1200, 1200)
    sensor = Ifd({259: (3, (LOSSY,)), 262: (3, (34892,))}, {(324, 325): tile})
    assert same(decode(raw([Ifd(ABOUT, {}, [preview(PIXELS), sensor])]), 2000).pixels)
    with pytest.raises(PhotoError, match="without a preview"):
        decode(raw([Ifd(ABOUT, {}, [sensor])]), 2000)


def test_the_thumbnail_inside_a_preview_is_not_taken_for_it() -> None:
    tags = Image.Exif()
    tags[0x112] = 6
    content = jpeg(exif=tags.tobytes() + THUMB)
    for data in (b"FOVb" + bytes(99) + content, raf(content)):
        assert decode(data, 2000).height == 900


def test_a_plain_tiff_stays_one() -> None:
    assert not is_raw(raw([Ifd({256: (4, (9,)), 262: (3, (2,))})]), "TIFF")
    assert not is_raw(PIXELS, "JPEG")
    assert not is_raw(PIXELS, "HEIF")


NUMBERS = (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF)


@pytest.mark.parametrize("tag", [273, 279, 330, 513, 514, 0x2E, 324, 259, 262, 0x8769])
@pytest.mark.parametrize("form", [1, 3, 4, 11])
def test_hostile_numbers_in_any_tag(tag: int, form: int) -> None:
    for number in NUMBERS:
        value = float("nan") if form == 11 else number % (1 << (8, 8, 16, 32)[form - 1])
        inner = Ifd(SENSOR.tags | {tag: (form, (value,) * 3)}, {})
        data = raw([Ifd(ABOUT | {tag: (form, (value,))}, {(513, 514): PIXELS}, [inner, SENSOR])])
        assert outcome(data) in ((900, 600), "refused")


def test_loops_and_giant_counts_end() -> None:
    data = bytearray(raw([Ifd(ABOUT | {330: (4, (8, 8, 8))}, {}), SENSOR]))
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * count, start)  # the next one is itself
    with pytest.raises(PhotoError):
        decode(bytes(data), 2000)
    struct.pack_into("<H", data, start, 0xFFFF)
    with pytest.raises(PhotoError):
        decode(bytes(data), 2000)
    struct.pack_into("<I", data, start + 2 + 4, 0xFFFFFFFF)  # values of the first tag
    with pytest.raises(PhotoError):
        decode(bytes(data), 2000)


@pytest.mark.parametrize(
    "filling", [b"\xff\xd8\xff" * 200_000, b"\xff\xd8\xff\xe0\0\x02" * 100_000, b"\xff" * 600_000]
)
def test_starts_without_end_are_passed_over(filling: bytes) -> None:
    with pytest.raises(PhotoError, match="without a preview"):
        decode(b"FOVb" + bytes(9) + filling, 2000)
    nested = box(b"moov", box(b"uuid", b"") * 999)
    with pytest.raises(PhotoError, match="without a preview"):
        decode(box(b"ftyp", b"crx \0\0\0\1") + nested, 2000)
