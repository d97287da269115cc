"""The kinds of BMP that Pillow refuses though viewers show them: any colour masks, rare headers."""

from __future__ import annotations

import io
import struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image
from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError
from facecluster.photos.reasons import TRUNCATED, unread

_FILE_HEADER, _CORE, _INFO, _OS2 = 14, 12, 40, 64
_KNOWN: Final = frozenset({_CORE, _INFO, 52, 56, _OS2, 108, 124})
_RAW, _RLE8, _RLE4, _MASKS, _ALPHA_MASKS = 0, 1, 2, 3, 6


def open_bmp(data: io.BytesIO) -> ImageFile:
    """The picture. Raises PhotoError for a kind that is not read, or whatever Pillow does."""
    content = data.getvalue()
    size = int.from_bytes(content[14:18], "little")
    if size == _CORE or len(content) < _FILE_HEADER + size:
        return BmpImagePlugin.BmpImageFile(data)
    if not 16 <= size <= 124:
        raise PhotoError(unread("BMP") if size < 1024 else "damaged BMP: its header is broken")
    header = content[14 : 14 + size].ljust(_INFO, b"\0")
    bits, compression = struct.unpack_from("<HI", header, 14)
    if compression not in (_RAW, _RLE8, _RLE4, _MASKS, _ALPHA_MASKS) or bits == 2:
        raise PhotoError(unread("BMP"))
    if size == _OS2 and compression > _RLE4:  # OS/2 means Huffman codes and others by these
        raise PhotoError(unread("BMP"))
    if size not in _KNOWN:
        data = io.BytesIO(_usual_header(content, header, size))
    try:
        return BmpImagePlugin.BmpImageFile(data)
    except OSError:
        if compression not in (_MASKS, _ALPHA_MASKS):
            raise
        return MaskedBmp(data)


def _usual_header(content: bytes, header: bytes, size: int) -> bytes:
    """The file with a header of 40 bytes, its fields those of the longer or shorter one."""
    pixels = int.from_bytes(content[10:14], "little") + _INFO - size
    info = struct.pack("<I", _INFO) + header[4:_INFO]
    return content[:10] + struct.pack("<I", pixels) + info + content[14 + size :]


class MaskedBmp(ImageFile):
    """Pixels of 16, 24 or 32 bits, of which masks say where each colour lies."""

    format = "BMP"

    def _open(self) -> None:
        header = self._content()[:70]
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", header, 18)
        longer = int.from_bytes(header[14:18], "little") >= 56 or compression == _ALPHA_MASKS
        self._masks = struct.unpack_from("<4I" if longer else "<3I", header, 54)
        if bits not in (16, 24, 32) or not all(self._masks[:3]):
            raise PhotoError(unread("BMP"))
        self._size = width, abs(height)
        self._mode = "RGB"
        self.tile = []
        self._bytes, self._upwards = bits // 8, height > 0

    def _content(self) -> bytes:
        return self.fp.getvalue() if isinstance(self.fp, io.BytesIO) else b""

    def load(self) -> Any:
        """Decodes the pixels; the mode depends on whether there is a mask for alpha."""
        if self._im is None:
            picture = self._picture(self._content())
            self._mode, self.im = picture.mode, picture.im
        return Image.Image.load(self)

    def _picture(self, content: bytes) -> Image.Image:
        width, height = self.size
        row = -(-width * self._bytes // 4) * 4
        start = int.from_bytes(content[10:14], "little")
        if start + row * height > len(content):
            raise PhotoError(TRUNCATED)
        rows = np.frombuffer(content, np.uint8, row * height, start).reshape(height, row)
        rows = rows[:: -1 if self._upwards else 1, : width * self._bytes]
        values = np.zeros((height, width), np.uint32)
        for at in range(self._bytes):
            values |= rows[:, at :: self._bytes].astype(np.uint32) << np.uint32(8 * at)
        channels = [_channel(values, mask) for mask in self._masks if mask]
        return Image.fromarray(np.stack(channels, axis=2))


def _channel(values: NDArray[np.uint32], mask: int) -> NDArray[np.uint8]:
    """The bits under `mask`, by their own range."""
    shift = (mask & -mask).bit_length() - 1
    found = (values & np.uint32(mask)) >> np.uint32(shift)
    return (found.astype(np.float64) * (255 / (mask >> shift))).round().astype(np.uint8)
