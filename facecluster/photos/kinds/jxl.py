"""JPEG XL (ISO/IEC 18181), decoded by libjxl through the package imagecodecs of the jxl extra."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile

from facecluster.errors import PhotoError
from facecluster.photos.kinds.boxes import boxes
from facecluster.photos.kinds.tiff_tags import ORIENTATION, first_notes
from facecluster.photos.reasons import unread

_CODESTREAM: Final = b"\xff\x0a"
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_LONGEST_HEADER: Final = 16  # bytes up to the end of the size
_MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}

Decoder = Callable[[bytes], NDArray[Any]]


def size(data: bytes) -> tuple[int, int]:
    """Width and height in px as they are stored, (0, 0) where there is no header."""
    head = _codestream(data)
    if head[:2] != _CODESTREAM:
        return 0, 0
    bits = int.from_bytes(head[2:].ljust(_LONGEST_HEADER, b"\0"), "little")

    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    small = take(1)

    def side() -> int:
        return 8 * (take(5) + 1) if small else take((9, 13, 18, 30)[take(2)]) + 1

    height = side()
    ratio = take(3)
    if not ratio:
        return side(), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _codestream(data: bytes) -> bytes:
    """The first bytes of the picture itself, which may lie in a box."""
    if data[:2] == _CODESTREAM:
        return data[:_LONGEST_HEADER]
    for kind, start, _ in boxes(data, 0, len(data)):
        if kind in (b"jxlc", b"jxlp"):
            first = start + 4 * (kind == b"jxlp")
            return data[first : first + _LONGEST_HEADER]
    return b""


class JpegXl(ImageFile):
    """A JPEG XL whose header is read; the decoder turns it upright by what the header says.

    EXIF counts for the time alone: the standard has its orientation ignored.
    """

    format = "JPEG XL"

    def __init__(self, data: io.BytesIO, decoder: Decoder) -> None:
        self._decode = decoder
        super().__init__(data)

    def _open(self) -> None:
        data = self.fp.getvalue() if isinstance(self.fp, io.BytesIO) else b""
        self._size = size(data)
        self._mode = "RGB"
        self.tile = []
        if data[:2] != _CODESTREAM:
            for kind, start, end in boxes(data, 0, len(data)):
                if kind == b"Exif":
                    with contextlib.suppress(PhotoError):
                        notes = first_notes(data[start + 4 : end])
                        notes.pop(ORIENTATION, None)
                        self.getexif().update(notes)

    def load(self) -> Any:
        """Decodes the pixels; mode and upright size are known only then."""
        if self._im is None and isinstance(self.fp, io.BytesIO):
            picture = _picture(self._decode(self.fp.getvalue()))
            self._mode, self._size, self.im = picture.mode, picture.size, picture.im
        return Image.Image.load(self)


def _picture(pixels: NDArray[Any]) -> Image.Image:
    """Samples of 8 or 16 bits or floats of 0..1, height x width (x channels), as 8 bits."""
    if pixels.dtype.kind == "f":
        pixels = (np.nan_to_num(pixels).clip(0, 1) * 255 + 0.5).astype(np.uint8)
    elif pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or channels not in _MODES:
        raise PhotoError(unread("JPEG XL"))
    mode, (height, width) = _MODES[channels], pixels.shape[:2]
    return Image.frombuffer(mode, (width, height), pixels.tobytes(), "raw", mode, 0, 1)
