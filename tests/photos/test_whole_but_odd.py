"""Sound pictures with something odd beside the pixels: they are read, as viewers show them."""

from __future__ import annotations

import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos.kinds.jpeg_parts import MOST_SCANS
from facecluster.photos.read import decode
from tests.support.hostile_bytes import chunk, encode, scene

END = b"\xff\xd9"


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def png_with(*extra: bytes, behind: bool = False) -> bytes:
    data = encode("PNG")
    at = data.index(b"IEND" if behind else b"IDAT") - 4
    return data[:at] + b"".join(extra) + data[at:]


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("place", [-1, 9])
@pytest.mark.parametrize("name", ["tEXt", "zTXt", "iTXt", "iCCP", "pHYs", "eXIf", "gAMA", "orNT"])
def test_a_wrong_checksum_of_what_is_not_the_picture(name: str, place: int, behind: bool) -> None:
    broken = flip(chunk(name.encode(), b"comment\0\0abcdefgh"), place)
    pixels = decode(png_with(broken, behind=behind), 96).pixels
    np.testing.assert_array_equal(pixels, np.asarray(scene()))


@pytest.mark.parametrize("name", ["IHDR", "PLTE"])
def test_a_wrong_checksum_of_the_picture_is_damage(name: str) -> None:
    data = encode("PNG", scene().quantize(8))
    at = data.index(name.encode())
    length = int.from_bytes(data[at - 4 : at])
    with pytest.raises(PhotoError) as caught:
        decode(flip(data, at + 4 + length), 96)
    assert str(caught.value) == "damaged PNG: a checksum is wrong"


def texts() -> dict[str, bytes]:
    large, noise = bytes(3 << 20), np.random.default_rng(0).bytes(3 << 20)
    inside = {"zTXt": b"a\0\0", "iCCP": b"a\0\0", "iTXt": b"a\0\1\0de\0b\0"}
    found = {f"{n} packed": chunk(n.encode(), inside[n] + zlib.compress(large)) for n in inside}
    found |= {f"{n} noise": chunk(n.encode(), inside[n] + zlib.compress(noise)) for n in inside}
    found["tEXt"] = chunk(b"tEXt", b"a\0" + large.replace(b"\0", b"b"))
    found["iTXt"] = chunk(b"iTXt", b"a\0\0\0\0\0" + large.replace(b"\0", b"b"))
    found["many"] = 90 * chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 20)))
    found["strange"] = chunk(b"iCCP", b"a\0\7" + zlib.compress(b"abc"))
    found["short"] = chunk(b"pHYs", b"\0\0")
    return found


@pytest.mark.parametrize("name", texts())
@pytest.mark.parametrize("behind", [False, True])
def test_large_texts_and_profiles(name: str, behind: bool) -> None:
    pixels = decode(png_with(texts()[name], behind=behind), 96).pixels
    np.testing.assert_array_equal(pixels, np.asarray(scene()))


def test_what_is_needed_stays_when_something_is_left_out() -> None:
    broken = flip(chunk(b"tEXt", b"a\0b"), -1)
    tags = Image.Exif()
    tags.update({0x0112: 6, 0x0132: "2022:03:04 05:06:07"})
    data = encode("PNG", scene().quantize(8), exif=tags, transparency=bytes([0, 128, 255]))
    at = data.index(b"PLTE") - 4
    picture, want = decode(data[:at] + broken + data[at:], 96), decode(data, 96)
    np.testing.assert_array_equal(picture.pixels, want.pixels)
    assert (picture.orientation, picture.taken) == (6, "2022-03-04T05:06:07")


def test_an_animation_with_a_broken_frame_header_shows_its_picture() -> None:
    data = encode("PNG", save_all=True, append_images=[scene().rotate(90)])
    for name in (b"acTL", b"fcTL"):
        pixels = decode(flip(data, data.index(name) + 5), 96).pixels
        np.testing.assert_array_equal(pixels, np.asarray(scene()))


def test_too_many_chunks_are_refused_by_name() -> None:
    many = chunk(b"teXt", b"") * 1_000_001
    with pytest.raises(PhotoError, match="a kind of PNG that is not read: more than 1,000,000"):
        decode(png_with(many), 96)


def test_the_grey_that_stands_for_nothing_at_every_depth() -> None:
    for depth, grey in ((1, 1), (2, 1), (4, 5), (8, 77), (16, 500)):
        rows = np.array([[0, grey]] * 2)
        if depth == 16:
            packed = rows.astype(">u2").tobytes()
        else:
            bits = (rows[..., None] >> np.arange(depth - 1, -1, -1)) & 1
            packed = np.packbits(bits.reshape(2, -1).astype(np.uint8), axis=1).tobytes()
        lines = b"".join(b"\0" + packed[i * len(packed) // 2 :][: len(packed) // 2] for i in (0, 1))
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, depth, 0, 0, 0, 0))
        nothing = chunk(b"tRNS", struct.pack(">H", grey))
        data = head + nothing + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
        pixels = decode(b"\x89PNG\r\n\x1a\n" + data, 2).pixels
        assert pixels[:, :, 0].tolist() == [[0, 255]] * 2, depth


# --- JPEG


@pytest.mark.parametrize("long_side", [96, 500, 2000])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": "4:1:1"}])
@pytest.mark.parametrize("tail", [b"", b"\xff", b"\xff\xff\xff", b"\0" * 3])
def test_a_jpeg_without_its_end_marker(
    options: dict[str, object], long_side: int, tail: bytes
) -> None:
    data = encode("JPEG", scene(600, 400), quality=90, **options)
    assert data.endswith(END)
    for cut in (data[:-2], data[:-1]):
        pixels = decode(cut.rstrip(b"\xff") + tail, long_side).pixels
        np.testing.assert_array_equal(pixels, decode(data, long_side).pixels)


@pytest.mark.parametrize("kind", ["L", "CMYK"])
def test_other_colours_without_an_end_marker(kind: str) -> None:
    data = encode("JPEG", scene(600, 400).convert(kind), quality=90)
    np.testing.assert_array_equal(decode(data[:-2], 96).pixels, decode(data, 96).pixels)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_few_bytes_more_and_pixels_are_missing(progressive: bool, astronaut: np.ndarray) -> None:
    data = encode("JPEG", Image.fromarray(astronaut), quality=90, progressive=progressive)
    for missing in (8, 16, 40, 200):
        for long_side in (64, 512):
            with pytest.raises(PhotoError, match="truncated"):
                decode(data[:-missing], long_side)


def test_whole_scans_that_are_missing_are_noticed(astronaut: np.ndarray) -> None:
    data = encode("JPEG", Image.fromarray(astronaut), quality=90, progressive=True)
    starts = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    tables = [data.rindex(b"\xff\xc4", 0, at) for at in starts[1:]]
    for at in tables:
        with pytest.raises(PhotoError, match="truncated"):
            decode(data[:at], 64)


def scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is sent `count` times."""
    data = encode("JPEG", scene(64, 64), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + END


def test_more_scans_than_photos_have_are_refused_by_name() -> None:
    for count in (MOST_SCANS + 1, 8000):
        with pytest.raises(PhotoError) as caught:
            decode(scans(count), 64)
        assert str(caught.value) == "a kind of JPEG that is not read: more than 100 scans"
    assert decode(scans(50), 64).pixels.shape == (64, 64, 3)


def test_scans_in_what_is_not_the_picture_do_not_count() -> None:
    data = encode("JPEG", progressive=True)
    comment = b"\xff\xfe" + struct.pack(">H", 60_002) + b"\xff\xda" * 30_000
    for odd in (data[:2] + comment + data[2:], data + scans(300)):
        np.testing.assert_array_equal(decode(odd, 96).pixels, decode(data, 96).pixels)


def test_more_segments_than_photos_have_are_refused_by_name() -> None:
    data = encode("JPEG")
    comment = b"\xff\xfe\0\2"
    assert decode(data[:2] + comment * 5000 + data[2:], 96).pixels.shape == (64, 96, 3)
    with pytest.raises(PhotoError, match="more than 10,000 segments"):
        decode(data[:2] + comment * 20_000 + data[2:], 96)


# --- BMP


def bmp(
    bits: int,
    masks: tuple[int, ...],
    values: np.ndarray,
    size: int = 40,
    *,
    down: bool = False,
    compression: int = 3,
) -> bytes:
    """A BMP whose colours lie under `masks`, which are a part of the longer headers."""
    height, width = values.shape
    lines = values if down else values[::-1]
    body = b"".join(line.astype(f"<u{bits // 8}").tobytes() for line in lines)
    numbers = (size, width, -height if down else height, 1, bits, compression, len(body))
    head = struct.pack("<IiiHHII", *numbers) + bytes(16) + struct.pack(f"<{len(masks)}I", *masks)
    head = head.ljust(size, b"\0")
    start = 14 + len(head)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + head + body


@pytest.mark.parametrize("size", [40, 52, 56, 108, 124])
@pytest.mark.parametrize("down", [False, True])
def test_any_colour_masks(size: int, down: bool) -> None:
    colours = np.asarray(scene()).astype(np.uint32)
    red, green, blue = colours[:, :, 0], colours[:, :, 1], colours[:, :, 2]
    odd = bmp(32, (0xFF, 0xFF0000, 0xFF00), red | green << 16 | blue << 8, size, down=down)
    ten = (red * 1023 // 255) << 20 | (green * 1023 // 255) << 10 | blue * 1023 // 255
    deep = bmp(32, (0x3FF00000, 0xFFC00, 0x3FF), ten, size, down=down)
    for data in (odd, deep):
        assert np.abs(decode(data, 96).pixels.astype(int) - colours).max() <= 1
    few = red >> 4 << 8 | green >> 4 << 4 | blue >> 4
    pixels = decode(bmp(16, (0xF00, 0xF0, 0xF), few, size, down=down), 96).pixels
    np.testing.assert_array_equal(pixels, (colours >> 4) * 17)


def test_a_mask_for_alpha() -> None:
    values = np.array([[0xFF0000FF, 0x800000FF]], np.uint32)
    masks = (0xFF, 0xFF0000, 0xFF00, 0xFF000000)
    pixels = decode(bmp(32, masks, values, compression=6), 9).pixels
    np.testing.assert_allclose(pixels, [[(255, 0, 0), (255, 127, 127)]], atol=1)


@pytest.mark.parametrize("size", [16, 20, 36, 48, 60, 100])
def test_headers_of_other_lengths(size: int) -> None:
    data = encode("BMP")
    head = struct.pack("<I", size) + data[18:54].ljust(124, b"\0")[: size - 4]
    other = data[:10] + struct.pack("<I", 14 + size) + head + data[54:]
    np.testing.assert_array_equal(decode(other, 96).pixels, np.asarray(scene()))


@pytest.mark.parametrize(("at", "value"), [(28, 2), (30, 4), (30, 5), (14, 200)])
def test_kinds_of_bmp_that_nobody_reads(at: int, value: int) -> None:
    data = bytearray(encode("BMP"))
    data[at] = value
    with pytest.raises(PhotoError) as caught:
        decode(bytes(data), 96)
    assert str(caught.value) == "a kind of BMP that is not read"


def problem(data: bytes) -> str:
    try:
        decode(data, 96)
    except PhotoError as error:
        return str(error)
    return ""


def test_reasons_are_for_people() -> None:
    """No numbers of errors, and no names that only a programmer knows."""
    for kind in ("PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG"):
        data = encode(kind)
        for at in range(2, min(400, len(data)), 7):
            odd = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
            for reason in (problem(odd), problem(odd[: len(odd) // 2])):
                assert not set("_()'\"-=") & set(reason), reason
                assert not re.search(r"[:\[] ?\d+$", reason), reason
