"""The kinds of TIFF that Pillow refuses or reads wrong, as a picture of Pillow's.

Everything whose samples fill whole bytes is read here: planes, 16 bits, floats, BigTIFF of both
byte orders, under any compression of bytes that libtiff knows (TIFF 6.0; Technical Notes 1 to 3).
Pillow keeps what it reads right, which is what cameras and scanners write; see `trusted`.
"""

from __future__ import annotations

import io
import struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin
from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError
from facecluster.photos.kinds.tiff_tags import DAMAGED, Layout, layout
from facecluster.photos.modes import from_wide
from facecluster.photos.reasons import TRUNCATED, unread

_BYTE_COMPRESSIONS: Final = frozenset({1, 5, 8, 32773, 32946, 34925, 50000})
_COLOURS: Final = {0: 1, 1: 1, 2: 3, 5: 4, 8: 3}  # photometric interpretation to channels
_MODES: Final = {1: "L", 3: "RGB", 4: "CMYK"}
_MODES_WITH_ALPHA: Final = {(1, 1): "La", (1, 2): "LA", (3, 1): "RGBa", (3, 2): "RGBA"}


def open_tiff(data: io.BytesIO) -> ImageFile:
    """The first picture. Raises PhotoError for a kind that is not read, or whatever Pillow does."""
    content = data.getvalue()
    found = layout(content)
    if found.compression not in TiffImagePlugin.COMPRESSION_INFO:
        raise PhotoError(unread("TIFF"))
    if not trusted(found):
        return WholeByteTiff(data, found)
    try:
        return TiffImagePlugin.TiffImageFile(data)
    except SyntaxError:
        return WholeByteTiff(data, found)  # or the reason why not


def trusted(found: Layout) -> bool:
    """Whether Pillow reads it right, or refuses it (tests/photos/test_tiff.py holds it to that).

    Where samples come in planes it takes them for plain bytes, the bytes of big-endian floats and
    integers of 32 bits the wrong way round when they are compressed, unsigned for signed ones,
    and the plane of alpha beside grey for nothing.
    """
    if found.big and found.order == ">":
        return False
    if found.sample_format not in (1, 4) or found.bits > 16:
        return False
    if not found.planar or (found.samples == 1 and found.compression != 1):
        return True
    return found.bits == 8 and found.photometric not in (0, 1) and 1 not in found.extra


class WholeByteTiff(ImageFile):
    """A TIFF whose samples are numbers of 1, 2, 4 or 8 bytes, decoded here."""

    format = "TIFF"

    def __init__(self, data: io.BytesIO, found: Layout) -> None:
        self.layout = found
        super().__init__(data)

    def _open(self) -> None:
        found = self.layout
        colours = _COLOURS.get(found.photometric, 0)
        sizes = {1: (8, 16, 32, 64), 2: (8, 16, 32, 64), 3: (16, 32, 64)}
        if (
            found.compression not in _BYTE_COMPRESSIONS
            or found.bits not in sizes.get(found.sample_format, ())
            or not 1 <= colours <= found.samples
            or (found.photometric == 8 and (found.bits, found.sample_format) != (8, 1))
            or found.predictor not in (1, 2, 3)
        ):
            raise PhotoError(unread("TIFF"))
        self._size = found.width, found.height
        self._mode = "RGB"
        self.tile = []
        self.getexif().update(found.notes)

    @property
    def bytes_per_pixel(self) -> int:
        """What a pixel takes while it is decoded: the samples, as 8 bits, and Pillow's."""
        sample = self.layout.bits // 8
        unpacking = 1 if self.layout.compression == 1 else 4
        return self.layout.samples * (sample * unpacking + 2) + 4

    def load(self) -> Any:
        """Decodes the pixels; the mode is known only then."""
        if self._im is None and isinstance(self.fp, io.BytesIO):
            picture = _picture(self.layout, self.fp.getvalue())
            self._mode, self.im = picture.mode, picture.im
        return Image.Image.load(self)


def _picture(found: Layout, data: bytes) -> Image.Image:
    """The samples as 8 bits, in the mode of Pillow's that they are."""
    samples = _samples(found, data)
    colours = _COLOURS[found.photometric]
    alpha = found.extra[0] if found.extra else 2 * (found.samples > colours)
    mode = _MODES_WITH_ALPHA.get((colours, alpha)) if found.samples > colours else None
    channels = colours + (mode is not None)
    eight = _eight(samples[:, :, :channels], found.sample_format)
    if found.photometric == 0:
        eight[:, :, 0] = 255 - eight[:, :, 0]
    mode = "LAB" if found.photometric == 8 else mode or _MODES[colours]
    return Image.frombuffer(mode, (found.width, found.height), eight.tobytes(), "raw", mode, 0, 1)


def _eight(values: NDArray[Any], sample_format: int) -> NDArray[np.uint8]:
    """8 bits per sample; of 16 bits the upper half, as Pillow has it for colours."""
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return (values >> 8).astype(np.uint8)
    return from_wide(values, integers=sample_format != 3)


def _samples(found: Layout, data: bytes) -> NDArray[Any]:
    """Height x width x samples, as the file has them."""
    code = {1: "u", 2: "i", 3: "f"}[found.sample_format]
    dtype = np.dtype(f"{found.order}{code}{found.bits // 8}")
    deep, planes = (1, found.samples) if found.planar else (found.samples, 1)
    down, across = found.tile
    per_plane = -(-found.height // down) * -(-found.width // across)
    if len(found.offsets) < planes * per_plane:
        raise PhotoError(DAMAGED)
    whole = np.empty((found.height, found.width, found.samples), dtype.newbyteorder("="))
    for index in range(planes * per_plane):
        plane, place = divmod(index, per_plane)
        line, column = divmod(place, -(-found.width // across))
        y, x = line * down, column * across
        rows = min(down, found.height - y) if not found.tiled else down
        raw = _segment(found, data, index, rows, across * deep * dtype.itemsize)
        part = _unpredicted(found, raw, (rows, across, deep), dtype)
        target = whole[y : y + down, x : x + across, plane : plane + deep]
        target[:] = part[: target.shape[0], : target.shape[1]]
    return whole


def _segment(found: Layout, data: bytes, index: int, rows: int, row: int) -> NDArray[np.uint8]:
    """The bytes of a strip or tile, rows x `row`.

    For the decompression it becomes a grey TIFF of its own, as wide as its rows have bytes.
    """
    start = int(found.offsets[index])
    size = int(found.counts[index]) if index < len(found.counts) else len(data)
    if found.compression == 1:
        if start + rows * row > len(data):
            raise PhotoError(TRUNCATED)
        return np.frombuffer(data, np.uint8, rows * row, start).reshape(rows, row)
    strip = data[start : start + size]
    tags = [(256, row), (257, rows), (258, 8), (259, found.compression), (262, 1), (273, 8)]
    tags += [(277, 1), (278, rows), (279, len(strip))]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = b"II*\0" + struct.pack("<I", 8 + len(strip))
    alone = head + strip + struct.pack("<H", len(tags)) + table + bytes(4)
    return np.asarray(TiffImagePlugin.TiffImageFile(io.BytesIO(alone)))


def _unpredicted(
    found: Layout, raw: NDArray[np.uint8], shape: tuple[int, int, int], dtype: np.dtype[Any]
) -> NDArray[Any]:
    rows, across, deep = shape
    if found.predictor == 1 or found.compression == 1:
        return raw.view(dtype).reshape(shape)
    if found.predictor == 2:
        native = raw.view(dtype).reshape(shape).astype(dtype.newbyteorder("="))
        unsigned = native.view(f"u{dtype.itemsize}")
        return unsigned.cumsum(axis=1, dtype=unsigned.dtype).view(native.dtype)
    summed = raw.reshape(rows, -1, deep).cumsum(axis=1, dtype=np.uint8)
    planes = summed.reshape(rows, dtype.itemsize, across * deep).transpose(0, 2, 1)
    return np.ascontiguousarray(planes).view(dtype.newbyteorder(">")).reshape(shape)
