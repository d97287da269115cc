"""TIFF in all its layouts, written by hand: read right, or refused by name, never read wrong."""

from __future__ import annotations

import io
import itertools
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from facecluster.errors import PhotoError
from facecluster.photos.read import decode
from tests.support.tiffs import Kind, write

COLOURS = {0: 1, 1: 1, 2: 3, 5: 4}
FORMS = [(8, 1), (16, 1), (32, 1), (8, 2), (16, 2), (32, 2), (16, 3), (32, 3), (64, 3)]
NOT_READ = "a kind of TIFF that is not read"


def scene(channels: int) -> np.ndarray:
    y, x = np.mgrid[:37, :53]
    planes = [x * 4, y * 6, x * y, (x + y) * 2, 255 - x * 2]
    picture = np.stack(planes[:channels], axis=2) % 256
    picture[0, 0], picture[0, 1] = 0, 255  # the whole range is there
    return picture.astype(np.uint8)


def samples(eight: np.ndarray, bits: int, sample_format: int) -> np.ndarray:
    """The same picture in other numbers; 32-bit integers and signed ones have no agreed range."""
    if sample_format == 3:
        return (eight / 255).astype(f"f{bits // 8}")
    if sample_format == 2:
        return (eight >> 1).astype(np.int8) if bits == 8 else eight.astype(f"i{bits // 8}")
    factor = ((1 << bits) - 1) // 255
    return (eight.astype(np.uint64) * factor).astype(f"u{bits // 8}")


def shown(eight: np.ndarray, kind: Kind) -> np.ndarray:
    """What a viewer shows: RGB, alpha on white; the alpha of CMYK is left out."""
    count = COLOURS[kind.photometric]
    colours = np.ascontiguousarray(eight[:, :, :count])
    if kind.photometric == 5:
        picture = Image.frombuffer("CMYK", colours.shape[1::-1], colours.tobytes())
        return np.asarray(picture.convert("RGB")).astype(float)
    rgb = np.repeat(colours, 3 // count, axis=2).astype(float)
    rgb = 255 - rgb if kind.photometric == 0 else rgb
    if kind.extra == (2,):
        alpha = eight[:, :, count:] / 255
        rgb = rgb * alpha + 255 * (1 - alpha)
    return rgb


def kinds(photometric: int) -> list[Kind]:
    """All that go together, of which each run takes the same quarter."""
    packings = [("none", 1), ("packbits", 1), ("lzw", 1), ("lzw", 2), ("deflate", 1)]
    packings += [("deflate", 2), ("deflate", 3), ("old deflate", 1)]
    found = []
    for (bits, form), extra, planar, packing, order, big, tile in itertools.product(
        FORMS, [(), (0,), (2,)], [False, True], packings, "<>", [False, True], [None, (16, 32)]
    ):
        compression, predictor = packing
        sensible = {1: True, 2: form != 3, 3: form == 3}[predictor]
        if sensible:
            layout = (bits, form, photometric, planar, compression, order, big, predictor)
            found.append(Kind(*layout, 5, tile, extra))
    return found[photometric::4]


@pytest.mark.parametrize("photometric", COLOURS)
def test_every_kind_is_read_right(photometric: int) -> None:
    for kind in kinds(photometric):
        eight = scene(COLOURS[photometric] + len(kind.extra))
        data = write(samples(eight, kind.bits, kind.sample_format), kind)
        if (kind.sample_format, kind.bits) == (2, 8):
            eight = eight >> 1
        difference = np.abs(decode(data, 4096).pixels - shown(eight, kind))
        assert difference.max() <= 3, kind


@pytest.mark.parametrize("bits", [1, 2, 4])
@pytest.mark.parametrize("order", "<>")
def test_few_bits_are_read_right_or_refused(bits: int, order: str) -> None:
    top = (1 << bits) - 1
    layouts = itertools.product([0, 1, 2], [False, True], ["none", "lzw"], [False, True])
    for photometric, planar, compression, big in layouts:
        values = scene(COLOURS[photometric]) >> (8 - bits)
        kind = Kind(bits, 1, photometric, planar, compression, order, big)
        data = write(values, kind)
        want = shown((values * (255 // top)).astype(np.uint8), kind)
        if photometric == 2 or (order == ">" and big) or (planar and compression == "none"):
            with pytest.raises(PhotoError, match=NOT_READ):
                decode(data, 4096)
        else:
            assert np.abs(decode(data, 4096).pixels - want).max() <= 3, kind


@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("order", "<>")
def test_the_same_picture_gives_the_same_pixels(planar: bool, order: str) -> None:
    """Whichever decoder takes it: 16 bits of which the lower 8 are noise."""
    noise = np.random.default_rng(1).integers(0, 256, (37, 53, 3), dtype=np.uint16)
    values = scene(3).astype(np.uint16) << 8 | noise
    for compression in ("none", "lzw", "deflate"):
        pixels = decode(write(values, Kind(16, 1, 2, planar, compression, order)), 4096).pixels
        np.testing.assert_array_equal(pixels, scene(3))


def test_premultiplied_alpha() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:] = (100, 50, 0, 128)
    want = 255 - 128 + np.array([100, 50, 0])
    for planar in (False, True):
        for bits in (8, 16):
            data = write(samples(pixels, bits, 1), Kind(bits, 1, 2, planar, extra=(1,)))
            np.testing.assert_allclose(decode(data, 9).pixels[0, 0], want, atol=2)
        grey = write(pixels[:, :, [1, 3]], Kind(8, 1, 1, planar, extra=(1,)))
        np.testing.assert_allclose(decode(grey, 9).pixels[0, 0], 255 - 128 + 50, atol=2)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bigtiff": True},
        {"bigtiff": True, "byteorder": ">"},
        {"tile": (16, 16), "bigtiff": True, "byteorder": ">"},
        {"planarconfig": "separate", "byteorder": ">"},
        {"compression": "deflate", "predictor": True, "rowsperstrip": 7},
    ],
)
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32, np.float16])
def test_files_of_another_writer(options: dict[str, object], kind: type) -> None:
    """tifffile writes what microscopes and astronomers do."""
    eight = scene(3)
    form = np.dtype(kind)
    values = samples(eight, 8 * form.itemsize, 3 if form.kind == "f" else 1)
    if form.kind == "f" and "predictor" in options:
        options = {"compression": "deflate"}
    if options.get("planarconfig") == "separate":
        values = values.transpose(2, 0, 1)
    file = io.BytesIO()
    tifffile.imwrite(file, values, photometric="rgb", **options)
    assert np.abs(decode(file.getvalue(), 99).pixels.astype(int) - eight).max() <= 2


def test_orientation_and_time_are_kept() -> None:
    taken = (2, tuple(b"2022:03:04 05:06:07\0"))
    for kind in (Kind(16, 1, 2, True), Kind(8, 1, 2, order=">", big=True), Kind(32, 3, 2)):
        for turn in range(1, 9):
            tags = {0x0112: (3, (turn,)), 0x0132: taken}
            data = write(
                samples(scene(3), kind.bits, kind.sample_format),
                kind.__class__(
                    kind.bits,
                    kind.sample_format,
                    2,
                    kind.planar,
                    order=kind.order,
                    big=kind.big,
                    tags=tags,
                ),
            )
            picture = decode(data, 99)
            plain = decode(write(scene(3), Kind(8, 1, 2, tags=tags)), 99)
            assert (picture.orientation, picture.taken) == (turn, "2022-03-04T05:06:07")
            assert (picture.width, picture.height) == (plain.width, plain.height)
            assert np.abs(picture.pixels.astype(int) - plain.pixels).max() <= 2


def changed(data: bytes, tag: int, value: int) -> bytes:
    """A little-endian classic TIFF with another number in one of its tags."""
    at = data.index(struct.pack("<HHI", tag, 3, 1)) + 8
    return data[:at] + struct.pack("<H", value) + data[at + 2 :]


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [(259, 10825, NOT_READ), (259, 34712, NOT_READ), (262, 9, NOT_READ), (317, 9, NOT_READ)],
)
def test_what_nobody_reads_is_not_called_damaged(tag: int, value: int, reason: str) -> None:
    kind = Kind(16, 1, 2, True, "lzw", predictor=2)
    with pytest.raises(PhotoError) as caught:
        decode(changed(write(samples(scene(3), 16, 1), kind), tag, value), 99)
    assert str(caught.value) == reason


@pytest.mark.parametrize("kind", [Kind(16, 1, 2, True), Kind(32, 3, 2), Kind(8, 1, 2, big=True)])
def test_every_cut_is_noticed(kind: Kind) -> None:
    data = write(samples(scene(3), kind.bits, kind.sample_format), kind)
    for end in range(9, len(data) - 40, 997):
        with pytest.raises(PhotoError, match=r"truncated|damaged"):
            decode(data[:end], 99)
