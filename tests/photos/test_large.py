"""Large pictures: the same pixels in strips as at once, and memory that is known beforehand."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos import memory, strips
from facecluster.photos.formats import open_picture
from facecluster.photos.kinds import png_rows
from facecluster.photos.modes import to_rgb
from facecluster.photos.read import ReadLimits, decode
from tests.support.hostile_bytes import chunk

SIZE = (203, 151)
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a PNG, by colour type
KINDS = [(depth, 0) for depth in (1, 2, 4, 8, 16)] + [(depth, 3) for depth in (1, 2, 4, 8)]
KINDS += [(depth, colour) for depth in (8, 16) for colour in (2, 4, 6)]


def png(depth: int, colour: int, rng: np.random.Generator, *extra: bytes) -> bytes:
    """Random bytes under every filter: whatever they are, they are a picture."""
    width, height = SIZE
    rows = rng.integers(0, 256, (height, -(-width * depth * SAMPLES[colour] // 8)), dtype=np.uint8)
    filters = rng.integers(0, 5, (height, 1), dtype=np.uint8)
    body = zlib.compress(np.concatenate([filters, rows], axis=1).tobytes())
    pieces = [chunk(b"IDAT", body[at : at + 999]) for at in range(0, len(body), 999)]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    palette = chunk(b"PLTE", rng.bytes(3 << min(depth, 8))) if colour == 3 else b""
    parts = [b"\x89PNG\r\n\x1a\n", head, palette, *extra, *pieces, chunk(b"IEND", b"")]
    return b"".join(parts)


def transparency(depth: int, colour: int) -> list[bytes]:
    if colour == 3:
        return [b"", chunk(b"tRNS", bytes([0, 128])[: 1 << depth])]
    if colour in (0, 2):
        return [b"", chunk(b"tRNS", struct.pack(">H", 1) * SAMPLES[colour])]
    return [b""]


@pytest.mark.parametrize(("depth", "colour"), KINDS)
@pytest.mark.parametrize("factor", [2, 7])
def test_rows_give_the_pixels_of_the_whole(
    depth: int, colour: int, factor: int, rng: np.random.Generator
) -> None:
    for extra in transparency(depth, colour):
        data = png(depth, colour, rng, extra)
        whole = open_picture(data, "PNG")
        whole.load()
        want = np.asarray(to_rgb(whole).reduce(factor))
        for rows in (factor, 3 * factor, 200 * factor):
            got = strips.reduced(png_rows.strips(data, rows), SIZE, factor)
            np.testing.assert_array_equal(np.asarray(got), want)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "LAB"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_strips_of_a_loaded_picture(mode: str, kind: str, rng: np.random.Generator) -> None:
    pixels = rng.integers(0, 256, (151, 203, 4), dtype=np.uint8)
    if mode == "I;16":
        picture = Image.fromarray(pixels.astype(np.uint16)[:, :, 0] * 257)
    elif mode == "LAB":
        picture = Image.frombytes("LAB", SIZE, pixels[:, :, :3].tobytes())
    else:
        picture = Image.fromarray(pixels).convert(mode)
    file = io.BytesIO()
    if kind == "PNG" and mode in ("CMYK", "LAB"):
        pytest.skip("there is no such PNG")
    picture.save(file, kind)
    loaded = open_picture(file.getvalue(), kind)
    loaded.load()
    tags = getattr(loaded, "tag_v2", None)
    got = strips.reduced(strips.cut(loaded, 12), SIZE, 4, tags)
    np.testing.assert_array_equal(np.asarray(got), np.asarray(to_rgb(loaded).reduce(4)))


@pytest.mark.parametrize("alpha", [0, 1, 255])
def test_an_alpha_that_hides_everything_is_known_at_the_end(alpha: int) -> None:
    picture = Image.new("RGBA", SIZE, (9, 8, 7, 0))
    picture.putpixel((200, 150), (9, 8, 7, alpha))
    got = strips.reduced(strips.cut(picture, 10), SIZE, 5)
    want = (9, 8, 7) if alpha == 0 else (255, 255, 255)
    assert got.getpixel((0, 0)) == want
    np.testing.assert_array_equal(np.asarray(got), np.asarray(to_rgb(picture).reduce(5)))


@pytest.mark.parametrize("end", [0.2, 0.9, 0.999])
def test_rows_that_are_missing_are_noticed(end: float, rng: np.random.Generator) -> None:
    data = png(8, 6, rng)
    with pytest.raises(PhotoError, match="truncated"):
        for _ in png_rows.strips(data[: int(end * len(data)) - 40], 10):
            pass


def large(colour: int, depth: int) -> bytes:
    """70 MP in some kB, with a turn behind the pixels."""
    width, height = 8400, 8400
    row = b"\0" + bytes(width * depth * SAMPLES[colour] // 8)
    squeeze = zlib.compressobj(1)
    body = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    turned = b"II*\0" + struct.pack("<IHHHII", 8, 1, 0x0112, 3, 1, 6) + bytes(4)
    parts = [head, chunk(b"IDAT", body), chunk(b"eXIf", turned), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_large_png_is_read_by_rows() -> None:
    picture = decode(large(0, 1), 1600, ReadLimits(memory=150_000_000))
    assert (picture.width, picture.height, picture.orientation) == (8400, 8400, 6)
    assert picture.pixels.shape == (1680, 1680, 3)
    assert not picture.pixels.any()


@pytest.mark.parametrize(
    ("kind", "options", "least", "most"),
    [
        ("PNG", {}, 4, 4.5),
        ("BMP", {}, 7, 7.2),
        ("TIFF", {}, 7, 7.2),
        ("WEBP", {}, 16, 17),
        ("JPEG", {"progressive": True, "subsampling": 0}, 10, 10.1),
        ("JPEG", {"progressive": True, "subsampling": 2}, 7, 7.1),
        ("JPEG", {}, 4, 4.1),
    ],
)
def test_what_is_needed_is_known_beforehand(
    kind: str, options: dict[str, object], least: float, most: float
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (1000, 800)).save(file, kind, **options)
    name = "WebP" if kind == "WEBP" else kind
    needed = memory.needed(file.getvalue(), name, open_picture(file.getvalue(), name), 1)
    assert least <= needed / 800_000 <= most
    decode(file.getvalue(), 1000, ReadLimits(memory=needed))
    with pytest.raises(PhotoError, match=r"too large: 1000 x 800 px take 0.* GB of memory"):
        decode(file.getvalue(), 1000, ReadLimits(memory=needed - 1))


@pytest.mark.parametrize("size", [(9000, 700), (700, 9000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_narrow_picture_keeps_what_a_piece_of_it_needs(size: tuple[int, int], kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, (9, 99, 200)).save(file, kind)
    found = decode(file.getvalue(), 1600)
    assert (found.width, found.height) == size
    assert found.pixels.shape[:2] == size[::-1]  # not a tenth of it, 160 px of the short side
    found = decode(file.getvalue(), 300)
    assert min(found.pixels.shape[:2]) >= 300 * 9 // 16
    assert max(found.pixels.shape[:2]) <= 9000 // 4
